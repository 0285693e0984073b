import type { Sql, Tx } from '../db/connect.ts';

export type OfferId = `off_${string}`;
export type OfferState = 'published' | 'stopped';

/** An offer with the terms of one of its versions: in lists, the one in force. */
export interface OfferRow {
  book: number;
  id: OfferId;
  /** Whose it is; null is everybody's. */
  merchantId: string | null;
  state: OfferState;
  version: number;
  /** As the campaign file says it; campaign.ts reads it. */
  campaign: unknown;
  /** Every figure that each limit has had, oldest first. */
  figures: Figures;
  createdAt: Date;
  createdBy: string;
  stoppedAt: Date | null;
  updatedAt: Date;
}

export type Figures = Readonly<Record<string, readonly bigint[]>>;

export interface OfferVersion {
  version: number;
  campaign: unknown;
  createdAt: Date;
  createdBy: string;
}

export async function insertOffer(tx: Tx, row: OfferRow): Promise<void> {
  await tx`
    insert into offers (book, id, merchant_id, state, version, created_at, created_by, stopped_at, updated_at)
    values (${row.book}, ${row.id}, ${row.merchantId}, ${row.state}, ${row.version}, ${row.createdAt}, ${row.createdBy},
      ${row.stoppedAt}, ${row.updatedAt})`;
}

/** The terms of the row's version, from now on for ever. */
export async function insertOfferVersion(tx: Tx, row: OfferRow, by: string): Promise<void> {
  await tx`
    insert into offer_versions (book, offer_id, version, campaign, figures, created_at, created_by)
    values (${row.book}, ${row.id}, ${row.version}, ${JSON.stringify(row.campaign)}::text::jsonb,
      ${JSON.stringify(toText(row.figures))}::text::jsonb, ${row.updatedAt}, ${by})`;
}

export async function updateOffer(tx: Tx, row: OfferRow): Promise<void> {
  await tx`
    update offers
    set state = ${row.state},
      version = ${row.version},
      stopped_at = ${row.stoppedAt},
      updated_at = ${row.updatedAt}
    where book = ${row.book}
      and id = ${row.id}`;
}

/** Nobody else changes it until the transaction ends. */
export async function lockOffer(tx: Tx, book: number, id: string): Promise<OfferRow | null> {
  const [locked] = await tx`
    select id
    from offers
    where book = ${book}
      and id = ${id}
    for update`;
  return locked === undefined ? null : await findOffer(tx, book, id);
}

export async function findOffer(sql: Sql | Tx, book: number, id: string): Promise<OfferRow | null> {
  const rows = await sql<Columns[]>`
    ${selectOffers(sql)}
    where o.book = ${book}
      and o.id = ${id}`;
  return rows[0] === undefined ? null : toRow(rows[0]);
}

/** Newest first, older than `before`. A shop (viewer) sees its own and those of everybody that do not name other shops alone. */
export async function listOffers(
  sql: Sql,
  wish: { book: number; viewer: string | null; state: OfferState | null; before: string | null; itemsMax: number },
): Promise<OfferRow[]> {
  const { book, viewer, state, before, itemsMax } = wish;
  const rows = await sql<Columns[]>`
    ${selectOffers(sql)}
    where o.book = ${book}
      and (
        ${viewer}::text is null
        or o.merchant_id = ${viewer}::text
        or o.merchant_id is null and coalesce(v.campaign -> 'merchants' @> to_jsonb(${viewer}::text), true)
      )
      and (${state}::text is null or o.state = ${state}::text)
      and (${before}::text is null or o.id < ${before}::text)
    order by o.id desc
    limit ${itemsMax}`;
  return rows.map(toRow);
}

/** What every node keeps in memory: all that runs, and of each shop the last so many that were stopped after `since`. */
export async function listRunningOffers(
  sql: Sql,
  book: number,
  { since, stoppedMax }: { since: Date; stoppedMax: number },
): Promise<OfferRow[]> {
  const rows = await sql<Columns[]>`
    ${selectOffers(sql)}
    where o.book = ${book}
      and o.state = 'published'
    union all
    ${selectOffers(sql)}
    where o.book = ${book}
      and o.id in (
        select id
        from (
          select id, row_number() over (partition by merchant_id order by stopped_at desc, id desc) as place
          from offers
          where book = ${book}
            and state = 'stopped'
            and stopped_at > ${since}
        ) as stopped
        where place <= ${stoppedMax}
      )
    order by id`;
  return rows.map(toRow);
}

/** Newest first. */
export async function listOfferVersions(sql: Sql | Tx, book: number, id: string): Promise<OfferVersion[]> {
  return await sql<OfferVersion[]>`
    select version, campaign, created_at as "createdAt", created_by as "createdBy"
    from offer_versions
    where book = ${book}
      and offer_id = ${id}
    order by version desc`;
}

/** How many of a shop's own run; `merchantId` null counts everybody's. */
export async function countPublished(tx: Tx, book: number, merchantId: string | null): Promise<number> {
  const [row] = await tx<{ count: number }[]>`
    select count(*)::integer as count
    from offers
    where book = ${book}
      and state = 'published'
      and merchant_id is not distinct from ${merchantId}::text`;
  return row?.count ?? 0;
}

/** The number of the book's last change; 0 before the first. */
export async function readRevision(sql: Sql, book: number): Promise<bigint> {
  const [row] = await sql<{ revision: bigint }[]>`
    select revision
    from offer_books
    where book = ${book}`;
  return row?.revision ?? 0n;
}

/** Counts a change and tells every node of it when the transaction commits. Changes of one book wait for one another here. */
export async function raiseRevision(tx: Tx, book: number, channel: string): Promise<void> {
  await tx`
    insert into offer_books (book, revision)
    values (${book}, 1)
    on conflict (book) do update
    set revision = offer_books.revision + 1`;
  await tx`select pg_notify(${channel}, '')`;
}

function selectOffers(sql: Sql | Tx) {
  return sql`
    select o.book, o.id, o.merchant_id, o.state, o.version, v.campaign, v.figures, o.created_at, o.created_by, o.stopped_at,
      o.updated_at
    from offers o
    join offer_versions v on v.book = o.book and v.offer_id = o.id and v.version = o.version`;
}

interface Columns {
  book: number;
  id: OfferId;
  merchant_id: string | null;
  state: OfferState;
  version: number;
  campaign: unknown;
  figures: Record<string, string[]>;
  created_at: Date;
  created_by: string;
  stopped_at: Date | null;
  updated_at: Date;
}

function toRow(row: Columns): OfferRow {
  return {
    book: row.book,
    id: row.id,
    merchantId: row.merchant_id,
    state: row.state,
    version: row.version,
    campaign: row.campaign,
    figures: Object.fromEntries(Object.entries(row.figures).map(([limit, texts]) => [limit, texts.map(BigInt)])),
    createdAt: row.created_at,
    createdBy: row.created_by,
    stoppedAt: row.stopped_at,
    updatedAt: row.updated_at,
  };
}

function toText(figures: Figures): Record<string, string[]> {
  return Object.fromEntries(Object.entries(figures).map(([limit, list]) => [limit, list.map(String)]));
}
