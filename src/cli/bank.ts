import type { PrefixTable } from '../cards/prefix-table.ts';
import { readPrefixTable } from '../cards/read-prefix-table.ts';
import { type BankRoute, readBankRoutes, resetBankRoute, setBankRoute } from '../rail/bank-routes.ts';
import { CliError, type Command, type Terminal } from './command.ts';
import { nearest } from './nearest.ts';
import { printRows } from './print.ts';
import { type WalletOperator, withWalletOperator } from './with-wallet-operator.ts';

const bank = { name: 'bank', what: 'its code, such as ICBC: hutong bank list' };
const WHEN =
  'A running server goes by it within a minute. Moves that are under way keep the institution that they were sent to.';

export const bankCommands: readonly Command[] = [
  {
    name: 'bank list',
    summary: 'List the banks with the institution that their cards are reached at',
    json: true,
    examples: ['hutong bank list', 'hutong bank list --json'],
    async run(deps, input) {
      await withWalletOperator(deps, async ({ sql }) => {
        const table = await readPrefixTable(sql);
        print(deps.terminal, input.json, (await readBankRoutes(sql)).map(shower(table)));
      });
    },
  },
  {
    name: 'bank route',
    summary: 'Say where a bank is reached, or that it takes no part',
    words: [bank, { name: 'institution', what: 'the 8 to 11 digits that the switch knows it by; or "none"' }],
    json: true,
    notes: [WHEN, 'Cards of a bank that takes no part cannot be bound, and nothing can be sent to them.'],
    examples: ['hutong bank route HZCB 04233310', 'hutong bank route CMB none'],
    async run(deps, input) {
      const institution = input.word('institution');
      await withWalletOperator(deps, async (operator) => {
        const table = await readPrefixTable(operator.sql);
        const code = findBank(table, input.word('bank'));
        await setBankRoute(operator, { bank: code, institution: institution === 'none' ? null : institution });
        await printOne(deps.terminal, input.json, operator, code);
      });
    },
  },
  {
    name: 'bank reset',
    summary: 'Take back what was said of a bank: it is reached as the built-in table has it',
    words: [bank],
    json: true,
    notes: [WHEN],
    examples: ['hutong bank reset CMB'],
    async run(deps, input) {
      const code = input.word('bank');
      await withWalletOperator(deps, async (operator) => {
        if (!(await resetBankRoute(operator.sql, code)))
          throw new CliError(`Nothing was said of ${JSON.stringify(code)}: hutong bank list shows what was.`);
        await printOne(deps.terminal, input.json, operator, code);
      });
    },
  },
];

interface ShownRoute {
  bank: string;
  name_zh: string;
  name_en: string;
  institution: string | null;
  takes_part: boolean;
  built_in_institution: string | null;
  is_own_route: boolean;
}

function shower(table: PrefixTable): (route: BankRoute) => ShownRoute {
  return ({ bank: code, institution, builtIn, isOwn }) => ({
    bank: code,
    name_zh: table.names(code)['zh-CN'],
    name_en: table.names(code).en,
    institution,
    takes_part: institution !== null,
    built_in_institution: builtIn,
    is_own_route: isOwn,
  });
}

/** One bank as it is now; a bank that no table has takes no part. */
async function printOne(terminal: Terminal, isJson: boolean, { sql }: WalletOperator, code: string): Promise<void> {
  const found = (await readBankRoutes(sql)).find((route) => route.bank === code);
  const route = found ?? { bank: code, institution: null, builtIn: null, isOwn: false };
  print(terminal, isJson, [shower(await readPrefixTable(sql))(route)]);
}

function print(terminal: Terminal, isJson: boolean, rows: readonly ShownRoute[]): void {
  printRows(
    terminal,
    isJson,
    rows,
    [
      { title: 'BANK', show: (row) => row.bank },
      { title: 'NAME', show: (row) => row.name_zh },
      { title: '', show: (row) => row.name_en },
      { title: 'INSTITUTION', show: (row) => row.institution ?? 'takes no part' },
      {
        title: 'BY',
        show: (row) => (row.is_own_route ? `you (built in: ${row.built_in_institution ?? 'none'})` : 'built in'),
      },
    ],
    'There is no bank.',
  );
}

/** A bank that cards can be told to be of. @throws CliError */
function findBank(table: PrefixTable, code: string): string {
  const known = table.banks();
  if (known.includes(code)) return code;
  const guess = nearest(
    code,
    known.map((one) => one.toLowerCase()),
  )?.toUpperCase();
  const hint = guess === undefined ? 'hutong prefix import brings prefixes of a new one.' : `did you mean ${guess}?`;
  throw new CliError(`No card is known to be of a bank ${JSON.stringify(code)}: ${hint}`);
}
