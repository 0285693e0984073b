import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readForm } from '../form.ts';
import { type Fields, readAnswer, readPairs, toForm } from './parse.ts';

describe('a synchronous answer', () => {
  test('is split at & and at the first =', () => {
    expect(readPairs('a=1&b=x=y==&c=')).toEqual({ a: '1', b: 'x=y==', c: '' });
  });

  test('keeps + / = of a signature and the CR LF of a certificate', () => {
    const text = 'signature=a+b/c==&signPubKeyCert=-----BEGIN CERTIFICATE-----\r\nMII+\r\n-----END CERTIFICATE-----';
    expect(readAnswer(Buffer.from(text))).toEqual({
      signature: 'a+b/c==',
      signPubKeyCert: '-----BEGIN CERTIFICATE-----\r\nMII+\r\n-----END CERTIFICATE-----',
    });
  });

  test('does not decode percent signs', () => {
    expect(readPairs('a=100%25')).toEqual({ a: '100%25' });
  });

  const braces: [text: string, fields: Fields | null][] = [
    ['sysReserved={aaa=a&bbb=b}&x=1', { sysReserved: '{aaa=a&bbb=b}', x: '1' }],
    ['accSplitData=[a=1&b=2]&x=1', { accSplitData: '[a=1&b=2]', x: '1' }],
    ['a={x={y=1&z=2}&w=3}&b=4', { a: '{x={y=1&z=2}&w=3}', b: '4' }],
    ['a={x=[&]}&b=4', { a: '{x=[&]}', b: '4' }],
    ['a={x=]&y=1}&b=4', { a: '{x=]&y=1}', b: '4' }],
    ['a=text{k=v&l=w}&b=4', { a: 'text{k=v&l=w}', b: '4' }],
    ['a=}&b=]', { a: '}', b: ']' }],
    ['respMsg=成功[0000000]&respCode=00', { respMsg: '成功[0000000]', respCode: '00' }],
    ['a={never closed&b=4', { a: '{never closed&b=4' }],
  ];
  test.each(braces)('reads braces: %s', (text, fields) => {
    expect(readPairs(text)).toEqual(fields);
  });

  const unreadable = [
    '',
    '&',
    'a',
    'a&b=1',
    'a=1&',
    'a=1&&b=2',
    '=1',
    'a=1&a=2',
    '__proto__=1',
    'a b=1',
    '中=1',
    '1a=1',
  ];
  test.each(unreadable)('is refused when it is %j', (text) => {
    expect(readPairs(text)).toBeNull();
  });

  test('is refused when it is not UTF-8, or has more fields than any message', () => {
    expect(readAnswer(Buffer.from([0x61, 0x3d, 0xff]))).toBeNull();
    expect(readPairs(Array.from({ length: 201 }, (_, i) => `f${i}=1`).join('&'))).toBeNull();
  });

  test('an HTML page is not an answer', () => {
    expect(readAnswer(Buffer.from('<html><body>Invalid request.</body></html>'))).toBeNull();
    expect(readAnswer(Buffer.from('<a href="x?y=1">&</a>'))).toBeNull();
  });

  test('any fields without unbalanced brackets are read back as they were written', () => {
    fc.assert(
      fc.property(fields(fc.string().filter((text) => !/[&{}[\]]/.test(text))), (written) => {
        expect(readPairs(pairs(written))).toEqual(written);
      }),
    );
  });

  test('nested values are read back as they were written', () => {
    const inner = fc
      .array(fc.string().filter((text) => !/[{}[\]]/.test(text)))
      .map((parts) => `{${parts.join('&k=')}}`);
    fc.assert(
      fc.property(fields(inner), (written) => {
        expect(readPairs(pairs(written))).toEqual(written);
      }),
    );
  });

  test('no text makes the reader throw', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void readPairs(text)));
    fc.assert(fc.property(fc.uint8Array(), (bytes) => void readForm(Buffer.from(bytes))));
  });
});

describe('a notification', () => {
  test('is url-decoded once: + is a blank, %0D%0A stays CR LF', () => {
    const body = Buffer.from('a=x+y%2Bz&cert=l1%0D%0Al2&msg=%E6%88%90%E5%8A%9F&twice=%2525');
    expect(readForm(body)).toEqual({ a: 'x y+z', cert: 'l1\r\nl2', msg: '成功', twice: '%25' });
  });

  const refused = [
    '',
    'a',
    'a=1&a=2',
    'a=%',
    'a=%4',
    'a=%zz',
    'a=%ff',
    'a=中',
    'a= ',
    'a=1&',
    '=1',
    '%5F_proto__=1',
    'a=1\n',
  ];
  test.each(refused)('is refused when it is %j', (text) => {
    expect(readForm(Buffer.from(text))).toBeNull();
  });

  test('what we write as a form is read back the same', () => {
    const value = fc.string({ unit: 'grapheme' });
    fc.assert(
      fc.property(fields(value), (written) => {
        expect(readForm(Buffer.from(toForm(written)))).toEqual(written);
      }),
    );
  });
});

function fields(value: fc.Arbitrary<string>): fc.Arbitrary<Fields> {
  const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9]{0,9}$/);
  return fc
    .array(fc.tuple(name, value), { minLength: 1, maxLength: 20 })
    .map((entries): Fields => Object.fromEntries(entries));
}

function pairs(written: Fields): string {
  return Object.entries(written)
    .map((pair) => pair.join('='))
    .join('&');
}
