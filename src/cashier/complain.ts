import { assert } from '../base/assert.ts';
import type { KeyClaim } from '../db/idempotency-store.ts';
import type { Cashier } from './cashier.ts';
import type { Payment } from './payment.ts';
import { type Reply, toReply } from './reply.ts';

export interface Complain {
  book: number;
  paymentId: string;
  merchantId: string;
  /** What it was about, for people. */
  reason: string;
  claim: KeyClaim;
}

/**
 * Keeps that a buyer complained of a payment, once: rollouts count it against the path that the payment took. Told again, the first
 * complaint stands. @throws Refusal not_found
 */
export async function complain(cashier: Cashier, request: Complain): Promise<Reply & { replayed: boolean }> {
  const result = await cashier.change({
    ...request,
    of: request,
    withRefunds: false,
    refundNo: null,
    key: { step: 'whole', claim: request.claim },
    decide({ payment }) {
      payment.complaint ??= { reason: request.reason, at: cashier.deps.clock.now() };
      return toReply(201, showComplaint(payment, payment.complaint));
    },
  });
  assert(result.reply !== null, 'a complaint has a reply');
  return { ...result.reply, replayed: result.replayed };
}

function showComplaint({ id }: Payment, { reason, at }: NonNullable<Payment['complaint']>): object {
  return { object: 'complaint', payment_id: id, reason, created_at: at.toISOString() };
}
