import { listAccounts } from '../cashier/add-wallet-account.ts';
import { readMerchants, readOfferOwners } from '../cashier/operator-reads.ts';
import type { CashierDeps } from '../cashier/deps.ts';
import { ACCOUNT_KINDS, type AccountKind, chartAccountId } from '../ledger/chart.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { type BookOwner, listBookOwners } from '../transfers/list-book-owners.ts';
import { currencies, type Currency } from '../money/money.ts';
import { MERCHANTS_MAX } from './with-operator.ts';

/** An account of the chart with its balances, in minor units. */
export interface NamedBalance {
  kind: AccountKind;
  owner: string;
  owner_name: string;
  currency: Currency;
  debits: bigint;
  credits: bigint;
  /** On the side where this kind of account grows. */
  balance: bigint;
}

const KINDS = Object.keys(ACCOUNT_KINDS) as AccountKind[]; // the table's own keys
const LOOKUP_ITEMS = 1000;

/** Every account in which something was ever posted: of merchants, wallet accounts, institutions, shops of the wallet, banks, and us. */
export async function listBalances(
  deps: { cashier: CashierDeps; ledger: Pick<Ledger, 'lookupAccounts'> },
  book: number,
): Promise<NamedBalance[]> {
  const names: { kind: AccountKind; owner: string; owner_name: string; currency: Currency }[] = [];
  for (const owner of await listOwners(deps.cashier, book)) {
    const kinds = KINDS.filter((kind) => ACCOUNT_KINDS[kind].owner === owner.what);
    for (const kind of kinds)
      for (const currency of currencies) names.push({ kind, owner: owner.id, owner_name: owner.name, currency });
  }
  const balances: NamedBalance[] = [];
  for (let from = 0; from < names.length; from += LOOKUP_ITEMS) {
    const some = names.slice(from, from + LOOKUP_ITEMS);
    const ids = some.map((name) => chartAccountId(name.kind, name.owner, name.currency, book));
    const accounts = await deps.ledger.lookupAccounts(ids);
    for (const [i, name] of some.entries()) {
      const { debitsPosted: debits = 0n, creditsPosted: credits = 0n } = accounts[i] ?? {};
      if (debits === 0n && credits === 0n) continue;
      const balance = ACCOUNT_KINDS[name.kind].side === 'debit' ? debits - credits : credits - debits;
      balances.push({ ...name, debits, credits, balance });
    }
  }
  return balances;
}

/** Us: the money between two cards, and the offers that whoever runs the server pays for. */
const PLATFORM = 'platform';

interface Owner {
  what: 'merchant' | 'wallet account' | 'bank' | BookOwner['what'];
  id: string;
  name: string;
}

async function listOwners(cashier: CashierDeps, book: number): Promise<Owner[]> {
  const owners: Owner[] = [];
  for (const merchant of await readMerchants(cashier, book, MERCHANTS_MAX)) {
    owners.push({ what: 'merchant', id: merchant.id, name: merchant.name });
    // Wallet accounts as the API shows them.
    for (const account of (await listAccounts(cashier, merchant.id)) as { id: string; wallet: string }[]) {
      owners.push({ what: 'wallet account', id: account.id, name: `${merchant.name} / ${account.wallet}` });
    }
  }
  for (const { what, id } of await listBookOwners(cashier.sql, book))
    if (what !== 'platform') owners.push({ what, id, name: id });
  owners.push({ what: 'platform', id: PLATFORM, name: PLATFORM });
  const known = new Set(owners.map(({ what, id }) => `${what} ${id}`));
  const others = (await readOfferOwners(cashier, book)).filter(({ what, id }) => !known.has(`${what} ${id}`));
  return [...owners, ...others.map(({ what, id }) => ({ what, id, name: id }))];
}
