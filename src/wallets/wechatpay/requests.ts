import { assert } from '../../base/assert.ts';
import type { PayRequest, QueryRequest, RefundRequest, Scene } from '../wallet.ts';
import type { WechatpayAccess, WechatpayConfig } from './config.ts';
import type { Call } from './exchange.ts';
import { toStamp } from './translate.ts';

/** The calls, before they are signed. Source: API v3. */

const ORDERS = '/v3/pay/transactions';
const REFUNDS = '/v3/refund/domestic/refunds';
const DESCRIPTION_CHARS_MAX = 127;
const URL_CHARS_MAX = 255;

type OrderScene = Exclude<Scene, 'web'>;

const ORDER_PATHS = {
  jsapi: 'jsapi',
  app: 'app',
  wap: 'h5',
  qr: 'native',
  code: 'codepay',
} as const satisfies Record<OrderScene, string>;

/** A new order. Asked again with equal parameters, it is the same order. */
export function orderCall(config: WechatpayConfig, request: PayRequest, scene: OrderScene): Call {
  const body = scene === 'code' ? codeBody(config, request) : orderBody(config, request, scene);
  return {
    method: 'POST',
    target: `${ORDERS}/${ORDER_PATHS[scene]}`,
    body,
    about: request.orderNo,
    mayRepeat: scene !== 'code',
  };
}

export function queryCall(access: WechatpayAccess, orderNo: string): Call {
  const target = `${orderPath(orderNo)}?mchid=${access.mchid}`;
  return { method: 'GET', target, body: null, about: orderNo, mayRepeat: true };
}

/** Closes an unpaid order. Closing what is closed is fine. */
export function closeCall(access: WechatpayAccess, orderNo: string): Call {
  const body = { mchid: access.mchid };
  return { method: 'POST', target: `${orderPath(orderNo)}/close`, body, about: orderNo, mayRepeat: true };
}

/** Undoes an order by payment code: closed when unpaid, refunded when paid. */
export function reverseCall(config: WechatpayConfig, request: QueryRequest): Call {
  const target = `${orderPath(request.orderNo)}/reverse`;
  const body = { appid: config.appid, mchid: config.mchid };
  return { method: 'POST', target, body, about: request.orderNo, mayRepeat: true };
}

/** The refund's own number is its idempotency key: repeated, it refunds once. */
export function refundCall(request: RefundRequest): Call {
  assertNotifyUrl(request.notifyUrl);
  return {
    method: 'POST',
    target: REFUNDS,
    body: {
      transaction_id: request.paid.walletPaymentId,
      out_refund_no: request.refund.orderNo,
      notify_url: request.notifyUrl,
      amount: { refund: toFen(request.amount), total: toFen(request.paid.amount), currency: 'CNY' },
    },
    about: request.refund.orderNo,
    mayRepeat: true,
  };
}

export function refundQueryCall(request: RefundRequest): Call {
  const { orderNo } = request.refund;
  return { method: 'GET', target: `${REFUNDS}/${orderNo}`, body: null, about: orderNo, mayRepeat: true };
}

function orderBody(config: WechatpayConfig, request: PayRequest, scene: Exclude<OrderScene, 'code'>): object {
  assertNotifyUrl(request.notifyUrl);
  const body = {
    appid: appidOf(config, scene),
    ...commonBody(config, request),
    time_expire: toStamp(request.expiresAt),
    notify_url: request.notifyUrl,
  };
  if (scene === 'jsapi') return { ...body, payer: { openid: request.payer?.id ?? '' } };
  if (scene !== 'wap') return body;
  const h5 = { type: 'Wap', ...(config.h5AppName === null ? {} : { app_name: config.h5AppName }) };
  return { ...body, scene_info: { payer_client_ip: request.buyerIp ?? '', h5_info: h5 } };
}

/** A payment code is charged at once: there is nothing to expire and nobody is notified. */
function codeBody(config: WechatpayConfig, request: PayRequest): object {
  return {
    appid: config.appid,
    ...commonBody(config, request),
    payer: { auth_code: request.paymentCode ?? '' },
    scene_info: { store_info: config.store ?? {} },
  };
}

function commonBody(config: WechatpayConfig, request: PayRequest): object {
  assert(/^[0-9A-Za-z]{6,32}$/.test(request.orderNo), 'WeChat Pay takes order numbers of 6 to 32 letters and digits');
  return {
    mchid: config.mchid,
    description: toDescription(request.subject),
    out_trade_no: request.orderNo,
    amount: { total: toFen(request.amount), currency: 'CNY' },
  };
}

/** The kind of appid must fit the kind of order. */
export function appidOf(config: WechatpayConfig, scene: Scene): string {
  return scene === 'app' ? (config.appAppid ?? config.appid) : config.appid;
}

/** 127 characters; those of four bytes in UTF-8 (emoji, rare characters) are not taken. */
function toDescription(subject: string): string {
  const description = subject
    .replace(/[\u{10000}-\u{10FFFF}\p{Cs}]/gu, '')
    .replace(/\p{Cc}+/gu, ' ')
    .trim()
    .slice(0, DESCRIPTION_CHARS_MAX);
  return description === '' ? '商品' : description;
}

function toFen(amount: PayRequest['amount']): number {
  return Number(amount.minor); // isPayable has seen that it survives JSON
}

function orderPath(orderNo: string): string {
  assert(/^[0-9A-Za-z]{1,32}$/.test(orderNo), 'an order number needs no escaping');
  return `${ORDERS}/out-trade-no/${orderNo}`;
}

function assertNotifyUrl(url: string): void {
  assert(url.length <= URL_CHARS_MAX && !url.includes('?'), 'WeChat Pay takes addresses of 255 characters, no query');
}
