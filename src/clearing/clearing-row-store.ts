import { column } from '../db/column.ts';
import type { Sql, Tx } from '../db/connect.ts';
import type { ClearingDay, ClearingSum, KeptRow } from './clearing.ts';

type Place = Pick<ClearingDay, 'book' | 'day'>;

export async function insertRows(tx: Tx, { book, day }: Place, rows: readonly KeptRow[]): Promise<void> {
  await tx`
    insert into clearing_rows (book, day, row_no, stan, transmitted_at, rrn, last4, amount_minor, message_type, processing,
      issuer, response_code)
    select ${book}::int, ${day}::text::date, new.*
    from unnest(
      ${column(rows.map((row) => row.rowNo))}::int[],
      ${rows.map((row) => row.stan)}::text[],
      ${rows.map((row) => row.transmittedAt)}::text[],
      ${rows.map((row) => row.rrn)}::text[],
      ${rows.map((row) => row.last4)}::text[],
      ${column(rows.map((row) => row.amountMinor))}::bigint[],
      ${rows.map((row) => row.messageType)}::text[],
      ${rows.map((row) => row.processing)}::text[],
      ${rows.map((row) => row.issuer)}::text[],
      ${rows.map((row) => row.responseCode)}::text[]
    ) as new`;
}

/**
 * Marks what stands in a file for the second time, in this one or after an earlier one. A second and a number name one message; within
 * a year they may come again, so only the files of the days around it are looked at.
 */
export async function markRepeats(tx: Tx, { book, day }: Place, daysBack: number): Promise<void> {
  await tx`
    update clearing_rows r
    set is_repeat = true
    where r.book = ${book}
      and r.day = ${day}::text::date
      and exists (
        select 1
        from clearing_rows known
        where known.transmitted_at = r.transmitted_at
          and known.stan = r.stan
          and known.book = r.book
          and known.day > r.day - ${daysBack}::int
          and (known.day < r.day or (known.day = r.day and known.row_no < r.row_no))
      )`;
}

/** In their order, a page at a time. */
export async function pageRows(
  sql: Sql,
  { book, day }: Place,
  afterRowNo: number,
  itemsMax: number,
): Promise<KeptRow[]> {
  return await sql<KeptRow[]>`
    select row_no as "rowNo", stan, transmitted_at as "transmittedAt", rrn, last4, amount_minor as "amountMinor",
      message_type as "messageType", processing, issuer, response_code as "responseCode", is_repeat as "isRepeat",
      move_id as "moveId", side
    from clearing_rows
    where book = ${book}
      and day = ${day}::text::date
      and row_no > ${afterRowNo}
    order by row_no
    limit ${itemsMax}`;
}

export async function updateMatches(
  sql: Sql,
  { book, day }: Place,
  matches: readonly { rowNo: number; moveId: string; side: 'debit' | 'credit' }[],
): Promise<void> {
  if (matches.length === 0) return;
  await sql`
    update clearing_rows r
    set move_id = new.move_id,
      side = new.side
    from unnest(
      ${column(matches.map((one) => one.rowNo))}::int[],
      ${matches.map((one) => one.moveId)}::text[],
      ${matches.map((one) => one.side)}::text[]
    ) as new (row_no, move_id, side)
    where r.book = ${book}
      and r.day = ${day}::text::date
      and r.row_no = new.row_no`;
}

/** Which legs earlier files, or this one, called by these numbers of the business act (F37). */
export async function findMatchedByRrn(
  sql: Sql,
  { book, day }: Place,
  rrns: readonly string[],
): Promise<{ rrn: string; last4: string; moveId: string; side: 'debit' | 'credit' }[]> {
  if (rrns.length === 0) return [];
  return await sql<{ rrn: string; last4: string; moveId: string; side: 'debit' | 'credit' }[]>`
    select distinct rrn, last4, move_id as "moveId", side
    from clearing_rows
    where rrn = any(${[...rrns]}::text[])
      and book = ${book}
      and day <= ${day}::text::date
      and message_type <> '0420'
      and move_id is not null`;
}

export interface StandsIn {
  moveId: string;
  side: 'debit' | 'credit';
  day: string;
  transmittedAt: string;
  stan: string;
  messageType: string;
}

/** In which files these moves stand, and as what. */
export async function findRowsOf(sql: Sql, book: number, moveIds: readonly string[]): Promise<StandsIn[]> {
  if (moveIds.length === 0) return [];
  return await sql<StandsIn[]>`
    select move_id as "moveId", side, day::text as day, transmitted_at as "transmittedAt", stan,
      message_type as "messageType"
    from clearing_rows
    where move_id = any(${[...moveIds]}::text[])
      and book = ${book}`;
}

export async function insertSums(tx: Tx, { book, day }: Place, sums: readonly ClearingSum[]): Promise<void> {
  if (sums.length === 0) return;
  await tx`
    insert into clearing_sums (book, day, issuer, rows_count, legs_count, file_minor, legs_minor, ledger_minor, effects_minor)
    select ${book}::int, ${day}::text::date, new.*
    from unnest(
      ${sums.map((one) => one.issuer)}::text[],
      ${column(sums.map((one) => one.rowsCount))}::int[],
      ${column(sums.map((one) => one.legsCount))}::int[],
      ${column(sums.map((one) => one.fileMinor))}::bigint[],
      ${column(sums.map((one) => one.legsMinor))}::bigint[],
      ${column(sums.map((one) => one.ledgerMinor))}::bigint[],
      ${column(sums.map((one) => one.effectsMinor))}::bigint[]
    ) as new`;
}

export async function listSums(sql: Sql, { book, day }: Place): Promise<ClearingSum[]> {
  return await sql<ClearingSum[]>`
    select issuer, rows_count as "rowsCount", legs_count as "legsCount", file_minor as "fileMinor", legs_minor as "legsMinor",
      ledger_minor as "ledgerMinor", effects_minor as "effectsMinor"
    from clearing_sums
    where book = ${book}
      and day = ${day}::text::date
    order by issuer`;
}
