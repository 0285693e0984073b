import { column } from '../db/column.ts';
import type { Sql, Tx } from '../db/connect.ts';
import type { Break, BreakState, Statement } from './statement.ts';

const COLUMNS = [
  'book',
  'id',
  'statement_id',
  'merchant_id',
  'wallet_account_id',
  'kind',
  'record',
  'order_no',
  'cause',
  'ours',
  'theirs',
  'state',
  'resolution',
  'evidence',
  'note',
  'resolved_by',
  'created_at',
  'resolved_at',
  'due_at',
  'lease_no',
  'tries_count',
];

/** One that is known already stays as it is. */
export async function insertBreaks(tx: Tx, breaks: readonly Break[]): Promise<void> {
  if (breaks.length === 0) return;
  await tx`
    insert into statement_breaks (book, id, statement_id, merchant_id, wallet_account_id, kind, record, order_no, cause,
      ours, theirs, state, created_at, due_at, leased_until)
    select book, id, statement_id, merchant_id, wallet_account_id, kind, record, order_no, cause, ours::jsonb,
      theirs::jsonb, state, created_at, due_at, created_at
    from unnest(
      ${column(breaks.map((b) => b.book))}::int[],
      ${breaks.map((b) => b.id)}::text[],
      ${breaks.map((b) => b.statementId)}::text[],
      ${breaks.map((b) => b.merchantId)}::text[],
      ${breaks.map((b) => b.walletAccountId)}::text[],
      ${breaks.map((b) => b.kind)}::text[],
      ${breaks.map((b) => b.record)}::text[],
      ${breaks.map((b) => b.orderNo)}::text[],
      ${breaks.map((b) => b.cause)}::text[],
      ${breaks.map((b) => toJson(b.ours))}::text[],
      ${breaks.map((b) => toJson(b.theirs))}::text[],
      ${breaks.map((b) => b.state)}::text[],
      ${column(breaks.map((b) => b.createdAt))}::timestamptz[],
      ${column(breaks.map((b) => b.dueAt))}::timestamptz[]
    ) as new (book, id, statement_id, merchant_id, wallet_account_id, kind, record, order_no, cause, ours, theirs, state,
      created_at, due_at)
    on conflict do nothing`;
}

/** Names that earlier bills of the account did not have, and that nobody has settled yet; a page in order. */
export async function pageAwaitedNames(
  tx: Tx,
  statement: Statement,
  record: Break['record'],
  afterOrderNo: string,
  itemsMax: number,
): Promise<string[]> {
  const rows = await tx<{ order_no: string }[]>`
    select order_no
    from statement_breaks
    where book = ${statement.book}
      and wallet_account_id = ${statement.walletAccountId}
      and record = ${record}
      and kind = 'ours_only'
      and state <> 'resolved'
      and statement_id <> ${statement.id}
      and order_no > ${afterOrderNo}
    order by order_no
    limit ${itemsMax}`;
  return rows.map((row) => row.order_no);
}

/** What earlier bills did not have, and this one has, has come: those breaks end here. */
export async function resolveToldNow(
  tx: Tx,
  statement: Statement,
  record: Break['record'],
  told: readonly { orderNo: string; lineNo: number }[],
  now: Date,
): Promise<void> {
  await resolveByLines(
    tx,
    statement,
    { kind: 'ours_only', record, resolution: 'told_in_later_bill', word: 'told' },
    told,
    now,
  );
}

/** Payments that a bill called paid and this one takes back: those breaks end here. */
export async function resolveUndone(
  tx: Tx,
  statement: Statement,
  undone: readonly { orderNo: string; lineNo: number }[],
  now: Date,
): Promise<void> {
  const of = { kind: 'status_differs', record: 'payment', resolution: 'undone_at_wallet', word: 'undone' } as const; // of the unions
  await resolveByLines(tx, statement, of, undone, now);
}

/** Breaks of the account that are about what is settled, and that have not ended; a page in the order of their ids. */
export async function pageUnsettled(tx: Tx, statement: Statement, afterId: string, itemsMax: number): Promise<Break[]> {
  const rows = await tx<Columns[]>`
    select ${tx(COLUMNS)}
    from statement_breaks
    where book = ${statement.book}
      and wallet_account_id = ${statement.walletAccountId}
      and record = 'payment'
      and cause = 'settled'
      and state <> 'resolved'
      and id > ${afterId}
    order by id
    limit ${itemsMax}`;
  return rows.map(toBreak);
}

/** Of these breaks, what has not ended meanwhile ends: our record says now what the bill had said. */
export async function resolveUpToDate(tx: Tx, book: number, ids: readonly string[], now: Date): Promise<void> {
  if (ids.length === 0) return;
  await tx`
    update statement_breaks
    set state = 'resolved',
      resolution = 'record_brought_up_to_date',
      resolved_at = ${now},
      due_at = null
    where book = ${book}
      and id = any(${[...ids]}::text[])
      and state <> 'resolved'`;
}

/** Ends the account's breaks of that kind that lines of this statement settle, and keeps which line it was. */
async function resolveByLines(
  tx: Tx,
  statement: Statement,
  of: { kind: Break['kind']; record: Break['record']; resolution: NonNullable<Break['resolution']>; word: string },
  lines: readonly { orderNo: string; lineNo: number }[],
  now: Date,
): Promise<void> {
  if (lines.length === 0) return;
  await tx`
    update statement_breaks b
    set state = 'resolved',
      resolution = ${of.resolution},
      resolved_at = ${now},
      due_at = null,
      evidence = coalesce(evidence, '{}'::jsonb) || jsonb_build_object(${`${of.word}_on`}::text, ${statement.day}::text,
        ${`${of.word}_in`}::text, ${statement.id}::text, 'line_no', new.line_no::text)
    from unnest(
      ${lines.map((line) => line.orderNo)}::text[],
      ${column(lines.map((line) => line.lineNo))}::int[]
    ) as new (order_no, line_no)
    where b.book = ${statement.book}
      and b.wallet_account_id = ${statement.walletAccountId}
      and b.kind = ${of.kind}
      and b.record = ${of.record}
      and b.state <> 'resolved'
      and b.order_no = new.order_no`;
}

/**
 * What was carried to a later day, and is not in that day's bill either: asked about now, or left for a person when the
 * wallet had confirmed it before. Answers those that are left.
 */
export async function endCarried(tx: Tx, statement: Statement, now: Date): Promise<Break[]> {
  const rows = await tx<Columns[]>`
    update statement_breaks
    set state = case when evidence is null then 'open' else 'left_for_operator' end,
      due_at = case when evidence is null then ${now}::timestamptz end
    where book = ${statement.book}
      and wallet_account_id = ${statement.walletAccountId}
      and kind = 'ours_only'
      and state = 'carried'
      and statement_id in (
        select id
        from statements
        where book = ${statement.book}
          and wallet_account_id = ${statement.walletAccountId}
          and day < ${statement.day}::text::date
      )
    returning ${tx(COLUMNS)}`;
  return rows.map(toBreak).filter((one) => one.state === 'left_for_operator');
}

export async function claimDueBreaks(sql: Sql, now: Date, leasedUntil: Date, itemsMax: number): Promise<Break[]> {
  const rows = await sql<Columns[]>`
    update statement_breaks
    set leased_until = ${leasedUntil},
      lease_no = lease_no + 1,
      tries_count = tries_count + 1
    from (
      select book as due_book, id as due_id
      from statement_breaks
      where due_at <= ${now}
        and leased_until <= ${now}
      order by due_at
      limit ${itemsMax}
      for update skip locked
    ) as due
    where book = due_book
      and id = due_id
    returning ${sql(COLUMNS)}`;
  return rows.map(toBreak);
}

/** Writes what became of a break. False when somebody else has moved it meanwhile: then nothing is written. */
export async function updateBreak(sql: Sql | Tx, row: Break, expected: { state: BreakState }): Promise<boolean> {
  const rows = await sql`
    update statement_breaks
    set state = ${row.state},
      resolution = ${row.resolution},
      evidence = ${toJson(row.evidence)}::text::jsonb,
      note = ${row.note},
      resolved_by = ${row.resolvedBy},
      resolved_at = ${row.resolvedAt},
      due_at = ${row.dueAt},
      leased_until = created_at
    where book = ${row.book}
      and id = ${row.id}
      and lease_no = ${row.leaseNo}
      and state = ${expected.state}
    returning id`;
  return rows.length === 1;
}

export async function lockBreak(tx: Tx, book: number, id: string): Promise<Break | null> {
  const rows = await tx<Columns[]>`
    select ${tx(COLUMNS)}
    from statement_breaks
    where book = ${book}
      and id = ${id}
    for update`;
  return rows[0] === undefined ? null : toBreak(rows[0]);
}

/** In the order in which they were found. */
export async function listBreaks(
  sql: Sql,
  filter: {
    book: number;
    statementId: string;
    kind: string | null;
    state: string | null;
    after: string | null;
    itemsMax: number;
  },
): Promise<Break[]> {
  const rows = await sql<Columns[]>`
    select ${sql(COLUMNS)}
    from statement_breaks
    where book = ${filter.book}
      and statement_id = ${filter.statementId}
      and (${filter.kind}::text is null or kind = ${filter.kind})
      and (${filter.state}::text is null or state = ${filter.state})
      and (${filter.after}::text is null or id > ${filter.after})
    order by id
    limit ${filter.itemsMax}`;
  return rows.map(toBreak);
}

/** How many breaks of each state and kind statements have. */
export async function countBreaks(
  sql: Sql | Tx,
  book: number,
  statementIds: readonly string[],
): Promise<{ statementId: string; kind: Break['kind']; state: BreakState; count: number }[]> {
  return await sql<{ statementId: string; kind: Break['kind']; state: BreakState; count: number }[]>`
    select statement_id as "statementId", kind, state, count(*)::int as count
    from statement_breaks
    where book = ${book}
      and statement_id = any(${[...statementIds]}::text[])
    group by statement_id, kind, state`;
}

interface Columns {
  book: number;
  id: Break['id'];
  statement_id: Break['statementId'];
  merchant_id: Break['merchantId'];
  wallet_account_id: Break['walletAccountId'];
  kind: Break['kind'];
  record: Break['record'];
  order_no: string;
  cause: Break['cause'];
  ours: Break['ours'];
  theirs: Break['theirs'];
  state: BreakState;
  resolution: Break['resolution'];
  evidence: Break['evidence'];
  note: string | null;
  resolved_by: string | null;
  created_at: Date;
  resolved_at: Date | null;
  due_at: Date | null;
  lease_no: bigint;
  tries_count: number;
}

function toBreak(row: Columns): Break {
  return {
    book: row.book,
    id: row.id,
    statementId: row.statement_id,
    merchantId: row.merchant_id,
    walletAccountId: row.wallet_account_id,
    kind: row.kind,
    record: row.record,
    orderNo: row.order_no,
    cause: row.cause,
    ours: row.ours,
    theirs: row.theirs,
    state: row.state,
    resolution: row.resolution,
    evidence: row.evidence,
    note: row.note,
    resolvedBy: row.resolved_by,
    createdAt: row.created_at,
    resolvedAt: row.resolved_at,
    dueAt: row.due_at,
    leaseNo: row.lease_no,
    triesCount: row.tries_count,
  };
}

function toJson(value: object | null): string | null {
  return value === null ? null : JSON.stringify(value);
}
