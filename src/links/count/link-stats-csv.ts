import { formatMinor, money } from '../../money/money.ts';
import type { LinkStats } from './read-link-stats.ts';

/** By this sign, at the beginning, spreadsheet programs know that the file is in UTF-8. */
const BYTE_ORDER_MARK = '\u{feff}';

/**
 * A link's figures as comma-separated values (RFC 4180): one line per day or hour, or per day and name where the wish splits. Sums are the
 * reader's. Names come from outside, and none of them is a formula.
 */
export function linkStatsCsv(stats: LinkStats): string {
  return BYTE_ORDER_MARK + linesOf(stats).map(toLine).join('');
}

function linesOf({ wish, points, rows }: LinkStats): string[][] {
  const { by, split } = wish;
  if (split !== 'none')
    return [['day', split, 'count'], ...rows.map(({ at, value, count }) => [at, value, `${count}`])];
  if (by === 'hour') return [['hour', 'opens'], ...points.map(({ at, opens }) => [at, `${opens}`])];
  return [
    ['day', 'opens', 'people', 'robots', 'taps', 'payments'],
    ...points.map(({ at, opens, people, robots, taps, payments }) => [
      at,
      ...[opens, people, robots, taps, payments].map((count) => (count === null ? '' : `${count}`)),
    ]),
  ];
}

/** The money of the span, a line per currency; apart, since currencies do not add up. */
export function linkAmountsCsv({ totals }: LinkStats): string {
  const lines = totals.amounts.map(({ currency, payments, minor }) => [
    currency,
    `${payments}`,
    formatMinor(money(currency, minor)),
  ]);
  return BYTE_ORDER_MARK + [['currency', 'payments', 'amount'], ...lines].map(toLine).join('');
}

/** What a spreadsheet program would take for a formula, also written wide, or behind signs that it skips. */
const FORMULA = /^[\s'"]*[=+\-@＝＋－＠|%]/;

function toLine(cells: readonly string[]): string {
  return `${cells.map((cell) => quoted(FORMULA.test(cell) ? `'${cell}` : cell)).join(',')}\r\n`;
}

function quoted(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
