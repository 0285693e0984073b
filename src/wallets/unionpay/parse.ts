import { addField, readUtf8 } from '../form.ts';

/** A message as both sides sign it: field names to raw text. */
export type Fields = Record<string, string>;

const FIELDS_MAX = 200;
const CLOSING: Record<string, string> = { '{': '}', '[': ']' };

/**
 * Reads the body of a synchronous answer: `k=v&k=v` in plain UTF-8 and NOT url-encoded, so a form decoder would turn the
 * `+` of a signature into a blank. Null when it is not such a text. Source: UnionPay 5.1.0.
 */
export function readAnswer(body: Buffer): Fields | null {
  const text = readUtf8(body);
  return text === null ? null : readPairs(text);
}

/**
 * Splits at `&` and at the first `=` of each pair; within a value that has opened `{` or `[` both are ordinary text until
 * the bracket is matched. Null when a pair has no `=`, a name is odd or comes twice, or there are too many.
 */
export function readPairs(text: string): Fields | null {
  const fields: Fields = {};
  let start = 0;
  for (let count = 1; start < text.length; count++) {
    const equals = text.indexOf('=', start);
    if (equals === -1) return null;
    const end = endOfValue(text, equals + 1);
    if (count > FIELDS_MAX || !addField(fields, text.slice(start, equals), text.slice(equals + 1, end))) return null;
    start = end + 1;
  }
  return text === '' || text.endsWith('&') ? null : fields;
}

/** The body of a request: every field url-encoded as UTF-8. */
export function toForm(fields: Fields): string {
  return new URLSearchParams(fields).toString();
}

function endOfValue(text: string, from: number): number {
  const next = text.indexOf('&', from);
  const plainEnd = next === -1 ? text.length : next;
  if (!/[{[]/.test(text.slice(from, plainEnd))) return plainEnd; // nearly every value
  let opened = '';
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    const letter = text.charAt(at);
    if (depth === 0) {
      if (letter === '&') return at;
      if (letter in CLOSING) [opened, depth] = [letter, 1];
    } else if (letter === opened) depth += 1;
    else if (letter === CLOSING[opened]) depth -= 1;
  }
  return text.length;
}
