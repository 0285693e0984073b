/**
 * The little of RFC 9651 (structured fields) that message signatures need: a dictionary whose members are inner lists or
 * byte sequences, with parameters. Strict: what is not exactly that is null, and nothing is guessed.
 */

export type Bare = string | number | true;
export type Params = ReadonlyMap<string, Bare>;

/** One covered component: `"@status"`, `"signature";req;key="owp"`. */
export interface Component {
  name: string;
  params: Params;
}

export type Member =
  | { kind: 'list'; components: readonly Component[]; params: Params }
  | { kind: 'bytes'; bytes: Buffer };

const FIELD_CHARS_MAX = 8192;
const INTEGER_MAX = 999_999_999_999_999;

/** A dictionary by its keys; a key that stands twice is refused, although the RFC lets the last one win. */
export function readDictionary(text: string): ReadonlyMap<string, Member> | null {
  if (text.length > FIELD_CHARS_MAX) return null;
  const reader = new Reader(text);
  try {
    return readMembers(reader);
  } catch (error) {
    if (error instanceof NotReadable) return null;
    throw error;
  }
}

/** An inner list in its one canonical writing. */
export function writeList(components: readonly Component[], params: Params): string {
  return `(${components.map(writeComponent).join(' ')})${writeParams(params)}`;
}

export function writeComponent(component: Component): string {
  return `"${component.name}"${writeParams(component.params)}`;
}

export function writeBytes(bytes: Buffer): string {
  return `:${bytes.toString('base64')}:`;
}

function writeParams(params: Params): string {
  return [...params]
    .map(([key, value]) => (value === true ? `;${key}` : `;${key}=${typeof value === 'number' ? value : quote(value)}`))
    .join('');
}

function quote(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}

class NotReadable extends Error {}

class Reader {
  readonly #text: string;
  #at = 0;
  constructor(text: string) {
    this.#text = text;
  }
  get isAtEnd(): boolean {
    return this.#at === this.#text.length;
  }
  /** Takes what matches here and now, or nothing. The pattern is sticky. */
  take(pattern: RegExp): string | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0] ?? null;
    if (found !== null) this.#at += found.length;
    return found;
  }
  need(pattern: RegExp): string {
    const found = this.take(pattern);
    if (found === null) throw new NotReadable();
    return found;
  }
}

const KEY = /[a-z*][a-z0-9_.*-]*/y;
const STRING = /"(?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*"/y;
const INTEGER = /-?\d{1,15}(?![\d.])/y;
const BYTES = /:[A-Za-z0-9+/]*={0,2}:/y;
const BLANKS = / */y;
const MANY_BLANKS = / +/y;
const COMMA = /[ \t]*,[ \t]*/y;

function readMembers(reader: Reader): ReadonlyMap<string, Member> {
  const members = new Map<string, Member>();
  reader.take(BLANKS);
  for (let isFirst = true; !reader.isAtEnd; isFirst = false) {
    if (!isFirst) reader.need(COMMA);
    const key = reader.need(KEY);
    if (members.has(key)) throw new NotReadable();
    reader.need(/=/y);
    members.set(key, readMember(reader));
    reader.take(/ +$/y);
  }
  return members;
}

function readMember(reader: Reader): Member {
  const bytes = reader.take(BYTES);
  if (bytes !== null) {
    readParams(reader); // none are defined for a signature or a digest; they change nothing
    return { kind: 'bytes', bytes: readBytes(bytes) };
  }
  reader.need(/\(/y);
  reader.take(BLANKS);
  const components: Component[] = [];
  while (reader.take(/\)/y) === null) {
    if (components.length > 0) reader.need(MANY_BLANKS);
    if (reader.take(/\)/y) !== null) break;
    const name = readString(reader.need(STRING));
    components.push({ name, params: readParams(reader) });
  }
  return { kind: 'list', components, params: readParams(reader) };
}

function readParams(reader: Reader): Params {
  const params = new Map<string, Bare>();
  while (reader.take(/;/y) !== null) {
    reader.take(BLANKS);
    const key = reader.need(KEY);
    if (params.has(key)) throw new NotReadable();
    params.set(key, reader.take(/=/y) === null ? true : readBare(reader));
  }
  return params;
}

function readBare(reader: Reader): Bare {
  const text = reader.take(STRING);
  if (text !== null) return readString(text);
  if (reader.take(/\?1/y) !== null) return true;
  const integer = Number(reader.need(INTEGER));
  if (Math.abs(integer) > INTEGER_MAX) throw new NotReadable();
  return integer;
}

function readString(quoted: string): string {
  return quoted.slice(1, -1).replace(/\\(["\\])/g, '$1');
}

function readBytes(written: string): Buffer {
  const base64 = written.slice(1, -1);
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.toString('base64') !== base64) throw new NotReadable();
  return bytes;
}
