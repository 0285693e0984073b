import type { NotificationReading, RawNotification, WalletDeps } from '../wallet.ts';
import type { WechatpayConfig } from './config.ts';
import { openSealed } from './crypt.ts';
import { type Json, objectAt, readJson, textAt } from './parse.ts';
import { orderStanding, refundOutcome, toOutcome, whyOtherOrder } from './translate.ts';
import { whyNotBelieved } from './verify.ts';

/**
 * Verifies a notification over its raw bytes, opens it with the APIv3 key and reads it with the same tables as a query's
 * answer. Source: API v3.
 */
export async function readNotification(
  deps: WalletDeps,
  config: WechatpayConfig,
  raw: RawNotification,
): Promise<NotificationReading> {
  const reason = whyNotBelieved(config.platformKeys, raw.headers, raw.body, deps.clock.now());
  if (reason !== null) return refuse(reason);
  const envelope = readJson(raw.body);
  const resource = envelope === null ? null : objectAt(envelope, 'resource');
  if (envelope === null || resource === null) return refuse('not a readable notification');
  const opened = openSealed(resource, config.apiV3Key);
  if (opened === null) return refuse('it does not open with the APIv3 key');
  const json = readJson(opened);
  if (json === null) return refuse('what it holds is not readable');
  const eventType = textAt(envelope, 'event_type');
  // The kind is told inside and outside; both are signed and must agree.
  const originalType = textAt(resource, 'original_type');
  if (eventType === 'TRANSACTION.SUCCESS' && originalType === 'transaction') return readPayment(config, json);
  if (/^REFUND\.(SUCCESS|ABNORMAL|CLOSED)$/.test(eventType) && originalType === 'refund')
    return readRefund(config, json, eventType);
  return refuse('about something that we do not do');
}

function readPayment(config: WechatpayConfig, json: Json): NotificationReading {
  const orderNo = textAt(json, 'out_trade_no');
  const other = whyOtherOrder(config, json, orderNo);
  if (orderNo === '' || other !== null) return refuse(other ?? 'without an out_trade_no');
  const outcome = toOutcome(orderStanding(json, null));
  return { kind: 'payment', merchantNo: config.mchid, orderNo, orderedAt: null, outcome };
}

function readRefund(config: WechatpayConfig, json: Json, eventType: string): NotificationReading {
  if (textAt(json, 'mchid') !== config.mchid) return refuse('about another mchid');
  const orderNo = textAt(json, 'out_refund_no');
  if (orderNo === '') return refuse('without an out_refund_no');
  if (eventType !== `REFUND.${textAt(json, 'refund_status')}`) return refuse('it says two things at once');
  const outcome = refundOutcome(json, 'refund_status');
  return { kind: 'refund', merchantNo: config.mchid, orderNo, orderedAt: null, outcome };
}

function refuse(reason: string): NotificationReading {
  return { kind: 'refused', reason };
}
