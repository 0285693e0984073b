import type { Sql, Tx } from '../db/connect.ts';
import type { Statement, StatementState, Sums } from './statement.ts';

const COLUMNS = [
  'book',
  'id',
  'merchant_id',
  'wallet_account_id',
  'wallet',
  'starts_at',
  'ends_at',
  'source',
  'state',
  'reason',
  'file_id',
  'lines_digest',
  'asked_through',
  'currency',
  'fee_bps',
  'theirs',
  'ours',
  'booked',
  'matched_count',
  'fees_milli',
  'fees_posted_minor',
  'created_at',
  'read_at',
  'reconciled_at',
  'due_at',
  'lease_no',
  'tries_count',
];

/** Null when there is one of that account and day already. */
export async function insertStatement(sql: Sql | Tx, row: Statement): Promise<Statement | null> {
  const rows = await sql<Columns[]>`
    insert into statements (book, id, merchant_id, wallet_account_id, wallet, day, starts_at, ends_at, source, state,
      created_at, due_at, leased_until)
    values (${row.book}, ${row.id}, ${row.merchantId}, ${row.walletAccountId}, ${row.wallet}, ${row.day}::text::date,
      ${row.startsAt}, ${row.endsAt}, ${row.source}, ${row.state}, ${row.createdAt}, ${row.dueAt}, ${row.createdAt})
    on conflict (wallet_account_id, day, book) do nothing
    returning ${sql(COLUMNS)}, day::text`;
  return rows[0] === undefined ? null : toStatement(rows[0]);
}

export async function findStatement(sql: Sql | Tx, book: number, id: string): Promise<Statement | null> {
  const rows = await sql<Columns[]>`
    select ${sql(COLUMNS)}, day::text
    from statements
    where book = ${book}
      and id = ${id}`;
  return rows[0] === undefined ? null : toStatement(rows[0]);
}

export async function findStatementOfDay(
  sql: Sql | Tx,
  book: number,
  walletAccountId: string,
  day: string,
): Promise<Statement | null> {
  const rows = await sql<Columns[]>`
    select ${sql(COLUMNS)}, day::text
    from statements
    where book = ${book}
      and wallet_account_id = ${walletAccountId}
      and day = ${day}::text::date`;
  return rows[0] === undefined ? null : toStatement(rows[0]);
}

/** The last day of an account for which there is a row; null before the first. */
export async function findLastDay(sql: Sql, book: number, walletAccountId: string): Promise<string | null> {
  const rows = await sql<{ day: string | null }[]>`
    select max(day)::text as day
    from statements
    where book = ${book}
      and wallet_account_id = ${walletAccountId}`;
  return rows[0]?.day ?? null;
}

/** True when a later day of the account has been compared already. */
export async function hasLaterCompared(sql: Sql | Tx, statement: Statement): Promise<boolean> {
  const rows = await sql`
    select 1
    from statements
    where book = ${statement.book}
      and wallet_account_id = ${statement.walletAccountId}
      and day > ${statement.day}::text::date
      and state in ('compared', 'reconciled')
    limit 1`;
  return rows.length > 0;
}

/** Another day of the account whose bill has the same lines; null when there is none. */
export async function findDayWithLines(sql: Tx, statement: Statement, linesDigest: string): Promise<string | null> {
  const rows = await sql<{ day: string }[]>`
    select day::text
    from statements
    where book = ${statement.book}
      and wallet_account_id = ${statement.walletAccountId}
      and id <> ${statement.id}
      and lines_digest = ${linesDigest}
      and state in ('read', 'compared', 'reconciled')
    limit 1`;
  return rows[0]?.day ?? null;
}

/** Takes statements that owe a step; the lease keeps other processes away, and its number fences off who lost it. */
export async function claimDueStatements(
  sql: Sql,
  now: Date,
  leasedUntil: Date,
  itemsMax: number,
): Promise<Statement[]> {
  const rows = await sql<Columns[]>`
    update statements
    set leased_until = ${leasedUntil},
      lease_no = lease_no + 1,
      tries_count = tries_count + 1
    from (
      select book as due_book, id as due_id
      from statements
      where due_at <= ${now}
        and leased_until <= ${now}
      order by due_at
      limit ${itemsMax}
      for update skip locked
    ) as due
    where book = due_book
      and id = due_id
    returning ${sql(COLUMNS)}, day::text`;
  return rows.map(toStatement);
}

/** The same for one statement, due or not; null while somebody else has it. */
export async function claimStatement(
  sql: Sql,
  book: number,
  id: string,
  now: Date,
  leasedUntil: Date,
): Promise<Statement | null> {
  const rows = await sql<Columns[]>`
    update statements
    set leased_until = ${leasedUntil},
      lease_no = lease_no + 1
    where book = ${book}
      and id = ${id}
      and leased_until <= ${now}
    returning ${sql(COLUMNS)}, day::text`;
  return rows[0] === undefined ? null : toStatement(rows[0]);
}

/** Writes what may change. False when the lease is lost or the state is another: then nothing is written. */
export async function updateStatement(
  sql: Sql | Tx,
  row: Statement,
  expected: { state: StatementState },
  leasedUntil: Date,
): Promise<boolean> {
  const rows = await sql`
    update statements
    set state = ${row.state},
      reason = ${row.reason},
      file_id = ${row.fileId},
      lines_digest = ${row.linesDigest},
      asked_through = ${row.askedThrough},
      currency = ${row.currency},
      fee_bps = ${row.feeBps},
      theirs = ${fromSums(row.theirs)}::text::jsonb,
      ours = ${fromSums(row.ours)}::text::jsonb,
      booked = ${fromSums(row.booked)}::text::jsonb,
      matched_count = ${row.matchedCount},
      fees_milli = ${row.feesMilli},
      fees_posted_minor = ${row.feesPostedMinor},
      read_at = ${row.readAt},
      reconciled_at = ${row.reconciledAt},
      due_at = ${row.dueAt},
      leased_until = ${leasedUntil},
      tries_count = ${row.triesCount}
    where book = ${row.book}
      and id = ${row.id}
      and lease_no = ${row.leaseNo}
      and state = ${expected.state}
    returning id`;
  return rows.length === 1;
}

/** Makes a statement due now, however often it was tried. Changes nothing about who has it in hand. */
export async function updateStatementDue(sql: Sql | Tx, book: number, id: string, now: Date): Promise<void> {
  await sql`
    update statements
    set due_at = ${now},
      tries_count = 0
    where book = ${book}
      and id = ${id}`;
}

/** Newest first. */
export async function listStatements(
  sql: Sql,
  filter: {
    book: number;
    merchantId: string | null;
    walletAccountId: string | null;
    day: string | null;
    state: string | null;
    before: string | null;
    itemsMax: number;
  },
): Promise<Statement[]> {
  const rows = await sql<Columns[]>`
    select ${sql(COLUMNS)}, day::text
    from statements
    where book = ${filter.book}
      and (${filter.merchantId}::text is null or merchant_id = ${filter.merchantId})
      and (${filter.walletAccountId}::text is null or wallet_account_id = ${filter.walletAccountId})
      and (${filter.day}::text is null or day = ${filter.day}::text::date)
      and (${filter.state}::text is null or state = ${filter.state})
      and (${filter.before}::text is null or id < ${filter.before})
    order by id desc
    limit ${filter.itemsMax}`;
  return rows.map(toStatement);
}

interface Columns {
  book: number;
  id: Statement['id'];
  merchant_id: Statement['merchantId'];
  wallet_account_id: Statement['walletAccountId'];
  wallet: Statement['wallet'];
  day: string;
  starts_at: Date;
  ends_at: Date;
  source: Statement['source'];
  state: StatementState;
  reason: string | null;
  file_id: string | null;
  lines_digest: string | null;
  asked_through: string | null;
  currency: Statement['currency'];
  fee_bps: number | null;
  theirs: SumsColumn | null;
  ours: SumsColumn | null;
  booked: SumsColumn | null;
  matched_count: number | null;
  fees_milli: bigint | null;
  fees_posted_minor: bigint | null;
  created_at: Date;
  read_at: Date | null;
  reconciled_at: Date | null;
  due_at: Date | null;
  lease_no: bigint;
  tries_count: number;
}

interface SumsColumn {
  payments_count: number;
  payments_minor: string;
  refunds_count: number;
  refunds_minor: string;
}

function toStatement(row: Columns): Statement {
  return {
    book: row.book,
    id: row.id,
    merchantId: row.merchant_id,
    walletAccountId: row.wallet_account_id,
    wallet: row.wallet,
    day: row.day,
    startsAt: row.starts_at,
    endsAt: row.ends_at,
    source: row.source,
    state: row.state,
    reason: row.reason,
    fileId: row.file_id,
    linesDigest: row.lines_digest,
    askedThrough: row.asked_through,
    currency: row.currency,
    feeBps: row.fee_bps,
    theirs: toSums(row.theirs),
    ours: toSums(row.ours),
    booked: toSums(row.booked),
    matchedCount: row.matched_count,
    feesMilli: row.fees_milli,
    feesPostedMinor: row.fees_posted_minor,
    createdAt: row.created_at,
    readAt: row.read_at,
    reconciledAt: row.reconciled_at,
    dueAt: row.due_at,
    leaseNo: row.lease_no,
    triesCount: row.tries_count,
  };
}

function toSums(column: SumsColumn | null): Sums | null {
  return column === null
    ? null
    : {
        paymentsCount: column.payments_count,
        paymentsMinor: BigInt(column.payments_minor),
        refundsCount: column.refunds_count,
        refundsMinor: BigInt(column.refunds_minor),
      };
}

function fromSums(sums: Sums | null): string | null {
  return sums === null
    ? null
    : JSON.stringify({
        payments_count: sums.paymentsCount,
        payments_minor: sums.paymentsMinor.toString(),
        refunds_count: sums.refundsCount,
        refunds_minor: sums.refundsMinor.toString(),
      } satisfies SumsColumn);
}
