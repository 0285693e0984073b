import { addWalletAccount, listAccounts } from '../cashier/add-wallet-account.ts';
import { wallets } from '../wallets/registry.ts';
import type { WalletName } from '../wallets/wallet.ts';
import { type Command, type Option, UsageError, type Variant } from './command.ts';
import { printRows } from './print.ts';
import { checkSettings } from './wallet-add/check-settings.ts';
import { gatherSettings } from './wallet-add/gather-settings.ts';
import { makeReport, tellReport } from './wallet-add/report.ts';
import type { WalletForm } from './wallet-add/setting-row.ts';
import { WALLET_FORMS } from './wallet-add/wallet-forms.ts';
import { walletTestCommand } from './wallet-test.ts';
import { chooseMerchant, withOperator } from './with-operator.ts';

const merchant = { value: 'id', what: 'whose; may be left out while there is only one' };

export const walletCommands: readonly Command[] = [
  {
    name: 'wallet add',
    summary: "Register a merchant's account at a wallet",
    words: [
      { name: 'wallet', what: Object.keys(wallets).join(', ') },
      { name: 'settings.json', what: 'a file with all settings, as the reference names them', optional: true },
    ],
    options: { merchant, label: { value: 'text', what: 'for people' } },
    variants: Object.fromEntries(Object.entries(WALLET_FORMS).map(([name, form]) => [name, variantOf(form)])),
    json: true,
    notes: [
      'Without a file and options, at a terminal, every setting is asked for.',
      'Keys, passwords and certificates are read from files (- is standard input), checked against each other, then sealed:',
      'they are never shown again. Remove the files afterwards.',
    ],
    examples: ['hutong wallet add wechatpay', 'hutong wallet add unionpay unionpay.json --label "main account"'],
    async run(deps, input) {
      const name = readWalletName(input.word('wallet'));
      const form = WALLET_FORMS[name];
      const { settings, warnings } = await gatherSettings(form, input, deps.terminal);
      const report = makeReport(wallets[name], settings, checkSettings(form, settings, deps.clock.now()));
      tellReport(deps.terminal, input.json, report);
      for (const warning of warnings) deps.terminal.note(`! ${warning}`);
      await withOperator(deps, async (operator) => {
        const { id } = await chooseMerchant(operator, input.text('merchant'));
        const reply = await addWalletAccount(operator.cashier, {
          merchantId: id,
          wallet: name,
          label: input.text('label') ?? '',
          settings: Object.fromEntries(settings),
          claim: null,
        });
        const account: ShownAccount = JSON.parse(reply.body); // a wallet account as the API shows it
        print(deps.terminal, input.json, [account]);
        if (!input.json)
          deps.terminal.note(`Try it with a real order of the smallest amount: hutong wallet test ${account.id}`);
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
  walletTestCommand,
];

interface ShownAccount {
  id: string;
  wallet: string;
  merchant_no: string;
  label: string;
  enabled: boolean;
}

function readWalletName(text: string): WalletName {
  const name = (Object.keys(wallets) as WalletName[]).find((candidate) => candidate === text); // the registry's own keys
  if (name === undefined) throw new UsageError(`Wallets are: ${Object.keys(wallets).join(', ')}.`);
  return name;
}

function variantOf(form: WalletForm): Variant {
  const options = form.rows.map((row): [string, Option] => [
    row.option,
    {
      value: row.from === 'line' ? 'text' : row.form === 'text' && row.from === 'secret_file' ? 'file or -' : 'file',
      what: row.what,
    },
  ]);
  return {
    summary: `Register an account at ${form.name}`,
    options: Object.fromEntries(options),
    notes: [],
    examples: form.examples,
  };
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
