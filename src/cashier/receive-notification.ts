import { isId, bookOfId } from '../base/id.ts';
import { Refusal } from '../base/refusal.ts';
import type { NotificationReading, RawNotification, WalletName } from '../wallets/wallet.ts';
import { insertAlerts } from './alert-store.ts';
import { applyOutcome } from './apply-outcome.ts';
import { findAttemptByOrderNo } from './attempt-store.ts';
import type { Cashier } from './cashier.ts';
import { alert } from './decide-outcome.ts';
import type { AlertKind } from './payment.ts';
import { findRefundByOrderNo } from './refund-store.ts';
import { applyRefundOutcome } from './send-refund.ts';

export interface NotificationReply {
  status: number;
  contentType: string;
  body: string;
}

/**
 * A notification proves nothing by itself: it is verified with the keys of the account it was sent to, matched by our own
 * order number within that account, and its amount is compared at the one door. What does not match changes nothing and is
 * put before the operator.
 */
export async function receiveNotification(
  cashier: Cashier,
  walletName: string,
  accountId: string,
  raw: RawNotification,
): Promise<NotificationReply> {
  if (!isId('wa', accountId)) throw new Refusal('not_found', 'there is no such address');
  const book = bookOfId(accountId);
  const opened = await cashier.openWallet(book, accountId);
  if (opened.account.wallet !== (walletName as WalletName)) throw new Refusal('not_found', 'there is no such address');
  const reading = await opened.wallet.readNotification(cashier.deps, opened.config, raw);

  if (reading.kind === 'refused') {
    await note(cashier, book, accountId, 'notification_refused', reading.reason);
    throw new Refusal('invalid_request', 'the notification is not signed as it must be');
  }
  const problem =
    reading.merchantNo === opened.account.merchantNo
      ? await takeReading(cashier, book, accountId, reading)
      : `signed for merchant ${reading.merchantNo}, sent to ${opened.account.merchantNo}`;
  if (problem !== null) {
    await note(cashier, book, accountId, 'notification_unmatched', problem);
    throw new Refusal('not_found', 'the notification matches nothing here');
  }
  return opened.wallet.acknowledgement;
}

/** Null when it was taken; else what did not match. */
async function takeReading(
  cashier: Cashier,
  book: number,
  accountId: string,
  reading: Exclude<NotificationReading, { kind: 'refused' }>,
): Promise<string | null> {
  const { sql } = cashier.deps;
  if (reading.kind === 'payment') {
    const attempt = await findAttemptByOrderNo(sql, book, accountId, reading.orderNo);
    if (attempt === null || isOtherTime(reading.orderedAt, attempt.orderedAt)) return unmatched(reading);
    await applyOutcome(cashier, attempt, reading.outcome, 'notification', null);
    return null;
  }
  const refund = await findRefundByOrderNo(sql, book, accountId, reading.orderNo);
  if (refund === null || isOtherTime(reading.orderedAt, refund.orderedAt)) return unmatched(reading);
  await applyRefundOutcome(cashier, refund, reading.outcome);
  return null;
}

function isOtherTime(told: Date | null, ours: Date): boolean {
  return told !== null && told.getTime() !== ours.getTime();
}

function unmatched(reading: { kind: string; orderNo: string }): string {
  return `${reading.kind} order ${reading.orderNo} at that time is not ours`;
}

async function note(cashier: Cashier, book: number, subjectId: string, kind: AlertKind, detail: string): Promise<void> {
  cashier.deps.log.warn({ subjectId, kind }, detail);
  if (!cashier.mayAlert(subjectId)) return; // a flood of forgeries fills the log, not the database
  await insertAlerts(cashier.deps.sql, [alert(cashier.deps, { book, id: subjectId }, kind, detail)]);
}
