import { formatMinor, money } from '../../../money/money.ts';
import { type Fault, faultedFen } from '../ground/fault.ts';
import { type NewOrder, type Order, orderKey } from '../ground/order.ts';
import { findRepeat } from '../ground/payments.ts';
import { fitRefund, type RefundFit, takeRefund } from '../ground/refunds.ts';
import { buyerOf, REFUND_WINDOW_DAYS, wasPaid } from './describe.ts';
import { type Call, type Decision, done, type Gateway, refuse, textOf } from './gateway.ts';
import { daysBetween, toStamp } from './stamp.ts';
import { findTrade, readFen } from './trade.ts';
import { presentRefund, voucherList } from './vouchers.ts';

/** Gives money back under a number of its own; the same number again gives nothing more and says so. */
export function refund(gateway: Gateway, call: Call): Decision {
  const payment = findTrade(gateway, call);
  if (payment === undefined) return refuse('ACQ.TRADE_NOT_EXIST');
  const amountFen = readFen(textOf(call.content, 'refund_amount'));
  if (amountFen === null) return refuse('ACQ.INVALID_PARAMETER');
  const requestNo = textOf(call.content, 'out_request_no') || payment.orderNo;
  if (requestNo === payment.orderNo && amountFen < payment.amount.minor) return refuse('ACQ.INVALID_PARAMETER');
  const request = toNewRefund(call, payment, requestNo, amountFen);
  const repeat = findRepeat(gateway, request.key, request.fingerprint);
  if (repeat.kind === 'differs') return refuse('ACQ.DISCORDANT_REPEAT_REQUEST');
  if (repeat.kind === 'same') return refunded(call, payment, 'N');
  const refusal = refusalOf(gateway, payment, amountFen);
  if (refusal !== null) return refuse(refusal);
  const atOnce = gateway.refundDelayMs === 0;
  takeRefund(gateway, request, payment, { walletId: payment.walletId, atOnce });
  return refunded(call, payment, atOnce ? 'Y' : 'N');
}

/** Knows only what has gone back: everything else is answered 10000 without a state. */
export function queryRefund(gateway: Gateway, call: Call, fault: Fault | null): Decision {
  const payment = findTrade(gateway, call);
  if (payment === undefined) return refuse('ACQ.TRADE_NOT_EXIST');
  const requestNo = textOf(call.content, 'out_request_no');
  const found = gateway.books.find(refundKey(payment, requestNo));
  if (found?.state !== 'succeeded') return done({});
  const options = call.content.query_options;
  const wants = (name: string) => Array.isArray(options) && options.includes(name);
  const wantsVouchers = wants('refund_voucher_detail_list') && found.discounts.length > 0;
  return done({
    trade_no: payment.wire.tradeNo,
    out_trade_no: payment.orderNo,
    out_request_no: requestNo,
    total_amount: formatMinor(payment.amount),
    refund_amount: formatMinor(money('CNY', faultedFen(fault, found.amount.minor))),
    refund_status: fault?.kind === 'state' ? String(fault.value) : 'REFUND_SUCCESS',
    ...presentRefund(found),
    ...(wantsVouchers ? { refund_voucher_detail_list: voucherList(found) } : {}),
    ...(wants('gmt_refund_pay') ? { gmt_refund_pay: toStamp(found.settledAt ?? found.orderedAt) } : {}),
  });
}

function refusalOf(gateway: Gateway, payment: Order, amountFen: bigint): string | null {
  if (payment.settledAt === null || !wasPaid(payment)) return 'ACQ.TRADE_STATUS_ERROR';
  if (daysBetween(payment.settledAt, gateway.clock.now()) > REFUND_WINDOW_DAYS) return 'ACQ.TRADE_HAS_FINISHED';
  return FIT_CODES[fitRefund(payment, amountFen)];
}

const FIT_CODES: Readonly<Record<RefundFit, string | null>> = {
  fits: null,
  nothing_left: 'ACQ.TRADE_HAS_CLOSE',
  above_whole: 'ACQ.REFUND_AMT_NOT_EQUAL_TOTAL',
  above_rest: 'ACQ.REASON_TRADE_REFUND_FEE_ERR',
};

/** `refund_fee` is what went back in all, not by this call. */
function refunded(call: Call, payment: Order, fundChange: 'Y' | 'N'): Decision {
  return done({
    trade_no: payment.wire.tradeNo,
    out_trade_no: payment.orderNo,
    ...buyerOf(call.merchant),
    refund_fee: formatMinor(payment.undone),
    fund_change: fundChange,
  });
}

function refundKey(payment: Order, requestNo: string): string {
  return orderKey('refund', payment.merchantNo, requestNo, payment.orderNo);
}

/** Nobody is told of a refund at an address of its own: the trade's address hears of it. */
function toNewRefund(call: Call, payment: Order, requestNo: string, amountFen: bigint): NewOrder {
  return {
    key: refundKey(payment, requestNo),
    kind: 'refund',
    merchantNo: payment.merchantNo,
    orderNo: requestNo,
    amountFen: amountFen.toString(),
    subject: payment.subject,
    via: 'refund',
    notifyUrl: payment.notifyUrl,
    returnUrl: null,
    fingerprint: amountFen.toString(),
    wire: { appId: call.merchant.appId },
  };
}
