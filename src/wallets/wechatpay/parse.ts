/** A JSON object as it came. New keys may appear at any time, so only what is looked for is looked at. */
export type Json = Readonly<Record<string, unknown>>;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Null unless the bytes are UTF-8 and hold one JSON object. */
export function readJson(bytes: Buffer): Json | null {
  try {
    const value: unknown = JSON.parse(utf8.decode(bytes));
    return isJson(value) ? value : null;
  } catch {
    return null;
  }
}

/** The text at a path such as `payer`, `openid`; empty when there is none. */
export function textAt(json: Json, ...path: string[]): string {
  const value = valueAt(json, path);
  return typeof value === 'string' ? value : '';
}

/** The whole number at a path; null when there is none. WeChat Pay's amounts are integers in fen. */
export function integerAt(json: Json, ...path: string[]): bigint | null {
  const value = valueAt(json, path);
  return typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : null;
}

export function listAt(json: Json, ...path: string[]): readonly Json[] {
  const value = valueAt(json, path);
  return Array.isArray(value) ? value.filter(isJson) : [];
}

export function objectAt(json: Json, ...path: string[]): Json | null {
  const value = valueAt(json, path);
  return isJson(value) ? value : null;
}

function valueAt(json: Json, path: readonly string[]): unknown {
  let value: unknown = json;
  for (const name of path) {
    if (!isJson(value) || !Object.hasOwn(value, name)) return undefined;
    value = value[name];
  }
  return value;
}

export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
