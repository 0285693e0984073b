import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeBody, encodeBody } from './codec.ts';
import { FIELDS } from './fields.ts';
import { FormatError } from './format-error.ts';
import { encodeFrame, HEADER_BYTES, newHeader } from './header.ts';
import { keyOf, Message } from './message.ts';
import { anyMessage, messageOf, usualTransfer, workedExample } from './test-messages.ts';

const bytesOf = (message: Message) => Buffer.from(encodeBody(message), 'latin1');

describe('the worked example', () => {
  const frame = encodeFrame(newHeader('01020000', '00010000', true), encodeBody(workedExample()));

  test('is written byte for byte', () => {
    expect(frame.toString('latin1', 0, 4)).toBe('0267');
    expect(frame.toString('latin1', 4, 50)).toBe('\x2e\x82026700010000   01020000   \0\0\0\x0000000000\x0000000');
    expect(frame.toString('latin1', 50, 54)).toBe('0200');
    expect(frame.toString('hex', 54, 70).toUpperCase()).toBe('E238448188E080100000000000000001');
    expect(frame.toString('latin1', 70)).toBe(
      '196212260200000001004' +
        '3000001123093015000123093015112360110120008010200000800010344093015000123WAL00001WALLET000000001' +
        `${'WALLET HUB'.padEnd(40)}156030000005000700000000000000000000` +
        '2F829A73',
    );
  });

  test('is read back as what was written', () => {
    const read = decodeBody(frame, 4 + HEADER_BYTES);
    expect(read.type).toBe('0200');
    expect(read.fields()).toEqual(workedExample().fields());
    expect(read.values).toEqual([...workedExample().values]);
    expect(keyOf(read)).toBe('1123093015.000123.01020000.00010344');
  });
});

describe('what is not exactly one message is refused with the field and the place', () => {
  const whole = encodeBody(workedExample());
  const at = (text: string) => whole.indexOf(text);
  const put = (place: number, text: string) => whole.slice(0, place) + text + whole.slice(place + text.length);
  const bit = (field: number, isSet: boolean) => {
    const place = 4 + ((field - 1) >> 3);
    const mask = 0x80 >> ((field - 1) & 7);
    const byte = whole.charCodeAt(place);
    return put(place, String.fromCharCode(isSet ? byte | mask : byte & ~mask));
  };

  test.each<[string, string, number | null, number, RegExp]>([
    ['nothing', '', null, 0, /shorter than type and bitmap/],
    ['half a bitmap', whole.slice(0, 12), null, 12, /shorter/],
    ['a type that is no number', put(1, 'x'), null, 1, /four digits/],
    ['the second bitmap left out', bit(1, false), null, 4, /second bitmap/],
    ['a bit that has no field', bit(8, true), 8, 5, /nobody knows/],
    ['the bit of a third bitmap', bit(65, true), 65, 12, /nobody knows/],
    ['a length that is no number', put(20, ' 9'), 2, 20, /a length is digits/],
    ['a length of zero', put(20, '00'), 2, 20, /empty/],
    ['a length beyond what is allowed', put(20, '20'), 2, 20, /20 bytes, at most 19/],
    ['a length that leaves letters over', put(20, '18'), 32, 81, /empty/],
    ['a letter in a card number', put(25, 'A'), 2, 25, /does not belong/],
    ['a control character in a name', put(at('WALLET HUB'), '\x07'), 43, at('WALLET HUB'), /does not belong/],
    ['a MAC in small letters', put(whole.length - 8, '2f829a73'), 128, whole.length - 7, /does not belong/],
    ['a field less', bit(49, false), 60, at('156030'), /at most 100/],
    ['one byte less', whole.slice(0, -1), 128, whole.length - 8, /needs 8 bytes, 7 are left/],
    ['one byte more', `${whole} `, null, whole.length, /1 bytes too many/],
  ])('%s', (_, body, field, offset, reason) => {
    const error = errorOf(() => decodeBody(Buffer.from(body, 'latin1')));
    expect(error).toMatchObject({ field, offset });
    expect(error.message).toMatch(reason);
  });

  test('no truncation is read, and none as blank fields', () => {
    const bytes = bytesOf(usualTransfer());
    for (let length = 0; length < bytes.length; length++)
      expect(() => decodeBody(bytes.subarray(0, length))).toThrow(FormatError);
  });

  test('nor does the error tell what stood there', () => {
    const error = errorOf(() => decodeBody(Buffer.from(put(25, 'A'), 'latin1')));
    expect(`${error.message} ${JSON.stringify(error)}`).not.toMatch(/62122|A60200/);
  });
});

describe('what does not fit its field is not sent', () => {
  test.each<[string, number, string]>([
    ['too short', 3, '30000'],
    ['too long', 2, '1'.repeat(20)],
    ['empty', 2, ''],
    ['letters for digits', 4, '00000001234X'],
    ['a letter that was never made bytes', 43, '王'.repeat(40)],
    ['a raw value that was never made bytes', 52, '王'.repeat(8)],
    ['a fee without a sign', 28, '000000000'],
    ['a field that nobody knows', 64, 'x'],
  ])('%s', (_, field, value) => {
    expect(() => encodeBody(messageOf('0200', { [field]: value }))).toThrow(FormatError);
  });

  test.each(['', '020', '02000', 'O200'])('a message type %j', (type) => {
    expect(() => encodeBody(new Message(type))).toThrow(FormatError);
  });
});

describe('for every message', () => {
  test('what is written is read back, byte for byte', () => {
    check(
      fc.property(anyMessage, (message) => {
        const read = decodeBody(bytesOf(message));
        expect(read.type).toBe(message.type);
        expect([...read.values]).toEqual([...message.values]);
        expect(encodeBody(read)).toBe(encodeBody(message));
      }),
    );
  });

  test('one changed byte is refused, or read as just that change', () => {
    check(
      fc.property(anyMessage, fc.nat(), fc.integer({ min: 1, max: 255 }), (message, place, mask) => {
        const bytes = bytesOf(message);
        const index = place % bytes.length;
        bytes[index] = (bytes[index] ?? 0) ^ mask;
        const read = tryDecode(bytes);
        if (read !== null) expect(encodeBody(read)).toBe(bytes.toString('latin1'));
      }),
    );
  });

  test('every byte of the usual transfer, changed in every bit', () => {
    const bytes = bytesOf(usualTransfer());
    for (let index = 0; index < bytes.length; index++)
      for (let mask = 1; mask < 256; mask <<= 1) {
        const changed = Buffer.from(bytes);
        changed[index] = (changed[index] ?? 0) ^ mask;
        const read = tryDecode(changed);
        if (read !== null) expect(encodeBody(read)).toBe(changed.toString('latin1'));
      }
  });
});

test('100,000 frames of noise and damage throw nothing but the error of the codec', () => {
  const seed = 8583;
  const random = mulberry(seed);
  const whole = bytesOf(usualTransfer());
  let refused = 0;
  for (let round = 0; round < 100_000; round++) {
    const bytes = round % 4 === 0 ? noise(random) : damage(whole, random);
    if (tryDecode(bytes) === null) refused += 1;
  }
  expect(refused, `seed ${seed}`).toBeGreaterThan(50_000);
});

test('a message cannot print itself', () => {
  const message = usualTransfer();
  const shown = `${message.toString()} ${JSON.stringify({ message })} ${Object.values(message.facts()).join()}`;
  expect(shown).not.toMatch(/62122602|62258812/);
  expect(shown).toContain('0200 000123');
});

test('every field of the table can be sent in full length', () => {
  for (const field of Object.keys(FIELDS).map(Number)) {
    const row = FIELDS[field];
    const value = row?.charset === 'fee' ? 'C00000001' : '1'.repeat(row?.bytes ?? 0);
    expect(decodeBody(bytesOf(messageOf('0200', { [field]: value }))).get(field)).toBe(value);
  }
});

function tryDecode(bytes: Buffer): Message | null {
  try {
    return decodeBody(bytes);
  } catch (error) {
    expect(error).toBeInstanceOf(FormatError);
    return null;
  }
}

function errorOf(run: () => unknown): FormatError {
  try {
    run();
  } catch (error) {
    if (error instanceof FormatError) return error;
  }
  throw new Error('nothing was refused');
}

function noise(random: () => number): Buffer {
  const bytes = Buffer.from(Array.from({ length: Math.floor(random() * 400) }, () => Math.floor(random() * 256)));
  if (random() < 0.5) Buffer.from('0200\xe2', 'latin1').copy(bytes);
  return bytes;
}

function damage(whole: Buffer, random: () => number): Buffer {
  const bytes = Buffer.from(whole);
  for (let changes = 1 + Math.floor(random() * 4); changes > 0; changes--)
    bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
  const cut = random() < 0.3 ? Math.floor(random() * bytes.length) : bytes.length;
  return random() < 0.2 ? Buffer.concat([bytes, bytes.subarray(0, cut)]) : bytes.subarray(0, cut);
}

/** A small generator that a seed repeats. */
function mulberry(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A failing run prints its seed by itself. */
function check<T>(property: fc.IProperty<T>): void {
  fc.assert(property, { numRuns: 500 });
}
