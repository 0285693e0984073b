import { type Money, formatMinor, money } from '../../../money/money.ts';
import { sumOf } from '../ground/discounts.ts';
import { type Fault, faultedFen } from '../ground/fault.ts';
import type { Order } from '../ground/order.ts';
import { isPayable } from '../ground/payments.ts';
import type { Gateway, Node } from './gateway.ts';
import type { SandboxMerchant } from './keys.ts';
import { openIdOf, USER_ID } from './people.ts';
import { daysBetween, toStamp } from './stamp.ts';
import { fundBills, inCamelCase, partOf, voucherList } from './vouchers.ts';

export const REFUND_WINDOW_DAYS = 365;
const LOGON_ID = 'hut***@sandbox.com';

/** Alipay OpenAPI, trade_status. A wholly refunded trade is closed as an unpaid one is. */
export function tradeStatus(gateway: Gateway, order: Order): string {
  if (order.state === 'succeeded') {
    if (order.refunded.minor === order.amount.minor) return 'TRADE_CLOSED';
    const isFinished = daysBetween(order.settledAt ?? order.orderedAt, gateway.clock.now()) > REFUND_WINDOW_DAYS;
    return isFinished ? 'TRADE_FINISHED' : 'TRADE_SUCCESS';
  }
  return isPayable(gateway, order) ? 'WAIT_BUYER_PAY' : 'TRADE_CLOSED';
}

/** Also of a trade that was undone or refunded since. */
export function wasPaid(order: Order): boolean {
  return order.settledAt !== null && order.state !== 'failed';
}

/** What the query and the charge by payment code tell about a trade. */
export function tradeNode(merchant: SandboxMerchant, order: Order, fault: Fault | null): Node {
  const total = faulted(order.amount, fault);
  const isPaid = wasPaid(order);
  const totalFen = faultedFen(fault, order.amount.minor);
  const merchantFen = partOf(order, ['merchant']);
  const paidOf = (fen: bigint) => (isPaid ? formatMinor(money('CNY', totalFen - fen)) : '0.00');
  return {
    trade_no: order.wire.tradeNo,
    out_trade_no: order.orderNo,
    total_amount: total,
    buyer_logon_id: LOGON_ID,
    ...buyerOf(merchant),
    receipt_amount: paidOf(merchantFen),
    buyer_pay_amount: paidOf(sumOf(order.discounts)),
    invoice_amount: paidOf(sumOf(order.discounts)),
    point_amount: '0.00',
    ...(isPaid ? { fund_bill_list: fundBills(order, totalFen) } : {}),
    ...(isPaid && order.discounts.length > 0 ? { voucher_detail_list: voucherList(order) } : {}),
  };
}

/** A trade's notification; for a refund, about its payment: with what went back in all and the refund's own number. */
export function notificationFields(
  gateway: Gateway,
  merchant: SandboxMerchant,
  order: Order,
  fault: Fault | null,
): Record<string, string> {
  const payment = order.originalKey === null ? order : gateway.books.find(order.originalKey);
  if (payment === undefined) throw new Error(`the books have no payment of ${order.key}`);
  const totalFen = faultedFen(fault, payment.amount.minor);
  const total = faulted(payment.amount, fault);
  const less = (fen: bigint) => formatMinor(money('CNY', totalFen - fen));
  const { user_id, open_id } = personOf(merchant);
  const now = gateway.clock.now();
  return {
    notify_time: toStamp(now),
    notify_type: 'trade_status_sync',
    notify_id: notifyId(order),
    app_id: merchant.appId,
    auth_app_id: merchant.appId,
    charset: 'utf-8',
    version: '1.0',
    sign_type: 'RSA2',
    trade_no: payment.wire.tradeNo ?? '',
    out_trade_no: payment.orderNo,
    ...(user_id === undefined ? { buyer_open_id: open_id ?? '' } : { buyer_id: user_id }),
    buyer_logon_id: LOGON_ID,
    seller_id: merchant.sellerId,
    trade_status: tradeStatus(gateway, payment),
    total_amount: total,
    receipt_amount: less(partOf(payment, ['merchant'])),
    invoice_amount: less(sumOf(payment.discounts)),
    buyer_pay_amount: less(sumOf(payment.discounts)),
    point_amount: '0.00',
    subject: payment.subject ?? '',
    gmt_create: toStamp(payment.orderedAt),
    gmt_payment: toStamp(payment.settledAt ?? now),
    fund_bill_list: JSON.stringify(inCamelCase(fundBills(payment, totalFen))),
    ...(payment.discounts.length === 0
      ? {}
      : { voucher_detail_list: JSON.stringify(inCamelCase(voucherList(payment))) }),
    ...(payment.wire.passback ? { passback_params: payment.wire.passback } : {}),
    ...(order.kind === 'refund' ? refundFields(payment, order) : {}),
  };
}

function refundFields(payment: Order, refund: Order): Record<string, string> {
  const at = refund.settledAt ?? refund.orderedAt;
  const isWhole = payment.refunded.minor === payment.amount.minor;
  return {
    out_biz_no: refund.orderNo,
    refund_fee: formatMinor(payment.refunded),
    gmt_refund: `${toStamp(at)}.${String(at.getUTCMilliseconds()).padStart(3, '0')}`,
    ...(isWhole ? { gmt_close: toStamp(at) } : {}),
  };
}

/** The same for every delivery of one notification. */
function notifyId(order: Order): string {
  return `${toStamp(order.settledAt ?? order.orderedAt).replace(/\D/g, '')}00222${String(order.sequence).padStart(12, '0')}`;
}

/** The buyer as this merchant knows them: older ones by number, newer ones by an open_id of their own. */
export function personOf(merchant: SandboxMerchant): { user_id?: string; open_id?: string } {
  return merchant.serials === null ? { user_id: USER_ID } : { open_id: openIdOf(merchant) };
}

export function buyerOf(merchant: SandboxMerchant): { buyer_user_id?: string; buyer_open_id?: string } {
  return merchant.serials === null ? { buyer_user_id: USER_ID } : { buyer_open_id: openIdOf(merchant) };
}

function faulted(amount: Money, fault: Fault | null): string {
  return formatMinor(money('CNY', faultedFen(fault, amount.minor)));
}
