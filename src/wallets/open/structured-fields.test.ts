import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readDictionary, writeBytes, writeList } from './structured-fields.ts';

describe('a signature field', () => {
  test('is read with its components, their parameters and its own', () => {
    const text = 'owp=("@status" "signature";req;key="owp");created=1795399200;keyid="w\\"1";x';
    const member = readDictionary(text)?.get('owp');
    if (member?.kind !== 'list') throw new Error('no list');
    expect(member.components.map(({ name, params }) => [name, [...params]])).toEqual([
      ['@status', []],
      [
        'signature',
        [
          ['req', true],
          ['key', 'owp'],
        ],
      ],
    ]);
    expect([...member.params]).toEqual([
      ['created', 1795399200],
      ['keyid', 'w"1'],
      ['x', true],
    ]);
    expect(`owp=${writeList(member.components, member.params)}`).toBe(text);
  });

  test('may carry signatures of others beside ours', () => {
    const members = readDictionary('proxy=:AAAA: ,  owp=:AQID:;note=1');
    expect([...(members?.keys() ?? [])]).toEqual(['proxy', 'owp']);
    expect(members?.get('owp')).toEqual({ kind: 'bytes', bytes: Buffer.from([1, 2, 3]) });
  });

  test.each([
    ['', 'nothing at all', true],
    ['owp=:AQID:', 'bytes', true],
    ['owp=()', 'an empty list', true],
    ['owp=( "a"  "b" )', 'more blanks than needed', true],
    ['owp', 'a key without a value', false],
    ['Owp=:AQID:', 'a key in capitals', false],
    ['owp=:AQID:, owp=:AQID:', 'a key twice', false],
    ['owp=:AQID:,', 'a comma at the end', false],
    ['owp=:AQI:', 'base64 that is not canonical', false],
    ['owp=:AQ ID:', 'a blank in base64', false],
    ['owp=("a""b")', 'components that touch', false],
    ['owp=("a" b)', 'a component that is no string', false],
    ['owp=("a', 'an open string', false],
    ['owp=("a"', 'an open list', false],
    ['owp=("a");created=1.5', 'a decimal', false],
    ['owp=("a");created=1234567890123456', 'an integer of 16 digits', false],
    ['owp=("a");k=1;k=2', 'a parameter twice', false],
    ['owp=("é")', 'a letter outside ASCII', false],
    ['owp="text"', 'a member that is a string', false],
    [`owp=("${'a'.repeat(9000)}")`, 'more than a header holds', false],
  ])('%j (%s) is read: %s', (text, _what, isRead) => {
    expect(readDictionary(text) !== null).toBe(isRead);
  });

  test('that was written is read back the same, whatever its parameters say', () => {
    const texts = fc.string({ unit: fc.constantFrom('a', '"', '\\', ';', '=', ',', '(', ')', ' ', ':') });
    fc.assert(
      fc.property(texts, fc.uint8Array({ maxLength: 70 }), (value, bytes) => {
        const list = writeList([{ name: 'x', params: new Map([['key', value]]) }], new Map([['nonce', value]]));
        const members = readDictionary(`a=${list}, b=${writeBytes(Buffer.from(bytes))}`);
        const member = members?.get('a');
        if (member?.kind !== 'list') throw new Error('no list');
        expect(writeList(member.components, member.params)).toBe(list);
        expect(members?.get('b')).toEqual({ kind: 'bytes', bytes: Buffer.from(bytes) });
      }),
    );
  });
});
