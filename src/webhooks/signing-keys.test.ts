import { createPublicKey, randomBytes, verify } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { describe, expect, test } from 'vitest';
import { newSigningKeys, publicKeyOf, readSigningKeys, signatureHeader, signingKeysText } from './signing-keys.ts';

const random = { bytes: (count: number) => randomBytes(count) };
const body = '{"type":"payment.succeeded","timestamp":"2026-03-01T04:05:06.000Z","data":{"subject":"一杯茶 ☕"}}';
const message = () => ({ id: 'evt_01ARZ3NDEKTSV4RRFFQ69G5FAV', timestampSeconds: Math.floor(Date.now() / 1000), body });

function headersOf(sent: ReturnType<typeof message>, signature: string): Record<string, string> {
  return { 'webhook-id': sent.id, 'webhook-timestamp': String(sent.timestampSeconds), 'webhook-signature': signature };
}

describe('a signed message', () => {
  test("is verified by the standard's own library", () => {
    const keys = newSigningKeys(random, false);
    const sent = message();
    const headers = headersOf(sent, signatureHeader([keys], sent));
    expect(new Webhook(keys.hmac).verify(body, headers)).toEqual(JSON.parse(body));
    expect(() => new Webhook(keys.hmac).verify(`${body} `, headers)).toThrow('No matching signature');
    expect(() => new Webhook(newSigningKeys(random, false).hmac).verify(body, headers)).toThrow(
      'No matching signature',
    );
  });

  test('during a change of secrets carries a signature by each, and either is enough', () => {
    const [today, before] = [newSigningKeys(random, true), newSigningKeys(random, true)];
    const sent = message();
    const signature = signatureHeader([today, before], sent);
    expect(signature.split(' ').map((part) => part.split(',')[0])).toEqual(['v1', 'v1a', 'v1', 'v1a']);
    for (const { hmac } of [today, before]) {
      expect(new Webhook(hmac).verify(body, headersOf(sent, signature))).toEqual(JSON.parse(body));
    }
  });

  test('signed with ed25519 is verified with nothing but the public key', () => {
    const keys = newSigningKeys(random, true);
    const sent = message();
    const v1a = signatureHeader([keys], sent).split(' ')[1] ?? '';
    const x = Buffer.from((publicKeyOf(keys) ?? '').slice('whpk_'.length), 'base64');
    const publicKey = createPublicKey({
      key: { kty: 'OKP', crv: 'Ed25519', x: x.toString('base64url') },
      format: 'jwk',
    });
    const signed = Buffer.from(`${sent.id}.${sent.timestampSeconds}.${body}`);
    expect(x).toHaveLength(32);
    expect(verify(null, signed, publicKey, Buffer.from(v1a.slice('v1a,'.length), 'base64'))).toBe(true);
    signed[0] = (signed[0] ?? 0) ^ 1;
    expect(verify(null, signed, publicKey, Buffer.from(v1a.slice('v1a,'.length), 'base64'))).toBe(false);
  });

  // RFC 8032, section 7.1, test 1: the seed and the public key that belongs to it.
  test('has the public key that RFC 8032 says belongs to the private one', () => {
    const seed = Buffer.from('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60', 'hex');
    const keys = newSigningKeys({ bytes: () => seed }, true);
    const publicHex = 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a';
    expect(publicKeyOf(keys)).toBe(`whpk_${Buffer.from(publicHex, 'hex').toString('base64')}`);
    expect(keys.ed25519).toBe(`whsk_${Buffer.concat([seed, Buffer.from(publicHex, 'hex')]).toString('base64')}`);
  });
});

describe('signing keys', () => {
  test('are kept as one text and read back', () => {
    for (const withEd25519 of [true, false]) {
      const keys = newSigningKeys(random, withEd25519);
      expect(readSigningKeys(signingKeysText(keys))).toEqual(keys);
    }
  });

  test('have the length that the standard asks for', () => {
    const { hmac, ed25519 } = newSigningKeys(random, true);
    expect(Buffer.from(hmac.slice(6), 'base64')).toHaveLength(32);
    expect(Buffer.from((ed25519 ?? '').slice(5), 'base64')).toHaveLength(64);
  });

  test.each(['', 'whsk_x', 'whsec_x whsec_y', 'whsec_x whsk_y z'])('are never read from %j', (text) => {
    expect(() => readSigningKeys(text)).toThrow('signing key');
  });
});
