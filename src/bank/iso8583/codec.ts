import { type Charset, FIELDS } from './fields.ts';
import { FormatError } from './format-error.ts';
import { Message } from './message.ts';

/*
 * The body of a message: type, two bitmaps, fields. Whatever decodes encodes to the very same bytes, and nothing is ever read
 * as blank: a body is refused unless every byte of it is accounted for. All tables are made once; decoding cuts one string.
 */

/** Type and both bitmaps. */
const BODY_BYTES_MIN = 20;
const NO_ROW = 255;

const CHARSETS: Record<Charset, (byte: number) => boolean> = {
  n: isDigit,
  z: (byte) => isDigit(byte) || byte === 0x3d || byte === 0x44,
  an: (byte) => isDigit(byte) || isLetter(byte) || byte === 0x20,
  ans: (byte) => byte >= 0x20 && byte <= 0x7e,
  // GBK: first bytes 81 to FE, second bytes 40 to FE without 7F.
  text: (byte) => byte >= 0x20 && byte !== 0x7f && byte !== 0xff,
  raw: () => true,
  fee: isDigit, // behind its sign
  mac: (byte) => isDigit(byte) || (byte >= 0x41 && byte <= 0x46),
};
const CHARSET_NAMES = Object.keys(CHARSETS) as Charset[]; // the table's own keys
const bitOf = (charset: Charset): number => 1 << CHARSET_NAMES.indexOf(charset);
const RAW = bitOf('raw');
const FEE = bitOf('fee');
/** For every byte the set of charsets that it belongs to, a bit each. */
const CLASSES = Uint8Array.from({ length: 256 }, (_, byte) =>
  CHARSET_NAMES.reduce((classes, name) => (CHARSETS[name](byte) ? classes | bitOf(name) : classes), 0),
);
const PREFIXES = Uint8Array.from({ length: 129 }, (_, field) => FIELDS[field]?.prefix ?? NO_ROW);
const BYTES = Uint16Array.from({ length: 129 }, (_, field) => FIELDS[field]?.bytes ?? 0);
const SETS = Uint8Array.from({ length: 129 }, (_, field) => bitOf(FIELDS[field]?.charset ?? 'raw'));

/** Reads a whole body. @throws FormatError for everything that is not exactly one message. */
export function decodeBody(bytes: Buffer, start = 0): Message {
  const size = bytes.length - start;
  if (size < BODY_BYTES_MIN) throw new FormatError(null, Math.max(size, 0), 'shorter than type and bitmap');
  const text = bytes.toString('latin1', start);
  const type = text.slice(0, 4);
  checkType(type);
  const values = Array.from<string | undefined>({ length: 0 });
  values.length = 129;
  let at = BODY_BYTES_MIN;
  for (let word = 0; word < 4; word++) {
    let bits = bytes.readUInt32BE(start + 4 + word * 4);
    if (word === 0) {
      if (bits >>> 31 === 0) throw new FormatError(null, 4, 'the second bitmap is always there');
      bits &= 0x7fffffff;
    }
    while (bits !== 0) {
      const zeros = Math.clz32(bits);
      bits &= ~(0x80000000 >>> zeros);
      const field = word * 32 + zeros + 1;
      const prefix = PREFIXES[field] ?? NO_ROW;
      if (prefix === NO_ROW) throw new FormatError(field, 4 + (field >> 3), 'a field that nobody knows');
      let length = BYTES[field] ?? 0;
      if (prefix !== 0) {
        length = readLength(text, at, prefix, field, length);
        at += prefix;
      }
      const end = at + length;
      if (end > size) throw new FormatError(field, at, `needs ${length} bytes, ${size - at} are left`);
      checkValue(text, at, end, field, type);
      values[field] = text.slice(at, end);
      at = end;
    }
  }
  if (at !== size) throw new FormatError(null, at, `${size - at} bytes too many`);
  return new Message(type, values);
}

/** The body of a message as bytes, a character each. @throws FormatError when a value does not fit its field: nothing is cut or padded. */
export function encodeBody(message: Message): string {
  const { type, values } = message;
  checkType(type);
  const words = [1 << 31, 0, 0, 0];
  let body = '';
  for (let field = 2; field <= 128; field++) {
    const value = values[field];
    if (value === undefined) continue;
    const prefix = PREFIXES[field] ?? NO_ROW;
    const offset = BODY_BYTES_MIN + body.length;
    if (prefix === NO_ROW) throw new FormatError(field, offset, 'a field that nobody knows');
    const bytes = BYTES[field] ?? 0;
    if (prefix === 0 ? value.length !== bytes : value.length > bytes || value.length === 0)
      throw new FormatError(field, offset, `${value.length} bytes where ${bytes} belong`);
    checkValue(value, 0, value.length, field, type, offset);
    const word = (field - 1) >> 5;
    words[word] = (words[word] ?? 0) | (0x80000000 >>> ((field - 1) & 31));
    body += prefix === 0 ? value : (prefix === 2 ? two(value.length) : three(value.length)) + value;
  }
  return type + bitmapOf(words) + body;
}

function checkType(type: string): void {
  for (let i = 0; i < 4; i++)
    if (!isDigit(type.charCodeAt(i))) throw new FormatError(null, i, 'a message type is four digits');
  if (type.length !== 4) throw new FormatError(null, 4, 'a message type is four digits');
}

function readLength(text: string, at: number, prefix: number, field: number, bytesMax: number): number {
  let length = 0;
  for (let i = at; i < at + prefix; i++) {
    const digit = text.charCodeAt(i) - 0x30; // NaN behind the end
    if (!(digit >= 0 && digit <= 9)) throw new FormatError(field, i, 'a length is digits');
    length = length * 10 + digit;
  }
  if (length === 0) throw new FormatError(field, at, 'is there, but empty');
  if (length > bytesMax) throw new FormatError(field, at, `${length} bytes, at most ${bytesMax} are allowed`);
  return length;
}

function checkValue(text: string, from: number, end: number, field: number, type: string, offset = from): void {
  const set = field === 128 && isKeyChange(type) ? RAW : (SETS[field] ?? RAW);
  if (set === RAW) {
    // In a text that is to be sent, a character beyond a byte was never encoded.
    for (let i = from; i < end; i++)
      if (text.charCodeAt(i) > 0xff) throw new FormatError(field, offset + i - from, 'not a byte');
    return;
  }
  let i = from;
  if (set === FEE) {
    const sign = text.charCodeAt(i++);
    if (sign !== 0x43 && sign !== 0x44) throw new FormatError(field, offset, 'a fee begins with C or D');
  }
  for (; i < end; i++)
    if (((CLASSES[text.charCodeAt(i)] ?? 0) & set) === 0)
      throw new FormatError(field, offset + i - from, 'a byte that does not belong there');
}

/** 0800 and 0810 authenticate with eight raw bytes. */
function isKeyChange(type: string): boolean {
  return type === '0800' || type === '0810';
}

function bitmapOf(words: readonly number[]): string {
  let text = '';
  for (const word of words)
    text += String.fromCharCode(word >>> 24, (word >>> 16) & 0xff, (word >>> 8) & 0xff, word & 0xff);
  return text;
}

function two(length: number): string {
  return length < 10 ? `0${length}` : `${length}`;
}

function three(length: number): string {
  return length < 100 ? `0${two(length)}` : `${length}`;
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

function isLetter(byte: number): boolean {
  return (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a);
}
