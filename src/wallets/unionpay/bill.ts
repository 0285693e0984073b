import { inflateSync } from 'node:zlib';
import {
  UNIONPAY_BILL_LINE_BYTES_MAX,
  UNIONPAY_BILL_UNPACKED_BYTES_MAX,
  UNIONPAY_BILL_ZIP_BYTES_MAX,
} from '../../base/limits.ts';
import type { StatementItem, StatementLine } from '../statement.ts';
import { listEntries, unpack, ZipBroken, type ZipEntry } from '../unzip.ts';
import type { UnionpayConfig } from './config.ts';
import { fromStamp } from './translate.ts';

/** What a bill must not be. */
class BillBroken extends Error {}

/** Widths in bytes, a blank after each. Source: UnionPay 5.1.0. Older files have 131 bytes in place of the last two. */
const WIDTHS = [
  3, 11, 11, 6, 10, 19, 12, 4, 2, 21, 2, 32, 2, 6, 10, 13, 13, 4, 15, 2, 2, 6, 2, 4, 32, 1, 21, 15, 1, 15, 32, 13, 13,
  8, 32, 13, 13, 12, 2, 1,
] as const;
const OFFSETS = WIDTHS.map((_, index) => WIDTHS.slice(0, index).reduce((sum, width) => sum + width + 1, 0));
/** The fields that we read, by their number in the documents, counted from 1. */
const FIELD = {
  sentAt: 5,
  amount: 7,
  queryId: 10,
  orderNo: 12,
  fee: 16,
  settled: 17,
  txnType: 20,
  merId: 28,
} as const;
/** Every byte up to here has its documented place; what follows is told in two ways and only read where it fits. */
const SURE_FIELDS = 28;
const ORIGINAL_ORDER_NO = { from: 475, to: 508 };
const KINDS: Readonly<Record<string, StatementLine['kind']>> = { '01': 'payment', '04': 'refund', '31': 'refund' };
const GOOD_TRANSACTIONS = /^INN(\d{6})\d*ZM_([0-9A-Za-z]{15})$/;

interface Place {
  lineNo: number;
}

/**
 * Reads the good transactions (ZM) of a bill: base64 of this buffer is what UnionPay sent, zlib around a zip. The bill has no
 * summary of its own. Exception transactions (ZME) are not read: what their columns mean stands in no public document.
 */
export async function* readBill(config: UnionpayConfig, file: Buffer): AsyncGenerator<StatementItem> {
  const place: Place = { lineNo: 0 };
  try {
    const entries = findTransactions(config, file);
    for (const { entry, day } of entries) {
      for await (const line of linesOf(entry)) {
        place.lineNo += 1;
        if (line !== '') yield readLine(config, line, place.lineNo, day);
      }
    }
    yield { ...NO_TOTALS, day: dayOf(entries) };
  } catch (error) {
    if (!(error instanceof BillBroken || error instanceof ZipBroken)) throw error;
    yield { kind: 'broken', lineNo: place.lineNo, reason: error.message };
  }
}

/** The clearing day in the name of each list. Source: UnionPay 5.1.0. */
function dayOf(entries: readonly { day: string }[]): string {
  const [day = '', ...others] = new Set(entries.map((entry) => entry.day));
  if (others.length > 0) throw new BillBroken('the archive holds lists of several days');
  return `20${day.slice(0, 2)}-${day.slice(2, 4)}-${day.slice(4)}`;
}

const NO_TOTALS = {
  kind: 'totals',
  paymentsCount: null,
  paymentsMinor: null,
  refundsCount: null,
  refundsMinor: null,
  feesMilli: null,
} as const; // the word of the union

function findTransactions(config: UnionpayConfig, file: Buffer): { entry: ZipEntry; day: string }[] {
  const found: { entry: ZipEntry; day: string }[] = [];
  for (const entry of listEntries(inflated(file))) {
    const [, day = '', merId = ''] = GOOD_TRANSACTIONS.exec(entry.nameBytes.toString('latin1')) ?? [];
    if (day === '') continue;
    if (merId !== config.merId) throw new BillBroken('the bill is of another merchant');
    found.push({ entry, day });
  }
  if (found.length === 0) throw new BillBroken('the archive holds no list of transactions');
  return found;
}

function inflated(file: Buffer): Buffer {
  try {
    return inflateSync(file, { maxOutputLength: UNIONPAY_BILL_ZIP_BYTES_MAX });
  } catch {
    throw new BillBroken('the file cannot be unpacked');
  }
}

/** Lines as one letter a byte: the widths are in bytes, and names in GBK stay what they are. */
async function* linesOf(entry: ZipEntry): AsyncGenerator<string> {
  let rest = '';
  for await (const piece of unpack(entry, UNIONPAY_BILL_UNPACKED_BYTES_MAX)) {
    const lines = (rest + piece.toString('latin1')).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) yield line.replace(/\r$/, '');
    if (rest.length > UNIONPAY_BILL_LINE_BYTES_MAX) throw new BillBroken('a line is too long');
  }
  if (rest !== '') yield rest.replace(/\r$/, '');
}

function readLine(config: UnionpayConfig, line: string, lineNo: number, day: string): StatementLine {
  for (let field = 1; field <= SURE_FIELDS; field++) {
    const end = offsetOf(field) + widthOf(field);
    if (line.length < end || (line.length > end && line.charAt(end) !== ' ')) {
      throw new BillBroken('a line does not have the documented widths');
    }
  }
  if (cell(line, FIELD.merId) !== config.merId) throw new BillBroken('a line is of another merchant');
  const txnType = cell(line, FIELD.txnType);
  const kind = KINDS[txnType];
  if (kind === undefined) throw new BillBroken(`a line is of a kind that we do not make: ${txnType}`);
  const amountMinor = readFen(cell(line, FIELD.amount), /^(\d{12})$/);
  const orderNo = cell(line, FIELD.orderNo);
  const walletPaymentId = cell(line, FIELD.queryId);
  if (!/^[0-9A-Za-z]{8,32}$/.test(orderNo) || !/^[0-9A-Za-z]{1,21}$/.test(walletPaymentId)) {
    throw new BillBroken('a line names no order');
  }
  return {
    kind,
    lineNo,
    orderNo,
    paymentOrderNo: kind === 'refund' ? originalOrderNo(line) : null,
    walletPaymentId,
    currency: 'CNY',
    amountMinor,
    ...feeAndSettled(line, kind, amountMinor),
    occurredAt: readSentAt(cell(line, FIELD.sentAt), day),
  };
}

/**
 * Fee and settled amount have a C or D before them, but not whose credit it is. The row's own sum tells: what is settled of a
 * payment is less by a fee that was kept, what is taken back for a refund is less by a fee that was given back. It may be less than
 * that, too: the merchant has paid for a discount.
 */
function feeAndSettled(
  line: string,
  kind: StatementLine['kind'],
  amountMinor: bigint,
): Pick<StatementLine, 'feeMilli' | 'settledMinor'> {
  const fee = readFen(cell(line, FIELD.fee), /^[CD](\d{12})$/);
  const settled = readFen(cell(line, FIELD.settled), /^[CD](\d{12})$/);
  const isPayment = kind === 'payment';
  const whole = isPayment ? { settledMinor: amountMinor } : {};
  if (settled > 0n && settled + fee < amountMinor)
    return isPayment ? { feeMilli: fee * 1000n, settledMinor: settled + fee } : { feeMilli: -fee * 1000n };
  if (fee === 0n) return { feeMilli: 0n, ...(settled === amountMinor ? whole : {}) };
  if (settled === (isPayment ? amountMinor - fee : amountMinor + fee)) return { feeMilli: fee * 1000n, ...whole };
  const isGivenBack = settled === (isPayment ? amountMinor + fee : amountMinor - fee);
  return isGivenBack ? { feeMilli: -fee * 1000n, ...whole } : { feeMilli: null };
}

function readFen(text: string, shape: RegExp): bigint {
  const digits = shape.exec(text)?.[1];
  if (digits === undefined) throw new BillBroken('an amount is not readable');
  return BigInt(digits);
}

/** MMDDhhmmss has no year: it is the one that lies nearest to the bill's day, YYMMDD. */
function readSentAt(text: string, day: string): Date | null {
  const billed = fromStamp(`20${day}120000`);
  if (billed === null) return null;
  const year = 2000 + Number(day.slice(0, 2));
  const away = (at: Date) => Math.abs(at.getTime() - billed.getTime());
  const candidates = [year - 1, year, year + 1].map((each) => fromStamp(`${each}${text}`)).filter((at) => at !== null);
  return candidates.sort((a, b) => away(a) - away(b))[0] ?? null;
}

function originalOrderNo(line: string): string | null {
  const text = line.slice(ORIGINAL_ORDER_NO.from, ORIGINAL_ORDER_NO.to).trim();
  return /^[0-9A-Za-z]{8,32}$/.test(text) ? text : null;
}

function cell(line: string, field: number): string {
  return line.slice(offsetOf(field), offsetOf(field) + widthOf(field)).trim();
}

function offsetOf(field: number): number {
  return OFFSETS[field - 1] ?? 0;
}

function widthOf(field: number): number {
  return WIDTHS[field - 1] ?? 0;
}
