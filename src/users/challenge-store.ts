import type { Sql } from '../db/connect.ts';

export interface ChallengeRow {
  book: number;
  id: string;
  purpose: 'register' | 'sign_in';
  /** Whose session asked; null for signing in. */
  sessionId: string | null;
  challenge: Buffer;
  expiresAt: Date;
}

export async function insertChallenge(sql: Sql, row: ChallengeRow): Promise<void> {
  await sql`
    insert into user_challenges (book, id, purpose, session_id, challenge, expires_at)
    values (${row.book}, ${row.id}, ${row.purpose}, ${row.sessionId}, ${row.challenge}, ${row.expiresAt})`;
}

/** Uses it up, whatever comes of it; null when it is another's, for something else, over or used. */
export async function takeChallenge(
  sql: Sql,
  wanted: { book: number; id: string; purpose: ChallengeRow['purpose']; sessionId: string | null },
  now: Date,
): Promise<Buffer | null> {
  const [row] = await sql<{ challenge: Buffer }[]>`
    update user_challenges
    set used_at = ${now}
    where book = ${wanted.book} and id = ${wanted.id} and purpose = ${wanted.purpose}
      and session_id is not distinct from ${wanted.sessionId}::text and expires_at > ${now} and used_at is null
    returning challenge`;
  return row?.challenge ?? null;
}
