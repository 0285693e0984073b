import { bookOfId, isId } from '../base/id.ts';
import type { Random } from '../base/random.ts';
import { Secret } from '../base/secret.ts';

/*
 * What a browser holds: an id, by which the row is found, and 256 random bits, of which the row has a keyed digest. The row alone opens nothing.
 */

const SECRET_HALF_BYTES = 32;
const SECRET_HALF = /^[A-Za-z0-9_-]{43}$/;
const ID_LETTERS = 26;

export interface Bearer {
  id: string;
  book: number;
  secretHalf: string;
}

export function newSecretHalf(random: Random): string {
  return random.bytes(SECRET_HALF_BYTES).toString('base64url');
}

export function bearerText(id: string, secretHalf: string): Secret {
  return new Secret(id + secretHalf);
}

/** Null for everything that we cannot have given out. */
export function readBearer(prefix: string, text: unknown): Bearer | null {
  const idChars = prefix.length + 1 + ID_LETTERS;
  if (typeof text !== 'string' || text.length !== idChars + 43) return null;
  const [id, secretHalf] = [text.slice(0, idChars), text.slice(idChars)];
  return isId(prefix, id) && SECRET_HALF.test(secretHalf) ? { id, book: bookOfId(id), secretHalf } : null;
}
