import type { Currency } from '../money/money.ts';
import { column } from '../db/column.ts';
import type { Sql, Tx } from '../db/connect.ts';
import type { Link, LinkContent, LinkKind, LinkState } from './link.ts';
import type { LinkVersion } from './links.ts';

/** A link as it stands now, with what its version in force says. */
export interface LinkRow extends Link {
  /** `URL.host` of what serves it; null: our own address. */
  servedHost: string | null;
  /** Of its last change, as the book counts them; 0 while there was none. */
  revision: bigint;
}

/** Those whose code another link has are left out. @returns the ids of those that are there now */
export async function insertLinks(tx: Tx, links: readonly Link[]): Promise<Set<string>> {
  const rows = await tx<{ id: string }[]>`
    insert into links (book, id, code, served_by, kind, merchant_id, user_id, livemode, state, version, created_at, updated_at)
    select book, id, code, served_by, kind, merchant_id, user_id, livemode, 'active', 1, created_at, created_at
    from unnest(
      ${column(links.map((link) => link.book))}::int[],
      ${links.map((link) => link.id)}::text[],
      ${links.map((link) => link.code)}::text[],
      ${links.map((link) => link.servedBy)}::text[],
      ${links.map((link) => link.kind)}::text[],
      ${links.map((link) => merchantOf(link))}::text[],
      ${links.map((link) => userOf(link))}::text[],
      ${column(links.map((link) => link.livemode))}::boolean[],
      ${column(links.map((link) => link.createdAt))}::timestamptz[]
    ) as given (book, id, code, served_by, kind, merchant_id, user_id, livemode, created_at)
    on conflict (code) do nothing
    returning id`;
  return new Set(rows.map(({ id }) => id));
}

/** What each link says now, from now on for ever. */
export async function insertLinkVersions(tx: Tx, links: readonly Link[], by: string): Promise<void> {
  await tx`
    insert into link_versions (
      book, link_id, version, kind, page, page_host, app_path, title, description, image_url, price_currency, price_minor,
      availability, direct, expires_at, state, state_reason, created_at, created_by
    )
    select given.*, ${by}
    from unnest(
      ${column(links.map((link) => link.book))}::int[],
      ${links.map((link) => link.id)}::text[],
      ${column(links.map((link) => link.version))}::int[],
      ${links.map((link) => link.kind)}::text[],
      ${links.map((link) => link.page)}::text[],
      ${links.map((link) => (link.page === null ? null : new URL(link.page).host))}::text[],
      ${links.map((link) => link.appPath)}::text[],
      ${links.map((link) => link.title)}::text[],
      ${links.map((link) => link.description)}::text[],
      ${links.map((link) => link.imageUrl)}::text[],
      ${links.map((link) => link.price?.currency ?? null)}::text[],
      ${column(links.map((link) => link.price?.minor ?? null))}::bigint[],
      ${links.map((link) => link.availability)}::text[],
      ${column(links.map((link) => link.direct))}::boolean[],
      ${column(links.map((link) => link.expiresAt))}::timestamptz[],
      ${links.map((link) => link.state)}::text[],
      ${links.map((link) => link.stateReason)}::text[],
      ${column(links.map((link) => link.updatedAt))}::timestamptz[]
    ) as given`;
}

/** Their state and version, changed together under one number. */
export async function updateLinks(tx: Tx, links: readonly Link[], revision: bigint): Promise<void> {
  await tx`
    update links
    set state = given.state,
      state_reason = given.state_reason,
      version = given.version,
      updated_at = given.updated_at,
      revision = ${revision}
    from unnest(
      ${column(links.map((link) => link.book))}::int[],
      ${links.map((link) => link.id)}::text[],
      ${links.map((link) => link.state)}::text[],
      ${links.map((link) => link.stateReason)}::text[],
      ${column(links.map((link) => link.version))}::int[],
      ${column(links.map((link) => link.updatedAt))}::timestamptz[]
    ) as given (book, id, state, state_reason, version, updated_at)
    where links.book = given.book
      and links.id = given.id`;
}

/** Nobody else changes it until the transaction ends. */
export async function lockLink(tx: Tx, book: number, id: string): Promise<LinkRow | null> {
  await tx`
    select id
    from links
    where book = ${book}
      and id = ${id}
    for update`;
  return (await findLinksById(tx, book, [id]))[0] ?? null;
}

export type LinksWhich = { kind: 'host'; host: string } | { kind: 'merchant'; merchantId: string };

/** Of a merchant, or with a page at a host, those that are not taken down: locked, in the order of their ids, after `after`. */
export async function lockLinksNotDown(
  tx: Tx,
  wish: { book: number; which: LinksWhich; after: string; itemsMax: number },
): Promise<LinkRow[]> {
  const { book, which, after, itemsMax } = wish;
  const merchantId = which.kind === 'merchant' ? which.merchantId : null;
  const host = which.kind === 'host' ? which.host : null;
  const locked = await tx<{ id: string }[]>`
    select id
    from links l
    where book = ${book}
      and (${merchantId}::text is null or merchant_id = ${merchantId}::text)
      and (
        ${host}::text is null
        or id in (select link_id from link_versions v where v.book = ${book} and v.page_host = ${host}::text)
        and exists (
          select from link_versions v
          where v.book = l.book and v.link_id = l.id and v.version = l.version and v.page_host = ${host}::text
        )
      )
      and state <> 'taken_down'
      and id > ${after}
    order by id
    limit ${itemsMax}
    for update of l`;
  const rows = await findLinksById(
    tx,
    book,
    locked.map(({ id }) => id),
  );
  return rows.sort((left, right) => (left.id < right.id ? -1 : 1));
}

export async function findLinksById(sql: Sql | Tx, book: number, ids: readonly string[]): Promise<LinkRow[]> {
  const rows = await sql<Columns[]>`
    ${selectLinks(sql)}
    where l.book = ${book}
      and l.id = any (${ids as string[]}::text[])`; // the driver does not change it
  return rows.map(toRow);
}

export async function findLinksByCode(sql: Sql, book: number, codes: readonly string[]): Promise<LinkRow[]> {
  const rows = await sql<Columns[]>`
    ${selectLinks(sql)}
    where l.book = ${book}
      and l.code = any (${codes as string[]}::text[])`; // the driver does not change it
  return rows.map(toRow);
}

/** What carries a later number than `after`, oldest change first. */
export async function listChangedLinks(sql: Sql, book: number, after: bigint, itemsMax: number): Promise<LinkRow[]> {
  const rows = await sql<Columns[]>`
    ${selectLinks(sql)}
    where l.book = ${book}
      and l.revision > ${after}
      and l.revision > 0
    order by l.revision
    limit ${itemsMax}`;
  return rows.map(toRow);
}

/** Newest first, older than `before`; of one merchant, of one person, or (both null) everybody's. */
export async function listLinks(
  sql: Sql,
  wish: {
    book: number;
    merchantId: string | null;
    userId: string | null;
    state: LinkState | null;
    before: string | null;
    itemsMax: number;
  },
): Promise<LinkRow[]> {
  const { book, merchantId, userId, state, before, itemsMax } = wish;
  const rows = await sql<Columns[]>`
    ${selectLinks(sql)}
    where l.book = ${book}
      and (${merchantId}::text is null or l.merchant_id = ${merchantId}::text)
      and (${userId}::text is null or l.user_id = ${userId}::text)
      and (${state}::text is null or l.state = ${state}::text)
      and (${before}::text is null or l.id < ${before}::text)
    order by l.id desc
    limit ${itemsMax}`;
  return rows.map(toRow);
}

/** Newest first. */
export async function listLinkVersions(
  sql: Sql | Tx,
  book: number,
  linkId: string,
  itemsMax: number,
): Promise<LinkVersion[]> {
  const rows = await sql<(ContentColumns & VersionColumns)[]>`
    select version, page, app_path, title, description, image_url, price_currency, price_minor, availability, direct,
      expires_at, state, state_reason, created_at, created_by
    from link_versions
    where book = ${book}
      and link_id = ${linkId}
    order by version desc
    limit ${itemsMax}`;
  return rows.map((row) => ({
    version: row.version,
    content: toContent(row),
    state: row.state,
    stateReason: row.state_reason,
    by: row.created_by,
    at: row.created_at,
  }));
}

function selectLinks(sql: Sql | Tx) {
  return sql`
    select l.book, l.id, l.code, l.served_by, h.host as served_host, l.kind, l.merchant_id, l.user_id, l.livemode, l.state,
      l.state_reason, l.version, l.revision, l.created_at, l.updated_at, v.page, v.app_path, v.title, v.description,
      v.image_url, v.price_currency, v.price_minor, v.availability, v.direct, v.expires_at
    from links l
    join link_versions v on v.book = l.book and v.link_id = l.id and v.version = l.version
    left join link_hosts h on h.book = l.book and h.id = l.served_by`;
}

interface ContentColumns {
  page: string | null;
  app_path: string | null;
  title: string;
  description: string | null;
  image_url: string | null;
  price_currency: Currency | null;
  price_minor: bigint | null;
  availability: LinkContent['availability'];
  direct: boolean;
  expires_at: Date | null;
}

interface VersionColumns {
  version: number;
  state: LinkState;
  state_reason: string | null;
  created_at: Date;
  created_by: string;
}

interface Columns extends ContentColumns {
  book: number;
  id: string;
  code: string;
  served_by: string | null;
  served_host: string | null;
  kind: LinkKind;
  merchant_id: string | null;
  user_id: string | null;
  livemode: boolean;
  state: LinkState;
  state_reason: string | null;
  version: number;
  revision: bigint;
  created_at: Date;
  updated_at: Date;
}

function toRow(row: Columns): LinkRow {
  return {
    ...toContent(row),
    book: row.book,
    id: row.id,
    code: row.code,
    servedBy: row.served_by,
    servedHost: row.served_host,
    kind: row.kind,
    owner:
      row.merchant_id === null
        ? { kind: 'user', userId: row.user_id ?? '' } // the table keeps one of the two
        : { kind: 'merchant', merchantId: row.merchant_id },
    livemode: row.livemode,
    state: row.state,
    stateReason: row.state_reason,
    version: row.version,
    revision: row.revision,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

function toContent(row: ContentColumns): LinkContent {
  const { price_currency: currency, price_minor: minor } = row;
  return {
    page: row.page,
    appPath: row.app_path,
    title: row.title,
    description: row.description,
    imageUrl: row.image_url,
    price: currency === null || minor === null ? null : { currency, minor },
    availability: row.availability,
    direct: row.direct,
    expiresAt: row.expires_at,
  };
}

const merchantOf = ({ owner }: Link): string | null => (owner.kind === 'merchant' ? owner.merchantId : null);
const userOf = ({ owner }: Link): string | null => (owner.kind === 'user' ? owner.userId : null);
