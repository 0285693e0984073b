import { ALIPAY_BILL_LINE_CHARS_MAX, ALIPAY_BILL_UNPACKED_BYTES_MAX } from '../../base/limits.ts';
import type { StatementItem, StatementLine } from '../statement.ts';
import { fromStamp } from './translate.ts';
import { listEntries, unpack, ZipBroken, type ZipEntry } from '../unzip.ts';

/** What a bill must not be. */
class BillBroken extends Error {}

interface BillState {
  lineNo: number;
  part: 'before' | 'heading' | 'rows' | 'after';
  isOurs: boolean;
  /** The day that it says it is of, `yyyy-mm-dd`; null where it does not say. */
  day: string | null;
  columns: Columns | null;
  /** What the rows add up to. */
  sums: Sums;
  /** What the summary says. */
  told: { payment: ToldSum | null; refund: ToldSum | null };
}

type Kind = StatementLine['kind'];
type Sums = Record<Kind, { count: number; amountMinor: bigint; receivedMinor: bigint }>;

interface ToldSum {
  count: number;
  receivedMinor: bigint;
}

/**
 * Reads a trade bill line by line: the merchant's number, the rows between the two markers, the summary, which must agree
 * with the rows. Columns are found by their headings. Source: 业务明细账单.
 */
export async function* readBill(sellerId: string, file: Buffer): AsyncGenerator<StatementItem> {
  const state: BillState = {
    lineNo: 0,
    part: 'before',
    isOurs: false,
    day: null,
    columns: null,
    sums: { payment: { ...NOTHING }, refund: { ...NOTHING } },
    told: { payment: null, refund: null },
  };
  try {
    for await (const line of linesOf(findDetails(file))) {
      state.lineNo += 1;
      const item = readLine(sellerId, state, line);
      if (item !== null) yield item;
    }
    yield totalsOf(state);
  } catch (error) {
    if (!(error instanceof BillBroken || error instanceof ZipBroken)) throw error;
    yield { kind: 'broken', lineNo: state.lineNo, reason: error.message };
  }
}

const NOTHING = { count: 0, amountMinor: 0n, receivedMinor: 0n };
const PARTS = { begin: /^#-+业务明细列表-+$/, end: /^#-+业务明细列表结束-+$/ };
const SPAN = /^#起始日期：\[(\d{4})年(\d\d)月(\d\d)日 00:00:00\]\s*终止日期：\[(\d{4})年(\d\d)月(\d\d)日/;
const DAY_MS = 86_400_000;
const ACCOUNT = /^#账号：\[([0-9]+)\]$/;
const TOLD = {
  payment: /^#交易合计：([0-9]+)笔，商家实收共(-?[0-9.]+)元/,
  refund: /^#退款合计：([0-9]+)笔，商家实收退款共(-?[0-9.]+)元/,
};

function readLine(sellerId: string, state: BillState, line: string): StatementItem | null {
  if (!line.startsWith('#')) return readRow(state, line);
  if (PARTS.end.test(line) && state.part === 'rows') state.part = 'after';
  else if (PARTS.begin.test(line) && state.part === 'before') state.part = 'heading';
  else if (state.part === 'heading' || state.part === 'rows') throw new BillBroken('a remark stands among the rows');
  const account = ACCOUNT.exec(line)?.[1];
  if (account !== undefined) {
    // The account's number is the merchant's, with four digits more at some.
    if (!account.startsWith(sellerId)) throw new BillBroken('the bill is of another merchant');
    state.isOurs = true;
  }
  state.day ??= readDay(line);
  for (const kind of ['payment', 'refund'] as const) {
    const told = TOLD[kind].exec(line);
    if (told === null) continue;
    if (state.told[kind] !== null || state.part !== 'after') throw new BillBroken('a total stands in the wrong place');
    const receivedMinor = readYuan(told[2] ?? '');
    state.told[kind] = { count: Number(told[1]), receivedMinor: kind === 'refund' ? -receivedMinor : receivedMinor };
  }
  return null;
}

/** The day that a line says the bill is of; bills of a month look the same, and are not of a day. Null for other lines. */
function readDay(line: string): string | null {
  const [, ...parts] = SPAN.exec(line) ?? [];
  if (parts.length < 6) return null;
  const [from, to] = [parts.slice(0, 3).join('-'), parts.slice(3).join('-')];
  const days = (Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / DAY_MS;
  if (!(days >= 0 && days <= 1)) throw new BillBroken('the bill is not of one day');
  return from;
}

function readRow(state: BillState, line: string): StatementLine | null {
  if (line.trim() === '') return null;
  if (state.part === 'heading') {
    state.columns = readHeading(line);
    state.part = 'rows';
    return null;
  }
  if (state.part !== 'rows' || state.columns === null) throw new BillBroken('a row stands outside the list');
  const cells = cellsOf(line, state.columns);
  const kind = KINDS.get(cells.kind);
  if (kind === undefined) throw new BillBroken('a row is neither a payment nor a refund');
  const sign = kind === 'refund' ? -1n : 1n; // what went back is written below zero
  const amountMinor = sign * readYuan(cells.amount);
  const sum = state.sums[kind];
  sum.count += 1;
  sum.amountMinor += amountMinor;
  const receivedMinor = sign * readYuan(cells.received);
  sum.receivedMinor += receivedMinor;
  if (amountMinor < 0n) throw new BillBroken('an amount has the wrong sign');
  if (cells.orderNo === '' || cells.tradeNo === '') throw new BillBroken('a row names no order');
  const isRefund = kind === 'refund';
  return {
    kind,
    lineNo: state.lineNo,
    orderNo: isRefund ? cells.refundNo : cells.orderNo,
    paymentOrderNo: isRefund ? cells.orderNo : null,
    walletPaymentId: cells.tradeNo,
    currency: 'CNY',
    amountMinor,
    ...(isRefund || receivedMinor < 0n ? {} : { settledMinor: receivedMinor }),
    feeMilli: cells.fee === '' ? null : -readYuan(cells.fee) * 1000n, // a fee that was kept is written below zero
    occurredAt: fromStamp(cells.finishedAt),
  };
}

/** The summary counts what the merchant received; where nobody gave a discount that is what buyers paid. */
function totalsOf(state: BillState): StatementItem {
  const { payment, refund } = state.told;
  if (!state.isOurs || state.part !== 'after' || payment === null || refund === null) {
    throw new BillBroken('the bill ends too early');
  }
  for (const kind of ['payment', 'refund'] as const) {
    const { count, receivedMinor } = state.sums[kind];
    const told = kind === 'payment' ? payment : refund;
    if (told.count !== count) throw new BillBroken(`the summary counts ${told.count} ${kind}s, there are ${count}`);
    if (told.receivedMinor !== receivedMinor) throw new BillBroken(`the ${kind}s do not add up to the summary`);
  }
  const { sums } = state;
  return {
    kind: 'totals',
    paymentsCount: payment.count,
    paymentsMinor: payment.receivedMinor === sums.payment.amountMinor ? payment.receivedMinor : null,
    refundsCount: refund.count,
    refundsMinor: refund.receivedMinor === sums.refund.amountMinor ? refund.receivedMinor : null,
    feesMilli: null,
    ...(state.day === null ? {} : { day: state.day }),
  };
}

const KINDS: ReadonlyMap<string, Kind> = new Map([
  ['交易', 'payment'],
  ['退款', 'refund'],
]);

const HEADINGS = {
  tradeNo: '支付宝交易号',
  orderNo: '商户订单号',
  kind: '业务类型',
  finishedAt: '完成时间',
  amount: '订单金额（元）',
  received: '商家实收（元）',
  refundNo: '退款批次号/请求号',
  fee: '服务费（元）',
} as const;
const FREE_TEXT_HEADING = '商品名称';

interface Columns {
  count: number;
  at: Record<keyof typeof HEADINGS, number>;
  freeTextAt: number;
}

function readHeading(line: string): Columns {
  const names = split(line);
  const find = (name: string): number => {
    const at = names.indexOf(name);
    if (at === -1 || names.lastIndexOf(name) !== at) throw new BillBroken(`there is no column ${name}, or two`);
    return at;
  };
  const { tradeNo, orderNo, kind, finishedAt, amount, received, refundNo, fee } = HEADINGS;
  return {
    count: names.length,
    at: {
      tradeNo: find(tradeNo),
      orderNo: find(orderNo),
      kind: find(kind),
      finishedAt: find(finishedAt),
      amount: find(amount),
      received: find(received),
      refundNo: find(refundNo),
      fee: find(fee),
    },
    freeTextAt: find(FREE_TEXT_HEADING),
  };
}

type Cells = Record<keyof typeof HEADINGS, string>;

/** Nothing is quoted in these files: what a row has too many comes from commas in the name of what was sold. */
function cellsOf(line: string, columns: Columns): Cells {
  const cells = split(line);
  const excess = cells.length - columns.count;
  if (excess < 0) throw new BillBroken('a row has too few columns');
  cells.splice(columns.freeTextAt, excess);
  const cell = (name: keyof typeof HEADINGS): string => cells[columns.at[name]] ?? '';
  return {
    tradeNo: cell('tradeNo'),
    orderNo: cell('orderNo'),
    kind: cell('kind'),
    finishedAt: cell('finishedAt'),
    amount: cell('amount'),
    received: cell('received'),
    refundNo: cell('refundNo'),
    fee: cell('fee'),
  };
}

/** Numbers carry a tab behind them, so that spreadsheets take them for text. */
function split(line: string): string[] {
  return line.split(',').map((cell) => cell.trim());
}

/** Yuan with up to two decimals and a sign, in fen. */
function readYuan(text: string): bigint {
  const parts = /^(-?)([0-9]{1,13})(?:\.([0-9]{1,2}))?$/.exec(text);
  if (parts === null) throw new BillBroken('an amount is not readable');
  const minor = BigInt(`${parts[2]}${(parts[3] ?? '').padEnd(2, '0')}`);
  return parts[1] === '-' ? -minor : minor;
}

/** The archive holds the rows and a summary by shop (汇总); their names are written in GBK. */
function findDetails(file: Buffer): ZipEntry {
  const details = listEntries(file).filter(({ nameBytes }) => {
    const name = new TextDecoder('gbk').decode(nameBytes);
    return name.includes('业务明细') && !name.includes('汇总');
  });
  const [entry] = details;
  if (entry === undefined || details.length > 1) throw new BillBroken('the archive does not hold one list of trades');
  return entry;
}

/** Lines without their ends. */
async function* linesOf(entry: ZipEntry): AsyncGenerator<string> {
  const gbk = new TextDecoder('gbk', { fatal: true });
  let rest = '';
  for await (const piece of unpack(entry, ALIPAY_BILL_UNPACKED_BYTES_MAX)) {
    const lines = (rest + decode(gbk, piece)).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > ALIPAY_BILL_LINE_CHARS_MAX) throw new BillBroken('a line is too long');
    for (const line of lines) yield line.replace(/\r$/, '');
  }
  rest += decode(gbk, null);
  if (rest !== '') yield rest.replace(/\r$/, '');
}

function decode(gbk: InstanceType<typeof TextDecoder>, piece: Buffer | null): string {
  try {
    return piece === null ? gbk.decode() : gbk.decode(piece, { stream: true });
  } catch {
    throw new BillBroken('the bill is not in GBK');
  }
}
