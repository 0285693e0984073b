import { JSON_DEPTH_MAX, JSON_KEYS_MAX } from './limits.ts';
import { Refusal } from './refusal.ts';

/**
 * JSON as two readers cannot read it differently: UTF-8 without byte order mark, no key twice in one object, no lone
 * surrogates, bounded depth and number of keys, no `__proto__`. @throws Refusal invalid_json saying what is wrong.
 */
export function readStrictJson(body: Buffer, keysMax = JSON_KEYS_MAX): unknown {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    throw new Refusal('invalid_json', 'the body is not UTF-8');
  }
  if (text.startsWith('\ufeff')) throw new Refusal('invalid_json', 'the body begins with a byte order mark');
  scan(text, keysMax);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Refusal('invalid_json', 'the body is not JSON');
  }
  return value;
}

/** One pass over the text before it is parsed: counts depth and keys and remembers the keys of every open object. */
function scan(text: string, keysMax: number): void {
  const open: (Set<string> | null)[] = [];
  let keysCount = 0;
  let at = 0;
  while (at < text.length) {
    const char = text[at];
    if (char === '{' || char === '[') {
      open.push(char === '{' ? new Set() : null);
      if (open.length > JSON_DEPTH_MAX) throw new Refusal('invalid_json', `deeper than ${JSON_DEPTH_MAX} levels`);
    } else if (char === '}' || char === ']') {
      open.pop();
    } else if (char === '"') {
      const end = endOfString(text, at);
      const keys = open.at(-1);
      if (keys instanceof Set && isKey(text, end)) {
        const key = readKey(text.slice(at, end));
        keysCount += 1;
        if (keysCount > keysMax) throw new Refusal('invalid_json', `more than ${keysMax} keys`);
        if (keys.has(key)) throw new Refusal('invalid_json', 'a key stands twice in one object', { param: shown(key) });
        if (key === '__proto__') throw new Refusal('invalid_json', 'a key is not allowed', { param: key });
        keys.add(key);
      } else if (!isWellFormed(text.slice(at, end))) {
        throw new Refusal('invalid_json', 'a text holds half a character');
      }
      at = end;
      continue;
    }
    at += 1;
  }
}

function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}

function isKey(text: string, after: number): boolean {
  let at = after;
  while (at < text.length && /\s/.test(text[at] ?? '')) at += 1;
  return text[at] === ':';
}

function readKey(quoted: string): string {
  try {
    const key: unknown = JSON.parse(quoted);
    if (typeof key === 'string' && key.isWellFormed()) return key;
  } catch {
    // falls through to the refusal below
  }
  throw new Refusal('invalid_json', 'a key is not a JSON string');
}

function isWellFormed(quoted: string): boolean {
  if (!quoted.includes('\\u')) return true;
  try {
    return (JSON.parse(quoted) as string).isWellFormed(); // a quoted JSON text parses to a string
  } catch {
    return true; // JSON.parse of the whole says what is wrong
  }
}

/** A caller's own key, short and printable enough to be told back. */
function shown(key: string): string {
  return key.replace(/[^\x20-\x7e]/g, '?').slice(0, 64);
}
