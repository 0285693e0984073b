import { constants, publicEncrypt } from 'node:crypto';
import { cardAt } from '../ground/cards.ts';
import { standingCode } from '../ground/control.ts';
import type { Order } from '../ground/order.ts';
import { merchantsPart } from '../ground/payments.ts';
import { respMsg } from './codes.ts';
import { couponInfo, itemInfo } from './coupons.ts';
import type { Gateway } from './gateway.ts';
import { toStamp } from './stamp.ts';

type Facts = Record<string, string | null | undefined>;

/** What a query tells about a transaction that was found. */
export function toQueryFacts(gateway: Gateway, order: Order): Facts {
  const origRespCode = outcomeCode(gateway, order);
  const base = { ...nameFacts(order), origRespCode, origRespMsg: respMsg(origRespCode) };
  if (order.state === 'succeeded') return { ...base, ...settledFacts(gateway, order) };
  // An unfinished payment has no queryId yet; a refund has had one since it was accepted.
  return { ...base, settleAmt: '0', queryId: order.walletId, origQryId: originalQueryId(gateway, order) };
}

/** The fields of a notification, and of the form that brings the payer back to the merchant. */
export function toNotificationFacts(gateway: Gateway, order: Order): Facts {
  const respCode = outcomeCode(gateway, order);
  const base = { ...nameFacts(order), respCode, respMsg: respMsg(respCode) };
  if (order.state === 'succeeded') return { ...base, ...settledFacts(gateway, order) };
  return { ...base, settleAmt: '0', queryId: order.walletId, origQryId: originalQueryId(gateway, order) };
}

/** How it stands: 00 or A6 done; 05 not yet; 46 undone; anything else failed for now, for good after payTimeout. */
export function outcomeCode(gateway: Gateway, order: Order): string {
  return order.state === 'reversed' ? '46' : standingCode(gateway, order);
}

function nameFacts(order: Order): Facts {
  return {
    version: '5.1.0',
    encoding: order.wire.encoding,
    txnType: order.wire.txnType,
    txnSubType: order.wire.txnSubType,
    bizType: order.wire.bizType,
    accessType: order.wire.accessType,
    merId: order.merchantNo,
    orderId: order.orderNo,
    txnTime: order.wire.txnTime,
    txnAmt: order.amountFen,
    currencyCode: '156',
    reqReserved: order.wire.reqReserved,
  };
}

function settledFacts(gateway: Gateway, order: Order): Facts {
  const card = cardAt(order.cardIndex, false);
  return {
    queryId: order.walletId,
    origQryId: originalQueryId(gateway, order),
    traceNo: order.wire.traceNo,
    traceTime: order.settledAt === null ? null : toStamp(order.settledAt).slice(4),
    settleDate: order.wire.settleDate,
    // Only what the merchant pays itself is not settled. UnionPay, couponInfo.
    settleAmt: merchantsPart(order).minor.toString(),
    settleCurrencyCode: '156',
    accNo: order.wire.encrypted ? encryptFor(gateway, order.merchantNo, card.accNo) : card.accNo,
    payCardType: card.kind === 'credit' ? '02' : '01',
    payType: order.kind === 'payment' ? '0001' : null,
    couponInfo: couponInfo(order),
    issAddnData: itemInfo(order),
  };
}

function originalQueryId(gateway: Gateway, order: Order): string | null {
  return order.originalKey === null ? null : (gateway.books.find(order.originalKey)?.walletId ?? null);
}

/** Whoever sends us encrypted values gets them encrypted: to the merchant's own signing key. UnionPay 5.1.0, 敏感信息. */
function encryptFor(gateway: Gateway, merId: string, text: string): string {
  const merchant = gateway.keys.merchants.get(merId);
  if (merchant === undefined || merchant.signMethod !== '01') return text;
  const key = { key: merchant.publicKey, padding: constants.RSA_PKCS1_PADDING };
  return publicEncrypt(key, Buffer.from(text)).toString('base64');
}
