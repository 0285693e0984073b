import { column } from '../../db/column.ts';
import type { Sql, Tx } from '../../db/connect.ts';

export interface DeferralRow {
  book: number;
  codeHash: Buffer;
  linkId: string;
  issuedAt: Date;
  expiresAt: Date;
}

export async function insertDeferrals(tx: Tx, rows: readonly DeferralRow[]): Promise<void> {
  await tx`
    insert into link_deferrals (book, code_hash, link_id, issued_at, expires_at)
    select book, decode(code_hash, 'hex'), link_id, issued_at, expires_at
    from unnest(
      ${column(rows.map(({ book }) => book))}::integer[],
      ${rows.map(({ codeHash }) => codeHash.toString('hex'))}::text[],
      ${rows.map(({ linkId }) => linkId)}::text[],
      ${column(rows.map(({ issuedAt }) => issuedAt))}::timestamptz[],
      ${column(rows.map(({ expiresAt }) => expiresAt))}::timestamptz[]
    ) as given (book, code_hash, link_id, issued_at, expires_at)`;
}

/** The link that a code leads to while it may be claimed; null for every other code. */
export async function findDeferredLink(sql: Sql, book: number, codeHash: Buffer, now: Date): Promise<string | null> {
  const rows = await sql<{ link_id: string }[]>`
    select link_id
    from link_deferrals
    where book = ${book}
      and code_hash = ${codeHash}
      and expires_at > ${now}`;
  return rows[0]?.link_id ?? null;
}

/** Takes the code away; of two that try at once one is told so. */
export async function takeDeferral(
  sql: Sql | Tx,
  of: { book: number; codeHash: Buffer; linkId: string; now: Date },
): Promise<boolean> {
  const rows = await sql`
    delete from link_deferrals
    where book = ${of.book}
      and code_hash = ${of.codeHash}
      and link_id = ${of.linkId}
      and expires_at > ${of.now}
    returning link_id`;
  return rows.length === 1;
}

/** Codes that nobody claimed in time, at most so many; how many they were. */
export async function deleteOldDeferrals(sql: Sql, now: Date, itemsMax: number): Promise<number> {
  const rows = await sql`
    delete from link_deferrals
    where (book, code_hash) in (
      select book, code_hash
      from link_deferrals
      where expires_at <= ${now}
      order by expires_at
      limit ${itemsMax}
      for update skip locked
    )
    returning book`;
  return rows.length;
}
