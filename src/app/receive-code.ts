import { isId } from '../base/id.ts';
import { Refusal } from '../base/refusal.ts';
import { readNote } from '../transfers/read-note.ts';
import type { Session, UserId } from '../users/users.ts';
import type { AppDeps } from './app-deps.ts';

/** What a receive code says: to whom, and perhaps how much and what for. */
export interface ReceiveCode {
  userId: UserId;
  /** Fen; null where the payer says how much. */
  minor: bigint | null;
  note: string;
}

export const RECEIVE_NOTE_CHARS_MAX = 20;
/** What one part of an address of the app holds. */
const CODE_CHARS_MAX = 256;
const ABOUT = 'receive code';

/** Sealed, so that nobody makes one for another person and nobody reads a person out of it. It is good until the master secret changes. */
export function writeReceiveCode(
  deps: Pick<AppDeps, 'keyring'>,
  session: Session,
  facts: Omit<ReceiveCode, 'userId'>,
): string {
  // Whoever scans it sends it along with the money: what no transfer takes is in no code.
  const note = readNote(facts.note);
  if (note === null)
    throw new Refusal('invalid_request', 'a note is one line without hidden signs', { param: 'note', in: 'body' });
  const code = deps.keyring.seal(JSON.stringify([session.userId, facts.minor?.toString() ?? null, note]), ABOUT);
  if (code.length > CODE_CHARS_MAX) throw new Refusal('invalid_request', 'the note is too long', { param: 'note' });
  return code;
}

/** Null for what is none of ours. */
export function readReceiveCode(deps: Pick<AppDeps, 'keyring'>, code: string): ReceiveCode | null {
  if (code.length > CODE_CHARS_MAX || !/^[\w.-]+$/.test(code)) return null;
  const sealed = code.slice(code.lastIndexOf('.') + 1);
  if (Buffer.from(sealed, 'base64url').toString('base64url') !== sealed) return null; // decoding forgives stray letters
  let text: string;
  try {
    text = deps.keyring.open(code, ABOUT);
  } catch {
    return null;
  }
  const [userId, minor, note]: unknown[] = JSON.parse(text); // sealed by us alone
  if (!isId('usr', userId) || typeof note !== 'string') return null;
  return { userId, minor: typeof minor === 'string' ? BigInt(minor) : null, note };
}
