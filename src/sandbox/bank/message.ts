import { assert } from '../../base/assert.ts';
import { fieldRules } from './field-table.ts';

/**
 * One message without its frame. Every field is the text of its bytes, one character a byte (latin1), so that GBK and raw keys
 * pass through unharmed.
 */
export interface Message {
  /** `0200`. */
  type: string;
  fields: Map<number, string>;
}

/** A message that cannot be read, as far as it could be: the switch answers it by F39 = 30 when it can tell whom. */
export class FormatError extends Error {
  readonly partial: Message;
  constructor(why: string, partial: Message) {
    super(why);
    this.partial = partial;
  }
}

const TYPE_BYTES = 4;
const BITMAP_BYTES = 16;
const MAC_FIELD = 128;
const MAC_BYTES = 8;

/** @throws FormatError when the body is not exactly one message */
export function readMessage(body: Buffer): Message {
  const fields = new Map<number, string>();
  const message: Message = { type: body.toString('latin1', 0, TYPE_BYTES), fields };
  if (!/^0\d{3}$/.test(message.type)) throw new FormatError('the message type is not four digits', message);
  let at = TYPE_BYTES + BITMAP_BYTES;
  if (body.length < at) throw new FormatError('the bitmap is cut short', message);
  if (((body[TYPE_BYTES] ?? 0) & 0x80) === 0)
    throw new FormatError('the second half of the bitmap is missing', message);
  const whole = body.toString('latin1');
  for (let number = 2; number <= MAC_FIELD; number++) {
    if (((body[TYPE_BYTES + ((number - 1) >> 3)] ?? 0) & (0x80 >> ((number - 1) & 7))) === 0) continue;
    const rule = fieldRules[number];
    if (rule === undefined) throw new FormatError(`field ${number} is not known`, message);
    let length = rule.bytes;
    if (rule.length !== 'fixed') {
      const prefix = whole.slice(at, at + (rule.length === 'll' ? 2 : 3));
      if (!/^\d{2,3}$/.test(prefix) || prefix.length !== (rule.length === 'll' ? 2 : 3)) {
        throw new FormatError(`field ${number} does not say its length`, message);
      }
      length = Number(prefix);
      at += prefix.length;
      if (length > rule.bytes) throw new FormatError(`field ${number} is too long`, message);
    }
    const value = whole.slice(at, at + length);
    if (value.length !== length) throw new FormatError(`field ${number} is cut short`, message);
    if (rule.content === 'digits' && !isDigits(value))
      throw new FormatError(`field ${number} is not of digits`, message);
    if (rule.content === 'ascii' && !/^[\x20-\x7e]*$/.test(value))
      throw new FormatError(`field ${number} is not printable`, message);
    fields.set(number, value);
    at += length;
  }
  if (at !== body.length) throw new FormatError('there is something behind the last field', message);
  return message;
}

/** The body of a message: type, bitmap, fields in rising number. Wrong lengths are our own bug. */
export function writeMessage(message: Message): Buffer {
  const bitmap = Buffer.alloc(BITMAP_BYTES);
  bitmap[0] = 0x80;
  let tail = '';
  for (const number of [...message.fields.keys()].sort((left, right) => left - right)) {
    const rule = fieldRules[number];
    const value = message.fields.get(number) ?? '';
    assert(rule !== undefined, `field ${number} has a rule`);
    const isRight = rule.length === 'fixed' ? value.length === rule.bytes : value.length <= rule.bytes;
    assert(isRight && (rule.content !== 'digits' || value === '' || isDigits(value)), `field ${number} fits its rule`);
    if (rule.length !== 'fixed') tail += String(value.length).padStart(rule.length === 'll' ? 2 : 3, '0');
    tail += value;
    const byte = (number - 1) >> 3;
    bitmap[byte] = (bitmap[byte] ?? 0) | (0x80 >> ((number - 1) & 7));
  }
  return Buffer.concat([Buffer.from(message.type, 'latin1'), bitmap, Buffer.from(tail, 'latin1')]);
}

/** The same body with F128 at its end: the last field of all, so nothing else moves. */
export function withMac(body: Buffer, mac: string): Buffer {
  assert(mac.length === MAC_BYTES, 'F128 is eight bytes');
  const whole = Buffer.concat([body, Buffer.from(mac, 'latin1')]);
  const last = TYPE_BYTES + BITMAP_BYTES - 1;
  whole[last] = (whole[last] ?? 0) | 1;
  return whole;
}

export function isDigits(value: string): boolean {
  for (let at = 0; at < value.length; at++) {
    const code = value.charCodeAt(at);
    if (code < 0x30 || code > 0x39) return false;
  }
  return value.length > 0;
}
