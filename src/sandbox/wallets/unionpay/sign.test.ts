import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import forge from 'node-forge';
import { describe, expect, test } from 'vitest';
import { isEchoable, readForm, writeForm, writeRaw } from './form.ts';
import { isSignedByKey, isSignedWithSecret, signWithKey, signWithSecret, textToSign } from './sign.ts';
import { clearingDay, fromStamp, toStamp } from './stamp.ts';

const pair = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});

describe('signing', () => {
  test('joins non-empty fields in byte order, upper case first, without the signature', () => {
    const text = textToSign({ b: '2', B: '1', a: '', c: '中文', signature: 'x', a1: '{k=v&k=v}' });
    expect(text).toBe('B=1&a1={k=v&k=v}&b=2&c=中文');
  });

  test('hashes twice: another RSA implementation verifies it over the hex letters, not over the hash bytes', async () => {
    const fields = { merId: '777290058110048', respMsg: '成功[0000000]', txnAmt: '1' };
    const signature = await signWithKey(fields, createPrivateKey(pair.privateKey));
    const hex = forge.md.sha256
      .create()
      .update(forge.util.encodeUtf8(textToSign(fields)), 'raw')
      .digest()
      .toHex();
    const digest = (bytes: string) => forge.md.sha256.create().update(bytes, 'raw').digest().bytes();
    const key = forge.pki.publicKeyFromPem(pair.publicKey);
    const given = forge.util.decode64(signature);
    expect(key.verify(digest(hex), given)).toBe(true);
    expect(() => key.verify(digest(forge.util.hexToBytes(hex)), given)).not.toThrow();
    expect(key.verify(digest(forge.util.hexToBytes(hex)), given)).toBe(false);
  });

  test('takes a right signature only, and only in canonical base64', async () => {
    const publicKey = createPublicKey(pair.publicKey);
    const fields = { merId: '1', txnAmt: '1' };
    const signature = await signWithKey(fields, createPrivateKey(pair.privateKey));
    expect(isSignedByKey({ ...fields, signature }, publicKey)).toBe(true);
    expect(isSignedByKey({ ...fields, signature, extra: '' }, publicKey)).toBe(true);
    expect(isSignedByKey({ ...fields, signature, extra: '1' }, publicKey)).toBe(false);
    expect(isSignedByKey({ ...fields, signature: `${signature} ` }, publicKey)).toBe(false);
    expect(isSignedByKey({ ...fields, signature: signature.replaceAll('+', ' ') + '\n' }, publicKey)).toBe(false);
    expect(isSignedByKey(fields, publicKey)).toBe(false);
  });

  test('with a shared key is the same as forge makes it, and SM3 differs from SHA-256', () => {
    const fields = { merId: '1', txnAmt: '1' };
    const hex = (text: string) => forge.md.sha256.create().update(text).digest().toHex();
    expect(signWithSecret(fields, '11', 'secret')).toBe(hex(`merId=1&txnAmt=1&${hex('secret')}`));
    const sm3 = signWithSecret(fields, '12', 'secret');
    expect(sm3).toMatch(/^[0-9a-f]{64}$/);
    expect(isSignedWithSecret({ ...fields, signature: sm3 }, '12', 'secret')).toBe(true);
    expect(isSignedWithSecret({ ...fields, signature: sm3 }, '11', 'secret')).toBe(false);
    expect(isSignedWithSecret({ ...fields, signature: sm3.slice(1) }, '12', 'secret')).toBe(false);
  });
});

describe('bodies', () => {
  test('a form is read as it was written, with line ends, plus signs and Chinese', () => {
    const fields = { cert: 'a\r\nb', sign: 'a+b/c==', text: '龙井 & 茶', zero: '' };
    expect(writeForm(fields)).toContain('cert=a%0D%0Ab');
    expect(readForm(Buffer.from(writeForm(fields)))).toEqual(fields);
  });

  test('an answer is written raw', () => {
    expect(writeRaw({ b: 'a+b/c==', a: '成功' })).toBe('a=成功&b=a+b/c==');
  });

  test.each([
    ['plain', true],
    ['a=b=', true],
    ['{a=1&b=2}', true],
    ['[{a&b}]', true],
    ['a&b', false],
    ['{a', false],
    ['}a{', false],
  ])('%s in an answer can be read back: %s', (value, can) => {
    expect(isEchoable(value)).toBe(can);
  });
});

describe('times', () => {
  test('are Beijing seconds, and only those that exist', () => {
    expect(toStamp(new Date('2026-11-22T16:00:01Z'))).toBe('20261123000001');
    expect(fromStamp('20261123000001')?.toISOString()).toBe('2026-11-22T16:00:01.000Z');
    for (const bad of ['20260230000000', '20261123240000', '20261123006000', '2026112300000', 'x']) {
      expect(fromStamp(bad)).toBeNull();
    }
  });

  test('the clearing day turns at 23:00', () => {
    expect(clearingDay(new Date('2026-11-23T22:59:59+08:00'))).toBe('20261123');
    expect(clearingDay(new Date('2026-11-23T23:00:00+08:00'))).toBe('20261124');
  });
});
