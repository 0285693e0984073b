import { assert } from '../../base/assert.ts';
import type { OrderName, PayRequest, RefundRequest, Scene } from '../wallet.ts';
import type { UnionpayConfig } from './config.ts';
import type { Fields } from './parse.ts';
import { toStamp } from './translate.ts';

/** Fields of each request before they are signed. Source: UnionPay 5.1.0. */

export function payFields(config: UnionpayConfig, request: PayRequest): Fields {
  const { scene } = request;
  const frontUrl = scene === 'web' || scene === 'wap' ? request.returnUrl : ''; // nothing else leads back to a page
  assert(request.notifyUrl.length <= 256 && frontUrl.length <= 256, 'UnionPay takes addresses of 256 characters');
  const common: Fields = {
    ...commonFields(config, request),
    txnType: '01',
    ...PRODUCTS[scene],
    txnAmt: request.amount.minor.toString(),
    currencyCode: '156',
    backUrl: request.notifyUrl,
  };
  // A payment code is charged on the spot: nothing is shown and nothing waits for a time.
  if (scene === 'code') return { ...common, qrNo: request.paymentCode ?? '' };
  const shown = { payTimeout: toStamp(request.expiresAt), frontUrl, riskRateInfo: riskRateInfo(request.subject) };
  const inWallet = scene === 'jsapi' ? { tradeType: 'mobileWeb', appUserId: request.payer?.id ?? '' } : {};
  return { ...common, ...shown, ...inWallet };
}

/** Undoes a charge whose outcome is not known, by the charge's own name. Source: UnionPay 5.1.0, 冲正. */
export function reversalFields(config: UnionpayConfig, name: OrderName): Fields {
  const { bizType, channelType } = PRODUCTS.code;
  return { ...commonFields(config, name), txnType: '99', txnSubType: '01', bizType, channelType };
}

/** Exchanges what the wallet's browser brought for the payer's id. Source: UnionPay 5.1.0. */
export function payerFields(
  config: UnionpayConfig,
  name: OrderName,
  came: { userAuthCode: string; appUpIdentifier: string },
): Fields {
  return {
    ...commonFields(config, name),
    txnType: '00',
    txnSubType: '10',
    bizType: '000000',
    channelType: '08',
    ...came,
  };
}

/** `settleDate` is MMDD. A file request has no order number. Source: UnionPay 5.1.0, 文件传输. */
export function fileFields(config: UnionpayConfig, settleDate: string, at: Date): Fields {
  return {
    version: '5.1.0',
    encoding: 'UTF-8',
    accessType: '0',
    merId: config.merId,
    txnTime: toStamp(at),
    txnType: '76',
    txnSubType: '01',
    bizType: '000000',
    settleDate,
    fileType: '00',
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
    ...refundProduct(request.paid.scene),
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

/** What is sold in each scene. Source: UnionPay 5.1.0. */
const PRODUCTS = {
  web: { txnSubType: '01', bizType: '000201', channelType: '07' },
  wap: { txnSubType: '01', bizType: '000201', channelType: '08' },
  app: { txnSubType: '01', bizType: '000201', channelType: '08' },
  qr: { txnSubType: '07', bizType: '000000', channelType: '08' },
  jsapi: { txnSubType: '01', bizType: '000000', channelType: '07' },
  code: { txnSubType: '06', bizType: '000000', channelType: '08' },
} as const satisfies Record<Scene, Fields>;

/** As the payment's product: 000201 by 07, or 000000 by 08. Source: UnionPay 5.1.0. */
function refundProduct(scene: Scene): Fields {
  const { bizType } = PRODUCTS[scene];
  return { bizType, channelType: bizType === '000201' ? '07' : '08' };
}

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
