import { createPrivateKey } from 'node:crypto';
import forge from 'node-forge';
import { describe, expect, test } from 'vitest';
import { merchant, mint } from './pretend-wechatpay.ts';
import { readPublicKey } from './platform-keys.ts';
import { authorization, isSignedRsa, messageText, paySignText, requestText, signRsa } from './sign.ts';

/** The example that WeChat Pay's own page on signing (签名生成) builds its text from. */
const EXAMPLE = {
  method: 'GET',
  target: '/v3/certificates',
  timestamp: '1554208460',
  nonce: '593BEC0C930BF1AFEB40B4A08C8FB242',
  body: '',
} as const;
const EXAMPLE_TEXT = 'GET\n/v3/certificates\n1554208460\n593BEC0C930BF1AFEB40B4A08C8FB242\n\n';
const key = createPrivateKey(merchant.keyPem);
const publicKey = readPublicKey(merchant.publicPem) ?? expect.fail('no key');

describe('a request', () => {
  test('is signed over the documented text, to the last line feed', () => {
    expect(requestText(EXAMPLE)).toBe(EXAMPLE_TEXT);
    const post = { ...EXAMPLE, method: 'POST', target: '/v3/a?b=1', body: '{"description":"咖啡"}' } as const;
    expect(requestText(post)).toBe(
      'POST\n/v3/a?b=1\n1554208460\n593BEC0C930BF1AFEB40B4A08C8FB242\n{"description":"咖啡"}\n',
    );
  });

  test('is signed as another library signs: RSA PKCS#1 v1.5 over SHA-256', async () => {
    const digest = forge.md.sha256.create().update(EXAMPLE_TEXT, 'utf8');
    const theirs = forge.util.encode64(forge.pki.privateKeyFromPem(merchant.keyPem).sign(digest));
    expect(await signRsa(EXAMPLE_TEXT, key)).toBe(theirs);
  });

  test('carries its five pairs behind the scheme', () => {
    expect(authorization('1900009191', '1DDE55AD98ED71D6EDD4A4A16996DE7B47773A8C', EXAMPLE, 'c2ln')).toBe(
      'WECHATPAY2-SHA256-RSA2048 mchid="1900009191",nonce_str="593BEC0C930BF1AFEB40B4A08C8FB242",' +
        'timestamp="1554208460",serial_no="1DDE55AD98ED71D6EDD4A4A16996DE7B47773A8C",signature="c2ln"',
    );
  });
});

describe('a message of WeChat Pay', () => {
  test('is signed over time, nonce and raw body; an empty body leaves its line feed', () => {
    expect(messageText('1554209980', 'c5ac7061', Buffer.from('{"a":1}')).toString()).toBe(
      '1554209980\nc5ac7061\n{"a":1}\n',
    );
    expect(messageText('1554209980', 'c5ac7061', Buffer.alloc(0)).toString()).toBe('1554209980\nc5ac7061\n\n');
  });

  test('is not signed with one changed byte, by another key, or in another spelling of Base64', async () => {
    const signature = await signRsa(EXAMPLE_TEXT, key);
    const isSigned = (text: string, given: string) => isSignedRsa(Buffer.from(text), given, publicKey);
    expect(isSigned(EXAMPLE_TEXT, signature)).toBe(true);
    expect(isSigned(EXAMPLE_TEXT.replace('GET', 'GEU'), signature)).toBe(false);
    expect(isSigned(EXAMPLE_TEXT.trimEnd(), signature)).toBe(false);
    expect(isSigned(EXAMPLE_TEXT, '')).toBe(false);
    expect(isSigned(EXAMPLE_TEXT, signature.replaceAll('=', ''))).toBe(false);
    expect(isSigned(EXAMPLE_TEXT, `${signature}\n`)).toBe(false);
    const other = readPublicKey(mint('02').publicPem) ?? expect.fail('no key');
    expect(isSignedRsa(Buffer.from(EXAMPLE_TEXT), signature, other)).toBe(false);
  });
});

test('what opens the wallet is signed over four lines', () => {
  expect(paySignText('wx8888888888888888', '1414561699', '5K8264ILTKCH16CQ2502SI8ZNMTM67VS', 'prepay_id=wx2014')).toBe(
    'wx8888888888888888\n1414561699\n5K8264ILTKCH16CQ2502SI8ZNMTM67VS\nprepay_id=wx2014\n',
  );
});
