import fc from 'fast-check';
import { type Charset, FIELDS } from './fields.ts';
import { Message } from './message.ts';

/** The balance enquiry whose frame, MAC text and MAC were worked out by hand; the card belongs to nobody. */
export function workedExample(): Message {
  return messageOf('0200', {
    2: '6212260200000001004',
    3: '300000',
    7: '1123093015',
    11: '000123',
    12: '093015',
    13: '1123',
    18: '6011',
    22: '012',
    25: '00',
    32: '01020000',
    33: '00010344',
    37: '093015000123',
    41: 'WAL00001',
    42: 'WALLET000000001',
    43: 'WALLET HUB'.padEnd(40),
    49: '156',
    60: '000005000700000000000000000000',
    128: '2F829A73',
  });
}

/** A transfer of about 300 bytes. */
export function usualTransfer(): Message {
  return messageOf('0200', {
    ...Object.fromEntries(
      workedExample()
        .fields()
        .map((field) => [field, workedExample().get(field) ?? '']),
    ),
    3: '460000',
    4: '000000012345',
    53: '2600000000000000',
    102: '6212260200000001004',
    103: '6225881234567890',
    104: 'SI034011662258812345678900204\xc0\xee\xcb\xc40302TR',
  });
}

export function messageOf(type: string, values: Record<number, string>): Message {
  const message = new Message(type);
  for (const [field, value] of Object.entries(values)) message.set(Number(field), value);
  return message;
}

const LETTERS: Record<Charset, string> = {
  n: '0123456789',
  z: '0123456789=D',
  an: '0123456789ABCXYZabcxyz ',
  ans: ' !#-/09AZaz~',
  text: ' A~\xc4\xe3\xba\xc3',
  raw: '\x00\x01 A\x7f\x80\xff',
  fee: '0123456789',
  mac: '0123456789ABCDEF',
};

/** Any message that can be: every field alone, together, shortest, longest. */
export const anyMessage: fc.Arbitrary<Message> = fc
  .record({
    type: fc.constantFrom(
      '0100',
      '0110',
      '0200',
      '0210',
      '0220',
      '0230',
      '0420',
      '0430',
      '0800',
      '0810',
      '0820',
      '0830',
    ),
    fields: fc.uniqueArray(fc.constantFrom(...Object.keys(FIELDS).map(Number)), { maxLength: 30 }),
    seed: fc.infiniteStream(fc.nat()),
  })
  .map(({ type, fields, seed }) => {
    const draw = (count: number): number => Number(seed.next().value) % count;
    const message = new Message(type);
    let left = 1700;
    for (const field of fields) {
      const row = FIELDS[field];
      if (row === undefined) continue;
      const length = row.prefix === 0 ? row.bytes : 1 + draw(Math.min(row.bytes, 120));
      left -= length + row.prefix;
      if (left < 0) break;
      const letters = LETTERS[field === 128 && (type === '0800' || type === '0810') ? 'raw' : row.charset];
      const value = Array.from({ length }, () => letters[draw(letters.length)]).join('');
      message.set(field, row.charset === 'fee' ? `D${value.slice(1)}` : value);
    }
    return message;
  });
