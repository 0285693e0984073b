import type { Sql } from '../db/connect.ts';
import { chartAccountId } from '../ledger/chart.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Account } from '../ledger/types.ts';
import { TRANSIT_OWNER } from './postings.ts';
import { type MoveSums, sumMoves } from './move-store.ts';

/** One account of the books beside what the moves say that it must have, in fen. */
export interface CheckedAccount {
  account: 'transit' | 'bank_clearing' | 'wallet_shop_payable';
  /** The institution or the shop. */
  owner: string;
  movesMinor: bigint;
  ledgerMinor: bigint;
}

export interface MovesCheck {
  agrees: boolean;
  accounts: CheckedAccount[];
}

const LOOKS_MAX = 10;

/**
 * Whether the books have to the fen what the moves and legs say: money in between, what every bank owes us, what every shop is owed. While
 * money moves it looks until the books stood still around its look at the moves. @throws an Error when they never do
 */
export async function checkMovesAgainstLedger(
  deps: { sql: Sql; ledger: Pick<Ledger, 'lookupAccounts'> },
  book: number,
): Promise<MovesCheck> {
  for (let look = 1; look <= LOOKS_MAX; look++) {
    const first = wantedAccounts(await sumMoves(deps.sql, book), book);
    const before = await deps.ledger.lookupAccounts(first.map(({ id }) => id));
    const wanted = wantedAccounts(await sumMoves(deps.sql, book), book);
    const after = await deps.ledger.lookupAccounts(first.map(({ id }) => id));
    const isSame = wanted.length === first.length && before.every((account, index) => isStill(account, after[index]));
    if (!isSame) continue;
    const accounts = wanted.map(({ account, owner, movesMinor }, index) => ({
      account,
      owner,
      movesMinor,
      ledgerMinor: balanceOf(account, after[index]),
    }));
    return { agrees: accounts.every(({ movesMinor, ledgerMinor }) => movesMinor === ledgerMinor), accounts };
  }
  throw new Error('the books did not stand still for a look; try again when less moves');
}

type Wanted = Omit<CheckedAccount, 'ledgerMinor'> & { id: bigint };

function wantedAccounts(sums: MoveSums, book: number): Wanted[] {
  const row = (account: CheckedAccount['account'], owner: string, movesMinor: bigint): Wanted => ({
    account,
    owner,
    movesMinor,
    id: chartAccountId(account, owner, 'CNY', book),
  });
  return [
    row('transit', TRANSIT_OWNER, sums.transitMinor),
    ...sums.institutions.map(({ institution, sumMinor }) => row('bank_clearing', institution, sumMinor)),
    ...sums.shops.map(({ shopNo, sumMinor }) => row('wallet_shop_payable', shopNo, sumMinor)),
  ];
}

function isStill(before: Account | undefined, after: Account | undefined): boolean {
  return before?.debitsPosted === after?.debitsPosted && before?.creditsPosted === after?.creditsPosted;
}

/** On the side on which the account grows. */
function balanceOf(kind: CheckedAccount['account'], account: Account | undefined): bigint {
  if (account === undefined) return 0n;
  const debit = account.debitsPosted - account.creditsPosted;
  return kind === 'bank_clearing' ? debit : -debit;
}
