import {
  SANDBOX_WECHATPAY_CODE_MINUTES,
  SANDBOX_WECHATPAY_ORDER_DAYS,
  SANDBOX_WECHATPAY_ORDER_DAYS_MAX,
} from '../../../base/limits.ts';
import { type NewOrder, type Order, orderKey } from '../ground/order.ts';
import { chargeCode, readPaymentCode } from '../ground/payment-codes.ts';
import { findRepeat, isOver, note, refuseAtOnce, takePayment } from '../ground/payments.ts';
import { checkBody, type Json, textAt, toFingerprint } from './check-body.ts';
import { type ErrorCode, isErrorCode } from './codes.ts';
import { toTransaction } from './describe.ts';
import { answer, type Decision, type Gateway, refuse, type Refused } from './gateway.ts';
import type { SandboxMerchant } from './keys.ts';
import { newCodeUrl, newPrepayId, openidOf, PERSON } from './numbers.ts';
import { ORDER_SHAPES, type OrderKind } from './shapes.ts';
import { fromStamp } from './stamp.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** API v3: numbers in Request-ID that merchants know. */
const INNER = { differs: 268_498_688, paid: 268_449_538, closed: 268_447_914 } as const;

/** Takes an order, or the same order once more. */
export function placeOrder(gateway: Gateway, merchant: SandboxMerchant, kind: OrderKind, body: Json): Decision {
  const refusal = checkBody(body, ORDER_SHAPES[kind]) ?? checkMerchant(merchant, kind, body);
  if (refusal !== null) return refusal;
  const request = toNewOrder(merchant, kind, body);
  const repeat = findRepeat(gateway, request.key, request.fingerprint);
  if (repeat.kind !== 'new') {
    const no = whyNotAgain(gateway, repeat.order, repeat.kind === 'differs');
    if (no !== null) return no;
    return kind === 'codepay' ? chargedAnswer(repeat.order) : answer(newWayIn(gateway, repeat.order));
  }
  if (kind === 'codepay') return charge(gateway, request, textAt(body, 'payer', 'auth_code'));
  const openUntil = readOpenUntil(gateway, textAt(body, 'time_expire'));
  if (openUntil === null) return refuse('PARAM_ERROR', '参数错误：time_expire 格式错误');
  const order = takePayment(gateway, request, openUntil);
  const refusedFor = refuseAtOnce(gateway, order);
  return refusedFor === null ? answer(newWayIn(gateway, order)) : refuse(toErrorCode(refusedFor));
}

/** The appid must be the merchant's and of the right kind; a page's payer must be known to that appid. */
function checkMerchant(merchant: SandboxMerchant, kind: OrderKind, body: Json): Refused | null {
  if (textAt(body, 'mchid') !== merchant.mchid) return refuse('PARAM_ERROR', '参数错误：mchid与签名中的商户号不一致');
  const appid = textAt(body, 'appid');
  if (appid !== (kind === 'app' ? merchant.appAppid : merchant.appid)) return refuse('APPID_MCHID_NOT_MATCH');
  const isKnown = kind !== 'jsapi' || textAt(body, 'payer', 'openid') === openidOf(appid, PERSON);
  if (!isKnown) return refuse('OPENID_MISMATCH');
  const store = textAt(body, 'scene_info', 'store_info', 'id') + textAt(body, 'scene_info', 'store_info', 'out_id');
  return kind === 'codepay' && store === '' ? refuse('PARAM_ERROR', '参数错误：store_info 缺少id或out_id') : null;
}

function toNewOrder(merchant: SandboxMerchant, kind: OrderKind, body: Json): NewOrder {
  const orderNo = textAt(body, 'out_trade_no');
  const appid = textAt(body, 'appid');
  return {
    key: orderKey('payment', merchant.mchid, orderNo),
    kind: 'payment',
    merchantNo: merchant.mchid,
    orderNo,
    amountFen: textAt(body, 'amount', 'total'),
    subject: textAt(body, 'description'),
    via: kind,
    notifyUrl: textAt(body, 'notify_url') || null, // payments by code are told by nobody
    returnUrl: null, // named when the page is opened
    fingerprint: `${kind} ${toFingerprint(body)}`,
    wire: { appid, attach: textAt(body, 'attach'), openid: openidOf(appid, PERSON) },
  };
}

/** API v3, 重入: equal parameters are welcome until the order is paid or over. */
function whyNotAgain(gateway: Gateway, order: Order, differs: boolean): Refused | null {
  if (order.state === 'succeeded') return refuse('ORDER_PAID', undefined, { inner: INNER.paid });
  if (order.via !== 'codepay' && isOver(gateway, order))
    return refuse('ORDER_CLOSED', undefined, { inner: INNER.closed });
  if (order.state === 'reversed') return refuse('ORDER_CLOSED', undefined, { inner: INNER.closed });
  return differs ? refuse('INVALID_REQUEST', '请求重入时，参数与首次请求时不一致', { inner: INNER.differs }) : null;
}

/** A fresh way in; a QR code that was shown before is dead from now on. */
function newWayIn(gateway: Gateway, order: Order): object {
  const madeAt = gateway.clock.now().toISOString();
  if (order.via === 'native') {
    const codeUrl = newCodeUrl(gateway);
    note(gateway, order, { codeUrl, madeAt });
    return { code_url: codeUrl };
  }
  const prepayId = newPrepayId(gateway);
  note(gateway, order, { prepayId, madeAt });
  if (order.via !== 'h5') return { prepay_id: prepayId };
  const query = new URLSearchParams({ prepay_id: prepayId, package: String(order.sequence + 1_000_000_000) });
  return { h5_url: `${gateway.url}/cgi-bin/mmpayweb-bin/checkmweb?${query.toString()}` };
}

/** API v3, time_expire: at least a minute from now, at most 90 days; 7 days where nothing is said. Null: not readable. */
function readOpenUntil(gateway: Gateway, timeExpire: string): Date | null {
  const nowMs = gateway.clock.now().getTime();
  if (timeExpire === '') return new Date(nowMs + SANDBOX_WECHATPAY_ORDER_DAYS * DAY_MS);
  const asked = fromStamp(timeExpire);
  if (asked === null) return null;
  const latestMs = nowMs + SANDBOX_WECHATPAY_ORDER_DAYS_MAX * DAY_MS;
  return new Date(Math.min(Math.max(asked.getTime(), nowMs + MINUTE_MS), latestMs));
}

/** Charges a payment code: the answer is the transaction, or why there is none. */
function charge(gateway: Gateway, request: NewOrder, code: string): Decision {
  if (readPaymentCode(gateway, code) === null) return refuse('AUTH_CODE_INVALID');
  const openUntil = new Date(gateway.clock.now().getTime() + SANDBOX_WECHATPAY_CODE_MINUTES * MINUTE_MS);
  const order = takePayment(gateway, request, openUntil);
  chargeCode(gateway, order, code);
  return chargedAnswer(order);
}

function chargedAnswer(order: Order): Decision {
  if (order.state === 'open') return refuse('USERPAYING');
  if (order.state !== 'failed') return answer(toTransaction(order, null));
  return refuse(toErrorCode(order.lastCode));
}

function toErrorCode(code: string | null): ErrorCode {
  return code !== null && isErrorCode(code) ? code : 'TRADE_ERROR';
}
