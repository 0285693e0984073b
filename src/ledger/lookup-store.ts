import type { Sql, Tx } from '../db/connect.ts';
import { idFromUuid, idHex } from './chain.ts';
import type { AccountRow, TransferRow } from './read-state-store.ts';
import { toAccount, toTransfer } from './read-state-store.ts';
import type { Account, AccountFilter, BalancesAt, SumFilter, Transfer, TransferSum } from './types.ts';
import { AMOUNT_MAX, AccountFlags } from './types.ts';

interface BalanceColumns {
  debits_pending: bigint;
  debits_posted: bigint;
  credits_pending: bigint;
  credits_posted: bigint;
}

export async function listAccounts(
  sql: Sql | Tx,
  book: number,
  ids: readonly bigint[],
): Promise<(Account | undefined)[]> {
  const rows = await sql<(AccountRow & BalanceColumns & { closed: boolean })[]>`
    select a.id, a.ledger, a.code, a.flags, a.user_data_128, a.user_data_64, a.user_data_32, a.timestamp,
      b.debits_pending, b.debits_posted, b.credits_pending, b.credits_posted, b.closed
    from ledger_accounts a
    join ledger_balances b on b.book = a.book and b.account_id = a.id
    where a.book = ${book} and a.id = any(${ids.map(idHex)}::uuid[])`;
  const byId = new Map<bigint, Account>();
  for (const row of rows) {
    const account = { ...toAccount(row), ...toBalances(row) };
    account.flags = (account.flags & ~AccountFlags.closed) | (row.closed ? AccountFlags.closed : 0);
    byId.set(account.id, account);
  }
  return ids.map((id) => byId.get(id));
}

export async function listTransfers(
  sql: Sql | Tx,
  book: number,
  ids: readonly bigint[],
): Promise<(Transfer | undefined)[]> {
  const rows = await sql<TransferRow[]>`
    select id, debit_account_id, credit_account_id, amount, pending_id, user_data_128, user_data_64, user_data_32,
      timeout_seconds, ledger, code, flags, timestamp
    from ledger_transfers
    where book = ${book} and id = any(${ids.map(idHex)}::uuid[])`;
  const byId = new Map(rows.map((row) => [idFromUuid(row.id), toTransfer(row)]));
  return ids.map((id) => byId.get(id));
}

export async function listAccountTransfers(sql: Sql, book: number, filter: AccountFilter): Promise<Transfer[]> {
  const { from, to, order } = range(sql, filter);
  const account = idHex(filter.accountId);
  // Each side is a walk of its own; the page is merged from the two.
  const walk = (side: 'debit_account_id' | 'credit_account_id') => sql`
    (select id, debit_account_id, credit_account_id, amount, pending_id, user_data_128, user_data_64, user_data_32,
       timeout_seconds, ledger, code, flags, timestamp
     from ledger_transfers
     where book = ${book} and ${sql(side)} = ${account}::uuid and timestamp between ${from} and ${to}
     order by timestamp ${order}
     limit ${filter.limit})`;
  const walks =
    filter.side === 'debits'
      ? walk('debit_account_id')
      : filter.side === 'credits'
        ? walk('credit_account_id')
        : sql`${walk('debit_account_id')} union all ${walk('credit_account_id')}`;
  const rows = await sql<TransferRow[]>`
    select *
    from (${walks}) t
    order by timestamp ${order}
    limit ${filter.limit}`;
  return rows.map(toTransfer);
}

/** Sums by account and code over transfers whose `userData32` is this number, in a range of time (nanoseconds). */
export async function sumTransfers(sql: Sql, book: number, filter: SumFilter): Promise<TransferSum[]> {
  const accounts = filter.accountIds.map(idHex);
  const rows = await sql<{ account: string; code: number; debits: bigint; credits: bigint; count: number }[]>`
    select account, code, sum(debit)::bigint as debits, sum(credit)::bigint as credits, count(*)::int as count
    from (
      select debit_account_id as account, code, amount as debit, 0::bigint as credit
      from ledger_transfers
      where book = ${book}
        and timestamp between ${filter.timestampMin} and ${filter.timestampMax}
        and user_data_32 = ${filter.userData32}
        and debit_account_id = any(${accounts}::uuid[])
      union all
      select credit_account_id, code, 0::bigint, amount
      from ledger_transfers
      where book = ${book}
        and timestamp between ${filter.timestampMin} and ${filter.timestampMax}
        and user_data_32 = ${filter.userData32}
        and credit_account_id = any(${accounts}::uuid[])
    ) as sides
    group by account, code`;
  return rows.map(({ account, ...row }) => ({ accountId: idFromUuid(account), ...row }));
}

export async function listAccountBalances(sql: Sql, book: number, filter: AccountFilter): Promise<BalancesAt[]> {
  const { from, to, order } = range(sql, filter);
  const rows = await sql<(BalanceColumns & { timestamp: bigint })[]>`
    select timestamp, debits_pending, debits_posted, credits_pending, credits_posted
    from ledger_balance_history
    where book = ${book} and account_id = ${idHex(filter.accountId)}::uuid and timestamp between ${from} and ${to}
    order by timestamp ${order}
    limit ${filter.limit}`;
  return rows.map((row) => ({ timestamp: row.timestamp, ...toBalances(row) }));
}

function range(sql: Sql, { timestampMin, timestampMax, reversed }: AccountFilter) {
  return { from: timestampMin ?? 0n, to: timestampMax ?? AMOUNT_MAX, order: reversed ? sql`desc` : sql`asc` };
}

function toBalances(row: BalanceColumns) {
  return {
    debitsPending: row.debits_pending,
    debitsPosted: row.debits_posted,
    creditsPending: row.credits_pending,
    creditsPosted: row.credits_posted,
  };
}
