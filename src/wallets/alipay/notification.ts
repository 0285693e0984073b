import { isUtf8Form, readForm } from '../form.ts';
import type { NotificationReading, RawNotification, WalletDeps } from '../wallet.ts';
import { askRefund } from './ask-refund.ts';
import type { AlipayConfig } from './config.ts';
import type { Fields } from './sign.ts';
import { paymentFromNotification, unknown } from './translate.ts';
import { whyNotificationNotBelieved } from './verify.ts';

/**
 * Verifies a notification, then reads it. Only the body counts: parameters in the address are not signed and never looked
 * at. A notification of a refund tells what went back in all, so the refund itself is asked for before anything is said.
 */
export async function readNotification(
  deps: WalletDeps,
  config: AlipayConfig,
  raw: RawNotification,
): Promise<NotificationReading> {
  if (!isUtf8Form(raw.headers['content-type'])) return refuse('not a form in UTF-8');
  const fields = readForm(raw.body);
  if (fields === null) return refuse('not a readable form');
  const reason = whyNotificationNotBelieved(config, fields, deps.clock.now());
  if (reason !== null) return refuse(reason);
  if (fields['charset']?.toLowerCase() !== 'utf-8') return refuse('in another character set than UTF-8');
  if (fields['notify_type'] !== 'trade_status_sync') return refuse('about something else than a trade');
  if (fields['app_id'] !== config.appId) return refuse('for another application');
  if (fields['seller_id'] !== config.sellerId) return refuse('for another merchant');
  return translate(deps, config, fields);
}

async function translate(deps: WalletDeps, config: AlipayConfig, fields: Fields): Promise<NotificationReading> {
  const paymentNo = fields['out_trade_no'] ?? '';
  if (paymentNo === '') return refuse('without an out_trade_no');
  const name = { merchantNo: config.sellerId, orderedAt: null };
  if (!isAboutRefund(fields)) {
    return { kind: 'payment', ...name, orderNo: paymentNo, outcome: paymentFromNotification(fields) };
  }
  const refundNo = fields['out_biz_no'] ?? '';
  if (refundNo === '') {
    // Undone, or refunded by somebody else: how the payment stands now is for a query to tell.
    return { kind: 'payment', ...name, orderNo: paymentNo, outcome: unknown('money went back that has no name') };
  }
  return { kind: 'refund', ...name, orderNo: refundNo, outcome: await askRefund(deps, config, paymentNo, refundNo) };
}

function isAboutRefund(fields: Fields): boolean {
  return (fields['gmt_refund'] ?? '') !== '' || /[1-9]/.test(fields['refund_fee'] ?? '');
}

function refuse(reason: string): NotificationReading {
  return { kind: 'refused', reason };
}
