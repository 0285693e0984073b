import { readFile } from 'node:fs/promises';
import { addWalletAccount, listAccounts } from '../cashier/add-wallet-account.ts';
import { wallets } from '../wallets/registry.ts';
import { CliError, type Command } from './command.ts';
import { codeOf } from './explain-error.ts';
import { printRows } from './print.ts';
import { chooseMerchant, withOperator } from './with-operator.ts';

const merchant = { value: 'id', what: 'whose; may be left out while there is only one' };

export const walletCommands: readonly Command[] = [
  {
    name: 'wallet add',
    summary: "Register a merchant's account at a wallet",
    words: [
      { name: 'wallet', what: Object.keys(wallets).join(', ') },
      {
        name: 'settings.json',
        what: 'a file with the numbers, keys and certificates that the wallet gave the merchant',
      },
    ],
    options: { merchant, label: { value: 'text', what: 'for people' } },
    json: true,
    notes: ['The settings are checked, then sealed: they are never shown again. Remove the file afterwards.'],
    examples: ['hutong wallet add unionpay unionpay.json --label "main account"'],
    async run(deps, input) {
      const settings = await readSettingsFile(input.word('settings.json'));
      await withOperator(deps, async (operator) => {
        const { id } = await chooseMerchant(operator, input.text('merchant'));
        const reply = await addWalletAccount(operator.cashier, {
          merchantId: id,
          wallet: input.word('wallet'),
          label: input.text('label') ?? '',
          settings,
          claim: null,
        });
        const account: ShownAccount = JSON.parse(reply.body); // a wallet account as the API shows it
        print(deps.terminal, input.json, [account]);
      });
    },
  },
  {
    name: 'wallet list',
    summary: "List a merchant's accounts at wallets",
    options: { merchant },
    json: true,
    examples: ['hutong wallet list'],
    async run(deps, input) {
      await withOperator(deps, async (operator) => {
        const { id } = await chooseMerchant(operator, input.text('merchant'));
        print(deps.terminal, input.json, (await listAccounts(operator.cashier, id)) as ShownAccount[]); // as the API shows them
      });
    },
  },
];

interface ShownAccount {
  id: string;
  wallet: string;
  merchant_no: string;
  label: string;
  enabled: boolean;
}

async function readSettingsFile(path: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new CliError(`${path} cannot be read${codeOf(error) === 'ENOENT' ? ': there is no such file' : ''}.`);
  }
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own complaint would repeat a piece of the file, which holds keys.
    throw new CliError(`${path} is not JSON: it should hold one object with the wallet's settings.`);
  }
}

function print(terminal: Parameters<typeof printRows>[0], isJson: boolean, accounts: readonly ShownAccount[]): void {
  printRows(
    terminal,
    isJson,
    accounts,
    [
      { title: 'ID', show: (row) => row.id },
      { title: 'WALLET', show: (row) => row.wallet },
      { title: 'MERCHANT NUMBER', show: (row) => row.merchant_no },
      { title: 'LABEL', show: (row) => row.label || '-' },
      { title: 'ENABLED', show: (row) => (row.enabled ? 'yes' : 'no') },
    ],
    'The merchant has no account at a wallet yet.',
  );
}
