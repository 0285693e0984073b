import { createMerchant } from '../cashier/create-merchant.ts';
import type { Merchant } from '../cashier/merchant.ts';
import { readMerchants } from '../cashier/operator-reads.ts';
import type { Command } from './command.ts';
import { printRows } from './print.ts';
import { MERCHANTS_MAX, withOperator } from './with-operator.ts';

export const merchantCommands: readonly Command[] = [
  {
    name: 'merchant create',
    summary: 'Open a merchant with its ledger accounts',
    options: {
      name: { value: 'name', what: 'what buyers see on the cashier page, up to 80 letters', required: true },
      live: { value: null, what: 'takes real money; its keys begin with hk_live_' },
    },
    json: true,
    examples: ['hutong merchant create --name 胡同茶铺', 'hutong merchant create --name "Tea House" --live --json'],
    async run(deps, input) {
      await withOperator(deps, async ({ cashier, book }) => {
        const name = input.required('name');
        const merchant = await createMerchant(cashier, { book, name, livemode: input.flag('live') });
        print(deps.terminal, input.json, [merchant]);
        if (!input.json) deps.terminal.note(`Next: hutong key create --merchant ${merchant.id}`);
      });
    },
  },
  {
    name: 'merchant list',
    summary: 'List the merchants',
    json: true,
    examples: ['hutong merchant list'],
    async run(deps, input) {
      await withOperator(deps, async ({ cashier, book }) =>
        print(deps.terminal, input.json, await readMerchants(cashier, book, MERCHANTS_MAX)),
      );
    },
  },
];

function print(terminal: Parameters<typeof printRows>[0], isJson: boolean, merchants: readonly Merchant[]): void {
  const rows = merchants.map((merchant) => ({
    id: merchant.id,
    name: merchant.name,
    livemode: merchant.livemode,
    created_at: merchant.createdAt.toISOString(),
  }));
  printRows(
    terminal,
    isJson,
    rows,
    [
      { title: 'ID', show: (row) => row.id },
      { title: 'NAME', show: (row) => row.name },
      { title: 'MODE', show: (row) => (row.livemode ? 'live' : 'test') },
      { title: 'CREATED', show: (row) => row.created_at },
    ],
    'There is no merchant yet.',
  );
}
