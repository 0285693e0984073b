import { column } from '../../db/column.ts';
import type { Sql, Tx } from '../../db/connect.ts';
import type { Share, Terms } from './terms.ts';

const COLUMNS = [
  'book',
  'link_id',
  'kind',
  'livemode',
  'merchant_id',
  'user_id',
  'code',
  'currency',
  'subject',
  'amount_minor',
  'min_minor',
  'max_minor',
  'total_minor',
  'places_max',
  'order_no',
  'created_at',
  'complete_at',
];

export async function insertTerms(tx: Tx, terms: readonly Terms[]): Promise<void> {
  await tx`
    insert into link_terms (book, link_id, kind, livemode, merchant_id, user_id, code, currency, subject, amount_minor,
      min_minor, max_minor, total_minor, places_max, order_no, created_at)
    select *
    from unnest(
      ${column(terms.map((t) => t.book))}::int[],
      ${terms.map((t) => t.linkId)}::text[],
      ${terms.map((t) => t.kind)}::text[],
      ${column(terms.map((t) => t.livemode))}::boolean[],
      ${terms.map((t) => t.merchantId)}::text[],
      ${terms.map((t) => t.userId)}::text[],
      ${terms.map((t) => t.code)}::text[],
      ${terms.map((t) => t.currency)}::text[],
      ${terms.map((t) => t.subject)}::text[],
      ${column(terms.map((t) => t.amountMinor))}::bigint[],
      ${column(terms.map((t) => t.minMinor))}::bigint[],
      ${column(terms.map((t) => t.maxMinor))}::bigint[],
      ${column(terms.map((t) => t.totalMinor))}::bigint[],
      ${column(terms.map((t) => t.placesMax))}::int[],
      ${terms.map((t) => t.orderNo)}::text[],
      ${column(terms.map((t) => t.createdAt))}::timestamptz[]
    )`;
  const shares = terms.flatMap((t) => t.shares.map((share) => ({ ...share, book: t.book, linkId: t.linkId })));
  if (shares.length === 0) return;
  await tx`
    insert into link_shares (book, link_id, place_no, name, amount_minor)
    select *
    from unnest(
      ${column(shares.map((s) => s.book))}::int[],
      ${shares.map((s) => s.linkId)}::text[],
      ${column(shares.map((s) => s.placeNo))}::int[],
      ${shares.map((s) => s.name)}::text[],
      ${column(shares.map((s) => s.amountMinor))}::bigint[]
    )`;
}

/** In order of the links, so that no two writers lock crosswise. */
export async function lockTerms(tx: Tx, book: number, linkIds: readonly string[]): Promise<Terms[]> {
  const rows = await tx<TermsRow[]>`
    select ${tx(COLUMNS)}
    from link_terms
    where book = ${book}
      and link_id = any(${[...linkIds]}::text[])
    order by link_id
    for update`;
  return await withShares(tx, book, rows);
}

/** In no order. */
export async function findTerms(sql: Sql | Tx, book: number, linkIds: readonly string[]): Promise<Terms[]> {
  const rows = await sql<TermsRow[]>`
    select ${sql(COLUMNS)}
    from link_terms
    where book = ${book}
      and link_id = any(${[...linkIds]}::text[])`;
  return await withShares(sql, book, rows);
}

/** By the code of its link. */
export async function findTermsByCode(sql: Sql, book: number, code: string): Promise<Terms | null> {
  const rows = await sql<TermsRow[]>`
    select ${sql(COLUMNS)}
    from link_terms
    where code = ${code}
      and book = ${book}`;
  return (await withShares(sql, book, rows))[0] ?? null;
}

/** What a person collects, newest first. */
export async function listTermsOfUser(
  sql: Sql,
  page: { book: number; userId: string; before: string | null; itemsMax: number },
): Promise<Terms[]> {
  const rows = await sql<TermsRow[]>`
    select ${sql(COLUMNS)}
    from link_terms
    where book = ${page.book}
      and user_id = ${page.userId}
      and (${page.before}::text is null or link_id < ${page.before})
    order by link_id desc
    limit ${page.itemsMax}`;
  return await withShares(sql, page.book, rows);
}

/** Every place is paid; told once. Answers whether this was the time. */
export async function completeTerms(tx: Tx, book: number, linkId: string, now: Date): Promise<boolean> {
  const done = await tx`
    update link_terms
    set complete_at = ${now}
    where book = ${book}
      and link_id = ${linkId}
      and complete_at is null`;
  return done.count === 1;
}

/** Links by their codes and whose they are; in no order. */
export async function findLinksByCode(
  sql: Sql | Tx,
  book: number,
  codes: readonly string[],
): Promise<{ id: string; code: string; merchantId: string | null }[]> {
  if (codes.length === 0) return [];
  return await sql<{ id: string; code: string; merchantId: string | null }[]>`
    select id, code, merchant_id as "merchantId"
    from links
    where code = any(${[...codes]}::text[])
      and book = ${book}`;
}

async function withShares(sql: Sql | Tx, book: number, rows: readonly TermsRow[]): Promise<Terms[]> {
  const split = rows.filter((row) => row.total_minor !== null).map((row) => row.link_id);
  const shares =
    split.length === 0
      ? []
      : await sql<(Share & { linkId: string })[]>`
          select link_id as "linkId", place_no as "placeNo", name, amount_minor as "amountMinor"
          from link_shares
          where book = ${book}
            and link_id = any(${split}::text[])
          order by link_id, place_no`;
  return rows.map((row) => toTerms(row, shares));
}

interface TermsRow {
  book: number;
  link_id: string;
  kind: Terms['kind'];
  livemode: boolean;
  merchant_id: Terms['merchantId'];
  user_id: Terms['userId'];
  code: string;
  currency: Terms['currency'];
  subject: string;
  amount_minor: bigint | null;
  min_minor: bigint | null;
  max_minor: bigint | null;
  total_minor: bigint | null;
  places_max: number | null;
  order_no: string | null;
  created_at: Date;
  complete_at: Date | null;
}

function toTerms(row: TermsRow, shares: readonly (Share & { linkId: string })[]): Terms {
  return {
    book: row.book,
    linkId: row.link_id,
    kind: row.kind,
    livemode: row.livemode,
    merchantId: row.merchant_id,
    userId: row.user_id,
    code: row.code,
    currency: row.currency,
    subject: row.subject,
    amountMinor: row.amount_minor,
    minMinor: row.min_minor,
    maxMinor: row.max_minor,
    totalMinor: row.total_minor,
    placesMax: row.places_max,
    orderNo: row.order_no,
    createdAt: row.created_at,
    completeAt: row.complete_at,
    shares: shares
      .filter((share) => share.linkId === row.link_id)
      .map(({ placeNo, name, amountMinor }) => ({ placeNo, name, amountMinor })),
  };
}
