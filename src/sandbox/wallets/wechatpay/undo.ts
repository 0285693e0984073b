import { SANDBOX_WECHATPAY_REFUND_DAYS, SANDBOX_WECHATPAY_REFUNDS_MAX } from '../../../base/limits.ts';
import { type NewOrder, type Order, orderKey } from '../ground/order.ts';
import { closeOrder, findRepeat, reverseOrder } from '../ground/payments.ts';
import { fitRefund, takeRefund } from '../ground/refunds.ts';
import { checkBody, type Json, textAt, toFingerprint } from './check-body.ts';
import { toRefund } from './describe.ts';
import { answer, type Decision, type Gateway, refuse, type Refused } from './gateway.ts';
import type { SandboxMerchant } from './keys.ts';
import { toRefundId } from './numbers.ts';
import { CLOSE_SHAPE, REFUND_SHAPE, REVERSE_SHAPE } from './shapes.ts';

const DAY_MS = 24 * 3_600_000;
/** API v3: the number in Request-ID after closing what has to be reversed. */
const REVERSE_INSTEAD = 268_449_641;

export function findPayment(gateway: Gateway, merchant: SandboxMerchant, orderNo: string): Order | undefined {
  return gateway.books.find(orderKey('payment', merchant.mchid, orderNo));
}

/** Closes an unpaid order; closing it again is fine. */
export function close(gateway: Gateway, merchant: SandboxMerchant, orderNo: string, body: Json): Decision {
  const refusal = checkBody(body, CLOSE_SHAPE) ?? checkMchid(merchant, body);
  if (refusal !== null) return refusal;
  const order = findPayment(gateway, merchant, orderNo);
  if (order === undefined) return refuse('ORDER_NOT_EXIST');
  if (order.via === 'codepay') return refuse('INVALID_REQUEST', '付款码支付请调用撤销接口', { inner: REVERSE_INSTEAD });
  if (order.state === 'succeeded') return refuse('ORDER_PAID');
  if (order.state === 'open') closeOrder(gateway, order);
  return answer(null, 204);
}

/** Undoes an order by payment code: closed when unpaid, sent back when paid. */
export function reverse(gateway: Gateway, merchant: SandboxMerchant, orderNo: string, body: Json): Decision {
  if (body['appid'] === undefined) return refuse('SYSTEM_ERROR'); // not documented, but what merchants see
  const refusal = checkBody(body, REVERSE_SHAPE) ?? checkMchid(merchant, body);
  if (refusal !== null) return refusal;
  if (textAt(body, 'appid') !== merchant.appid) return refuse('APPID_MCHID_NOT_MATCH');
  const order = findPayment(gateway, merchant, orderNo);
  if (order === undefined) return refuse('ORDER_NOT_EXIST');
  if (order.via !== 'codepay') return refuse('INVALID_REQUEST', '仅付款码支付的订单可以撤销');
  if (order.undone.minor > 0n) return refuse('INVALID_REQUEST', '订单已发生退款，不能撤销');
  reverseOrder(gateway, order);
  return answer({ appid: merchant.appid, mchid: merchant.mchid, out_trade_no: orderNo });
}

/** Takes a refund, or tells how the same one stands. */
export function refund(gateway: Gateway, merchant: SandboxMerchant, body: Json): Decision {
  const refusal = checkBody(body, REFUND_SHAPE);
  if (refusal !== null) return refusal;
  const request = toNewRefund(merchant, body);
  const repeat = findRepeat(gateway, request.key, request.fingerprint);
  if (repeat.kind === 'differs') return refuse('INVALID_REQUEST', '商户退款单号重复，且参数与首次请求时不一致');
  if (repeat.kind === 'same') return answer(toRefund(gateway, repeat.order, null));
  const original = findOriginal(gateway, merchant, body);
  if (original === undefined) return refuse('RESOURCE_NOT_EXISTS', '订单不存在');
  const no = checkRefund(gateway, original, request, BigInt(textAt(body, 'amount', 'total')));
  if (no !== null) return no;
  const walletId = toRefundId(gateway, gateway.books.nextSequence());
  return answer(toRefund(gateway, takeRefund(gateway, request, original, { walletId, atOnce: false }), null));
}

function toNewRefund(merchant: SandboxMerchant, body: Json): NewOrder {
  const orderNo = textAt(body, 'out_refund_no');
  return {
    key: orderKey('refund', merchant.mchid, orderNo),
    kind: 'refund',
    merchantNo: merchant.mchid,
    orderNo,
    amountFen: textAt(body, 'amount', 'refund'),
    subject: textAt(body, 'reason') || null,
    via: 'refund',
    notifyUrl: textAt(body, 'notify_url') || null,
    returnUrl: null,
    fingerprint: toFingerprint(body),
    wire: {},
  };
}

/** Only what was paid to this merchant can go back; a payment that was undone is as if it had never been. */
function findOriginal(gateway: Gateway, merchant: SandboxMerchant, body: Json): Order | undefined {
  const id = textAt(body, 'transaction_id');
  const orderNo = textAt(body, 'out_trade_no');
  const order = id === '' ? findPayment(gateway, merchant, orderNo) : gateway.books.findByWalletId(id);
  const isTheirs = order?.merchantNo === merchant.mchid && (orderNo === '' || order.orderNo === orderNo);
  return isTheirs && order.kind === 'payment' && order.state === 'succeeded' ? order : undefined;
}

function checkRefund(gateway: Gateway, original: Order, request: NewOrder, total: bigint): Refused | null {
  if (total !== original.amount.minor) return refuse('PARAM_ERROR', '参数错误：订单金额与原订单不一致');
  const paidAt = original.settledAt ?? original.orderedAt;
  const days = (gateway.clock.now().getTime() - paidAt.getTime()) / DAY_MS;
  if (days > SANDBOX_WECHATPAY_REFUND_DAYS) return refuse('INVALID_REQUEST', '订单超过一年，不能退款');
  if (gateway.books.listRefunds(original).length >= SANDBOX_WECHATPAY_REFUNDS_MAX)
    return refuse('INVALID_REQUEST', '部分退款次数超过50次');
  const fit = fitRefund(original, BigInt(request.amountFen));
  return fit === 'fits' ? null : refuse('INVALID_REQUEST', '申请退款金额大于订单可退金额');
}

function checkMchid(merchant: SandboxMerchant, body: Json): Refused | null {
  if (textAt(body, 'mchid') === merchant.mchid) return null;
  return refuse('PARAM_ERROR', '参数错误：mchid与签名中的商户号不一致');
}
