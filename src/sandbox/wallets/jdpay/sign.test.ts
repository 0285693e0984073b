import { createHash, createPublicKey, generateKeyPairSync, publicDecrypt } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { seal, unseal } from './crypt.ts';
import { formText, isSigned, sign } from './sign.ts';
import { readDocument, writeDocument } from './xml.ts';

// JD's published demo merchant, and a message of JD's that was caught on the wire.
const DEMO_DES_KEY = Buffer.from('ta4E/aspLA3lgFGKmNDNRYU92RkZ4w2t', 'base64');
const JD_KEY = createPublicKey(`-----BEGIN PUBLIC KEY-----
MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQCKE5N2xm3NIrXON8Zj19GNtLZ8
xwEQ6uDIyrS3S03UhgBJMkGl4msfq4Xuxv6XUAN7oU1XhV3/xtabr9rXto4Ke3d6
WwNbxwXnK5LSgsQc1BhT5NcXHXpGBdt7P8NMez5qGieOKqHGvT0qvjyYnYA29a8Z
4wzNR7vAVHp36uD5RwIDAQAB
-----END PUBLIC KEY-----`);
const CAUGHT =
  '<?xml version="1.0" encoding="UTF-8"?><jdpay><version>V2.0</version><merchant>22294531</merchant><result><code>000000</code><desc>成功</desc></result><tradeNum>1494236491939_r</tradeNum><oTradeNum>1494236491939</oTradeNum><amount>1</amount><currency>CNY</currency><tradeTime>20170508180239</tradeTime><note></note><status>1</status></jdpay>';
const CAUGHT_SIGN =
  'W4g4PwHlh7OM60uz72MYH4+5PW1lJyFoHiKGFczOGDHdATqAAqbRy4p+sXU04FlsA29UpEfY3Fsct1IAhL5D7y1/tgZDRB+tGe1Tm0zTeFcKQjV8UU7bfRC+Mi3OdQgQvJ2JIIJcsxpXyQmeG2Vr/77aPhCY8hNEQObDp8fDDFc=';

describe('a signature', () => {
  test('of JD itself is believed, and none with a changed byte', () => {
    expect(isSigned(CAUGHT, CAUGHT_SIGN, JD_KEY)).toBe(true);
    expect(isSigned(CAUGHT.replace('<status>1', '<status>2'), CAUGHT_SIGN, JD_KEY)).toBe(false);
    for (let at = 0; at < CAUGHT_SIGN.length; at += 9) {
      const changed = CAUGHT_SIGN.slice(0, at) + (CAUGHT_SIGN[at] === 'A' ? 'B' : 'A') + CAUGHT_SIGN.slice(at + 1);
      expect(isSigned(CAUGHT, changed, JD_KEY), `letter ${at}`).toBe(false);
    }
    expect(isSigned(CAUGHT, '', JD_KEY)).toBe(false);
  });

  test('of ours opens, by the platform’s own code, to the digest in hex', () => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
    const opened = publicDecrypt(publicKey, Buffer.from(sign('text', privateKey), 'base64')).toString();
    expect(opened).toBe(createHash('sha256').update('text').digest('hex'));
    expect(isSigned('text', sign('text', privateKey), publicKey)).toBe(true);
    expect(isSigned('text', sign('text', privateKey), JD_KEY)).toBe(false);
  });

  test('of a form is over its sorted values, without empty ones', () => {
    const fields = new Map([
      ['b', '2'],
      ['a', '1'],
      ['sign', 'x'],
      ['c', ''],
    ]);
    expect(formText(fields)).toBe('a=1&b=2');
  });
});

describe('Triple DES', () => {
  test.each([
    ['1', 'e5a6c3761ab9ddaf'],
    ['CNY', 'ac7132c57f10d3ce'],
    ['12345678', 'b9a9953b73f9f8eb3612d06b873f74e9'],
    ['测试商品', '25fc4ff3e72f364fc1d80691e88fd7df'],
    ['20170718101010', 'd9668085c69c2ecb73421627b78590400135be4ad908a2a7'],
  ])('of %s is as in a published form', (text, hex) => {
    expect(seal(text, DEMO_DES_KEY)).toBe(hex);
    expect(unseal(hex, DEMO_DES_KEY)).toBe(text);
  });

  test('does not open what is cut, not hex, or of another key', () => {
    const hex = seal('12345678', DEMO_DES_KEY);
    for (const wrong of ['', hex.slice(0, 16), hex.slice(2), hex.toUpperCase(), `${hex.slice(0, -1)}g`]) {
      expect(unseal(wrong, DEMO_DES_KEY), wrong).toBeNull();
    }
    expect(unseal(hex, Buffer.alloc(24, 7))).toBeNull();
  });
});

describe('XML', () => {
  test('is written on one line and read back', () => {
    const text = writeDocument(
      [
        ['a', '1 & <2>'],
        ['list', [['b', '']]],
      ],
      1,
    );
    expect(text).toBe(
      '<?xml version="1.0" encoding="UTF-8" ?><jdpay><a>1 &amp; &lt;2&gt;</a><list><b></b></list></jdpay>',
    );
    expect(readDocument('<jdpay>\n  <a>1 &amp; &lt;2&gt;</a>\n</jdpay>')).toEqual(new Map([['a', '1 & <2>']]));
  });

  test.each([
    '<!DOCTYPE x><jdpay><a>1</a></jdpay>',
    '<?xml version="1.0" encoding="GBK"?><jdpay><a>1</a></jdpay>',
    '<jdpay><a>&x;</a></jdpay>',
    '<jdpay><a>a & b</a></jdpay>',
    '<jdpay><a><![CDATA[1]]></a></jdpay>',
    '<jdpay><a b="1">1</a></jdpay>',
    '<jdpay><a>1</a><a>2</a></jdpay>',
    '<jdpay><a><b>1</b></a></jdpay>',
    '<jdpay><a>1</b></jdpay>',
    '<jdpay>x<a>1</a></jdpay>',
    '<jdpay><a>1</a></jdpay>x',
    '<x><a>1</a></x>',
    '',
  ])('is not read: %s', (text) => {
    expect(readDocument(text)).toBeNull();
  });
});
