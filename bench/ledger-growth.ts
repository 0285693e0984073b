import { systemClock } from '../src/base/clock.ts';
import { connect } from '../src/db/connect.ts';

const MONTHS = 12;

export interface GrowthOptions {
  book: number;
  accounts: number;
  transfers: number;
  accountId: (index: number) => bigint;
  say: (line: string) => void;
}

/**
 * Rows as the ledger writes them, spread evenly over the twelve months before this one, straight into the tables: what
 * matters here is that they are there, so their hashes are not a chain and the balances do not count them.
 */
export async function fillEarlierMonths(url: string, options: GrowthOptions): Promise<void> {
  const sql = connect(url, { connectionsMax: 1, applicationName: 'bench growth' });
  try {
    const now = systemClock.now();
    const firstMonth = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - MONTHS, 1));
    await sql`set statement_timeout = 0`;
    await sql`select ledger_make_partitions(${firstMonth}, ${MONTHS})`;
    const base = options.accountId(0).toString(16).padStart(32, '0');
    const perMonth = Math.ceil(options.transfers / MONTHS);
    for (let month = 0; month < MONTHS; month++) {
      const from = Date.UTC(firstMonth.getUTCFullYear(), firstMonth.getUTCMonth() + month, 1);
      const to = Date.UTC(firstMonth.getUTCFullYear(), firstMonth.getUTCMonth() + month + 1, 1);
      const stepNs = (BigInt(to - from) * 1_000_000n) / BigInt(perMonth);
      await sql`
        insert into ledger_transfers
          (book, id, debit_account_id, credit_account_id, amount, timestamp, user_data_64, user_data_32,
           timeout_seconds, ledger, code, flags, hash)
        select ${options.book},
          (lpad(to_hex(t.ns / 1000000), 12, '0') || lpad(to_hex(${options.book}::integer), 4, '0') || lpad(to_hex(t.n), 16, '0'))::uuid,
          (${base.slice(0, 24)}::text || lpad(to_hex(t.debit), 8, '0'))::uuid,
          (${base.slice(0, 24)}::text || lpad(to_hex((t.debit + 1 + t.step) % ${options.accounts}::integer), 8, '0'))::uuid,
          100, t.ns, 0, 0, 0, 156, 1, 0, sha256(t.ns::text::bytea)
        from (
          select n, ${BigInt(from) * 1_000_000n}::bigint + n * ${stepNs}::bigint as ns,
            floor(random() * ${options.accounts}::integer)::integer as debit,
            floor(random() * (${options.accounts}::integer - 1))::integer as step
          from generate_series(0, ${perMonth}::integer - 1) n
        ) t`;
      options.say(`  ${((month + 1) * perMonth).toLocaleString('en')} rows`);
    }
    await sql`vacuum analyze ledger_transfers`;
  } finally {
    await sql.end();
  }
}
