import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeBody, encodeBody } from './codec.ts';
import { FormatError } from './format-error.ts';
import { Framer, FramingError } from './framer.ts';
import { decodeHeader, encodeFrame, HEADER_BYTES, newHeader } from './header.ts';
import { usualTransfer, workedExample } from './test-messages.ts';

const header = newHeader('01020000', '00010000', false);
const first = encodeFrame(header, encodeBody(workedExample()));
const second = encodeFrame(header, encodeBody(usualTransfer()));
const lineTest = Buffer.from('0000');
const stream = Buffer.concat([first, lineTest, second, lineTest, lineTest, first]);
const told = ['frame 267', 'line', `frame ${second.length - 4}`, 'line', 'line', 'frame 267'];

describe('a stream is cut into frames', () => {
  test('that come in one piece', () => {
    expect(feed([stream])).toEqual(told);
  });

  test('byte by byte', () => {
    expect(feed([...stream].map((byte) => Buffer.of(byte)))).toEqual(told);
  });

  test('split in two at every place', () => {
    for (let at = 0; at <= stream.length; at++)
      expect(feed([stream.subarray(0, at), stream.subarray(at)])).toEqual(told);
  });

  test('split anyhow', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(stream.length), { maxLength: 12 }), (cuts) => {
        const places = [0, ...cuts.toSorted((a, b) => a - b), stream.length];
        expect(feed(places.slice(1).map((end, index) => stream.subarray(places[index], end)))).toEqual(told);
      }),
    );
  });

  test('and its bytes are those that were sent', () => {
    const frames: Buffer[] = [];
    const framer = new Framer({ onFrame: (frame) => frames.push(Buffer.from(frame)), onLineTest: () => {} });
    for (const byte of Buffer.concat([first, second])) framer.feed(Buffer.of(byte));
    expect(Buffer.concat(frames)).toEqual(Buffer.concat([first.subarray(4), second.subarray(4)]));
  });
});

describe('a stream is lost for good', () => {
  test.each([
    ['when more is announced than exists', '1939'],
    ['when a length is no number', '02a7'],
    ['when a length that has only begun is none', ' '],
    ['when binary lengths come', '\x01\x0b\x2e\x82'],
  ])('%s', (_, text) => {
    const framer = new Framer({ onFrame: () => {}, onLineTest: () => {} });
    framer.feed(first);
    expect(() => framer.feed(Buffer.from(text, 'latin1'))).toThrow(FramingError);
    expect(() => framer.feed(first)).toThrow(FramingError);
  });

  test('the longest that exists is waited for', () => {
    expect(feed([Buffer.from(`1938${'x'.repeat(1938)}`)])).toEqual(['frame 1938']);
  });
});

test('30,000 damaged streams end in frames, in a lost stream or in a refused frame, and in nothing else', () => {
  const outcomes = { read: 0, refused: 0, lost: 0 };
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(stream.length - 1), fc.nat(255)), { maxLength: 5 }), (changes) => {
      const bytes = Buffer.from(stream);
      for (const [at, byte] of changes) bytes[at] = byte;
      const framer = new Framer({
        onLineTest: () => {},
        onFrame(frame) {
          try {
            decodeHeader(frame);
            decodeBody(frame, HEADER_BYTES);
            outcomes.read += 1;
          } catch (error) {
            expect(error).toBeInstanceOf(FormatError);
            outcomes.refused += 1;
          }
        },
      });
      try {
        framer.feed(bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(FramingError);
        outcomes.lost += 1;
      }
    }),
    { numRuns: 30_000 },
  );
  expect(Math.min(...Object.values(outcomes))).toBeGreaterThan(100);
});

function feed(chunks: readonly Buffer[]): string[] {
  const events: string[] = [];
  const framer = new Framer({
    onFrame: (frame) => events.push(`frame ${frame.length}`),
    onLineTest: () => events.push('line'),
  });
  for (const chunk of chunks) framer.feed(chunk);
  return events;
}
