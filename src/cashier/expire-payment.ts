import { BATCH_ITEMS_MAX, LEASE_SECONDS } from '../base/limits.ts';
import { addSeconds } from './ask-schedule.ts';
import type { Cashier } from './cashier.ts';
import { settlePaymentState } from './decide-outcome.ts';
import { claimDuePayments } from './payment-store.ts';

/** How long to leave a payment alone whose wallets are still being asked about it, in seconds. */
const OPEN_RECHECK_SECONDS = 600;

export interface ExpiryJob {
  book: number;
  id: string;
}

/** Takes the payments whose time is over. */
export async function claimExpired(cashier: Cashier, itemsMax: number): Promise<ExpiryJob[]> {
  const now = cashier.deps.clock.now();
  return await claimDuePayments(
    cashier.deps.sql,
    now,
    addSeconds(now, LEASE_SECONDS),
    Math.min(itemsMax, BATCH_ITEMS_MAX),
  );
}

/** Cancels one that nobody is paying. With an open attempt it waits: the wallet's last word decides. */
export async function expirePayment(cashier: Cashier, job: ExpiryJob): Promise<void> {
  await cashier.change({
    book: job.book,
    of: { paymentId: job.id },
    merchantId: null,
    withRefunds: false,
    refundNo: null,
    key: null,
    decide({ payment, ...folder }, effects) {
      settlePaymentState(cashier.decideDeps, { payment, ...folder }, effects);
      const now = cashier.deps.clock.now();
      if (payment.dueAt !== null)
        payment.dueAt = now < payment.expiresAt ? payment.expiresAt : addSeconds(now, OPEN_RECHECK_SECONDS);
      return null;
    },
  });
}
