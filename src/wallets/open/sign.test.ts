import { createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { rootDir } from '../../base/root.ts';
import { digestOf, isSealed, readSignature, sealMessage } from '../../sandbox/wallets/open/sign.ts';
import { contentDigest, isSignedBy, signatureBase, toComponent } from './sign.ts';
import { writeList } from './structured-fields.ts';
import {
  MERCHANT_KEY,
  notificationVector,
  replyVector,
  requestVector,
  type Vector,
  VECTORS,
  WALLET_KEY,
  withVectors,
} from './test-vectors.ts';

const page = readFileSync(join(rootDir, 'docs/open-wallet-protocol.md'), 'utf8');

describe('signing', () => {
  test('makes and knows the Ed25519 example of RFC 9421, B.2.6', () => {
    const values = [
      ['date', 'Tue, 20 Apr 2021 02:07:55 GMT'],
      ['@method', 'POST'],
      ['@path', '/foo'],
      ['@authority', 'example.com'],
      ['content-type', 'application/json'],
      ['content-length', '18'],
    ].map(([name = '', value = '']) => [toComponent(name), value] as const);
    const params = new Map<string, string | number>([
      ['created', 1618884473],
      ['keyid', 'test-key-ed25519'],
    ]);
    const paramsText = writeList(
      values.map(([component]) => component),
      params,
    );
    const signature = 'wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==';
    const key = createPublicKey(MERCHANT_KEY);
    expect(key.export({ format: 'jwk' }).x).toBe('JrQLj5P_89iXES9-vFgrIy29clF9CC_oPPsw3c5D0bs');
    const base = signatureBase(values, paramsText);
    expect(isSignedBy(base, Buffer.from(signature, 'base64'), key)).toBe(true);
    expect(isSignedBy(`${base} `, Buffer.from(signature, 'base64'), key)).toBe(false);
    expect(isSignedBy(base, Buffer.from(signature, 'base64').subarray(1), key), 'a byte too few').toBe(false);
  });

  test('digests a body as RFC 9530 shows it', () => {
    const digest = 'sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:';
    expect(contentDigest(Buffer.from('{"hello": "world"}\n'))).toBe(digest);
    expect(digestOf(Buffer.from('{"hello": "world"}\n')), 'the simulator').toBe(digest);
  });
});

describe('the test vectors of the specification', () => {
  test('stand in the page as they are computed', () => {
    expect(withVectors(page)).toBe(page);
    for (const name of Object.keys(VECTORS)) expect(page).toContain(`<!-- vector: ${name} -->`);
  });

  test('are what the simulator, with signing of its own, believes of a request', () => {
    const { headers } = requestVector();
    const came = readSignature(headers['signature-input'], headers['signature']);
    if (came === null) throw new Error('not read');
    expect(isSealed(linesOf(requestVector()), came, createPublicKey(MERCHANT_KEY))).toBe(true);
    expect(isSealed(linesOf(replyVector()), came, createPublicKey(MERCHANT_KEY))).toBe(false);
  });

  test.each([
    ['owp-reply', replyVector, 'Zt0q8mWc5aR1xJ7L'],
    ['owp-notification', notificationVector, 'h6Vd2sKf9qTn4wEb'],
  ] as const)('are what the simulator makes of an %s', (tag, make, nonce) => {
    const vector = make();
    const key = { id: 'w1', privateKey: WALLET_KEY, publicKey: createPublicKey(WALLET_KEY) };
    const seal = { key, tag, atSeconds: Date.parse('2026-11-23T02:00:00Z') / 1000, nonce };
    expect(sealMessage(linesOf(vector), vector.body, seal)).toEqual(vector.headers);
  });
});

/** `content-digest;req` as the simulator writes it: `"content-digest";req`. */
function linesOf({ covered }: Vector) {
  return covered.map(([written, value]) => {
    const [name = '', ...flags] = written.split(';');
    const shown = flags.map((flag) => flag.replace(/=(.*)$/, '="$1"'));
    return { name: [`"${name}"`, ...shown].join(';'), value };
  });
}
