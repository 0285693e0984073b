import { money, type Money } from '../../money/money.ts';

/** Account type, kind (01 ledger, 02 available), currency, C or D, amount. */
const BLOCK = /^(\d\d)(01|02)156([CD])(\d{12})$/;
const BLOCK_LETTERS = 20;

/** The two balances of an account, in CNY; D is negative: what a credit card's holder owes. Null unless there is exactly one of each. */
export function readBalances(f54: string): { ledger: Money; available: Money } | null {
  if (f54.length !== 2 * BLOCK_LETTERS) return null;
  const found = new Map<string, Money>();
  for (const text of [f54.slice(0, BLOCK_LETTERS), f54.slice(BLOCK_LETTERS)]) {
    const [, , kind = '', sign, minor = ''] = BLOCK.exec(text) ?? [];
    if (kind !== '') found.set(kind, money('CNY', sign === 'D' ? -BigInt(minor) : BigInt(minor)));
  }
  const [ledger, available] = [found.get('01'), found.get('02')];
  return ledger === undefined || available === undefined ? null : { ledger, available };
}
