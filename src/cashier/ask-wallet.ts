import { addSeconds, EXPIRY_DOUBT_SECONDS } from './ask-schedule.ts';
import { BATCH_ITEMS_MAX, LEASE_SECONDS } from '../base/limits.ts';
import { money } from '../money/money.ts';
import { claimDueAttempts } from './attempt-store.ts';
import type { Cashier } from './cashier.ts';
import { applyOutcome } from './apply-outcome.ts';
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
 * the wallet is asked to close it instead.
 */
export async function askWallet(cashier: Cashier, attempt: Attempt): Promise<Payment['state'] | null> {
  const payment = await findPaymentById(cashier.deps.sql, attempt.book, attempt.paymentId);
  const opened = await cashier.openWallet(attempt.book, attempt.walletAccountId);
  const wantsClose = payment !== null && payment.cancelRequestedAt !== null && payment.state !== 'canceled';
  const order = {
    orderNo: attempt.orderNo,
    orderedAt: attempt.orderedAt,
    amount: money(attempt.currency, attempt.amountMinor),
    expiresAt: addSeconds(attempt.expiresAt, EXPIRY_DOUBT_SECONDS),
  };
  const outcome = wantsClose
    ? await opened.wallet.cancel(cashier.deps, opened.config, order)
    : await opened.wallet.query(cashier.deps, opened.config, order);
  return await applyOutcome(cashier, attempt, outcome, wantsClose ? 'cancel' : 'poll', null);
}
