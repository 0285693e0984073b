import type { NotificationReading, RawNotification, WalletDeps } from '../wallet.ts';
import type { OpenConfig } from './config.ts';
import { readBody } from './exchange.ts';
import { membersOf, readOrder, readRefund } from './parse.ts';
import { orderOutcome, refundOutcome } from './translate.ts';
import { notificationCovered, verifyMessage } from './verify.ts';

/** Verifies a notification, then reads it with the same table as a query's answer. Open Wallet Protocol, "Notifications". */
export async function readNotification(
  deps: WalletDeps,
  config: OpenConfig,
  raw: RawNotification,
): Promise<NotificationReading> {
  const covered = notificationCovered(raw.body);
  const verified = verifyMessage(raw, covered, 'owp-notification', config.walletKeys, deps.clock.now());
  if (!verified.isBelieved) return refuse(verified.reason);
  const message = membersOf(readBody(raw.body));
  if (message === null) return refuse('not a readable message');
  const { merchantNo } = config;
  if (message['merchant_no'] !== merchantNo) return refuse('for another merchant');
  if (message['type'] === 'order') {
    const order = readOrder(message['order']);
    if (order === null || order.merchantNo !== merchantNo) return refuse('without a readable order');
    return { kind: 'payment', merchantNo, orderNo: order.orderNo, orderedAt: null, outcome: orderOutcome(order) };
  }
  if (message['type'] === 'refund') {
    const refund = readRefund(message['refund']);
    if (refund === null || refund.merchantNo !== merchantNo) return refuse('without a readable refund');
    return { kind: 'refund', merchantNo, orderNo: refund.refundNo, orderedAt: null, outcome: refundOutcome(refund) };
  }
  return refuse('of a type that is not documented');
}

function refuse(reason: string): NotificationReading {
  return { kind: 'refused', reason };
}
