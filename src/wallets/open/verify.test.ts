import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { type Covered, signMessage, type SignatureStamp } from './sign.ts';
import { notificationVector, replyVector, WALLET_KEY } from './test-vectors.ts';
import { type CameMessage, verifyMessage } from './verify.ts';

const AT = new Date('2026-11-23T02:00:00Z');
const keys = new Map([['w1', createPublicKey(WALLET_KEY)]]);
const stranger = generateKeyPairSync('ed25519').privateKey;

describe('a signed message', () => {
  test('is believed, with the key and the time of its signing', () => {
    const { covered, headers, body } = replyVector();
    const verified = verifyMessage({ headers, body }, covered, 'owp-reply', keys, AT);
    expect(verified).toEqual({ isBelieved: true, createdAt: AT, keyId: 'w1' });
  });

  test('is believed beside the signature of a proxy', () => {
    const { covered, headers, body } = replyVector();
    const more = {
      ...headers,
      'signature-input': `cdn=("@status");created=1, ${headers['signature-input']}`,
      signature: `cdn=:AAAA:, ${headers['signature']}`,
    };
    expect(verifyMessage({ headers: more, body }, covered, 'owp-reply', keys, AT).isBelieved).toBe(true);
  });

  const { covered, headers, body } = replyVector();
  const message: CameMessage = { headers, body };
  const input = headers['signature-input'] ?? '';
  const without = (name: string): CameMessage => ({
    body,
    headers: Object.fromEntries(Object.entries(headers).filter(([each]) => each !== name)),
  });
  const withInput = (text: string): CameMessage => ({ body, headers: { ...headers, 'signature-input': text } });
  const bound = (change: (pair: Covered[number]) => Covered[number]): Covered => covered.map(change);

  test.each<[string, string, CameMessage, Covered?]>([
    ['without Signature-Input', 'unsigned', without('signature-input')],
    ['without Signature', 'unsigned', without('signature')],
    ['without Content-Digest', 'digest', without('content-digest')],
    ['signed under another label', 'unsigned', withInput(input.replace('owp=(', 'sig1=('))],
    ['with another body', 'digest', { headers, body: Buffer.from('{}') }],
    ['that lists fewer things', 'covers', withInput(input.replace(' "@query";req', ''))],
    [
      'that lists them in another order',
      'covers',
      withInput(input.replace('"@status" "content-digest" ', '"content-digest" "@status" ')),
    ],
    ['for another use', 'stamp', withInput(input.replace('tag="owp-reply"', 'tag="owp-request"'))],
    ['by another algorithm', 'stamp', withInput(input.replace('ed25519', 'hmac-sha256'))],
    ['without a nonce', 'stamp', withInput(input.replace(/;nonce="[^"]+"/, ''))],
    ['with a short nonce', 'stamp', withInput(input.replace(/;nonce="[^"]+"/, ';nonce="abc"'))],
    ['without a time', 'time', withInput(input.replace(/;created=\d+/, ''))],
    ['that never expires', 'time', withInput(input.replace(/;expires=\d+/, ''))],
    ['that lives too long', 'time', withInput(input.replace(/;expires=(\d+)/, ';expires=1795399501'))],
    ['by a key that is not known', 'key', withInput(input.replace('keyid="w1"', 'keyid="w9"'))],
    [
      'with a time that was not signed',
      'signature',
      withInput(input.replace('created=1795399200', 'created=1795399201')),
    ],
    ['with another status', 'signature', message, bound(([name, value]) => [name, name === '@status' ? '200' : value])],
    [
      'for another request',
      'signature',
      message,
      bound(([name, value]) => [name, name === '@path;req' ? '/x' : value]),
    ],
    [
      'for another signature',
      'signature',
      message,
      bound(([name, value]) => [name, name.startsWith('signature') ? ':AAAA:' : value]),
    ],
  ])('%s is thrown away: %s', (_what, flaw, came, expected = covered) => {
    expect(verifyMessage(came, expected, 'owp-reply', keys, AT)).toMatchObject({ isBelieved: false, flaw });
  });

  test.each([
    [-300, true],
    [-301, false],
    [300, true],
    [301, false],
  ])('%i seconds from our clock is believed: %s', (seconds, isBelieved) => {
    const now = new Date(AT.getTime() + seconds * 1000);
    expect(verifyMessage(message, covered, 'owp-reply', keys, now).isBelieved).toBe(isBelieved);
  });

  test('signed by a stranger under a known id is thrown away', () => {
    const stamp: SignatureStamp = { createdAt: AT, keyId: 'w1', nonce: 'A'.repeat(22), tag: 'owp-notification' };
    const vector = notificationVector();
    const forged = { headers: { ...signMessage(vector.covered, vector.body, stamp, stranger) }, body: vector.body };
    expect(verifyMessage(forged, vector.covered, 'owp-notification', keys, AT)).toMatchObject({ flaw: 'signature' });
    const next = new Map([...keys, ['w2', createPublicKey(stranger)]]);
    const honest = {
      headers: { ...signMessage(vector.covered, vector.body, { ...stamp, keyId: 'w2' }, stranger) },
      body: vector.body,
    };
    expect(verifyMessage(honest, vector.covered, 'owp-notification', next, AT).isBelieved, 'a second key').toBe(true);
  });

  test('a notification is no reply, and a reply no notification', () => {
    const vector = notificationVector();
    const came = { headers: vector.headers, body: vector.body };
    expect(verifyMessage(came, vector.covered, 'owp-reply', keys, AT)).toMatchObject({ flaw: 'stamp' });
    expect(verifyMessage(message, vector.covered, 'owp-notification', keys, AT)).toMatchObject({ flaw: 'covers' });
  });
});
