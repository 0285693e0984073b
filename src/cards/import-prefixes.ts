import type { Clock } from '../base/clock.ts';
import { CARD_PREFIX_ROWS_MAX } from '../base/limits.ts';
import type { Sql } from '../db/connect.ts';
import type { CardKind } from './cards.ts';
import { replacePrefixRows } from './prefix-store.ts';
import type { PrefixRow } from './prefix-table.ts';

export type ImportedPrefixes =
  | { kind: 'imported'; rows: number; importNo: number }
  /** Nothing was written; every line that is wrong, from 1. */
  | { kind: 'refused'; lines: { line: number; why: string }[] };

/**
 * An operator's table of prefixes, CSV with the columns `bank,kind,length,prefix` and, where numbers have no check digit, `luhn` = `no`. It
 * takes the place of the last one imported; its rows stand before the built-in ones. All of it is taken or nothing.
 */
export async function importPrefixes(deps: { sql: Sql; clock: Clock }, text: string): Promise<ImportedPrefixes> {
  const { rows, wrong } = readPrefixes(text);
  if (wrong.length > 0) return { kind: 'refused', lines: wrong };
  const importNo = await replacePrefixRows(deps.sql, rows, deps.clock.now());
  return { kind: 'imported', rows: rows.length, importNo };
}

const KINDS: Readonly<Record<string, CardKind>> = {
  debit: 'debit',
  credit: 'credit',
  semi_credit: 'semi_credit',
  prepaid: 'prepaid',
  DC: 'debit',
  CC: 'credit',
  SCC: 'semi_credit',
  PC: 'prepaid',
};

/** Every line checked by itself and against those before it. */
export function readPrefixes(text: string): { rows: PrefixRow[]; wrong: { line: number; why: string }[] } {
  const rows = new Map<string, { row: PrefixRow; line: number }>();
  const wrong: { line: number; why: string }[] = [];
  const lines = text.replace(/^\ufeff/, '').split(/\r?\n/);
  for (const [index, each] of lines.entries()) {
    const line = index + 1;
    if (each.trim() === '' || (index === 0 && /^bank,kind,length,prefix(,luhn)?$/i.test(each.trim()))) continue;
    if (rows.size >= CARD_PREFIX_ROWS_MAX) {
      wrong.push({ line, why: `there are more than ${CARD_PREFIX_ROWS_MAX} rows` });
      break;
    }
    const row = readLine(each);
    if (typeof row === 'string') {
      wrong.push({ line, why: row });
      continue;
    }
    const key = `${row.length} ${row.prefix}`;
    const before = rows.get(key);
    if (before === undefined) rows.set(key, { row, line });
    else if (before.row.bank !== row.bank || before.row.kind !== row.kind || before.row.hasLuhn !== row.hasLuhn)
      wrong.push({ line, why: `line ${before.line} says otherwise of prefix ${row.prefix} at ${row.length} digits` });
  }
  if (rows.size === 0 && wrong.length === 0) wrong.push({ line: 1, why: 'there are no rows' });
  return { rows: [...rows.values()].map(({ row }) => row), wrong };
}

function readLine(line: string): PrefixRow | string {
  const [bank = '', kindText = '', lengthText = '', prefix = '', luhn = 'yes', ...more] = line
    .split(',')
    .map((cell) => cell.trim());
  const kind = Object.hasOwn(KINDS, kindText) ? KINDS[kindText] : undefined;
  const length = /^\d{2}$/.test(lengthText) ? Number(lengthText) : 0;
  if (more.length > 0) return 'there are more than five columns';
  if (!/^[A-Z0-9]{2,32}$/.test(bank)) return 'the bank is a code of capitals and digits';
  if (kind === undefined) return 'the kind is debit, credit, semi_credit or prepaid';
  if (length < 12 || length > 19) return 'the length is 12 to 19';
  if (!/^\d{3,12}$/.test(prefix)) return 'the prefix is 3 to 12 digits';
  if (prefix.length >= length) return 'the prefix is shorter than the number';
  if (luhn !== 'yes' && luhn !== 'no') return 'luhn is yes or no';
  return { bank, kind, length, prefix, hasLuhn: luhn === 'yes' };
}
