import { ACCOUNT_KINDS } from '../ledger/chart.ts';
import { exportLedger } from '../ledger/export-ledger.ts';
import { verifyLedger } from '../ledger/verify.ts';
import { formatMoney, money } from '../money/money.ts';
import { CliError, type Command } from './command.ts';
import { listBalances } from './list-balances.ts';
import { printRows, toJson } from './print.ts';
import { withDatabase, withOperator } from './with-operator.ts';

export const ledgerCommands: readonly Command[] = [
  {
    name: 'ledger verify',
    summary: 'Recompute the chain and every balance from the rows; name the first row that is wrong',
    json: true,
    notes: ['Reads one unmoving picture and holds nobody up. Exit code 1 when a row is wrong.'],
    examples: ['hutong ledger verify', 'hutong ledger verify --json'],
    async run(deps, input) {
      await withDatabase(deps, async (sql) => {
        const verification = await verifyLedger({
          sql,
          onProgress: ({ events }) => {
            if (events >= 50_000) deps.terminal.note(`${events} rows checked …`);
          },
        });
        if (input.json) deps.terminal.print(toJson(verification));
        if (!verification.ok) throw new CliError(`The ledger is wrong at ${verification.text}`);
        if (input.json) return;
        if (verification.books.length === 0) deps.terminal.print('The ledger is empty.');
        for (const { book, events, accounts, hash } of verification.books) {
          deps.terminal.print(`Book ${book}: ${events} rows, ${accounts} accounts, every balance and hash is right.`);
          deps.terminal.print(`Head ${hash}`);
        }
      });
    },
  },
  {
    name: 'ledger export',
    summary: 'Print the whole ledger as JSON lines',
    json: false,
    notes: ['scripts/verify-ledger-export.mjs checks such an export without any of our code.'],
    examples: [
      'hutong ledger export > ledger.jsonl',
      'hutong ledger export | node scripts/verify-ledger-export.mjs /dev/stdin',
    ],
    async run(deps) {
      await withDatabase(deps, (sql) => exportLedger(sql, deps.terminal.out));
    },
  },
  {
    name: 'ledger accounts',
    summary: 'List the accounts with their balances, by the names of the chart',
    json: true,
    examples: ['hutong ledger accounts'],
    async run(deps, input) {
      await withOperator(deps, async (operator) => {
        const rows = await listBalances(operator, operator.book);
        printRows(
          deps.terminal,
          input.json,
          rows,
          [
            { title: 'ACCOUNT', show: (row) => `${ACCOUNT_KINDS[row.kind].zh} ${ACCOUNT_KINDS[row.kind].en}` },
            { title: 'OWNER', show: (row) => row.owner_name },
            { title: 'DEBITS', show: (row) => formatMoney(money(row.currency, row.debits)), right: true },
            { title: 'CREDITS', show: (row) => formatMoney(money(row.currency, row.credits)), right: true },
            { title: 'BALANCE', show: (row) => formatMoney(money(row.currency, row.balance)), right: true },
          ],
          'Nothing has been posted yet.',
        );
      });
    },
  },
];
