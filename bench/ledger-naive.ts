import { connect } from '../src/db/connect.ts';

type NaiveTransfer = (id: bigint, debit: bigint, credit: bigint, amount: bigint) => Promise<void>;

/** What one writes first: a transaction per transfer, over 16 connections. More callers than that wait for a connection. */
export async function openNaive(
  url: string,
  accounts: number,
  closing: (() => Promise<void>)[],
): Promise<NaiveTransfer> {
  const sql = connect(url, { connectionsMax: 16, applicationName: 'bench naive' });
  closing.push(() => sql.end());
  await sql`
    create table naive_accounts (
      id uuid primary key,
      debits bigint not null default 0 check (debits >= 0),
      credits bigint not null default 0 check (credits >= 0)
    ) with (fillfactor = 40)`;
  await sql`
    create table naive_transfers (
      id uuid primary key,
      debit_account_id uuid not null references naive_accounts,
      credit_account_id uuid not null references naive_accounts,
      amount bigint not null check (amount >= 0),
      created_at timestamptz not null default now()
    )`;
  await sql`
    insert into naive_accounts (id)
    select lpad(to_hex(n), 32, '0')::uuid from generate_series(${1}::integer, ${accounts}::integer) n`;
  await sql.unsafe('vacuum analyze naive_accounts');

  return async (id, debit, credit, amount) => {
    const [debitId, creditId] = [naiveId(debit, accounts), naiveId(credit, accounts)];
    await sql.begin(async (tx) => {
      const locked = await tx`
        select id from naive_accounts where id in (${debitId}, ${creditId}) order by id for update`;
      if (locked.length !== 2) throw new Error('no such account');
      await tx`
        insert into naive_transfers (id, debit_account_id, credit_account_id, amount)
        values (${hex(id)}, ${debitId}, ${creditId}, ${amount})`;
      await tx`update naive_accounts set debits = debits + ${amount} where id = ${debitId}`;
      await tx`update naive_accounts set credits = credits + ${amount} where id = ${creditId}`;
    });
  };
}

function naiveId(account: bigint, accounts: number): string {
  return hex(((account % (1n << 64n)) % BigInt(accounts)) + 1n);
}

function hex(id: bigint): string {
  return id.toString(16).padStart(32, '0');
}
