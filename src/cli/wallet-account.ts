import { type HeldWalletAccount, readWalletAccount } from '../cashier/operator-reads.ts';
import { CliError, type Terminal, UsageError } from './command.ts';
import { printRows } from './print.ts';
import type { Operator } from './with-operator.ts';

const LABEL_CHARS_MAX = 80;

/** A wallet account as the API shows it. */
export interface ShownAccount {
  id: string;
  wallet: string;
  merchant_no: string;
  label: string;
  enabled: boolean;
  updated_at: string;
}

export const accountWord = { name: 'account', what: 'wa_…; hutong wallet list shows them' };

/** Of any merchant. @throws CliError where there is none */
export async function findAccount(operator: Operator, id: string): Promise<HeldWalletAccount> {
  const account = await readWalletAccount(operator.cashier, id);
  if (account === null)
    throw new CliError(`There is no wallet account ${JSON.stringify(id)}: hutong wallet list shows them all.`);
  return account;
}

/** @throws UsageError for a longer one than the records take */
export function readLabel(text: string): string {
  if (Array.from(text).length > LABEL_CHARS_MAX)
    throw new UsageError(`a label has at most ${LABEL_CHARS_MAX} characters`);
  return text;
}

export function printAccounts(terminal: Terminal, isJson: boolean, accounts: readonly ShownAccount[]): void {
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
