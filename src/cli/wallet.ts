import { addWalletAccount, listAccounts } from '../cashier/add-wallet-account.ts';
import { changeWalletAccount } from '../cashier/change-wallet-account.ts';
import type { Merchant } from '../cashier/merchant.ts';
import { wallets } from '../wallets/registry.ts';
import type { Wallet, WalletName } from '../wallets/wallet.ts';
import { CliError, type Command, UsageError, type Variant } from './command.ts';
import type { Input } from './input.ts';
import { accountWord, findAccount, printAccounts, readLabel, type ShownAccount } from './wallet-account.ts';
import { formOptions } from './wallet-add/form-options.ts';
import { prepareSettings } from './wallet-add/prepare-settings.ts';
import type { WalletForm } from './wallet-add/setting-row.ts';
import { WALLET_FORMS } from './wallet-add/wallet-forms.ts';
import { walletRotateCommand } from './wallet-rotate.ts';
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
      const label = readLabel(input.text('label') ?? '');
      const settings = await prepareSettings(deps, input, { wallet: name, account: null, kept: new Map() });
      await withOperator(deps, async (operator) => {
        const owner = await chooseMerchant(operator, input.text('merchant'));
        checkKind(owner, wallets[name], settings);
        const reply = await addWalletAccount(operator.cashier, {
          merchantId: owner.id,
          wallet: name,
          label,
          settings: Object.fromEntries(settings),
          claim: null,
        });
        const account: ShownAccount = JSON.parse(reply.body); // a wallet account as the API shows it
        printAccounts(deps.terminal, input.json, [account]);
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
        printAccounts(deps.terminal, input.json, (await listAccounts(operator.cashier, id)) as ShownAccount[]); // as the API shows them
      });
    },
  },
  changing({
    name: 'wallet rename',
    summary: 'Name an account anew',
    words: [accountWord, { name: 'label', what: 'for people; "" for none' }],
    notes: ['Buyers see it where the wallet has no name that we know: one of the Open Wallet Protocol.'],
    examples: ['hutong wallet rename wa_… "second till"'],
    change: (input) => ({ label: readLabel(input.word('label')), enabled: null }),
  }),
  changing({
    name: 'wallet disable',
    summary: 'Take no more payments through an account',
    words: [accountWord],
    notes: ['What is open at the wallet is still asked about, notified, refunded and reconciled.'],
    examples: ['hutong wallet disable wa_…'],
    change: () => ({ label: null, enabled: false }),
  }),
  changing({
    name: 'wallet enable',
    summary: 'Take payments through an account again',
    words: [accountWord],
    notes: [],
    examples: ['hutong wallet enable wa_…'],
    change: () => ({ label: null, enabled: true }),
  }),
  walletRotateCommand,
  walletTestCommand,
];

function readWalletName(text: string): WalletName {
  const name = (Object.keys(wallets) as WalletName[]).find((candidate) => candidate === text); // the registry's own keys
  if (name === undefined) throw new UsageError(`Wallets are: ${Object.keys(wallets).join(', ')}.`);
  return name;
}

function variantOf(form: WalletForm): Variant {
  return {
    summary: `Register an account at ${form.name}`,
    options: formOptions(form),
    notes: [],
    examples: form.examples,
  };
}

/** Test money and real money do not meet in one merchant. @throws CliError */
function checkKind(merchant: Merchant, wallet: Wallet<unknown>, settings: ReadonlyMap<string, unknown>): void {
  const isReal = wallet.environment(wallet.readConfig(Object.fromEntries(settings))) === 'production';
  if (merchant.livemode === isReal) return;
  const [merchants, accounts] = isReal ? ['test', 'live'] : ['live', 'test'];
  throw new CliError(
    `Nothing was registered: ${merchant.id} (${merchant.name}) is a ${merchants} merchant and these settings are of a ${accounts} account. ` +
      `Choose a ${accounts} merchant with --merchant, or make one: hutong merchant create --name <name>${isReal ? ' --live' : ''}`,
  );
}

/** Names an account anew, or switches it on or off. */
function changing(row: {
  name: string;
  summary: string;
  words: NonNullable<Command['words']>;
  notes: readonly string[];
  examples: readonly string[];
  change: (input: Input) => { label: string | null; enabled: boolean | null };
}): Command {
  const { change, ...shown } = row;
  return {
    ...shown,
    json: true,
    async run(deps, input) {
      const changed = change(input);
      await withOperator(deps, async (operator) => {
        const { id, merchantId } = await findAccount(operator, input.word('account'));
        const { body } = await changeWalletAccount(operator.cashier, { merchantId, id, ...changed, claim: null });
        const account: ShownAccount = JSON.parse(body); // a wallet account as the API shows it
        printAccounts(deps.terminal, input.json, [account]);
      });
    },
  };
}
