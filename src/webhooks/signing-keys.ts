import { createHmac, createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';
import { assert } from '../base/assert.ts';
import type { Random } from '../base/random.ts';
import type { EndpointId } from './webhook.ts';

/** What one generation of an endpoint's messages is signed with. */
export interface SigningKeys {
  /** `whsec_` and base64 of 32 bytes: HMAC-SHA256, shared with the receiver. */
  hmac: string;
  /** `whsk_` and base64 of seed and public key: ed25519, known to us alone. */
  ed25519: string | null;
}

const HMAC_BYTES = 32; // Standard Webhooks 1.0.0: 24 to 64
const SEED_BYTES = 32;
const PKCS8_ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex'); // RFC 8410, section 7: what precedes the seed

export function newSigningKeys(random: Random, withEd25519: boolean): SigningKeys {
  const hmac = `whsec_${random.bytes(HMAC_BYTES).toString('base64')}`;
  if (!withEd25519) return { hmac, ed25519: null };
  const seed = random.bytes(SEED_BYTES);
  return { hmac, ed25519: `whsk_${Buffer.concat([seed, publicBytes(privateKeyOf(seed))]).toString('base64')}` };
}

/** The `whpk_…` that receivers check v1a signatures with. */
export function publicKeyOf(keys: SigningKeys): string | null {
  return keys.ed25519 === null ? null : `whpk_${publicBytes(privateKeyOf(seedOf(keys.ed25519))).toString('base64')}`;
}

/**
 * The `webhook-signature` header: one signature per key, all generations side by side, so that a receiver that knows any
 * one of them can verify. Standard Webhooks 1.0.0: signed is `id.timestamp.body`, timestamp in unix seconds.
 */
export function signatureHeader(
  generations: readonly SigningKeys[],
  message: { id: string; timestampSeconds: number; body: string },
): string {
  const signed = Buffer.from(`${message.id}.${message.timestampSeconds}.${message.body}`);
  return generations.flatMap((keys) => signaturesOf(keys, signed)).join(' ');
}

/** As they are kept, before sealing. */
export function signingKeysText(keys: SigningKeys): string {
  return keys.ed25519 === null ? keys.hmac : `${keys.hmac} ${keys.ed25519}`;
}

export function readSigningKeys(text: string): SigningKeys {
  const [hmac, ed25519, ...rest] = text.split(' ');
  assert(
    hmac !== undefined && hmac.startsWith('whsec_') && rest.length === 0,
    'signing keys are kept as whsec_ and perhaps whsk_',
  );
  assert(ed25519 === undefined || ed25519.startsWith('whsk_'), 'the second signing key is whsk_');
  return { hmac, ed25519: ed25519 ?? null };
}

/** What a sealed secret is bound to: it does not open in another endpoint's row. */
export function secretAad(book: number, endpointId: EndpointId): string {
  return `webhook_endpoints/${book}/${endpointId}`;
}

function signaturesOf(keys: SigningKeys, signed: Buffer): string[] {
  const secret = Buffer.from(keys.hmac.slice('whsec_'.length), 'base64');
  const v1 = `v1,${createHmac('sha256', secret).update(signed).digest('base64')}`;
  if (keys.ed25519 === null) return [v1];
  return [v1, `v1a,${sign(null, signed, privateKeyOf(seedOf(keys.ed25519))).toString('base64')}`];
}

function seedOf(whsk: string): Buffer {
  return Buffer.from(whsk.slice('whsk_'.length), 'base64').subarray(0, SEED_BYTES);
}

function privateKeyOf(seed: Buffer): KeyObject {
  return createPrivateKey({ key: Buffer.concat([PKCS8_ED25519, seed]), format: 'der', type: 'pkcs8' });
}

function publicBytes(privateKey: KeyObject): Buffer {
  return Buffer.from(createPublicKey(privateKey).export({ format: 'jwk' }).x ?? '', 'base64url');
}
