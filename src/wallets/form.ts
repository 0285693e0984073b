/* Forms that wallets sign: read to the letter, because what was signed must be what is read. */

/** Field names to raw text. */
export type FormFields = Record<string, string>;

const FIELDS_MAX = 200;
const NAME = /^[A-Za-z][A-Za-z0-9_.-]{0,63}$/; // documented names are letters and digits; this also keeps `__proto__` out
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** True for the content type of a form in UTF-8. */
export function isUtf8Form(contentType: string | undefined): boolean {
  return /^application\/x-www-form-urlencoded\s*(;\s*charset="?utf-?8"?\s*)?$/i.test(contentType ?? '');
}

/** Reads a form as browsers send it, decoded once. Stricter than browsers: nothing is repaired, nothing comes twice. */
export function readForm(body: Buffer): FormFields | null {
  const pairs = body.toString('latin1').split('&', FIELDS_MAX + 1);
  if (pairs.length > FIELDS_MAX) return null;
  const fields: FormFields = {};
  for (const pair of pairs) {
    const equals = pair.indexOf('=');
    if (equals === -1) return null;
    const name = decodePercent(pair.slice(0, equals));
    const value = decodePercent(pair.slice(equals + 1));
    if (name === null || value === null || !addField(fields, name, value)) return null;
  }
  return fields;
}

/** False, and nothing added, for a name that is odd or there already. */
export function addField(fields: FormFields, name: string, value: string): boolean {
  if (!NAME.test(name) || Object.hasOwn(fields, name)) return false;
  fields[name] = value;
  return true;
}

/** Null unless the bytes are UTF-8 from the first to the last. */
export function readUtf8(bytes: Buffer): string | null {
  try {
    return utf8.decode(bytes);
  } catch {
    return null;
  }
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
