import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { JSON_DEPTH_MAX, JSON_KEYS_MAX } from './limits.ts';
import { Refusal } from './refusal.ts';
import { readStrictJson } from './strict-json.ts';

const read = (text: string) => readStrictJson(Buffer.from(text));

describe('what any JSON reader reads alike', () => {
  test('is read as it is', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        const text = JSON.stringify(value);
        if (text.includes('__proto__')) return;
        expect(read(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  test('the same key in two objects is fine', () => {
    expect(read('{"a":{"a":1},"b":[{"a":2},{"a":3}]}')).toEqual({ a: { a: 1 }, b: [{ a: 2 }, { a: 3 }] });
  });

  test('a text that looks like a key is none', () => {
    expect(read('{"a":"b\\":","c":["a","a"]}')).toEqual({ a: 'b":', c: ['a', 'a'] });
  });

  test('as deep and as wide as the limits', () => {
    expect(() => read('['.repeat(JSON_DEPTH_MAX) + ']'.repeat(JSON_DEPTH_MAX))).not.toThrow();
    expect(() => read('['.repeat(JSON_DEPTH_MAX + 1) + ']'.repeat(JSON_DEPTH_MAX + 1))).toThrow(Refusal);
    const keys = (count: number) => `{${Array.from({ length: count }, (_, index) => `"k${index}":1`).join(',')}}`;
    expect(() => read(keys(JSON_KEYS_MAX))).not.toThrow();
    expect(() => read(keys(JSON_KEYS_MAX + 1))).toThrow(Refusal);
  });
});

describe('what two readers might read differently', () => {
  test.each([
    '{"a":1,"a":2}',
    '{"a":1,"\\u0061":2}',
    '{"x":{"a":1,"b":{"a":1},"a":2}}',
    '{"__proto__":1}',
    '{"a":"\\ud800"}',
    '{"\\udc00":1}',
    '\ufeff{}',
    '{"a":1}x',
    '{a:1}',
    "{'a':1}",
    '{"a":01}',
    '{"a":1,}',
    '"\\',
    '{"a"',
    '',
  ])('%s is refused', (text) => {
    expect(() => read(text)).toThrow(Refusal);
  });

  test('bytes that are not UTF-8 are refused', () => {
    for (const bytes of [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0x22, 0xe4, 0xbd, 0x22]])
      expect(() => readStrictJson(Buffer.from(bytes))).toThrow(Refusal);
  });

  test('whatever comes, the answer is a value or a refusal, soon', () => {
    const junk = fc.array(fc.constantFrom('{', '}', '[', ']', '"', ':', ',', '\\', 'u', 'a', '1', ' ', '\n'), {
      maxLength: 200,
    });
    fc.assert(
      fc.property(junk, (parts) => {
        try {
          read(parts.join(''));
        } catch (error) {
          expect(error).toBeInstanceOf(Refusal);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
