import { bookOfId, isId } from '../base/id.ts';
import { Refusal } from '../base/refusal.ts';
import type { NotificationReading, RawNotification } from '../wallets/wallet.ts';
import { insertAlerts } from './alert-store.ts';
import type { Cashier } from './cashier.ts';
import { decideOutcome } from './decide-outcome.ts';
import { alert, type Effects } from './effects.ts';
import { tellRefund } from './send-refund.ts';
import type { LockedFolder } from './folder-lane.ts';
import type { AlertKind } from './payment.ts';
import type { OpenedWallet } from './wallet-accounts.ts';

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
  if (opened.account.wallet !== walletName) throw new Refusal('not_found', 'there is no such address');
  const reading = await read(cashier, opened, raw);

  if (reading.kind === 'refused') {
    await note(cashier, book, accountId, 'notification_refused', reading.reason);
    throw new Refusal('invalid_request', 'the notification is not signed as it must be');
  }
  const isTaken = reading.merchantNo === opened.account.merchantNo && (await take(cashier, book, accountId, reading));
  if (!isTaken) {
    const detail = `${reading.kind} order ${reading.orderNo} of merchant ${reading.merchantNo} is not one of this account`;
    await note(cashier, book, accountId, 'notification_unmatched', detail);
    throw new Refusal('not_found', 'the notification matches nothing here');
  }
  return opened.wallet.acknowledgement;
}

/** While keys are being changed, what was sent under the old ones still counts. */
async function read(cashier: Cashier, opened: OpenedWallet, raw: RawNotification): Promise<NotificationReading> {
  const { wallet, config, previousConfig } = opened;
  const reading = await wallet.readNotification(cashier.deps, config, raw);
  if (reading.kind !== 'refused' || previousConfig === null) return reading;
  const before = await wallet.readNotification(cashier.deps, previousConfig, raw);
  return before.kind === 'refused' ? reading : before;
}

/** False when nothing of this account has that name and time. The order number is the letters of our own id. */
async function take(cashier: Cashier, book: number, accountId: string, reading: Reading): Promise<boolean> {
  const id = `${reading.kind === 'payment' ? 'att' : 'rf'}_${reading.orderNo}`;
  if (!isId('att', id) && !isId('rf', id)) return false;
  if (bookOfId(id) !== book) return false;
  const isPayment = reading.kind === 'payment';
  try {
    await cashier.change({
      book,
      of: isPayment ? { attemptId: id } : { refundId: id },
      merchantId: null,
      withRefunds: isPayment ? 'where_refunded' : true,
      refundNo: null,
      key: null,
      decide(folder, effects) {
        tell(cashier, folder, { accountId, id }, reading, effects);
        return null;
      },
    });
    return true;
  } catch (error) {
    if (error instanceof Refusal && error.code === 'not_found') return false;
    throw error;
  }
}

type Reading = Exclude<NotificationReading, { kind: 'refused' }>;

/** Through the one door, once the order is one of this account, placed at that time. */
function tell(
  cashier: Cashier,
  folder: LockedFolder,
  order: { accountId: string; id: string },
  reading: Reading,
  effects: Effects,
): void {
  const attempt = folder.attempts.find((candidate) => candidate.id === order.id);
  const refund = folder.refunds.find((candidate) => candidate.id === order.id);
  const found = attempt ?? refund;
  if (found?.walletAccountId !== order.accountId || isOtherTime(reading, found.orderedAt))
    throw new Refusal('not_found', 'nothing here has that name');
  if (attempt !== undefined)
    decideOutcome(cashier.decideDeps, folder, attempt, reading.outcome, 'notification', effects);
  if (refund !== undefined) tellRefund(cashier, folder, refund, reading.outcome, 'notification', effects);
}

function isOtherTime(reading: Reading, ours: Date): boolean {
  return reading.orderedAt !== null && reading.orderedAt.getTime() !== ours.getTime();
}

async function note(cashier: Cashier, book: number, subjectId: string, kind: AlertKind, detail: string): Promise<void> {
  cashier.deps.log.warn({ subjectId, kind }, detail);
  if (!cashier.mayAlert(subjectId)) return; // a flood of forgeries fills the log, not the database
  await insertAlerts(cashier.deps.sql, [alert(cashier.deps, { book, id: subjectId }, kind, detail)]);
}
