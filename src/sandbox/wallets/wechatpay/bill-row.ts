import { formatMinor, money } from '../../../money/money.ts';
import type { Order } from '../ground/order.ts';
import { originalOf, toTransaction } from './describe.ts';
import type { Gateway } from './gateway.ts';
import { noCashOf, offOf } from './promotions.ts';
import { toBillTime } from './stamp.ts';

/** API v3, 交易账单, bill_type ALL: 27 columns, then a summary of 7. */
export const HEADINGS = [
  '交易时间',
  '公众账号ID',
  '商户号',
  '特约商户号',
  '设备号',
  '微信订单号',
  '商户订单号',
  '用户标识',
  '交易类型',
  '交易状态',
  '付款银行',
  '货币种类',
  '应结订单金额',
  '代金券金额',
  '微信退款单号',
  '商户退款单号',
  '退款金额',
  '充值券退款金额',
  '退款类型',
  '退款状态',
  '商品名称',
  '商户数据包',
  '手续费',
  '费率',
  '订单金额',
  '申请退款金额',
  '费率备注',
] as const;

export const SUMMARY_HEADINGS = [
  '总交易单数',
  '应结订单总金额',
  '退款总金额',
  '充值券退款总金额',
  '手续费总金额',
  '订单总金额',
  '申请退款总金额',
] as const;

/** Fees are whole fen, printed with five decimals. */
export const FEE_SCALE = '000';
const FEE_PER_MILLE = 6n;

export interface BillRow {
  state: 'SUCCESS' | 'REFUND' | 'REVOKED';
  fields: readonly string[];
  paidFen: bigint;
  backFen: bigint;
  feeFen: bigint;
  /** Of what was paid, what is settled; of what goes back, what is taken back, and what of it the prefunded coupons were. */
  settledFen: bigint;
  settledBackFen: bigint;
  cashBackFen: bigint;
}

/** One row; `madeAt` is when the bill is made: a refund that finished by then says so. */
export function billRow(gateway: Gateway, order: Order, state: BillRow['state'], at: Date, madeAt: Date): BillRow {
  const payment = order.kind === 'refund' ? originalOf(gateway, order) : order;
  const isPaid = state === 'SUCCESS';
  const paidFen = isPaid ? order.amount.minor : 0n;
  const backFen = isPaid ? 0n : order.amount.minor;
  const noCashFen = BigInt(noCashOf(order));
  const offFen = BigInt(offOf(order));
  const settledFen = isPaid ? paidFen - noCashFen : 0n;
  const settledBackFen = isPaid ? 0n : backFen - noCashFen;
  const cashBackFen = isPaid ? 0n : offFen - noCashFen;
  const fee = ((order.amount.minor - noCashFen) * FEE_PER_MILLE + 500n) / 1000n; // half up to the fen
  const feeFen = isPaid ? fee : -fee;
  const told = toTransaction(payment, null);
  const isRefund = order.kind === 'refund';
  const row: Record<(typeof HEADINGS)[number], string> = {
    交易时间: toBillTime(at),
    公众账号ID: payment.wire.appid ?? '',
    商户号: order.merchantNo,
    特约商户号: '0',
    设备号: '',
    微信订单号: payment.walletId ?? '',
    商户订单号: payment.orderNo,
    用户标识: payment.wire.openid ?? '',
    交易类型: String(told['trade_type']),
    交易状态: state,
    付款银行: String(told['bank_type']),
    货币种类: 'CNY',
    应结订单金额: yuan(settledFen),
    代金券金额: yuan(isPaid ? offFen : 0n),
    微信退款单号: isRefund ? (order.walletId ?? '0') : '0',
    商户退款单号: isRefund ? order.orderNo : '0',
    退款金额: yuan(settledBackFen),
    充值券退款金额: yuan(cashBackFen),
    退款类型: isPaid ? '' : 'ORIGINAL',
    退款状态: isPaid ? '' : refundState(order, madeAt),
    // Commas, back-ticks and line ends would be read as the file's own signs.
    商品名称: (payment.subject ?? '').replace(/[,`\r\n]/g, ' '),
    商户数据包: (payment.wire.attach ?? '').replace(/[,`\r\n]/g, ' '),
    手续费: `${yuan(feeFen)}${FEE_SCALE}`,
    费率: '0.60%',
    订单金额: yuan(paidFen),
    申请退款金额: yuan(backFen),
    费率备注: '',
  };
  const fields = HEADINGS.map((heading) => row[heading]);
  return { state, fields, paidFen, backFen, feeFen, settledFen, settledBackFen, cashBackFen };
}

function refundState(order: Order, madeAt: Date): string {
  if (order.kind === 'payment') return 'SUCCESS';
  if (order.settledAt === null || order.settledAt > madeAt) return 'PROCESSING';
  return order.state === 'succeeded' ? 'SUCCESS' : 'FAIL';
}

function yuan(fen: bigint): string {
  return formatMinor(money('CNY', fen));
}
