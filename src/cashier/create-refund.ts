import { assert } from '../base/assert.ts';
import { idLetters, newId } from '../base/id.ts';
import { Refusal } from '../base/refusal.ts';
import type { KeyClaim } from '../db/idempotency-store.ts';
import type { Money } from '../money/money.ts';
import { addSeconds } from './ask-schedule.ts';
import type { Cashier } from './cashier.ts';
import { newRefundState } from './decide-outcome.ts';
import type { LockedFolder } from './folder-lane.ts';
import type { Attempt, Refund } from './payment.ts';
import { type Reply, toReply } from './reply.ts';
import { showRefund } from './show-payment.ts';

export interface CreateRefund {
  book: number;
  paymentId: string;
  merchantId: string;
  /** In the payment's currency; null refunds all that is left. */
  amount: Money | null;
  reason: string;
  /** The merchant's own number of this refund; null when it has none. */
  refundNo: string | null;
  claim: KeyClaim;
}

const DAY_SECONDS = 86_400;

/**
 * Reserves the money and records the refund in one write; the wallet is asked right after, by the sender of refunds. What
 * is reserved and refunded together never exceeds what was paid, however many ask at once.
 */
export async function createRefund(cashier: Cashier, request: CreateRefund): Promise<Reply & { replayed: boolean }> {
  const result = await cashier.change({
    ...request,
    of: request,
    withRefunds: false,
    key: { step: 'whole', claim: request.claim },
    decide(folder, effects) {
      const attempt = refundableAttempt(cashier, folder);
      const amountMinor = checkAmount(attempt, request);
      if (request.refundNo !== null) {
        const taken = `${request.merchantId} ${request.refundNo}`;
        if (folder.takenRefundNos.has(taken))
          throw new Refusal('refund_no_taken', 'this refund number was used before', { param: 'refund_no' });
        folder.takenRefundNos.add(taken);
      }
      const refund = newRefund(cashier, attempt, amountMinor, request);
      attempt.refundingMinor += amountMinor;
      effects.refunds.push(refund);
      effects.postings.push({ kind: 'refund_started', refund, from: 'payable' });
      effects.events.push({ type: 'refund.created', refund });
      return toReply(201, showRefund(refund));
    },
  });
  assert(result.reply !== null, 'a refund has a reply');
  return { ...result.reply, replayed: result.replayed };
}

function refundableAttempt(cashier: Cashier, folder: LockedFolder): Attempt {
  const { payment, attempts } = folder;
  const attempt = attempts.find((candidate) => candidate.id === payment.succeededAttemptId);
  if (payment.state !== 'succeeded' || attempt === undefined || payment.paidAt === null)
    throw new Refusal('payment_not_refundable', 'only a payment that has succeeded can be refunded', {
      state: payment.state,
    });
  const { refundWindowDays } = cashier.deps.can(attempt.wallet);
  if (cashier.deps.clock.now() > addSeconds(payment.paidAt, refundWindowDays * DAY_SECONDS))
    throw new Refusal('payment_not_refundable', 'the wallet takes refunds only for a limited time', {
      refund_window_days: refundWindowDays,
    });
  return attempt;
}

function checkAmount(attempt: Attempt, request: CreateRefund): bigint {
  const leftMinor = attempt.paidMinor - attempt.refundingMinor - attempt.refundedMinor;
  if (request.amount !== null && request.amount.currency !== attempt.currency)
    throw new Refusal('invalid_request', 'a refund is in the currency of its payment', {
      param: 'amount.currency',
      in: 'body',
    });
  const amountMinor = request.amount?.minor ?? leftMinor;
  if (amountMinor <= 0n || amountMinor > leftMinor)
    throw new Refusal('refund_exceeds_payment', 'less than this is left to refund', {
      param: 'amount.minor',
      left_minor: leftMinor.toString(),
    });
  return amountMinor;
}

function newRefund(cashier: Cashier, attempt: Attempt, amountMinor: bigint, request: CreateRefund): Refund {
  const id = newId('rf', cashier.deps, attempt.book);
  return {
    ...newRefundState(cashier.deps.clock.now()),
    book: attempt.book,
    id,
    paymentId: attempt.paymentId,
    attemptId: attempt.id,
    merchantId: attempt.merchantId,
    refundNo: request.refundNo ?? id,
    wallet: attempt.wallet,
    walletAccountId: attempt.walletAccountId,
    currency: attempt.currency,
    amountMinor,
    discountMinor: 0n,
    shares: null,
    method: 'refund',
    automatic: false,
    reason: request.reason,
    orderNo: idLetters(id),
  };
}
