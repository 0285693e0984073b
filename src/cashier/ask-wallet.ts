import { BATCH_ITEMS_MAX, LEASE_SECONDS } from '../base/limits.ts';
import { money } from '../money/money.ts';
import type { Outcome, QueryRequest } from '../wallets/wallet.ts';
import { applyOutcome } from './apply-outcome.ts';
import { addSeconds, EXPIRY_DOUBT_SECONDS } from './ask-schedule.ts';
import { claimDueAttempts } from './attempt-store.ts';
import type { Cashier } from './cashier.ts';
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
 * the wallet is asked to close it instead; a payment code whose time is over is undone.
 */
export async function askWallet(cashier: Cashier, attempt: Attempt): Promise<Payment['state'] | null> {
  const payment = await findPaymentById(cashier.deps.sql, attempt.book, attempt.paymentId);
  const opened = await cashier.openWallet(attempt.book, attempt.walletAccountId);
  const wantsClose = payment !== null && payment.cancelRequestedAt !== null && payment.state !== 'canceled';
  const order = toQueryRequest(attempt);
  const ask = (): Promise<Outcome> => opened.wallet.query(cashier.deps, opened.config, order);
  const close = (): Promise<Outcome> => opened.wallet.cancel(cashier.deps, opened.config, order);
  if (attempt.scene === 'code' && (wantsClose || isCodeOver(cashier, attempt))) {
    if (!(await recordUndo(cashier, attempt))) return payment?.state ?? null;
    return await applyOutcome(cashier, attempt, await close(), 'cancel', null);
  }
  return wantsClose
    ? await applyOutcome(cashier, attempt, await close(), 'cancel', null)
    : await applyOutcome(cashier, attempt, await ask(), 'poll', null);
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

function isCodeOver(cashier: Cashier, attempt: Attempt): boolean {
  return attempt.undoRequestedAt !== null || cashier.deps.clock.now() >= attempt.expiresAt;
}

/** Written before the call: whoever hears "paid" from now on does not believe it. False when the charge has ended already. */
async function recordUndo(cashier: Cashier, attempt: Attempt): Promise<boolean> {
  let isOpen = false;
  await cashier.change({
    book: attempt.book,
    of: { paymentId: attempt.paymentId },
    merchantId: null,
    withRefunds: false,
    refundNo: null,
    key: null,
    decide(folder) {
      const locked = folder.attempts.find((candidate) => candidate.id === attempt.id);
      isOpen = locked?.outcome === 'pending' || locked?.outcome === 'unknown';
      if (locked !== undefined && isOpen) locked.undoRequestedAt ??= cashier.deps.clock.now();
      return null;
    },
  });
  return isOpen;
}
