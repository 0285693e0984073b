import type { Sql, Tx } from '../db/connect.ts';
import type { UserId } from '../users/users.ts';

/** A binding between the bank's word and the code, or what one tap found. */
export interface RequestRow {
  book: number;
  id: string;
  userId: UserId;
  kind: 'binding' | 'one_tap';
  sealed: Buffer;
  codeId: string | null;
  createdAt: Date;
  expiresAt: Date;
}

export async function insertRequest(tx: Tx, row: RequestRow): Promise<void> {
  await tx`
    insert into card_requests (book, id, user_id, kind, sealed, code_id, created_at, expires_at)
    values (${row.book}, ${row.id}, ${row.userId}, ${row.kind}, ${row.sealed}, ${row.codeId}, ${row.createdAt},
      ${row.expiresAt})`;
}

/** Only the person's own, and only while it lasts. */
export async function findRequest(
  sql: Sql | Tx,
  of: { book: number; id: string; userId: UserId; kind: RequestRow['kind'] },
  now: Date,
): Promise<RequestRow | null> {
  const [row] = await sql<RequestRow[]>`
    select book, id, user_id as "userId", kind, sealed, code_id as "codeId", created_at as "createdAt",
      expires_at as "expiresAt"
    from card_requests
    where book = ${of.book}
      and id = ${of.id}
      and user_id = ${of.userId}
      and kind = ${of.kind}
      and expires_at > ${now}`;
  return row ?? null;
}

export async function updateRequestSealed(tx: Tx, book: number, id: string, sealed: Buffer): Promise<void> {
  await tx`
    update card_requests
    set sealed = ${sealed},
      code_id = null
    where book = ${book}
      and id = ${id}`;
}

export async function updateRequestCode(sql: Sql, book: number, id: string, codeId: string): Promise<void> {
  await sql`
    update card_requests
    set code_id = ${codeId}
    where book = ${book}
      and id = ${id}`;
}

/** True for the one that deletes it: a request is finished once. */
export async function deleteRequest(tx: Tx, book: number, id: string): Promise<boolean> {
  const rows = await tx`
    delete from card_requests
    where book = ${book}
      and id = ${id}
    returning id`;
  return rows.length === 1;
}

export async function deleteOldRequests(sql: Sql, now: Date): Promise<void> {
  await sql`
    delete from card_requests
    where expires_at <= ${now}`;
}
