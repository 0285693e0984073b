import { WECHATPAY_BILL_LINE_CHARS_MAX, WECHATPAY_BILL_UNPACKED_BYTES_MAX } from '../../base/limits.ts';
import { isCurrency } from '../../money/money.ts';
import { fromBeijing } from '../beijing.ts';
import type { StatementItem, StatementLine } from '../statement.ts';
import type { WechatpayConfig } from './config.ts';
import { unpack } from './unpack.ts';

/**
 * Reads a trade bill line by line. It is UTF-8 with a byte order mark: headings, rows with a back-tick before every field,
 * headings of the summary, the summary. Columns are found by their headings, whose order differs between kinds of bills.
 * A refund's row says that it was submitted; later bills do not mention it again. Source: API v3.
 */
export async function* readBill(config: WechatpayConfig, file: Buffer): AsyncGenerator<StatementItem> {
  const reading: Reading = { lineNo: 0, part: 'headings', columns: new Map(), rowsCount: 0 };
  try {
    for await (const line of linesOf(file)) {
      reading.lineNo += 1;
      const item = readLine(config, reading, line);
      if (item === null) continue;
      yield item;
      if (item.kind === 'broken') return;
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'it cannot be read';
    yield { kind: 'broken', lineNo: reading.lineNo, reason };
    return;
  }
  if (reading.part !== 'end') yield { kind: 'broken', lineNo: reading.lineNo, reason: 'it ends without a summary' };
}

interface Reading {
  lineNo: number;
  /** What the next line is. */
  part: 'headings' | 'rows' | 'summary' | 'end';
  columns: Map<string, number>;
  rowsCount: number;
}

type Row = (heading: string) => string;

const ROW_HEADINGS = [
  '交易时间',
  '商户号',
  '微信订单号',
  '商户订单号',
  '交易状态',
  '货币种类',
  '微信退款单号',
  '商户退款单号',
  '手续费',
  '订单金额',
  '申请退款金额',
];
const SUMMARY_HEADINGS = ['总交易单数', '手续费总金额', '订单总金额', '申请退款总金额'];

/** One line; null where it says nothing of its own. The totals end the reading, unless more follows. */
function readLine(config: WechatpayConfig, reading: Reading, line: string): StatementItem | null {
  const broken = (reason: string): StatementItem => ({ kind: 'broken', lineNo: reading.lineNo, reason });
  switch (reading.part) {
    case 'headings':
      return readHeadings(reading, line, ROW_HEADINGS, 'rows') ? null : broken('headings are missing');
    case 'rows': {
      if (!line.startsWith('`'))
        return readHeadings(reading, line, SUMMARY_HEADINGS, 'summary')
          ? null
          : broken('neither a row nor the headings of the summary');
      const row = readRow(reading, line);
      if (row === null) return broken('another number of fields than headings');
      reading.rowsCount += 1;
      const item = toLine(config, row, reading.lineNo);
      return typeof item === 'string' ? broken(item) : item;
    }
    case 'summary': {
      const row = readRow(reading, line);
      reading.part = 'end';
      const item = row === null ? 'the summary has another number of fields' : toTotals(row, reading.rowsCount);
      return typeof item === 'string' ? broken(item) : item;
    }
    case 'end':
      return line === '' ? null : broken('something follows the summary');
    default:
      return reading.part satisfies never;
  }
}

function readHeadings(reading: Reading, line: string, needed: readonly string[], next: Reading['part']): boolean {
  reading.columns = new Map(line.split(',').map((heading, index) => [heading.trim(), index]));
  reading.part = next;
  return needed.every((heading) => reading.columns.has(heading));
}

function readRow(reading: Reading, line: string): Row | null {
  const fields = line.slice(1).split(',`');
  if (!line.startsWith('`') || fields.length !== reading.columns.size) return null;
  return (heading) => fields[reading.columns.get(heading) ?? -1]?.trim() ?? '';
}

/** A row in our words, or why it cannot be one. */
function toLine(config: WechatpayConfig, row: Row, lineNo: number): StatementLine | string {
  const state = row('交易状态');
  const currency = row('货币种类');
  if (row('商户号') !== config.mchid) return 'a row of another merchant';
  if (!isCurrency(currency)) return 'a currency that is not known';
  const isPayment = state === 'SUCCESS';
  // REVOKED: a payment by code that was undone. It may have no refund number of its own.
  const isUndone = state === 'REVOKED';
  if (!isPayment && !isUndone && state !== 'REFUND') return 'a state that is not documented';
  const amountMinor = toUnits(row(isPayment ? '订单金额' : '申请退款金额'), 2);
  const feeMilli = toUnits(row('手续费'), 5);
  if (amountMinor === null || amountMinor < 0n || feeMilli === null) return 'an amount that is not readable';
  const settledMinor = isPayment ? toUnits(row('应结订单金额'), 2) : null;
  const paymentOrderNo = row('商户订单号');
  const orderNo = isPayment ? paymentOrderNo : toName(row('商户退款单号')) || (isUndone ? paymentOrderNo : '');
  const walletId = isPayment ? row('微信订单号') : toName(row('微信退款单号')) || (isUndone ? row('微信订单号') : '');
  if (orderNo === '' || walletId === '') return 'a row without its numbers';
  return {
    kind: isPayment ? 'payment' : 'refund',
    lineNo,
    orderNo,
    paymentOrderNo: isPayment ? null : paymentOrderNo,
    walletPaymentId: walletId,
    currency,
    amountMinor,
    ...(settledMinor === null || settledMinor < 0n ? {} : { settledMinor }),
    feeMilli,
    occurredAt: toInstant(row('交易时间')),
  };
}

function toTotals(row: Row, rowsCount: number): StatementItem | string {
  const count = toUnits(row('总交易单数'), 1); // it may be printed as 45.0
  const paymentsMinor = toUnits(row('订单总金额'), 2);
  const refundsMinor = toUnits(row('申请退款总金额'), 2);
  const feesMilli = toUnits(row('手续费总金额'), 5);
  if (count === null || paymentsMinor === null || refundsMinor === null || feesMilli === null)
    return 'the summary is not readable';
  if (count !== BigInt(rowsCount) * 10n) return `the summary counts other rows than the ${rowsCount} that are there`;
  return { kind: 'totals', paymentsCount: null, paymentsMinor, refundsCount: null, refundsMinor, feesMilli };
}

/** `12.34` in units of 10^-digits: 1234n for 2 digits. Null when it is no number or is finer than that. */
function toUnits(text: string, digits: number): bigint | null {
  const parts = /^(-?)([0-9]{1,15})(?:\.([0-9]{1,10}))?$/.exec(text);
  if (parts === null) return null;
  const [, sign = '', whole = '', fraction = ''] = parts;
  if (/[1-9]/.test(fraction.slice(digits))) return null;
  const units = BigInt(whole + fraction.slice(0, digits).padEnd(digits, '0'));
  return sign === '-' ? -units : units;
}

/** Where there is no refund its numbers are `0`. */
function toName(text: string): string {
  return text === '0' ? '' : text;
}

function toInstant(text: string): Date | null {
  const parts = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)$/.exec(text);
  return parts === null ? null : fromBeijing(`${parts[1]}T${parts[2]}`);
}

/** The lines without their ends. @throws Error when the file is cut short or is not UTF-8 */
async function* linesOf(file: Buffer): AsyncGenerator<string> {
  const utf8 = new TextDecoder('utf-8', { fatal: true }); // takes the byte order mark away
  let rest = '';
  for await (const piece of unpack(file, WECHATPAY_BILL_UNPACKED_BYTES_MAX)) {
    const lines = (rest + utf8.decode(piece, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > WECHATPAY_BILL_LINE_CHARS_MAX) throw new Error('a line is too long');
    for (const line of lines) yield line.endsWith('\r') ? line.slice(0, -1) : line;
  }
  rest += utf8.decode();
  if (rest !== '') yield rest;
}
