import type { Sql, Tx } from '../db/connect.ts';
import type { UserId } from './users.ts';

export interface PasskeyRow {
  book: number;
  id: string;
  userId: UserId;
  /** base64url, as WebAuthn has it. */
  credentialId: string;
  /** COSE. */
  publicKey: Buffer;
  signCount: bigint;
  transports: string[];
  name: string;
  createdAt: Date;
  lastUsedAt: Date | null;
}

/** False when the credential is registered already, or the person has `passkeysMax`. Whoever calls has locked the person. */
export async function insertPasskey(
  tx: Tx,
  row: Omit<PasskeyRow, 'lastUsedAt'>,
  passkeysMax: number,
): Promise<boolean> {
  const rows = await tx`
    insert into user_passkeys (book, id, user_id, credential_id, public_key, sign_count, transports, name, created_at)
    select ${row.book}, ${row.id}, ${row.userId}, ${row.credentialId}, ${row.publicKey}, ${row.signCount},
      ${row.transports}::text[], ${row.name}, ${row.createdAt}
    where (
      select count(*) from user_passkeys
      where book = ${row.book} and user_id = ${row.userId}
    ) < ${passkeysMax}
    on conflict (credential_id, book) do nothing
    returning id`;
  return rows.length === 1;
}

export async function findPasskeyByCredential(
  sql: Sql,
  book: number,
  credentialId: string,
): Promise<PasskeyRow | null> {
  const [row] = await sql<PasskeyRow[]>`
    select book, id, user_id as "userId", credential_id as "credentialId", public_key as "publicKey",
      sign_count as "signCount", transports, name, created_at as "createdAt", last_used_at as "lastUsedAt"
    from user_passkeys
    where book = ${book} and credential_id = ${credentialId}`;
  return row ?? null;
}

export async function listPasskeyRows(sql: Sql, book: number, userId: UserId): Promise<PasskeyRow[]> {
  return await sql<PasskeyRow[]>`
    select book, id, user_id as "userId", credential_id as "credentialId", public_key as "publicKey",
      sign_count as "signCount", transports, name, created_at as "createdAt", last_used_at as "lastUsedAt"
    from user_passkeys
    where book = ${book} and user_id = ${userId}
    order by id`;
}

export async function countPasskeys(sql: Sql | Tx, book: number, userId: UserId): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select count(*)::integer as count
    from user_passkeys
    where book = ${book} and user_id = ${userId}`;
  return row?.count ?? 0;
}

/** Counters only grow, but for keys that do not count (always 0). False when they would not: the answer is an old one. */
export async function raiseSignCount(
  sql: Sql | Tx,
  book: number,
  id: string,
  signCount: bigint,
  now: Date,
): Promise<boolean> {
  const rows = await sql`
    update user_passkeys
    set sign_count = ${signCount}, last_used_at = ${now}
    where book = ${book} and id = ${id}
      and (sign_count < ${signCount} or (sign_count = 0 and ${signCount}::bigint = 0))
    returning id`;
  return rows.length === 1;
}

export async function deletePasskey(tx: Tx, book: number, id: string, userId: UserId): Promise<boolean> {
  const rows = await tx`
    delete from user_passkeys
    where book = ${book} and id = ${id} and user_id = ${userId}
    returning id`;
  return rows.length === 1;
}
