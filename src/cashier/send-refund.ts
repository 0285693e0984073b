import { BATCH_ITEMS_MAX, LEASE_SECONDS } from '../base/limits.ts';
import { money } from '../money/money.ts';
import type { Outcome, RefundRequest } from '../wallets/wallet.ts';
import { addSeconds } from './ask-schedule.ts';
import { findAttempt } from './attempt-store.ts';
import type { Cashier } from './cashier.ts';
import type { Effects } from './effects.ts';
import { decideRefund } from './decide-refund.ts';
import type { LockedFolder } from './folder-lane.ts';
import type { Attempt, Refund, ReportSource } from './payment.ts';
import { claimDueRefunds } from './refund-store.ts';

export interface RefundJob {
  refund: Refund;
  /** True when the wallet has never been asked for it: then it is sent, else it is asked about. */
  firstTime: boolean;
}

/** Takes the refunds that are to be sent or asked about; the first sending is recorded before it happens. */
export async function claimRefunds(cashier: Cashier, itemsMax: number): Promise<RefundJob[]> {
  const now = cashier.deps.clock.now();
  const leaseUntil = addSeconds(now, LEASE_SECONDS);
  return await claimDueRefunds(cashier.deps.sql, now, leaseUntil, Math.min(itemsMax, BATCH_ITEMS_MAX));
}

export async function sendRefund(cashier: Cashier, job: RefundJob): Promise<void> {
  const { refund } = job;
  const attempt = await findAttempt(cashier.deps.sql, refund.book, refund.attemptId);
  if (attempt === null || attempt.walletPaymentId === null)
    throw new Error(`assertion failed: ${refund.id} refunds an attempt that was paid`);
  const opened = await cashier.openWallet(refund.book, refund.walletAccountId);
  const request = toRefundRequest(cashier, refund, attempt, attempt.walletPaymentId);
  const outcome = job.firstTime
    ? await opened.wallet.refund(cashier.deps, opened.config, request)
    : await opened.wallet.queryRefund(cashier.deps, opened.config, request);
  await applyRefundOutcome(cashier, refund, outcome, job.firstTime ? 'reply' : 'poll');
}

/** The refund's side of the one door. Applying the same outcome again changes nothing. */
export async function applyRefundOutcome(
  cashier: Cashier,
  refund: Refund,
  outcome: Outcome,
  source: ReportSource,
): Promise<void> {
  await cashier.change({
    book: refund.book,
    of: { paymentId: refund.paymentId },
    merchantId: null,
    withRefunds: true,
    refundNo: null,
    key: null,
    decide(folder, effects) {
      const locked = folder.refunds.find((candidate) => candidate.id === refund.id);
      if (locked !== undefined) tellRefund(cashier, folder, locked, outcome, source, effects);
      return null;
    },
  });
}

/** Within a change: what the wallet says of a refund, whoever brought it. */
export function tellRefund(
  cashier: Cashier,
  folder: LockedFolder,
  refund: Refund,
  outcome: Outcome,
  source: ReportSource,
  effects: Effects,
): void {
  const attempt = folder.attempts.find((candidate) => candidate.id === refund.attemptId);
  if (attempt === undefined) throw new Error(`assertion failed: ${refund.id} belongs to an attempt of its payment`);
  decideRefund(cashier.decideDeps, attempt, refund, outcome, source, folder.refunds, effects);
}

export function toRefundRequest(
  cashier: Cashier,
  refund: Refund,
  attempt: Attempt,
  walletPaymentId: string,
): RefundRequest {
  return {
    refund: { orderNo: refund.orderNo, orderedAt: refund.orderedAt },
    amount: money(refund.currency, refund.amountMinor),
    method: refund.method,
    paid: {
      orderNo: attempt.orderNo,
      orderedAt: attempt.orderedAt,
      scene: attempt.scene,
      walletPaymentId,
      amount: money(attempt.currency, attempt.paidMinor),
    },
    notifyUrl: cashier.notifyUrl(refund),
  };
}
