import { constants, publicEncrypt } from 'node:crypto';
import { cardAt } from './cards.ts';
import { respMsg } from './codes.ts';
import type { Gateway } from './gateway.ts';
import type { Order } from './orders.ts';
import { toStamp } from './stamp.ts';

type Facts = Record<string, string | null | undefined>;

/** What a query tells about a transaction that was found. */
export function toQueryFacts(gateway: Gateway, order: Order): Facts {
  const origRespCode = outcomeCode(gateway, order);
  const base = { ...nameFacts(order), origRespCode, origRespMsg: respMsg(origRespCode) };
  if (order.state === 'succeeded') return { ...base, ...settledFacts(gateway, order) };
  // An unfinished payment has no queryId yet; a refund has had one since it was accepted.
  return { ...base, settleAmt: '0', queryId: order.queryId, origQryId: originalQueryId(gateway, order) };
}

/** The fields of a notification, and of the form that brings the payer back to the merchant. */
export function toNotificationFacts(gateway: Gateway, order: Order): Facts {
  const respCode = outcomeCode(gateway, order);
  const base = { ...nameFacts(order), respCode, respMsg: respMsg(respCode) };
  if (order.state === 'succeeded') return { ...base, ...settledFacts(gateway, order) };
  return { ...base, settleAmt: '0', queryId: order.queryId, origQryId: originalQueryId(gateway, order) };
}

/** How it stands: 00 or A6 done; 05 not yet; anything else failed for now, and for good after payTimeout. */
export function outcomeCode(gateway: Gateway, order: Order): string {
  if (order.state === 'succeeded' || order.state === 'failed') return order.lastCode ?? '00';
  if (order.lastCode !== null) return order.lastCode;
  const isOver = order.state === 'closed' || (order.txnType === '01' && gateway.clock.now() > order.openUntil);
  return isOver ? '69' : '05';
}

function nameFacts(order: Order): Facts {
  return {
    version: '5.1.0',
    encoding: order.encoding,
    txnType: order.txnType,
    txnSubType: order.txnSubType,
    bizType: order.bizType,
    accessType: order.accessType,
    merId: order.merId,
    orderId: order.orderId,
    txnTime: order.txnTime,
    txnAmt: order.amountFen,
    currencyCode: '156',
    reqReserved: order.reqReserved,
  };
}

function settledFacts(gateway: Gateway, order: Order): Facts {
  const card = cardAt(order.cardIndex);
  return {
    queryId: order.queryId,
    origQryId: originalQueryId(gateway, order),
    traceNo: order.traceNo,
    traceTime: order.settledAt === null ? null : toStamp(order.settledAt).slice(4),
    settleDate: order.settleDate,
    settleAmt: order.amountFen,
    settleCurrencyCode: '156',
    accNo: order.encrypted ? encryptFor(gateway, order.merId, card.accNo) : card.accNo,
    payCardType: card.payCardType,
    payType: order.txnType === '01' ? '0001' : null,
  };
}

function originalQueryId(gateway: Gateway, order: Order): string | null {
  return order.originalKey === null ? null : (gateway.books.orders.get(order.originalKey)?.queryId ?? null);
}

/** Whoever sends us encrypted values gets them encrypted: to the merchant's own signing key. UnionPay 5.1.0, 敏感信息. */
function encryptFor(gateway: Gateway, merId: string, text: string): string {
  const merchant = gateway.keys.merchants.get(merId);
  if (merchant === undefined || merchant.signMethod !== '01') return text;
  const key = { key: merchant.publicKey, padding: constants.RSA_PKCS1_PADDING };
  return publicEncrypt(key, Buffer.from(text)).toString('base64');
}
