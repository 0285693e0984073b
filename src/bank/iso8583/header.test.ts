import { describe, expect, test } from 'vitest';
import { encodeBody } from './codec.ts';
import { FRAME_BYTES_MAX } from './fields.ts';
import { FormatError } from './format-error.ts';
import {
  decodeHeader,
  encodeFrame,
  HEADER_BYTES,
  HeaderError,
  type HeaderFault,
  isReject,
  newHeader,
  rejectFrame,
  replyHeader,
} from './header.ts';
import { workedExample } from './test-messages.ts';

const body = encodeBody(workedExample());
const frame = () => Buffer.from(encodeFrame(newHeader('01020000', '00010000', true), body).subarray(4));

test('a header is read back as it was written', () => {
  const header = { ...newHeader('01020000', '00010344', false), version: 1, batch: '\x07', user: 'u', reserved: 'abc' };
  expect(decodeHeader(encodeFrame(header, body).subarray(4))).toEqual(header);
});

test('a reply goes back to where the request came from', () => {
  expect(replyHeader(decodeHeader(frame()))).toMatchObject({ destination: '01020000', source: '00010000' });
});

describe('a wrong header is refused by name', () => {
  test.each<[string, number, string, HeaderFault]>([
    ['its own length', 0, '\x2d', 'header_length'],
    ['version 3', 1, '\x83', 'version'],
    ['version 0', 1, '\x00', 'version'],
    ['a total that is not the length', 2, '0268', 'total_length'],
    ['a destination that is no number', 6, 'X', 'destination'],
    ['a destination with a gap', 8, ' ', 'destination'],
    ['no source', 17, ' '.repeat(11), 'source'],
  ])('%s', (_, at, text, fault) => {
    const wrong = frame();
    wrong.write(text, at, 'latin1');
    expect(() => decodeHeader(wrong)).toThrow(expect.objectContaining({ fault }));
  });

  test('and what is shorter than a header', () => {
    expect(() => decodeHeader(frame().subarray(0, HEADER_BYTES - 1))).toThrow(HeaderError);
    expect(() => decodeHeader(Buffer.alloc(0))).toThrow(HeaderError);
  });

  test('and a reject code that is no number', () => {
    const wrong = frame();
    wrong.write('0004x', 41, 'latin1');
    expect(() => decodeHeader(wrong)).toThrow(FormatError);
  });
});

test('a rejected frame carries the code and all that came', () => {
  const back = rejectFrame(frame(), 'destination', '00010000', '01020000');
  const header = decodeHeader(back.subarray(4));
  expect(isReject(header)).toBe(true);
  expect(header).toMatchObject({ rejectCode: '00045', source: '00010000', destination: '01020000', isTest: true });
  expect(back.subarray(4 + HEADER_BYTES)).toEqual(frame());
  expect(isReject(decodeHeader(frame()))).toBe(false);
});

test('no message of ours is longer than a frame may be', () => {
  expect(encodeFrame(newHeader('1', '2', true), body).length).toBeLessThan(FRAME_BYTES_MAX);
});
