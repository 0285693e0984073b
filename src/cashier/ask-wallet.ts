import { BATCH_ITEMS_MAX, LEASE_SECONDS, UNDO_CALL_SECONDS_MAX } from '../base/limits.ts';
import { money } from '../money/money.ts';
import type { QueryRequest } from '../wallets/wallet.ts';
import { applyOutcome } from './apply-outcome.ts';
import { addSeconds, EXPIRY_DOUBT_SECONDS } from './ask-schedule.ts';
import { claimDueAttempts } from './attempt-store.ts';
import type { Cashier } from './cashier.ts';
import type { OutcomeSource } from './decide-outcome.ts';
import type { Attempt, Payment } from './payment.ts';
import { findPaymentById } from './payment-store.ts';

/** Takes the attempts whose time to be asked about has come, for LEASE_SECONDS. */
export async function claimAttempts(cashier: Cashier, itemsMax: number): Promise<Attempt[]> {
  const now = cashier.deps.clock.now();
  return await claimDueAttempts(
    cashier.deps.sql,
    now,
    addSeconds(now, LEASE_SECONDS),
    Math.min(itemsMax, BATCH_ITEMS_MAX),
  );
}

/**
 * Asks the wallet about one attempt and takes the answer through the one door. Where the merchant wants the payment gone,
 * the wallet is asked to close it instead; a payment code whose time is over is undone. Before anything that may give money
 * back it is written that this is wanted: see `undoRequestedAt`.
 */
export async function askWallet(cashier: Cashier, attempt: Attempt): Promise<Payment['state'] | null> {
  const payment = await findPaymentById(cashier.deps.sql, attempt.book, attempt.paymentId);
  const opened = await cashier.openWallet(attempt.book, attempt.walletAccountId);
  const wantsClose = payment !== null && payment.cancelRequestedAt !== null && payment.state !== 'canceled';
  const order = toQueryRequest(attempt);
  const undoes = attempt.scene === 'code' || opened.wallet.can.cancelUndoes;
  const isOver = attempt.undoRequestedAt !== null || (attempt.scene === 'code' && isPast(cashier, attempt.expiresAt));
  if (!wantsClose && !isOver) {
    const outcome = await opened.wallet.query(cashier.deps, opened.config, order);
    return await applyOutcome(cashier, attempt, outcome, 'poll', null);
  }
  const undo = undoes ? await recordUndo(cashier, attempt) : null;
  if (undo === 'counts') return payment?.state ?? null;
  const outcome = await opened.wallet.cancel(cashier.deps, opened.config, order);
  return await applyOutcome(cashier, attempt, outcome, (locked) => sourceOf(undo, locked), null);
}

/** An order as it is asked about: its time is over for us a little later than for the wallet. */
export function toQueryRequest(attempt: Attempt): QueryRequest {
  return {
    orderNo: attempt.orderNo,
    orderedAt: attempt.orderedAt,
    amount: money(attempt.currency, attempt.amountMinor),
    scene: attempt.scene,
    expiresAt: addSeconds(attempt.expiresAt, EXPIRY_DOUBT_SECONDS),
  };
}

function isPast(cashier: Cashier, time: Date): boolean {
  return cashier.deps.clock.now() >= time;
}

/** One wish to undo a charge, and the one before it. */
interface Undo {
  at: Date;
  before: Date | null;
}

/**
 * Written before the call: whoever hears "paid" from now on does not believe it. `counts` when the money counts already; a
 * charge that has failed is undone again, for it is asked about only because money may have come late.
 */
async function recordUndo(cashier: Cashier, attempt: Attempt): Promise<Undo | 'counts'> {
  let undo: Undo | 'counts' = 'counts';
  await cashier.change({
    book: attempt.book,
    of: { paymentId: attempt.paymentId },
    merchantId: null,
    withRefunds: false,
    refundNo: null,
    key: null,
    decide(folder) {
      const locked = folder.attempts.find((candidate) => candidate.id === attempt.id);
      if (locked === undefined || locked.outcome === 'succeeded') return null;
      const before = locked.undoRequestedAt;
      const now = cashier.deps.clock.now();
      // Each wish has a time of its own, also where two begin within one millisecond: that is what they are told apart by.
      undo = { at: before !== null && before >= now ? new Date(before.getTime() + 1) : now, before };
      locked.undoRequestedAt = undo.at;
      return null;
    },
  });
  return undo;
}

/**
 * "It stays paid", heard by one who asked to undo it, while another process may be about to undo it: both asked at once, the
 * buyer paid between the two, and the other's call takes the money back. So it is final only from who was alone, and from
 * anybody else no more than the answer to a question.
 */
function sourceOf(undo: Undo | null, locked: Attempt): OutcomeSource {
  if (undo === null) return 'cancel';
  const isLatest = locked.undoRequestedAt?.getTime() === undo.at.getTime();
  const isFirst = undo.before === null || addSeconds(undo.before, UNDO_CALL_SECONDS_MAX) <= undo.at;
  return isLatest && isFirst ? 'cancel' : 'poll';
}
