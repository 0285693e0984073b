import { Refusal } from '../base/refusal.ts';
import type { KeyClaim } from '../db/idempotency-store.ts';
import { askWallet } from './ask-wallet.ts';
import type { Cashier } from './cashier.ts';
import { settlePaymentState } from './decide-outcome.ts';
import type { Attempt } from './payment.ts';
import { type Reply, toReply } from './reply.ts';
import { showPayment } from './show-payment.ts';

export interface CancelPayment {
  book: number;
  paymentId: string;
  merchantId: string;
  claim: KeyClaim;
}

/**
 * Records the wish, asks every wallet that still has an open order to close it, and tells how the payment stands then:
 * `canceled`, or `succeeded` when the buyer was faster, or `processing` while a wallet does not answer (it is asked on).
 */
export async function cancelPayment(cashier: Cashier, request: CancelPayment): Promise<Reply & { replayed: boolean }> {
  let open: Attempt[] = [];
  const recorded = await cashier.change({
    ...request,
    of: request,
    withRefunds: false,
    refundNo: null,
    key: { step: 'claim', claim: request.claim },
    decide(folder, effects) {
      const { payment } = folder;
      if (payment.state === 'succeeded')
        throw new Refusal('payment_already_succeeded', 'the payment has been paid; refund it instead');
      if (payment.state !== 'canceled') {
        payment.cancelRequestedAt ??= cashier.deps.clock.now();
        settlePaymentState(cashier.decideDeps, folder, effects);
      }
      // What could not be undone at once is asked about at its own pace: asking at every cancel would only put its end off.
      open = folder.attempts
        .filter(
          ({ outcome, undoRequestedAt }) =>
            outcome === 'pending' || (outcome === 'unknown' && undoRequestedAt === null),
        )
        .map((attempt) => ({ ...attempt }));
      return null;
    },
  });
  if (recorded.replayed && recorded.reply !== null) return { ...recorded.reply, replayed: true };

  await Promise.all(open.map((attempt) => askWallet(cashier, attempt)));

  const finished = await cashier.change({
    ...request,
    of: request,
    withRefunds: false,
    refundNo: null,
    key: { step: 'finish', claim: request.claim },
    decide: (folder) => toReply(200, showPayment(cashier.deps, folder.payment, folder.attempts)),
  });
  if (finished.reply === null) throw new Error('assertion failed: a cancel has a reply');
  return { ...finished.reply, replayed: false };
}
