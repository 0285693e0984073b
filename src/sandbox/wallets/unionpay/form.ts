import { SANDBOX_FORM_FIELDS_MAX } from '../../../base/limits.ts';

export type Fields = Record<string, string>;

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Reads an url-encoded body strictly; null when it is no such thing (bad escape, bad UTF-8, a field twice). */
export function readForm(body: Buffer): Fields | null {
  let text: string;
  try {
    text = utf8.decode(body);
  } catch {
    return null;
  }
  const pairs = text.split('&');
  if (pairs.length > SANDBOX_FORM_FIELDS_MAX) return null;
  const fields = new Map<string, string>();
  for (const pair of pairs) {
    const at = pair.indexOf('=');
    if (at < 1) return null;
    const name = unescapeText(pair.slice(0, at));
    const value = unescapeText(pair.slice(at + 1));
    if (name === null || value === null || fields.has(name)) return null;
    fields.set(name, value);
  }
  return Object.fromEntries(fields);
}

/** An answer's body: plain UTF-8 `k=v&k=v` in the order of the names, nothing escaped. */
export function writeRaw(fields: Fields): string {
  return sortedNames(fields)
    .map((name) => `${name}=${fields[name]}`)
    .join('&');
}

/** A notification's body: url-encoded, blanks as `+`, line ends as %0D%0A. */
export function writeForm(fields: Fields): string {
  const form = new URLSearchParams();
  for (const name of sortedNames(fields)) form.append(name, fields[name] ?? '');
  return form.toString();
}

/** Byte order, so that an upper-case name comes before a lower-case one. */
export function sortedNames(fields: Fields): string[] {
  return Object.keys(fields).sort((a, b) => (a < b ? -1 : 1));
}

/**
 * True when a value can be echoed in a raw answer and be read back: `&` only inside braces or brackets, and those closed.
 */
export function isEchoable(value: string): boolean {
  let depth = 0;
  for (const letter of value) {
    if (letter === '{' || letter === '[') depth++;
    else if (letter === '}' || letter === ']') depth--;
    else if (letter === '&' && depth === 0) return false;
    if (depth < 0) return false;
  }
  return depth === 0;
}

/** The pairs inside `{k=v&k=v}`; empty when the text has another shape. */
export function readBraces(text: string | undefined): Fields {
  if (text === undefined || !text.startsWith('{') || !text.endsWith('}')) return {};
  const pairs = text
    .slice(1, -1)
    .split('&')
    .map((pair): [string, string] => {
      const at = pair.indexOf('=');
      return at < 1 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)];
    });
  return Object.fromEntries(pairs);
}

function unescapeText(text: string): string | null {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return null;
  }
}
