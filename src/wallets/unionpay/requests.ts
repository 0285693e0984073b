import { assert } from '../../base/assert.ts';
import type { OrderName, PayRequest, RefundRequest, Scene } from '../wallet.ts';
import type { UnionpayConfig } from './config.ts';
import type { Fields } from './parse.ts';
import { toStamp } from './translate.ts';

/** Fields of each request before they are signed. Source: UnionPay 5.1.0, fact sheet 3, 7, 8, 9 and 11. */

export function payFields(config: UnionpayConfig, request: PayRequest): Fields {
  const frontUrl = request.scene === 'app' ? '' : request.returnUrl; // an app has no page to go back to
  assert(request.notifyUrl.length <= 256 && frontUrl.length <= 256, 'UnionPay takes addresses of 256 characters');
  return {
    ...commonFields(config, request),
    txnType: '01',
    txnSubType: '01',
    bizType: '000201',
    channelType: CHANNEL_TYPE[request.scene],
    txnAmt: request.amount.minor.toString(),
    currencyCode: '156',
    payTimeout: toStamp(request.expiresAt),
    backUrl: request.notifyUrl,
    frontUrl,
    riskRateInfo: riskRateInfo(request.subject),
  };
}

/** The query of a transaction by its own name: a payment, a refund or a void. */
export function queryFields(config: UnionpayConfig, name: OrderName): Fields {
  return { ...commonFields(config, name), txnType: '00', txnSubType: '00', bizType: '000000' };
}

export function refundFields(config: UnionpayConfig, request: RefundRequest): Fields {
  assert(request.notifyUrl.length <= 256, 'UnionPay takes addresses of 256 characters');
  return {
    ...commonFields(config, request.refund),
    txnType: REFUND_TXN_TYPE[request.method],
    txnSubType: '00',
    bizType: '000201',
    channelType: '07',
    txnAmt: request.amount.minor.toString(),
    currencyCode: '156',
    origQryId: request.paid.walletPaymentId,
    backUrl: request.notifyUrl,
  };
}

export function encryptionCertificateFields(config: UnionpayConfig, name: OrderName): Fields {
  return {
    ...commonFields(config, name),
    txnType: '95',
    txnSubType: '00',
    bizType: '000000',
    channelType: '07',
    certType: '01',
  };
}

export const REFUND_TXN_TYPE = { refund: '04', void: '31' } as const satisfies Record<RefundRequest['method'], string>;

const CHANNEL_TYPE = { web: '07', wap: '08', app: '08' } as const satisfies Record<Scene, string>;

/** A transaction is named by merId, orderId and txnTime together. */
function commonFields(config: UnionpayConfig, name: OrderName): Fields {
  assert(/^[0-9A-Za-z]{8,40}$/.test(name.orderNo), 'UnionPay takes order numbers of 8 to 40 letters and digits');
  return {
    version: '5.1.0',
    encoding: 'UTF-8',
    accessType: '0',
    merId: config.merId,
    orderId: name.orderNo,
    txnTime: toStamp(name.orderedAt),
  };
}

/** Within `{k=v&k=v}` the signs of the notation itself would be read as notation, so they become blanks. */
function riskRateInfo(subject: string): string {
  const commodityName = subject
    .replace(/[&={}[\]\p{Cc}]+/gu, ' ')
    .trim()
    .slice(0, 100);
  return commodityName === '' ? '' : `{commodityName=${commodityName}}`;
}
