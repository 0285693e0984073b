import { isId, newId } from '../base/id.ts';
import { PROOF_OFFER_SECONDS, PROOF_SECONDS } from '../base/limits.ts';
import { Refusal } from '../base/refusal.ts';
import type { Tx } from '../db/connect.ts';
import { actDigest } from './act-digest.ts';
import { audit } from './audit.ts';
import { type Bearer, bearerText, newSecretHalf, readBearer } from './bearer.ts';
import { isLevelEnough } from './proof-levels.ts';
import { lockProofs, type ProvenRow, updateProofsUsed, updateProven } from './proof-store.ts';
import type { ProofLevel, ProofUse, Session } from './users.ts';
import type { UsersDeps } from './users-deps.ts';

/*
 * From a proof that was given to the deed. What was proved is kept as a digest of the act: kind, subject, amount, payee. The deed brings the act as
 * it is about to be done, so nothing that changed in between slips through.
 */

/** A token for what was just proved; null when another request proved it at the same moment. */
export async function giveToken(
  deps: UsersDeps,
  session: Session,
  proof: { id: string; provenLevel: 'pin' | 'strong'; by: string },
): Promise<string | null> {
  const { book, userId } = session;
  const secretHalf = newSecretHalf(deps.random);
  const row = {
    book,
    id: proof.id,
    provenLevel: proof.provenLevel,
    digest: deps.keyring.digest(DIGEST, secretHalf),
    provenAt: deps.clock.now(),
  };
  const isGiven = await deps.sql.begin(async (tx) => {
    if (!(await updateProven(tx, row))) return false;
    const facts = { proof_id: proof.id, level: proof.provenLevel, by: proof.by };
    await audit(deps, tx, [{ book, userId, event: 'proof.given', facts }]);
    return true;
  });
  return isGiven ? bearerText(proof.id, secretHalf).reveal() : null;
}

/** @throws Refusal step_up_required, step_up_invalid */
export async function consumeProof(deps: UsersDeps, tx: Tx, use: ProofUse): Promise<void> {
  const [refusal] = await consumeProofs(deps, tx, [use]);
  if (refusal instanceof Refusal) throw refusal;
}

/** Uses up proofs of several deeds of one book in the caller's transaction: a deed that is rolled back has used none. */
export async function consumeProofs(
  deps: Pick<UsersDeps, 'clock' | 'keyring'>,
  tx: Tx,
  uses: readonly ProofUse[],
): Promise<(Refusal | null)[]> {
  const now = deps.clock.now();
  const bearers = uses.map(({ token }) => readBearer(PREFIX, token));
  const locked = await lockByBook(tx, bearers);
  const used = new Map<number, string[]>();
  const answers = uses.map((use, index) => {
    const bearer = bearers[index] ?? null;
    const row = bearer === null ? null : (locked.get(bearer.id) ?? null);
    const refusal = decide(deps, use, bearer, row, now);
    if (refusal === null && bearer !== null && row !== null) {
      row.usedAt = now; // twice in one list is once
      used.set(bearer.book, [...(used.get(bearer.book) ?? []), bearer.id]);
    }
    return refusal;
  });
  for (const [book, ids] of used) await updateProofsUsed(tx, book, ids, now);
  return answers;
}

const PREFIX = 'prf';
const DIGEST = 'proof token';

export function newProofId(deps: Pick<UsersDeps, 'clock' | 'random'>, book: number): string {
  return newId(PREFIX, deps, book);
}

export function isProofId(id: string): boolean {
  return isId(PREFIX, id);
}

export function invalidProof(): Refusal {
  return new Refusal('step_up_invalid', 'the proof is of something else, used, or too old; prove it again');
}

async function lockByBook(tx: Tx, bearers: readonly (Bearer | null)[]): Promise<Map<string, ProvenRow>> {
  const found = bearers.filter((bearer) => bearer !== null);
  const books = [...new Set(found.map(({ book }) => book))].sort((a, b) => a - b);
  const all = new Map<string, ProvenRow>();
  for (const book of books) {
    const ids = found.filter((bearer) => bearer.book === book).map(({ id }) => id);
    for (const [id, row] of await lockProofs(tx, book, ids)) all.set(id, row);
  }
  return all;
}

function decide(
  deps: Pick<UsersDeps, 'keyring'>,
  { session, act, level, token }: ProofUse,
  bearer: Bearer | null,
  row: ProvenRow | null,
  now: Date,
): Refusal | null {
  if (token === null) return level === 'device' ? null : required(level);
  const isRight = deps.keyring.isDigest(DIGEST, bearer?.secretHalf ?? '', row?.digest ?? Buffer.alloc(32));
  if (row === null || !isRight || row.provenAt === null || row.provenLevel === null) return invalidProof();
  if (row.sessionId !== session.id || row.userId !== session.userId || row.isOver) return invalidProof();
  if (!row.actDigest.equals(actDigest(act)) || row.usedAt !== null) return invalidProof();
  if (now.getTime() - row.provenAt.getTime() > PROOF_SECONDS * 1000) return invalidProof();
  return isLevelEnough(row.provenLevel, level) ? null : required(level);
}

function required(level: ProofLevel): Refusal {
  return new Refusal('step_up_required', 'prove this first', { level });
}

/** When an offer ends that nobody proved. */
export function offerEnds(now: Date): Date {
  return new Date(now.getTime() + PROOF_OFFER_SECONDS * 1000);
}
