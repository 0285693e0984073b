import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { assert } from '../base/assert.ts';
import type { CardNumber } from '../base/card-number.ts';
import { bankNames, ownCode } from './bank-names.ts';
import type { CardKind } from './cards.ts';

/*
 * Which bank and kind a number belongs to. The key is length AND longest prefix: the same six digits are two banks at two lengths. The rows
 * come from the npm package `bankcardinfo`, whose source lists them as regular expressions (it offers nothing but a look-up that asks a
 * foreign server about every number it does not know, so it is read and never called). An operator's rows stand before them.
 */

export interface PrefixRow {
  bank: string;
  kind: CardKind;
  /** Digits of the whole number, 12 to 19. */
  length: number;
  prefix: string;
  /** False for old prefixes whose numbers have no check digit. */
  hasLuhn: boolean;
}

export interface PrefixTable {
  version: string;
  /** Null for a number that no row fits, or that two rows of equal length claim for two banks: unknown rather than guessed. */
  find(number: CardNumber): PrefixRow | null;
  /** The same by the first digits of a number of this length; `longer` are rows that more digits could still lead to. */
  findByFirst(first: string, length: number): { row: PrefixRow | null; longer: PrefixRow[] };
  /** Codes of all banks that have rows. */
  banks(): string[];
  names(bank: string): { 'zh-CN': string; en: string };
}

/**
 * Debit prefixes of 16 digits that the package lists under SPDB and, word for word, under GDB again; other public tables know them as SPDB's
 * alone.
 */
const SETTLED = ['622516', '622517', '622518', '622521', '622522', '622523', '984301', '984303'];

const PREFIX_DIGITS_MIN = 3;
const PREFIX_DIGITS_MAX = 12;

/** Rows of the operator, if any, over those of the package. `importNo` is 0 when there are none. */
export function makePrefixTable(own: { rows: readonly PrefixRow[]; importNo: number }): PrefixTable {
  const built = builtIn();
  const rows = new Map<string, PrefixRow | null>();
  for (const row of built.rows) {
    const key = keyOf(row);
    const known = rows.get(key);
    rows.set(key, known === undefined || isSame(known, row) ? row : null);
  }
  for (const prefix of SETTLED)
    rows.set(`16 ${prefix}`, { bank: 'SPDB', kind: 'debit', length: 16, prefix, hasLuhn: true });
  for (const row of own.rows) rows.set(keyOf(row), row);

  function findBy(digits: string, length: number): PrefixRow | null {
    for (let taken = Math.min(PREFIX_DIGITS_MAX, digits.length); taken >= PREFIX_DIGITS_MIN; taken--) {
      const row = rows.get(`${length} ${digits.slice(0, taken)}`);
      if (row !== undefined) return row;
    }
    return null;
  }

  return {
    version: own.importNo === 0 ? built.version : `${built.version} + import ${own.importNo}`,
    find: (number) => findBy(number.reveal(), number.length),
    findByFirst: (first, length) => ({
      row: findBy(first, length),
      longer: [...rows.values()].filter(
        (row): row is PrefixRow =>
          row !== null && row.length === length && row.prefix.length > first.length && row.prefix.startsWith(first),
      ),
    }),
    banks: () => [...new Set([...rows.values()].flatMap((row) => (row === null ? [] : [row.bank])))].sort(),
    names: (bank) => bankNames(bank, built.names.get(bank) ?? bank),
  };
}

interface BuiltIn {
  version: string;
  rows: readonly PrefixRow[];
  /** Chinese names by code. */
  names: ReadonlyMap<string, string>;
}

let read: BuiltIn | undefined;

/** Read once per process; a package of another shape stops the start. */
export function builtIn(): BuiltIn {
  if (read === undefined) {
    const require = createRequire(import.meta.url);
    const { version } = JSON.parse(readFileSync(require.resolve('bankcardinfo/package.json'), 'utf8')) as {
      version: string; // every package has one
    };
    read = { version: `bankcardinfo ${version}`, ...readSource(readFileSync(require.resolve('bankcardinfo'), 'utf8')) };
    assert(read.rows.length > 1000, 'the table of prefixes could be read');
  }
  return read;
}

const ENTRY =
  /bankName:\s*"([^"]+)",\s*bankCode:\s*"([^"]+)"|reg:\s*\/\^\(([\d|]+)\)\\d\{(\d+)\}\$\/g?,\s*cardType:\s*"(\w+)"|reg:/g;
const KINDS: Readonly<Record<string, CardKind>> = { DC: 'debit', CC: 'credit', SCC: 'semi_credit', PC: 'prepaid' };

/** A bank, then its patterns `^(p1|p2|…)\d{rest}$` with a kind each. Numbers of 20 digits are no card numbers and left out. */
function readSource(source: string): { rows: PrefixRow[]; names: Map<string, string> } {
  const rows: PrefixRow[] = [];
  const names = new Map<string, string>();
  let bank: string | undefined;
  for (const [found, name, code, prefixes, rest, type = ''] of source.matchAll(ENTRY)) {
    if (name !== undefined && code !== undefined) {
      bank = ownCode(code, name);
      if (!names.has(bank)) names.set(bank, name);
      continue;
    }
    const kind = KINDS[type];
    assert(prefixes !== undefined && kind !== undefined && bank !== undefined, `a pattern can be read: ${found}`);
    for (const prefix of prefixes.split('|')) {
      const length = prefix.length + Number(rest);
      if (length <= 19) rows.push({ bank, kind, length, prefix, hasLuhn: true });
    }
  }
  return { rows, names };
}

function keyOf({ length, prefix }: PrefixRow): string {
  return `${length} ${prefix}`;
}

function isSame(left: PrefixRow | null, right: PrefixRow): boolean {
  return left !== null && left.bank === right.bank && left.kind === right.kind;
}
