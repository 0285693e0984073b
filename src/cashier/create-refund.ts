import { assert } from '../base/assert.ts';
import { idLetters, newId } from '../base/id.ts';
import { Refusal } from '../base/refusal.ts';
import type { KeyClaim } from '../db/idempotency-store.ts';
import type { Money } from '../money/money.ts';
import { addSeconds } from './ask-schedule.ts';
import type { Cashier } from './cashier.ts';
import { newRefundState } from './decide-outcome.ts';
import { endWithoutWallet } from './decide-refund.ts';
import type { LockedFolder } from './folder-lane.ts';
import type { Attempt, Refund, RefundItem } from './payment.ts';
import { sumOfItems, wantedItems } from './refund-items.ts';
import { type Reply, toReply } from './reply.ts';
import { leftOf, type RefundShares, shareItems, shareRefund, sumOfLeft } from './share-refund.ts';
import { showRefund } from './show-payment.ts';

export interface CreateRefund {
  book: number;
  paymentId: string;
  merchantId: string;
  /** Of the order's money, in the payment's currency; null refunds all that is left, or what the lines cost. */
  amount: Money | null;
  /** Lines of the order that go back, each named once; null for none in particular. */
  items: readonly { id: string; quantity: number }[] | null;
  reason: string;
  /** The merchant's own number of this refund; null when it has none. */
  refundNo: string | null;
  claim: KeyClaim;
}

const DAY_SECONDS = 86_400;

/**
 * Reserves the money and records the refund in one write; the wallet is asked right after, by the sender of refunds. What
 * is reserved and refunded together never exceeds the order's money, however many ask at once. Where offers took something off,
 * who paid for them gets a part back; a refund that is nothing else asks no wallet and has succeeded at once.
 */
export async function createRefund(cashier: Cashier, request: CreateRefund): Promise<Reply & { replayed: boolean }> {
  const result = await cashier.change({
    ...request,
    of: request,
    withRefunds: request.items === null ? 'where_offers' : true,
    key: { step: 'whole', claim: request.claim },
    decide(folder, effects) {
      const attempt = refundableAttempt(cashier, folder);
      const asked = askedFor(folder, attempt, request);
      if (request.refundNo !== null) {
        const taken = `${request.merchantId} ${request.refundNo}`;
        if (folder.takenRefundNos.has(taken))
          throw new Refusal('refund_no_taken', 'this refund number was used before', { param: 'refund_no' });
        folder.takenRefundNos.add(taken);
      }
      const refund = newRefund(cashier, attempt, asked, request);
      attempt.refundingMinor += refund.amountMinor;
      attempt.orderBackMinor += refund.amountMinor + refund.discountMinor;
      effects.refunds.push(refund);
      folder.refunds.push(refund); // what comes after it in the same write shares what it has left
      effects.postings.push({ kind: 'refund_started', refund, from: 'payable' });
      if (refund.discountMinor > 0n) effects.postings.push({ kind: 'offers_taken_back', refund });
      effects.events.push({ type: 'refund.created', refund: { ...refund } });
      if (refund.amountMinor === 0n) endWithoutWallet(cashier.decideDeps, attempt, refund, folder.refunds, effects);
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

interface Asked extends RefundShares {
  items: readonly RefundItem[] | null;
}

/** What goes back to whom. @throws Refusal refund_exceeds_payment, invalid_request */
function askedFor(folder: LockedFolder, attempt: Attempt, request: CreateRefund): Asked {
  if (request.amount !== null && request.amount.currency !== attempt.currency)
    throw new Refusal('invalid_request', 'a refund is in the currency of its payment', {
      param: 'amount.currency',
      in: 'body',
    });
  const refunds = folder.refunds.filter((refund) => refund.attemptId === attempt.id);
  const left = leftOf(attempt, refunds);
  const items = request.items === null ? null : wantedItems(folder.payment, refunds, request.items);
  const orderMinor = items === null ? (request.amount?.minor ?? sumOfLeft(left)) : sumOfItems(items);
  if (orderMinor <= 0n || orderMinor > sumOfLeft(left))
    throw new Refusal('refund_exceeds_payment', 'less than this is left to refund', {
      param: items === null ? 'amount.minor' : 'items',
      left_minor: sumOfLeft(left).toString(),
    });
  if (items === null) return { ...shareRefund(left, orderMinor), items };
  return { ...shareItems(left, items), items: items.map(({ id, quantity, minor }) => ({ id, quantity, minor })) };
}

function newRefund(cashier: Cashier, attempt: Attempt, asked: Asked, request: CreateRefund): Refund {
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
    amountMinor: asked.buyerMinor,
    discountMinor: asked.discountMinor,
    shares: asked.shares.length === 0 ? null : asked.shares,
    items: asked.items,
    method: 'refund',
    automatic: false,
    reason: request.reason,
    orderNo: idLetters(id),
  };
}
