import { assert } from '../../base/assert.ts';
import { formatMinor } from '../../money/money.ts';
import type { PayRequest, RefundRequest } from '../wallet.ts';
import type { AlipayConfig } from './config.ts';
import type { Call } from './exchange.ts';
import { toStamp } from './translate.ts';

/** The call of each operation before it is signed. Source: Alipay OpenAPI v2. */

/** What an answer about a payment tells of discounts only when it is asked for. Source: alipay.trade.query, query_options. */
const DISCOUNT_OPTIONS = ['fund_bill_list', 'voucher_detail_list'];

/** Orders that begin in the buyer's browser or app: signed here, sent by them. */
export function frontCall(request: PayRequest & { scene: 'web' | 'wap' | 'app' }): Call {
  const order = orderContent(request);
  const { notifyUrl, returnUrl } = request;
  switch (request.scene) {
    case 'web':
      return {
        method: 'alipay.trade.page.pay',
        content: { ...order, product_code: 'FAST_INSTANT_TRADE_PAY' },
        more: addresses(notifyUrl, returnUrl),
      };
    case 'wap':
      return {
        method: 'alipay.trade.wap.pay',
        content: { ...order, product_code: 'QUICK_WAP_WAY', quit_url: returnUrl },
        more: addresses(notifyUrl, returnUrl),
      };
    case 'app':
      return {
        method: 'alipay.trade.app.pay',
        content: { ...order, product_code: 'QUICK_MSECURITY_PAY' },
        more: addresses(notifyUrl, null), // an app has no page to go back to
      };
    default:
      return request.scene satisfies never;
  }
}

/** Orders that we place by a call of our own. */
export function placeCall(config: AlipayConfig, request: PayRequest & { scene: 'qr' | 'jsapi' | 'code' }): Call {
  const order = orderContent(request);
  const common = { orderNo: request.orderNo, more: addresses(request.notifyUrl, null) };
  switch (request.scene) {
    case 'qr':
      return {
        method: 'alipay.trade.precreate',
        content: { ...order, product_code: 'FACE_TO_FACE_PAYMENT' },
        ...common,
      };
    case 'jsapi':
      return { method: 'alipay.trade.create', content: { ...order, ...buyerContent(config, request) }, ...common };
    case 'code': {
      assert(request.paymentCode !== null, 'an order by payment code has the code');
      const scanned = { scene: 'bar_code', auth_code: request.paymentCode, product_code: 'FACE_TO_FACE_PAYMENT' };
      return {
        method: 'alipay.trade.pay',
        content: { ...order, ...scanned, query_options: DISCOUNT_OPTIONS },
        ...common,
      };
    }
    default:
      return request.scene satisfies never;
  }
}

export function queryCall(orderNo: string): Call {
  const content = { out_trade_no: orderNo, query_options: DISCOUNT_OPTIONS };
  return { method: 'alipay.trade.query', content, orderNo };
}

/** `close` ends an unpaid order; `cancel` ends an order by payment code, paid or not. */
export function endCall(what: 'close' | 'cancel', orderNo: string): Call {
  return { method: `alipay.trade.${what}`, content: { out_trade_no: orderNo }, orderNo };
}

export function refundCall(request: RefundRequest): Call {
  const content = {
    out_trade_no: request.paid.orderNo,
    refund_amount: formatMinor(request.amount),
    out_request_no: request.refund.orderNo,
  };
  return { method: 'alipay.trade.refund', content, orderNo: request.paid.orderNo };
}

export function refundQueryCall(orderNo: string, refundNo: string): Call {
  const content = {
    out_trade_no: orderNo,
    out_request_no: refundNo,
    query_options: ['gmt_refund_pay', 'refund_voucher_detail_list'],
  };
  return { method: 'alipay.trade.fastpay.refund.query', content, orderNo };
}

export function billCall(day: string): Call {
  return {
    method: 'alipay.data.dataservice.bill.downloadurl.query',
    content: { bill_type: 'trade', bill_date: day },
  };
}

/** Alipay's certificate of that number, for whoever does not have it yet. */
export function certificateCall(serialNumber: string): Call {
  return { method: 'alipay.open.app.alipaycert.download', content: { alipay_cert_sn: serialNumber } };
}

function orderContent(request: PayRequest): Record<string, string> {
  assert(/^[0-9A-Za-z_]{1,64}$/.test(request.orderNo), 'Alipay takes order numbers of letters, digits and _');
  return {
    out_trade_no: request.orderNo,
    total_amount: formatMinor(request.amount),
    subject: subjectOf(request),
    time_expire: toStamp(request.expiresAt),
  };
}

/** Newer merchants know a buyer by open_id, older ones by a number that begins with 2088. */
function buyerContent(config: AlipayConfig, request: PayRequest): Record<string, string> {
  assert(request.payer !== null, 'an order within the wallet has its payer');
  const { id } = request.payer;
  const buyer: Record<string, string> = /^2088[0-9]{12}$/.test(id) ? { buyer_id: id } : { buyer_open_id: id };
  if (config.opAppId === null) return { ...buyer, product_code: 'FACE_TO_FACE_PAYMENT' };
  return { ...buyer, product_code: 'JSAPI_PAY', op_app_id: config.opAppId };
}

function addresses(notifyUrl: string, returnUrl: string | null): Record<string, string> {
  assert(notifyUrl.length <= 256 && (returnUrl?.length ?? 0) <= 256, 'Alipay takes addresses of 256 characters');
  return returnUrl === null ? { notify_url: notifyUrl } : { notify_url: notifyUrl, return_url: returnUrl };
}

/** Up to 256 characters without `/`, `=` and `&`; a comma would be taken for the end of a column in the day's bill. */
function subjectOf(request: PayRequest): string {
  const plain = request.subject
    .toWellFormed()
    .replaceAll(',', '，')
    .replace(/[/=&"\p{Cc}\s]+/gu, ' ')
    .trim();
  const subject = plain
    .slice(0, 256)
    .replace(/[\ud800-\udbff]$/, '')
    .trim(); // the cut may leave half a character
  return subject === '' ? request.orderNo : subject;
}
