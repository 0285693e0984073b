import { column } from '../../db/column.ts';
import type { Sql, Tx } from '../../db/connect.ts';
import type { Currency } from '../../money/money.ts';

/** Payments of one day that came by one link, in one currency. */
export interface PaidDay {
  linkId: string;
  /** Of Asia/Shanghai, on which they succeeded. */
  day: string;
  currency: Currency;
  payments: number;
  paidMinor: bigint;
}

/** How far payments were counted, locked to the end of the transaction; undefined while another node is at it. */
export async function lockCursor(tx: Tx, book: number, now: Date): Promise<{ cursor: string | null } | undefined> {
  await tx`
    insert into link_paid_cursors (book, moved_at)
    values (${book}, ${now})
    on conflict (book) do nothing`;
  const [row] = await tx<{ cursor: string | null }[]>`
    select cursor
    from link_paid_cursors
    where book = ${book}
    for update skip locked`;
  return row;
}

/** How far payments were counted; null for nowhere yet. */
export async function findCursor(sql: Sql, book: number): Promise<string | null> {
  const [row] = await sql<{ cursor: string | null }[]>`
    select cursor
    from link_paid_cursors
    where book = ${book}`;
  return row?.cursor ?? null;
}

export async function moveCursor(tx: Tx, book: number, cursor: string, now: Date): Promise<void> {
  await tx`
    update link_paid_cursors
    set cursor = ${cursor}, moved_at = ${now}
    where book = ${book}`;
}

/** Adds to sums, each named once. */
export async function addPaidDays(tx: Tx, book: number, added: readonly PaidDay[]): Promise<void> {
  if (added.length === 0) return;
  await tx`
    insert into link_paid_days as d (book, link_id, day, currency, payments, paid_minor)
    select ${book}, link_id, day, currency, payments, paid_minor
    from unnest(
      ${added.map(({ linkId }) => linkId)}::text[],
      ${added.map(({ day }) => day)}::text[]::date[],
      ${added.map(({ currency }) => currency as string)}::text[],
      ${column(added.map(({ payments }) => payments))}::bigint[],
      ${column(added.map(({ paidMinor }) => paidMinor))}::bigint[]
    ) as added (link_id, day, currency, payments, paid_minor)
    order by link_id, day, currency
    on conflict (book, link_id, day, currency) do update
    set payments = d.payments + excluded.payments, paid_minor = d.paid_minor + excluded.paid_minor`;
}

/** Of a link, over all its days and currencies. */
export async function sumPayments(sql: Sql, book: number, linkId: string): Promise<number> {
  const [row] = await sql<{ payments: bigint }[]>`
    select coalesce(sum(payments), 0)::bigint as payments
    from link_paid_days
    where book = ${book}
      and link_id = ${linkId}`;
  return Number(row?.payments ?? 0n);
}

/** Both ends included, in order. */
export async function listPaidDays(
  sql: Sql | Tx,
  wish: { book: number; linkId: string; from: string; until: string },
): Promise<PaidDay[]> {
  const rows = await sql<(Omit<PaidDay, 'payments'> & { payments: bigint })[]>`
    select link_id as "linkId", day::text as day, currency, payments, paid_minor as "paidMinor"
    from link_paid_days
    where book = ${wish.book}
      and link_id = ${wish.linkId}
      and day between ${wish.from}::text::date and ${wish.until}::text::date
    order by day, currency`;
  return rows.map((row) => ({ ...row, payments: Number(row.payments) }));
}
