import { WALLET_KEYS_OVERLAP_HOURS_MAX, WALLET_KEYS_OVERLAP_HOURS_USUAL } from '../base/limits.ts';
import { rotateWalletAccount } from '../cashier/change-wallet-account.ts';
import type { HeldWalletAccount } from '../cashier/operator-reads.ts';
import { wallets } from '../wallets/registry.ts';
import { type Command, type Option, UsageError } from './command.ts';
import type { Input } from './input.ts';
import { accountWord, findAccount, printAccounts, type ShownAccount } from './wallet-account.ts';
import type { Kept } from './wallet-add/gather-settings.ts';
import { prepareSettings } from './wallet-add/prepare-settings.ts';
import { formOptions } from './wallet-add/form-options.ts';
import { WALLET_FORMS } from './wallet-add/wallet-forms.ts';
import { withOperator } from './with-operator.ts';

/** Every wallet's options: which of them are meant is known once the account is. */
const borrowed: Readonly<Record<string, Option>> = Object.assign({}, ...Object.values(WALLET_FORMS).map(formOptions));

export const walletRotateCommand: Command = {
  name: 'wallet rotate',
  summary: "Put new keys and settings in place of an account's, without a stop",
  words: [
    accountWord,
    { name: 'settings.json', what: 'a file with all settings, as the reference names them', optional: true },
  ],
  options: {
    'overlap-hours': {
      value: 'hours',
      what: `how long what the wallet sent under the old keys is still read: 0 to ${WALLET_KEYS_OVERLAP_HOURS_MAX}, ${WALLET_KEYS_OVERLAP_HOURS_USUAL} when left out`,
    },
    keep: { value: null, what: 'settings that are not given stay as they are; without it all of them are given anew' },
  },
  borrowed,
  json: true,
  notes: [
    'Takes the same files and options as hutong wallet add <wallet>, whose --help lists them, asks the same questions and',
    'makes the same checks. The settings must be of the same account: another number, or test in place of live, is refused.',
    'New calls are made with the new settings at once. With --keep, at a terminal and without options, Enter keeps a setting.',
  ],
  examples: [
    'hutong wallet rotate wa_… unionpay.json',
    'hutong wallet rotate wa_… --keep --key apiclient_key.pem --cert apiclient_cert.pem',
  ],
  async run(deps, input) {
    const hours =
      input.count('overlap-hours', { min: 0, max: WALLET_KEYS_OVERLAP_HOURS_MAX }) ?? WALLET_KEYS_OVERLAP_HOURS_USUAL;
    await withOperator(deps, async (operator) => {
      const account = await findAccount(operator, input.word('account'));
      const { id, merchantId, wallet, merchantNo } = account;
      refuseForeignOptions(account, input);
      const environment = wallets[wallet].environment(wallets[wallet].readConfig(account.settings));
      const settings = await prepareSettings(deps, input, {
        wallet,
        account: { id, merchantNo, environment },
        kept: input.flag('keep') ? keptOf(account) : new Map(),
      });
      const { body } = await rotateWalletAccount(operator.cashier, {
        merchantId,
        id,
        settings: Object.fromEntries(settings),
        overlapHours: hours,
        claim: null,
      });
      const shown: ShownAccount = JSON.parse(body); // a wallet account as the API shows it
      printAccounts(deps.terminal, input.json, [shown]);
      if (!input.json)
        for (const line of [
          'Calls are made with the new settings from now on.',
          hours === 0
            ? 'What the wallet sends under the old ones is not read any more.'
            : `What the wallet sends under the old ones is read until ${untilOf(shown, hours)}.`,
          `Try it with a real order of the smallest amount: hutong wallet test ${id}`,
        ])
          deps.terminal.note(line);
    });
  },
};

/** The parser takes every wallet's options; an account takes those of its own. */
function refuseForeignOptions({ id, wallet }: HeldWalletAccount, input: Input): void {
  const own = formOptions(WALLET_FORMS[wallet]);
  const foreign = Object.keys(borrowed).find((option) => !(option in own) && input.text(option) !== undefined);
  if (foreign !== undefined)
    throw new UsageError(
      `--${foreign} is not for ${id}, which is an account at ${WALLET_FORMS[wallet].name}: hutong wallet add ${wallet} --help lists its options.`,
    );
}

function keptOf({ settings }: HeldWalletAccount): Kept {
  return new Map(Object.entries(settings ?? {}));
}

function untilOf({ updated_at }: ShownAccount, hours: number): string {
  return new Date(Date.parse(updated_at) + hours * 3_600_000).toISOString().replace(/\.\d+Z$/, 'Z');
}
