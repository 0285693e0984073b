import type { Sql } from '../../db/connect.ts';
import type { Preview } from './read-preview.ts';

/** What is remembered of a look: a page, or why there was none. */
export type KeptLook =
  | { outcome: 'page'; preview: Preview; host: string }
  | { outcome: 'none'; note: string; host: string };

/** As JSON: minor units travel as an integer in a string. */
type PreviewJson = Omit<Preview, 'price'> & {
  price: { currency: NonNullable<Preview['price']>['currency']; minor: string } | null;
};

/** Only one that is still fresh. */
export async function findLook(sql: Sql, book: number, urlHash: Buffer, now: Date): Promise<KeptLook | null> {
  const [row] = await sql<
    { outcome: 'page' | 'none'; preview: PreviewJson | null; note: string | null; host: string }[]
  >`
    select outcome, preview, note, host
    from link_previews
    where book = ${book}
      and url_hash = ${urlHash}
      and fresh_until > ${now}`;
  if (row === undefined) return null;
  if (row.preview === null) return { outcome: 'none', note: row.note ?? '', host: row.host };
  const { price } = row.preview;
  const preview = { ...row.preview, price: price === null ? null : { ...price, minor: BigInt(price.minor) } };
  return { outcome: 'page', preview, host: row.host };
}

export async function putLook(
  sql: Sql,
  row: { book: number; urlHash: Buffer; look: KeptLook; fetchedAt: Date; freshUntil: Date },
): Promise<void> {
  const { book, urlHash, look, fetchedAt, freshUntil } = row;
  const preview = look.outcome === 'page' ? toJson(look.preview) : null;
  const note = look.outcome === 'none' ? look.note : null;
  await sql`
    insert into link_previews (book, url_hash, host, outcome, preview, note, fetched_at, fresh_until)
    values (${book}, ${urlHash}, ${look.host}, ${look.outcome}, ${preview}::text::jsonb, ${note}, ${fetchedAt}, ${freshUntil})
    on conflict (book, url_hash) do update
    set host = excluded.host,
      outcome = excluded.outcome,
      preview = excluded.preview,
      note = excluded.note,
      fetched_at = excluded.fetched_at,
      fresh_until = excluded.fresh_until`;
}

/** @returns how many were forgotten */
export async function deleteLooks(sql: Sql, book: number, freshBefore: Date): Promise<number> {
  const rows = await sql`
    delete from link_previews
    where book = ${book}
      and fresh_until < ${freshBefore}
    returning 1`;
  return rows.length;
}

function toJson({ price, ...preview }: Preview): string {
  const json: PreviewJson = { ...preview, price: price === null ? null : { ...price, minor: String(price.minor) } };
  return JSON.stringify(json);
}
