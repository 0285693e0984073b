import { IDEMPOTENCY_KEY_CHARS_MAX } from './limits.ts';
import { Refusal } from './refusal.ts';

/**
 * What an Idempotency-Key header says (IETF draft): a quoted string as the draft has it, or bare as most clients send it.
 * @throws Refusal idempotency_key_missing, idempotency_key_invalid.
 */
export function readIdempotencyKey(header: string | readonly string[] | undefined): string {
  if (header === undefined || header === '')
    throw new Refusal(
      'idempotency_key_missing',
      'every POST carries an Idempotency-Key that is new for every new thing',
    );
  const text = typeof header === 'string' ? header : '';
  const key = /^"(?:[\x20-\x21\x23-\x5b\x5d-\x7e]|\\["\\])*"$/.test(text)
    ? text.slice(1, -1).replace(/\\(["\\])/g, '$1')
    : text;
  const isBrokenQuote = text.startsWith('"') && key === text;
  if (isBrokenQuote || key.length === 0 || key.length > IDEMPOTENCY_KEY_CHARS_MAX || !/^[\x21-\x7e]+$/.test(key))
    throw new Refusal(
      'idempotency_key_invalid',
      `1 to ${IDEMPOTENCY_KEY_CHARS_MAX} printable ASCII characters, no blanks`,
    );
  return key;
}
