import { PROOF_TRIES_MAX } from '../base/limits.ts';
import { column } from '../db/column.ts';
import type { Sql, Tx } from '../db/connect.ts';
import type { Session } from './users.ts';

type Level = 'pin' | 'strong';

export interface OfferedRow {
  book: number;
  id: string;
  level: Level;
  actDigest: Buffer;
  nonce: Buffer;
  saysSealed: string;
  codeId: string | null;
  createdAt: Date;
  expiresAt: Date;
}

export interface ProvenRow {
  id: string;
  sessionId: string;
  userId: string;
  actDigest: Buffer;
  provenAt: Date | null;
  provenLevel: Level | null;
  digest: Buffer | null;
  usedAt: Date | null;
  /** The session that proved it has ended. */
  isOver: boolean;
}

export async function insertProof(sql: Sql, session: Session, row: Omit<OfferedRow, 'codeId'>): Promise<void> {
  await sql`
    insert into user_proofs (book, id, user_id, session_id, level, act_digest, nonce, says_sealed, created_at, expires_at)
    values (${row.book}, ${row.id}, ${session.userId}, ${session.id}, ${row.level}, ${row.actDigest}, ${row.nonce},
      ${row.saysSealed}, ${row.createdAt}, ${row.expiresAt})`;
}

/** This session's, and still to be proved. */
export async function findOffered(sql: Sql, session: Session, id: string, now: Date): Promise<OfferedRow | null> {
  const [row] = await sql<OfferedRow[]>`
    select book, id, level, act_digest as "actDigest", nonce, says_sealed as "saysSealed", code_id as "codeId",
      created_at as "createdAt", expires_at as "expiresAt"
    from user_proofs
    where book = ${session.book} and id = ${id} and session_id = ${session.id} and user_id = ${session.userId}
      and proven_at is null and expires_at > ${now}`;
  return row ?? null;
}

/** Counts a try before anything is compared; null when there is nothing (left) to try. */
export async function raiseProofTry(sql: Sql, session: Session, id: string, now: Date): Promise<OfferedRow | null> {
  const [row] = await sql<OfferedRow[]>`
    update user_proofs
    set tries_count = tries_count + 1
    where book = ${session.book} and id = ${id} and session_id = ${session.id} and user_id = ${session.userId}
      and proven_at is null and expires_at > ${now} and tries_count < ${PROOF_TRIES_MAX}
    returning book, id, level, act_digest as "actDigest", nonce, says_sealed as "saysSealed", code_id as "codeId",
      created_at as "createdAt", expires_at as "expiresAt"`;
  return row ?? null;
}

export async function updateProofCode(sql: Sql, book: number, id: string, codeId: string): Promise<void> {
  await sql`
    update user_proofs
    set code_id = ${codeId}
    where book = ${book} and id = ${id} and proven_at is null`;
}

/** False when it was proved at the same moment by another request: one token each. */
export async function updateProven(
  tx: Tx,
  row: { book: number; id: string; provenLevel: Level; digest: Buffer; provenAt: Date },
): Promise<boolean> {
  const rows = await tx`
    update user_proofs
    set proven_at = ${row.provenAt}, proven_level = ${row.provenLevel}, digest = ${row.digest}
    where book = ${row.book} and id = ${row.id} and proven_at is null
    returning id`;
  return rows.length === 1;
}

/** In order of id, so that two lists never wait for each other. */
export async function lockProofs(tx: Tx, book: number, ids: readonly string[]): Promise<Map<string, ProvenRow>> {
  const rows = await tx<ProvenRow[]>`
    select p.id, p.session_id as "sessionId", p.user_id as "userId", p.act_digest as "actDigest",
      p.proven_at as "provenAt", p.proven_level as "provenLevel", p.digest, p.used_at as "usedAt",
      s.ended_at is not null as "isOver"
    from user_proofs p
    join user_sessions s on s.book = p.book and s.id = p.session_id
    where p.book = ${book} and p.id = any(${[...ids]}::text[])
    order by p.id
    for update of p`;
  return new Map(rows.map((row) => [row.id, row]));
}

export async function updateProofsUsed(tx: Tx, book: number, ids: readonly string[], now: Date): Promise<void> {
  await tx`
    update user_proofs
    set used_at = used.at
    from unnest(${[...ids]}::text[], ${column(ids.map(() => now))}::timestamptz[]) as used (id, at)
    where user_proofs.book = ${book} and user_proofs.id = used.id and user_proofs.used_at is null`;
}
