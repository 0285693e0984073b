import { describe, expect, test } from 'vitest';
import { readAnswer, readNode } from './parse.ts';

const NODE = 'alipay_trade_query_response';

describe('an answer is taken apart', () => {
  const good: [string, string, string][] = [
    ['as it comes', `{"${NODE}":{"code":"10000"},"sign":"S"}`, '{"code":"10000"}'],
    ['with blanks', ` {\n "${NODE}" : { "code" : "10000" } ,\t"sign" : "S" }\r\n`, '{ "code" : "10000" }'],
    ['with the signature first', `{"sign":"S","${NODE}":{"a":[1,{"b":2}]}}`, '{"a":[1,{"b":2}]}'],
    ['with brackets and quotes in a text', `{"${NODE}":{"a":"}\\"]{\\\\"},"sign":"S"}`, '{"a":"}\\"]{\\\\"}'],
    ['with its own name in a text', `{"${NODE}":{"a":"\\"${NODE}\\":{}"},"sign":"S"}`, `{"a":"\\"${NODE}\\":{}"}`],
    ['with other members', `{"x":1,"y":[true,null],"${NODE}":{},"z":"}","sign":"S"}`, '{}'],
  ];
  test.each(good)('%s', (_name, body, nodeText) => {
    expect(readAnswer(Buffer.from(body), NODE)).toEqual({ nodeName: NODE, nodeText, sign: 'S', certSn: null });
  });

  test('with the number of a certificate', () => {
    const body = `{"${NODE}":{},"alipay_cert_sn":"abc","sign":"S"}`;
    expect(readAnswer(Buffer.from(body), NODE)).toMatchObject({ certSn: 'abc' });
  });

  test('when it is a refusal of the gateway, signed or not', () => {
    const body = '{"error_response":{"code":"40002"}}';
    expect(readAnswer(Buffer.from(body), NODE)).toMatchObject({ nodeName: 'error_response', sign: null });
  });

  const bad: [string, string][] = [
    ['no JSON', '<html>'],
    ['nothing', ''],
    ['a list', '[]'],
    ['an empty object', '{}'],
    ['another node', '{"alipay_trade_pay_response":{},"sign":"S"}'],
    ['the node twice', `{"${NODE}":{},"${NODE}":{"code":"10000"},"sign":"S"}`],
    ['the node twice, once in escapes', `{"${NODE}":{},"\\u0061${NODE.slice(1)}":{"code":"10000"},"sign":"S"}`],
    ['the signature twice', `{"${NODE}":{},"sign":"S","sign":"T"}`],
    ['both nodes', `{"${NODE}":{},"error_response":{},"sign":"S"}`],
    ['a text for a node', `{"${NODE}":"{}","sign":"S"}`],
    ['a number for a signature', `{"${NODE}":{},"sign":1}`],
    ['something behind it', `{"${NODE}":{},"sign":"S"}{}`],
    ['half of it', `{"${NODE}":{"code":"10000"`],
    ['an unfinished text', `{"${NODE}":{"code":"100`],
    ['no comma', `{"${NODE}":{}"sign":"S"}`],
    ['no value', `{"${NODE}":,"sign":"S"}`],
  ];
  test.each(bad)('but not %s', (_name, body) => {
    expect(readAnswer(Buffer.from(body), NODE)).toBeNull();
  });

  test('but not what is not UTF-8', () => {
    const body = Buffer.concat([Buffer.from(`{"${NODE}":{"a":"`), Buffer.from([0xff]), Buffer.from('"},"sign":"S"}')]);
    expect(readAnswer(body, NODE)).toBeNull();
  });
});

describe('a node', () => {
  test('gives its texts, and nothing else', () => {
    expect(readNode('{"a":"1","b":2,"c":["x"],"d":null,"e":""}')).toEqual({ a: '1', e: '' });
  });

  test.each(['{"a":"1","a":"2"}', '{"__proto__":"1"}', '{"a":', 'null', '{"a":"\\ud800"}'])(
    'is no such thing as %s',
    (text) => {
      expect(readNode(text)).toBeNull();
    },
  );
});
