import { formatMinor, type Money, money } from '../../../money/money.ts';
import { sumOf as sumOfDiscounts } from '../ground/discounts.ts';
import type { Order } from '../ground/order.ts';
import { merchantsPart } from '../ground/payments.ts';
import { toGbk } from './gbk.ts';
import { type Call, type Decision, done, type Gateway, refuse, textOf } from './gateway.ts';
import type { SandboxMerchant } from './keys.ts';
import { dayOf, toStamp } from './stamp.ts';
import { partOf } from './vouchers.ts';
import { writeZip } from './zip.ts';

const READY_AFTER_MS = 9 * 3_600_000;
const ADDRESS_LIVES_MS = 30_000;
const FEE_PER_MILLE = 6n;

// Alipay, 业务明细账单: 25 columns.
const HEADINGS =
  '支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,对方账户,订单金额（元）,商家实收（元）,支付宝红包（元）,集分宝（元）,支付宝优惠（元）,商家优惠（元）,券核销金额（元）,券名称,商家红包消费金额（元）,卡消费金额（元）,退款批次号/请求号,服务费（元）,分润（元）,备注';

/** Shop, its name, operator, terminal. */
const SHOP_COLUMNS = ['', '', '', ''] as const;
/** Red packets and points: there are none here. */
const RED_PACKET_COLUMNS = ['0.00', '0.00'] as const;
/** Vouchers and cards that the merchant sold: there are none here. */
const VOUCHER_COLUMNS = ['0.00', '', '0.00', '0.00'] as const;

/** Where the bill of a day can be fetched; a bill is made the next day at nine, and none for a day without business. */
export function billAddress(gateway: Gateway, call: Call): Decision {
  const date = textOf(call.content, 'bill_date');
  const day = dayOf(date);
  if (textOf(call.content, 'bill_type') !== 'trade' || day === null) return refuse('ACQ.INVALID_PARAMETER');
  const now = gateway.clock.now();
  const isReady = now.getTime() >= day.to.getTime() + READY_AFTER_MS;
  if (!isReady || gateway.books.listSettled(call.merchant.sellerId, day.from, day.to).length === 0) {
    return refuse('isp.bill_not_exist');
  }
  const code = gateway.random.bytes(18).toString('base64url');
  const until = new Date(now.getTime() + ADDRESS_LIVES_MS).toISOString();
  gateway.grants.give(code, { appId: call.merchant.appId, date, until });
  return done({ bill_download_url: `${gateway.url}/bill?code=${code}` });
}

/** The file behind an address, once; null when there is none or the address is too old. */
export function billFile(gateway: Gateway, code: string): Buffer | null {
  const granted = gateway.grants.take(code);
  const merchant = gateway.keys.merchants.get(granted?.appId ?? '');
  const day = dayOf(granted?.date ?? '');
  if (granted?.until === undefined || merchant === undefined || day === null) return null;
  if (gateway.clock.now() > new Date(granted.until)) return null;
  const orders = gateway.books.listSettled(merchant.sellerId, day.from, day.to);
  const name = `${merchant.sellerId}_${(granted.date ?? '').replaceAll('-', '')}`;
  return writeZip([
    { name: toGbk(`${name}_业务明细.csv`), content: toGbk(details(gateway, merchant, day, orders)) },
    { name: toGbk(`${name}_业务明细(汇总).csv`), content: toGbk(summary(merchant, orders)) },
  ]);
}

function details(gateway: Gateway, merchant: SandboxMerchant, day: { from: Date; to: Date }, orders: Order[]): string {
  const payments = orders.filter(({ kind }) => kind === 'payment');
  const refunds = orders.filter(({ kind }) => kind === 'refund');
  const line = (title: string) =>
    `#-----------------------------------------${title}----------------------------------`;
  return [
    '#支付宝业务明细查询',
    `#账号：[${merchant.sellerId}]`,
    `#起始日期：[${chinese(day.from)}]   终止日期：[${chinese(day.to)}]`,
    line('业务明细列表'),
    HEADINGS,
    ...orders.map((order) => row(gateway, order)),
    line('业务明细列表结束'),
    `#交易合计：${payments.length}笔，商家实收共${yuan(sum(payments))}元，商家优惠共${yuan(sumOff(payments))}元`,
    `#退款合计：${refunds.length}笔，商家实收退款共${negative(sum(refunds))}元，商家优惠退款共${yuan(sumOff(refunds))}元`,
    `#导出时间：[${chinese(gateway.clock.now())}]`,
    '',
  ].join('\r\n');
}

/** Ids carry a tab behind them, as in the real files. */
function row(gateway: Gateway, order: Order): string {
  const isRefund = order.kind === 'refund';
  const payment = order.originalKey === null ? order : (gateway.books.find(order.originalKey) ?? order);
  const merchantFen = partOf(order, ['merchant']);
  const amount = (fen: bigint) => formatMinor(money('CNY', isRefund ? -fen : fen));
  return [
    `${payment.wire.tradeNo ?? ''}\t`,
    `${payment.orderNo}\t`,
    isRefund ? '退款' : '交易',
    order.subject ?? '',
    toStamp(payment.orderedAt),
    toStamp(order.settledAt ?? order.orderedAt),
    ...SHOP_COLUMNS,
    '*通(hut***@sandbox.com)',
    amount(order.amount.minor),
    amount(merchantsPart(order).minor),
    ...RED_PACKET_COLUMNS,
    amount(sumOfDiscounts(order.discounts) - merchantFen),
    amount(merchantFen),
    ...VOUCHER_COLUMNS,
    isRefund ? order.orderNo : '',
    isRefund ? '0.00' : negative(feeOf(merchantsPart(order))),
    '0.00',
    '',
  ].join(',');
}

function summary(merchant: SandboxMerchant, orders: Order[]): string {
  const payments = orders.filter(({ kind }) => kind === 'payment');
  return [
    '#支付宝业务汇总查询',
    `#账号：[${merchant.sellerId}]`,
    '门店编号,门店名称,交易订单总笔数,商家实收（元）',
    `合计,,${payments.length},${yuan(sum(payments))}`,
    '',
  ].join('\r\n');
}

/** Six per mille, rounded to the fen. */
function feeOf(amount: Money): Money {
  return money('CNY', (amount.minor * FEE_PER_MILLE + 500n) / 1000n);
}

function sum(orders: Order[]): Money {
  return money(
    'CNY',
    orders.reduce((total, order) => total + merchantsPart(order).minor, 0n),
  );
}

/** The merchant's own discounts. */
function sumOff(orders: Order[]): Money {
  return money(
    'CNY',
    orders.reduce((total, order) => total + partOf(order, ['merchant']), 0n),
  );
}

function yuan(amount: Money): string {
  return formatMinor(amount);
}

function negative(amount: Money): string {
  return formatMinor(money('CNY', -amount.minor));
}

/** 2016年04月05日 00:00:00 */
function chinese(at: Date): string {
  const [day = '', time = ''] = toStamp(at).split(' ');
  const [year, month, date] = day.split('-');
  return `${year}年${month}月${date}日 ${time}`;
}
