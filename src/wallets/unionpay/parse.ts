/** A message as both sides sign it: field names to raw text. */
export type Fields = Record<string, string>;

const FIELDS_MAX = 200;
const CLOSING: Record<string, string> = { '{': '}', '[': ']' };
const NAME = /^[A-Za-z][A-Za-z0-9_.-]{0,63}$/; // documented names are letters and digits; this also keeps `__proto__` out
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Reads the body of a synchronous answer: `k=v&k=v` in plain UTF-8 and NOT url-encoded, so a form decoder would turn the
 * `+` of a signature into a blank. Null when it is not such a text. Source: UnionPay 5.1.0, fact sheet 2.2.
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

/** Reads a notification: a form as browsers send it. Stricter than browsers: nothing is repaired, nothing comes twice. */
export function readForm(body: Buffer): Fields | null {
  const text = body.toString('latin1');
  const fields: Fields = {};
  const pairs = text.split('&', FIELDS_MAX + 1);
  if (pairs.length > FIELDS_MAX) return null;
  for (const pair of pairs) {
    const equals = pair.indexOf('=');
    if (equals === -1) return null;
    const name = decodePercent(pair.slice(0, equals));
    const value = decodePercent(pair.slice(equals + 1));
    if (name === null || value === null || !addField(fields, name, value)) return null;
  }
  return fields;
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

function addField(fields: Fields, name: string, value: string): boolean {
  if (!NAME.test(name) || Object.hasOwn(fields, name)) return false;
  fields[name] = value;
  return true;
}

/** Percent-decoding that refuses what browsers let pass: a lone `%`, raw bytes outside ASCII, bytes that are not UTF-8. */
function decodePercent(text: string): string | null {
  if (/[^\x21-\x7e]/.test(text)) return null;
  try {
    return decodeURIComponent(text.replaceAll('+', ' ')); // throws at a lone `%` and at what is not UTF-8
  } catch {
    return null;
  }
}

function readUtf8(bytes: Buffer): string | null {
  try {
    return utf8.decode(bytes);
  } catch {
    return null;
  }
}
