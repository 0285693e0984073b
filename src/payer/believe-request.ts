import { createPublicKey, type KeyObject } from 'node:crypto';
import {
  contentDigest,
  type Covered,
  isSignedBy,
  LABEL,
  SKEW_SECONDS,
  signatureBase,
  toComponent,
} from '../wallets/open/sign.ts';
import { type Bare, readDictionary, writeComponent, writeList } from '../wallets/open/structured-fields.ts';
import type { ProblemCode } from '../wallets/open/codes.ts';
import type { PayerDeps } from './payer-deps.ts';
import { findShop, type ShopWithKeys } from './shop-store.ts';

/** A request of the protocol as it came; header names in small letters, each value as one text. */
export interface ProtocolRequest {
  method: string;
  /** Path and query as they stood in the request line. */
  target: string;
  headers: Readonly<Record<string, string>>;
  body: Buffer;
}

/** What a reply is bound to: what the request says of itself, and its signature. Null where no signature could be read. */
export type Binding = { covered: Covered; signature: string } | null;

export type Believed = { binding: Binding } & (
  | { kind: 'believed'; shop: ShopWithKeys; nonce: string; expiresAt: Date }
  | { kind: 'refused'; code: ProblemCode; detail: string }
);

const PARAMETERS = 'created expires keyid alg nonce tag';

/**
 * Who asks, and that nobody else could have. docs/open-wallet-protocol.md, "Signatures": what is wrong first is answered first. The nonce is
 * taken by the caller afterwards.
 */
export async function believeRequest(deps: PayerDeps, request: ProtocolRequest, now: Date): Promise<Believed> {
  const input = readDictionary(request.headers['signature-input'] ?? '')?.get(LABEL);
  const signature = readDictionary(request.headers['signature'] ?? '')?.get(LABEL);
  const sent = request.headers['content-digest']?.trim() ?? '';
  const covered = coveredOf(deps, request, sent);
  const binding = signature?.kind === 'bytes' ? { covered, signature: request.headers['signature'] ?? '' } : null;
  const refuse = (code: ProblemCode, detail: string): Believed => ({ binding, kind: 'refused', code, detail });
  const unbelieved = (detail: string) => refuse('signature_refused', detail);

  if (input?.kind !== 'list' || signature?.kind !== 'bytes') return unbelieved('it is not signed as owp');
  if (sent !== contentDigest(request.body)) return unbelieved('its Content-Digest is not that of the body');
  const { components, params } = input;
  if (components.map(writeComponent).join(' ') !== covered.map(([name]) => writeComponent(toComponent(name))).join(' '))
    return unbelieved('it is signed over other things than it must be');
  if ([...params.keys()].join(' ') !== PARAMETERS) return unbelieved(`its parameters must be ${PARAMETERS}`);
  if (params.get('tag') !== 'owp-request' || params.get('alg') !== 'ed25519') return unbelieved('another tag or alg');
  const nonce = textOf(params.get('nonce'));
  if (!/^[\w-]{16,64}$/.test(nonce)) return unbelieved('its nonce must be 16 to 64 letters of base64url');
  const [merchantNo = '', keyId = '', ...more] = textOf(params.get('keyid')).split(':');
  const shop =
    more.length === 0 && /^[0-9A-Z]{15}$/.test(merchantNo) ? await findShop(deps.sql, deps.book, merchantNo) : null;
  const key = shop?.keys.find((each) => each.keyId === keyId);
  const values = covered.map(([written, value]) => [toComponent(written), value] as const);
  const base = signatureBase(values, writeList(components, params));
  if (shop === null || key === undefined || !isSignedBy(base, signature.bytes, toPublicKey(key.publicKey)))
    return unbelieved('it is not signed by a key of a merchant');
  const expiresAt = readTimes(params.get('created'), params.get('expires'), now);
  if (expiresAt === null) return refuse('time_refused', '');
  return { binding, kind: 'believed', shop, nonce, expiresAt };
}

/** A raw Ed25519 public key (RFC 8032) as Node takes it (RFC 8037). */
export function toPublicKey(raw: Buffer): KeyObject {
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: raw.toString('base64url') }, format: 'jwk' });
}

/** The authority is our own, whatever the request calls it: what was signed for another wallet is not for us. */
function coveredOf(deps: PayerDeps, request: ProtocolRequest, digest: string): Covered {
  const at = request.target.indexOf('?');
  return [
    ['@method', request.method],
    ['@authority', new URL(deps.walletUrl).host],
    ['@path', at < 0 ? request.target : request.target.slice(0, at)],
    ['@query', at < 0 ? '?' : request.target.slice(at)],
    ['content-digest', digest],
  ];
}

/** When the signature is over; null where its time is over, has not come, or is too long. */
function readTimes(created: Bare | undefined, expires: Bare | undefined, now: Date): Date | null {
  if (typeof created !== 'number' || typeof expires !== 'number') return null;
  const seconds = now.getTime() / 1000;
  const isNow = created - SKEW_SECONDS <= seconds && seconds <= created + SKEW_SECONDS && seconds <= expires;
  const isShort = expires > created && expires - created <= SKEW_SECONDS;
  return isNow && isShort ? new Date(expires * 1000) : null;
}

function textOf(value: Bare | undefined): string {
  return typeof value === 'string' ? value : '';
}
