import { CARD_PREFIX_ROWS_MAX } from '../base/limits.ts';
import { importPrefixes } from '../cards/import-prefixes.ts';
import type { PrefixRow, PrefixTable } from '../cards/prefix-table.ts';
import { readPrefixTable } from '../cards/read-prefix-table.ts';
import { readBankRoutes } from '../rail/bank-routes.ts';
import { CliError, type Command, UsageError } from './command.ts';
import { printRows, toJson } from './print.ts';
import { readFileWithin } from './read-file.ts';
import { withWalletOperator } from './with-wallet-operator.ts';

const FIRST_DIGITS_MIN = 3;
/** More than the longest prefix in use says nothing more of the bank, and is much of somebody's number. */
const FIRST_DIGITS_MAX = 10;
const CARD_DIGITS = { min: 12, max: 19 };
const LINE_BYTES_MAX = 100;
const COMPLAINTS_MAX = 20;

export const prefixCommands: readonly Command[] = [
  {
    name: 'prefix look-up',
    summary: 'Say which bank and kind of card a number begins like',
    words: [
      {
        name: 'first-digits',
        what: `the first ${FIRST_DIGITS_MIN} to ${FIRST_DIGITS_MAX} digits, never a whole number`,
      },
    ],
    options: { length: { value: 'digits', what: 'how many digits the whole number has; every length when left out' } },
    json: true,
    notes: [
      'The same first digits may be two banks at two lengths. Nobody is asked: the answer is from the table here.',
    ],
    examples: ['hutong prefix look-up 622202 --length 19', 'hutong prefix look-up 622309 --json'],
    async run(deps, input) {
      const length = input.count('length', CARD_DIGITS);
      const first = readFirstDigits(input.word('first-digits'));
      await withWalletOperator(deps, async ({ sql }) => {
        const table = await readPrefixTable(sql);
        const routes = await readBankRoutes(sql);
        const takingPart = new Set(routes.filter(({ institution }) => institution !== null).map((route) => route.bank));
        const rows = lookUp(table, first, length).map((found) => ({
          ...found,
          takes_part: takingPart.has(found.bank),
          table: table.version,
        }));
        printRows(
          deps.terminal,
          input.json,
          rows,
          [
            { title: 'DIGITS', show: (row) => `${row.length}`, right: true },
            { title: 'PREFIX', show: (row) => row.prefix },
            { title: 'BANK', show: (row) => row.bank },
            { title: 'NAME', show: (row) => row.bank_name_zh },
            { title: 'KIND', show: (row) => row.kind },
            { title: 'TAKES PART', show: (row) => (row.takes_part ? 'yes' : 'no') },
            { title: '', show: (row) => (row.needs_more_digits ? 'if it goes on like this' : '') },
          ],
          'No card is known to begin like this.',
        );
        if (!input.json) deps.terminal.note(`By ${table.version}.`);
      });
    },
  },
  {
    name: 'prefix import',
    summary: 'Put a table of prefixes of your own before the built-in one',
    words: [{ name: 'file', what: 'CSV with the columns bank,kind,length,prefix and perhaps luhn' }],
    json: true,
    notes: [
      'kind is debit, credit, semi_credit or prepaid; luhn is "no" where numbers have no check digit.',
      'The file takes the place of the one before, all of it or nothing. A running server takes it over within the hour.',
    ],
    examples: ['hutong prefix import prefixes.csv'],
    async run(deps, input) {
      const file = await readFileWithin(input.word('file'), CARD_PREFIX_ROWS_MAX * LINE_BYTES_MAX);
      await withWalletOperator(deps, async (operator) => {
        const result = await importPrefixes(operator, file.toString('utf8'));
        if (result.kind === 'refused') {
          const { lines } = result;
          if (input.json) deps.terminal.print(toJson({ imported: false, lines }));
          else for (const { line, why } of lines.slice(0, COMPLAINTS_MAX)) deps.terminal.note(`line ${line}: ${why}`);
          const wrong = lines.length === 1 ? 'one line is wrong' : `${lines.length} lines are wrong`;
          throw new CliError(`Nothing was imported: ${wrong}.`);
        }
        const { rows, importNo } = result;
        if (input.json) deps.terminal.print(toJson({ imported: true, rows, import_no: importNo }));
        else deps.terminal.print(`${rows} rows were imported; they are import ${importNo}.`);
      });
    },
  },
];

/** The word itself is never said again: it may be somebody's number. @throws UsageError */
function readFirstDigits(text: string): string {
  const digitsCount = text.replace(/\D/g, '').length;
  if (digitsCount > FIRST_DIGITS_MAX)
    throw new UsageError(
      `hutong prefix look-up: at most ${FIRST_DIGITS_MAX} digits: a whole card number does not belong on a command line, which shells keep and other users of the machine see`,
    );
  if (!/^\d+$/.test(text) || digitsCount < FIRST_DIGITS_MIN)
    throw new UsageError(`hutong prefix look-up: <first-digits> is ${FIRST_DIGITS_MIN} to ${FIRST_DIGITS_MAX} digits`);
  return text;
}

interface Found {
  length: number;
  prefix: string;
  bank: string;
  bank_name_zh: string;
  bank_name_en: string;
  kind: string;
  has_check_digit: boolean;
  /** The row has more digits than were given: it is this bank if the number goes on like it. */
  needs_more_digits: boolean;
}

function lookUp(table: PrefixTable, first: string, only: number | undefined): Found[] {
  const all = Array.from({ length: CARD_DIGITS.max - CARD_DIGITS.min + 1 }, (_, index) => CARD_DIGITS.min + index);
  return (only === undefined ? all : [only]).flatMap((length) => {
    const { row, longer } = table.findByFirst(first, length);
    return [...(row === null ? [] : [show(table, row, false)]), ...longer.map((one) => show(table, one, true))];
  });
}

function show(table: PrefixTable, row: PrefixRow, needsMoreDigits: boolean): Found {
  const names = table.names(row.bank);
  return {
    length: row.length,
    prefix: row.prefix,
    bank: row.bank,
    bank_name_zh: names['zh-CN'],
    bank_name_en: names.en,
    kind: row.kind,
    has_check_digit: row.hasLuhn,
    needs_more_digits: needsMoreDigits,
  };
}
