import { hash } from 'node:crypto';
import { assertNever } from '../base/assert.ts';
import { STATEMENT_PIECE_ITEMS } from '../base/limits.ts';
import { type Currency, isCurrency, MINOR_MAX } from '../money/money.ts';
import type { StatementItem, StatementLine } from '../wallets/statement.ts';
import type { Sums } from './statement.ts';
import { addTo, NO_SUMS } from './sums.ts';

/** A bill cannot be taken: nothing of it counts. The message says why, for people. */
export class BillRefused extends Error {
  override name = 'BillRefused';
}

/** What a whole bill adds up to. */
export interface BillSummary {
  sums: Sums;
  currency: Currency | null;
  /** In thousandths of a minor unit; null where no line tells a fee. */
  feesMilli: bigint | null;
  linesCount: number;
  /** The day that the file says it is of; null where it does not say. */
  toldDay: string | null;
  /** The same for the same lines in whatever order and packing. */
  digest: string;
}

/**
 * Reads a bill line by line, hands the lines on in pieces, and compares them with the bill's own totals at its end.
 * @throws BillRefused when it is broken, ends early, contradicts its totals, or has a line that cannot be.
 */
export async function readLines(
  items: AsyncIterable<StatementItem>,
  take: (lines: readonly StatementLine[]) => Promise<void>,
): Promise<BillSummary> {
  const summary = newSummary();
  let piece: StatementLine[] = [];
  let totals: Totals | null = null;
  let taken = Promise.resolve();
  for await (const item of items) {
    if (totals !== null) throw new BillRefused('the bill goes on after its totals');
    switch (item.kind) {
      case 'payment':
      case 'refund':
        piece.push(named(summary, addLine(summary, withName(item)), item.orderNo === ''));
        if (piece.length < STATEMENT_PIECE_ITEMS) break;
        await taken; // one piece is written while the next is read
        taken = take(piece);
        taken.catch(() => {}); // it is heard at the next piece, or at the end
        piece = [];
        break;
      case 'totals':
        totals = item;
        break;
      case 'broken':
        throw new BillRefused(`line ${item.lineNo} is broken: ${item.reason}`);
      default:
        assertNever(item);
    }
  }
  if (totals === null) throw new BillRefused('the bill ends without its totals');
  await taken;
  checkTotals(summary, totals);
  if (piece.length > 0) await take(piece);
  const { sums, currency, feesMilli, linesCount } = summary;
  const toldDay = totals.day ?? null;
  return { sums, currency, feesMilli, linesCount, toldDay, digest: summary.digest.toString(16).padStart(64, '0') };
}

type Totals = Extract<StatementItem, { kind: 'totals' }>;
type RunningSummary = Omit<BillSummary, 'digest' | 'toldDay'> & {
  digest: bigint;
  /** The payments of refunds that have no number of their own. */
  nameless: Set<string>;
};

const DIGEST_MASK = 2n ** 256n - 1n;
const NAME_CHARS_MAX = 64;

function newSummary(): RunningSummary {
  return {
    sums: { ...NO_SUMS },
    currency: null,
    feesMilli: null,
    linesCount: 0,
    digest: 0n,
    nameless: new Set(),
  };
}

function addLine(summary: RunningSummary, line: StatementLine): StatementLine {
  const refuse = (what: string): never => {
    throw new BillRefused(`line ${line.lineNo} ${what}`);
  };
  if (line.orderNo.length < 1 || line.orderNo.length > NAME_CHARS_MAX) refuse('names no order number');
  if (line.amountMinor < 0n || line.amountMinor > MINOR_MAX) refuse('has an amount that cannot be');
  if (line.settledMinor !== undefined && (line.settledMinor < 0n || line.settledMinor > MINOR_MAX))
    refuse('has an amount that cannot be');
  if (!isCurrency(line.currency)) refuse('has a currency that is not known');
  if (summary.currency !== null && summary.currency !== line.currency) refuse('is in another currency than the others');
  const { sums } = summary;
  addTo(sums, line.kind, line.amountMinor);
  summary.currency = line.currency;
  summary.linesCount += 1;
  if (line.feeMilli !== null) summary.feesMilli = (summary.feesMilli ?? 0n) + line.feeMilli;
  // A sum of hashes: the order of lines does not matter, and a line that stands twice still counts twice.
  summary.digest = (summary.digest + hashOf(line)) & DIGEST_MASK;
  return line;
}

/** A payment that was taken back may have no number of its own in a bill: then it goes by the payment's. */
function withName(line: StatementLine): StatementLine {
  return line.orderNo === '' && line.paymentOrderNo !== null ? { ...line, orderNo: line.paymentOrderNo } : line;
}

/**
 * A second such refund of one payment is another refund: its line's number goes with its name. It is counted after its hash
 * was taken, so that the same lines in another order are still the same bill.
 */
function named(summary: RunningSummary, line: StatementLine, isNameless: boolean): StatementLine {
  if (!isNameless) return line;
  const { nameless } = summary;
  if (!nameless.has(line.orderNo)) {
    nameless.add(line.orderNo);
    return line;
  }
  const end = `#${line.lineNo}`;
  return { ...line, orderNo: line.orderNo.slice(0, NAME_CHARS_MAX - end.length) + end };
}

function hashOf(line: StatementLine): bigint {
  const { kind, orderNo, paymentOrderNo, walletPaymentId, currency, amountMinor, feeMilli, occurredAt } = line;
  const text = [kind, orderNo, paymentOrderNo, walletPaymentId, currency, amountMinor, feeMilli, occurredAt?.getTime()];
  // Only where it says something of its own: bills that were read before it was keep their digest.
  if (line.settledMinor !== undefined && line.settledMinor !== amountMinor) text.push(line.settledMinor);
  return BigInt(`0x${hash('sha256', text.join('\n'), 'hex')}`);
}

/** What a bill says of itself must be so; what it does not say is not compared. */
function checkTotals(summary: RunningSummary, totals: Totals): void {
  const { sums, feesMilli } = summary;
  const claims: [string, number | bigint | null, number | bigint][] = [
    ['payments', totals.paymentsCount, sums.paymentsCount],
    ['minor units of payments', totals.paymentsMinor, sums.paymentsMinor],
    ['refunds', totals.refundsCount, sums.refundsCount],
    ['minor units of refunds', totals.refundsMinor, sums.refundsMinor],
    ['thousandths of a minor unit of fees', totals.feesMilli, feesMilli ?? 0n],
  ];
  for (const [what, told, counted] of claims)
    if (told !== null && told !== counted)
      throw new BillRefused(`its totals say ${told} ${what}, its lines have ${counted}`);
}
