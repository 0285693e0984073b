import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fieldRules } from './field-table.ts';
import { FrameError, FrameReader, findHeaderFault, ownHeader, readHeader, writeFrame, writeReject } from './frame.ts';
import { FormatError, type Message, readMessage, withMac, writeMessage } from './message.ts';
import { cryptBlocks, keyChangeField, macField, macText, readPinBlock, sealCardNumber } from './seal.ts';

/* The worked example of the public description: made for it, no real card. */
const key = Buffer.from('0123456789ABCDEFFEDCBA9876543210', 'hex');
const enquiry: Message = {
  type: '0200',
  fields: new Map([
    [2, '6212260200000001004'],
    [3, '300000'],
    [7, '1123093015'],
    [11, '000123'],
    [12, '093015'],
    [13, '1123'],
    [18, '6011'],
    [22, '012'],
    [25, '00'],
    [32, '01020000'],
    [33, '00010344'],
    [37, '093015000123'],
    [41, 'WAL00001'],
    [42, 'WALLET000000001'],
    [43, 'WALLET HUB'.padEnd(40)],
    [49, '156'],
    [60, '000005000700000000000000000000'],
  ]),
};

describe('a message', () => {
  test('is signed and framed as the worked example says', () => {
    expect(macText(enquiry)).toBe(
      '0200 196212260200000001004 300000 1123093015 000123 6011 00 0801020000 0800010344 WAL00001 WALLET000000001',
    );
    const mac = macField(enquiry, key, '3des');
    expect(mac).toBe('2F829A73');
    const body = withMac(writeMessage(enquiry), mac);
    expect(body.toString('hex', 4, 20).toUpperCase()).toBe('E238448188E080100000000000000001');
    const header = { ...ownHeader('01020000', '00010000') };
    const frame = writeFrame(header, body);
    expect(frame.toString('latin1', 0, 10)).toBe('0267\x2e\x820267');
    expect(frame).toHaveLength(271);
    expect(readMessage(body).fields).toEqual(new Map([...enquiry.fields, [128, mac]]));
  });

  test('that takes another back signs the first twenty digits of the original', () => {
    const reversal: Message = { type: '0420', fields: new Map(enquiry.fields) };
    reversal.fields.set(3, '400000').set(4, '000000012345').set(7, '1123093115').set(11, '000124');
    reversal.fields.set(90, '020000012311230930150000102000000000010344');
    expect(macText(reversal)).toMatch(/ WAL00001 WALLET000000001 02000001231123093015$/);
    expect(macField(reversal, key, '3des')).toBe('226F7976');
  });

  test('drops what may not be signed and joins runs of spaces', () => {
    const odd: Message = {
      type: '0200',
      fields: new Map([
        [41, ' a-b  c.'],
        [42, '\xbd\xf0'.padEnd(15)],
      ]),
    };
    expect(macText(odd)).toBe('0200 AB C.');
  });

  test('of any content comes back as it went, and no cut or longer form of it is read', () => {
    const value = (number: number): fc.Arbitrary<string> => {
      const rule = fieldRules[number];
      const [length, content] = [rule?.bytes ?? 0, rule?.content ?? 'text'];
      const [least, most] = content === 'digits' ? [48, 57] : content === 'ascii' ? [32, 126] : [0, 255];
      const sign = fc.integer({ min: least ?? 0, max: most ?? 255 });
      const bounds = rule?.length === 'fixed' ? [length, length] : [content === 'digits' ? 1 : 0, Math.min(length, 40)];
      return fc
        .array(sign, { minLength: bounds[0] ?? 0, maxLength: bounds[1] ?? 0 })
        .map((codes) => Buffer.from(codes).toString('latin1'));
    };
    const numbers = fieldRules.flatMap((rule, number) => (rule === undefined ? [] : [number]));
    const fields = fc
      .uniqueArray(fc.constantFrom(...numbers), { maxLength: 20 })
      .chain((chosen) => fc.tuple(...chosen.map((number) => fc.tuple(fc.constant(number), value(number)))));
    fc.assert(
      fc.property(fields, fc.nat(), (chosen, cut) => {
        const body = writeMessage({ type: '0200', fields: new Map(chosen) });
        expect(readMessage(body)).toEqual({ type: '0200', fields: new Map(chosen) });
        expect(() => readMessage(body.subarray(0, cut % body.length))).toThrow(FormatError);
        expect(() => readMessage(Buffer.concat([body, Buffer.from('0')]))).toThrow(FormatError);
      }),
      { numRuns: 300 },
    );
  });

  test.each([
    ['a field without a rule', 8, 0x01],
    ['a field that is not there', 7, 0x40],
  ])('with %s is refused', (_what, byte, bit) => {
    const body = writeMessage(enquiry);
    body[4 + byte] = (body[4 + byte] ?? 0) | bit;
    expect(() => readMessage(body)).toThrow(FormatError);
  });

  test('whose digits are none is refused, and tells what was read before', () => {
    const body = writeMessage(enquiry);
    body.write('x', body.indexOf('6011'), 'latin1');
    try {
      readMessage(body);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(FormatError);
      expect(error instanceof FormatError && error.partial.fields.get(11)).toBe('000123');
    }
  });
});

describe('a stream', () => {
  const frame = writeFrame(ownHeader('00010000', '48490000'), writeMessage(enquiry));

  test('is cut into frames however it arrives, and line tests are no frames', () => {
    const stream = Buffer.concat([frame, Buffer.from('0000'), frame, frame]);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1 }), (sizes) => {
        const reader = new FrameReader();
        const read: Buffer[] = [];
        for (let at = 0, turn = 0; at < stream.length; turn++) {
          const size = sizes[turn % sizes.length] ?? 1;
          read.push(...reader.push(stream.subarray(at, at + size)).map((one) => Buffer.from(one)));
          at += size;
        }
        expect(read).toEqual([frame.subarray(4), frame.subarray(4), frame.subarray(4)]);
      }),
    );
  });

  test.each(['abcd', '9999', '1939', '0045', '-001'])('that begins with %s is given up', (digits) => {
    expect(() => new FrameReader().push(Buffer.from(digits))).toThrow(FrameError);
  });

  test('has headers that are checked, each fault with its code', () => {
    const good = writeFrame(ownHeader('48490000', '00010000'), Buffer.from('x')).subarray(4);
    const fault = (change: (copy: Buffer) => void): string | null => {
      const copy = Buffer.from(good);
      change(copy);
      return findHeaderFault(copy, '00010000', (no) => no === '48490000');
    };
    expect(fault(() => undefined)).toBe(null);
    expect(fault((copy) => copy.writeUInt8(41, 0))).toBe('00015');
    expect(fault((copy) => copy.writeUInt8(0x83, 1))).toBe('00025');
    expect(fault((copy) => copy.write('0048', 2))).toBe('00035');
    expect(fault((copy) => copy.write('00010344', 6))).toBe('00045');
    expect(fault((copy) => copy.write('48490001', 17))).toBe('00055');
    const sentBack = writeReject(good, '00055').subarray(4);
    expect(readHeader(sentBack)).toMatchObject({ reject: '00055', destination: '48490000', source: '00010000' });
    expect(sentBack.subarray(46)).toEqual(good);
  });
});

describe('what is sealed', () => {
  test('a PIN block is opened with the right card only', () => {
    const number = '6212260200000001004';
    const block = Buffer.from('65E1F3D53ABE3C10', 'hex');
    expect(readPinBlock(block, key, '3des', number)).toBe('246810');
    expect(readPinBlock(block, key, '3des', '6212260200000009991')).not.toBe('246810');
    expect(readPinBlock(Buffer.alloc(8), key, '3des', number)).toBe(null);
  });

  // GB/T 32907-2016, annex A, example 1.
  test('SM4 is the one of its standard', () => {
    const plain = Buffer.from('0123456789abcdeffedcba9876543210', 'hex');
    expect(cryptBlocks(plain, plain, 'sm4', 'encrypt').toString('hex')).toBe('681edf34d206965e86b3e94f536e4246');
  });

  test.each(['3des', 'sm4'] as const)('a card number under %s comes back, filled with F', (algorithm) => {
    const sealed = Buffer.from(sealCardNumber('6222020000123456789', key, algorithm), 'hex');
    expect(sealed).toHaveLength(16);
    expect(cryptBlocks(sealed, key, algorithm, 'decrypt').toString('hex')).toBe('6222020000123456789fffffffffffff');
  });

  test.each(['3des', 'sm4'] as const)(
    'a new key of %s brings four bytes of MAC and four of check value',
    (algorithm) => {
      const push: Message = {
        type: '0800',
        fields: new Map([
          [7, '1123093015'],
          [11, '000001'],
          [70, '101'],
        ]),
      };
      const fresh = randomBytes(16);
      const field = Buffer.from(keyChangeField(push, fresh, algorithm), 'latin1');
      expect(field).toHaveLength(8);
      expect(field.subarray(0, 4).toString('hex').toUpperCase()).toBe(macField(push, fresh, algorithm));
      const zeros = Buffer.alloc(algorithm === 'sm4' ? 16 : 8);
      expect(field.subarray(4)).toEqual(cryptBlocks(zeros, fresh, algorithm, 'encrypt').subarray(0, 4));
    },
  );
});
