import postgres from 'postgres';

/** Does one transfer; `inFlight` says how many its callers keep under way. */
type NaiveTransfer = (inFlight: number, id: bigint, debit: bigint, credit: bigint, amount: bigint) => Promise<void>;

const CONNECTIONS_MAX = 16;

/**
 * What one writes first: a transaction per transfer with the plain driver, every statement prepared and waited for, over one
 * connection when one is in flight and else over as many as that, at most 16. More callers wait for a connection.
 */
export async function openNaive(
  url: string,
  accounts: number,
  closing: (() => Promise<void>)[],
): Promise<NaiveTransfer> {
  const open = (connectionsMax: number) => {
    const sql = postgres(url, { max: connectionsMax, types: { bigint: postgres.BigInt }, onnotice: () => {} });
    closing.push(() => sql.end());
    return sql;
  };
  const pools = new Map([1, CONNECTIONS_MAX].map((max) => [max, open(max)]));
  const poolOf = (inFlight: number) => {
    const pool = pools.get(inFlight === 1 ? 1 : CONNECTIONS_MAX);
    if (!pool) throw new Error('both pools are open');
    return pool;
  };
  const sql = poolOf(1);
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

  return async (inFlight, id, debit, credit, amount) => {
    const [debitId, creditId] = [naiveId(debit, accounts), naiveId(credit, accounts)];
    await poolOf(inFlight).begin(async (tx) => {
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
