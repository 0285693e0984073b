import type { PendingQuery, Row } from 'postgres';
import { assert } from '../base/assert.ts';
import type { Tx } from '../db/connect.ts';
import { idList, idOrNull, list } from './array-literal.ts';
import type { AccountState, LedgerState } from './state.ts';
import type { Account } from './types.ts';

/** Two more parts of writeBook: new accounts, and their balances as they are after the transfers that came with them. */
export function insertAccounts(
  tx: Tx,
  book: number,
  opened: { account: Account; hash: string }[],
  state: LedgerState,
): PendingQuery<Row[]> {
  const accounts = opened.map(({ account }) => account);
  const balances = accounts.map(({ id }) => balancesOf(state, id));
  const ids = idList(accounts.map(({ id }) => id));
  const ledgers = list(accounts.map(({ ledger }) => ledger));
  const flags = list(accounts.map(({ flags }) => flags));
  return tx`
    , accounts as (
      insert into ledger_accounts
        (book, id, ledger, code, flags, user_data_128, user_data_64, user_data_32, timestamp, hash)
      select ${book}, a.id, a.ledger, a.code, a.flags, a.user_data_128, a.user_data_64, a.user_data_32, a.timestamp,
        decode(a.hash, 'hex')
      from unnest(
        ${ids}::uuid[],
        ${ledgers}::integer[],
        ${list(accounts.map(({ code }) => code))}::integer[],
        ${flags}::integer[],
        ${list(accounts.map(({ userData128 }) => idOrNull(userData128)))}::uuid[],
        ${list(accounts.map(({ userData64 }) => userData64))}::bigint[],
        ${list(accounts.map(({ userData32 }) => userData32))}::integer[],
        ${list(accounts.map(({ timestamp }) => timestamp))}::bigint[],
        ${list(opened.map(({ hash }) => hash))}::text[]
      ) as a (id, ledger, code, flags, user_data_128, user_data_64, user_data_32, timestamp, hash)
      where (select is_right from head)
    ), balances as (
      insert into ledger_balances
        (book, account_id, ledger, flags, closed, debits_pending, debits_posted, credits_pending, credits_posted)
      select ${book}, a.id, a.ledger, a.flags, a.closed, a.debits_pending, a.debits_posted, a.credits_pending, a.credits_posted
      from unnest(
        ${ids}::uuid[],
        ${ledgers}::integer[],
        ${flags}::integer[],
        ${list(balances.map(({ closed }) => closed))}::boolean[],
        ${list(balances.map(({ debitsPending }) => debitsPending))}::bigint[],
        ${list(balances.map(({ debitsPosted }) => debitsPosted))}::bigint[],
        ${list(balances.map(({ creditsPending }) => creditsPending))}::bigint[],
        ${list(balances.map(({ creditsPosted }) => creditsPosted))}::bigint[]
      ) as a (id, ledger, flags, closed, debits_pending, debits_posted, credits_pending, credits_posted)
      where (select is_right from head)
    )`;
}

function balancesOf(state: LedgerState, id: bigint): AccountState {
  const account = state.accounts.get(id);
  assert(account, 'an account that was opened has its balances');
  return account;
}
