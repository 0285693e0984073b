import { createHash, type KeyObject, sign, verify } from 'node:crypto';
import { type Component, type Params, writeBytes, writeComponent, writeList } from './structured-fields.ts';

/*
 * HTTP Message Signatures (RFC 9421) with Ed25519 and Content-Digest (RFC 9530), as docs/open-wallet-protocol.md uses
 * them. Pure: values in, text out; no clock, no settings.
 */

/** The label under which a message of this protocol is signed; other labels on the same message are not looked at. */
export const LABEL = 'owp';

/** What a signature is for. One made for one purpose is worthless for another. */
export type Tag = 'owp-request' | 'owp-reply' | 'owp-notification';

/** How far apart two clocks may be, and how long a signature may live. */
export const SKEW_SECONDS = 300;

export interface SignatureStamp {
  createdAt: Date;
  keyId: string;
  nonce: string;
  tag: Tag;
}

/** A component as the documents write it, `@status` or `signature;req`, with its value. */
export type Covered = readonly (readonly [written: string, value: string])[];

/** What the signature headers of a message are computed from. */
export interface SignedHeaders {
  'content-digest': string;
  'signature-input': string;
  signature: string;
}

export function contentDigest(body: Buffer): string {
  return `sha-256=:${createHash('sha256').update(body).digest('base64')}:`;
}

/** The three headers of a message that is signed over `covered`, which must name the body's own Content-Digest. */
export function signMessage(covered: Covered, body: Buffer, stamp: SignatureStamp, key: KeyObject): SignedHeaders {
  const values = covered.map(([written, value]) => [toComponent(written), value] as const);
  const paramsText = writeList(
    values.map(([component]) => component),
    paramsOf(stamp),
  );
  const bytes = sign(null, Buffer.from(signatureBase(values, paramsText)), key);
  return {
    'content-digest': contentDigest(body),
    'signature-input': `${LABEL}=${paramsText}`,
    signature: `${LABEL}=${writeBytes(bytes)}`,
  };
}

/** RFC 9421, 2.5: a line for each component, and one for the parameters of the signature. */
export function signatureBase(values: readonly (readonly [Component, string])[], paramsText: string): string {
  return [
    ...values.map(([component, value]) => `${writeComponent(component)}: ${value}`),
    `"@signature-params": ${paramsText}`,
  ].join('\n');
}

export function isSignedBy(base: string, signature: Buffer, key: KeyObject): boolean {
  return signature.length === 64 && verify(null, Buffer.from(base), key, signature);
}

/** What a request is signed over, in this order. */
export function requestCovered(request: { method: string; url: URL; body: Buffer }): Covered {
  return [
    ['@method', request.method],
    ['@authority', request.url.host.toLowerCase()],
    ['@path', request.url.pathname],
    ['@query', request.url.search === '' ? '?' : request.url.search],
    ['content-digest', contentDigest(request.body)],
  ];
}

/** `signature;req;key=owp` as a component. */
export function toComponent(written: string): Component {
  const [name = '', ...flags] = written.split(';');
  return {
    name,
    params: new Map(
      flags.map((flag) => {
        const [key = '', value] = flag.split('=');
        return [key, value ?? true] as const;
      }),
    ),
  };
}

function paramsOf(stamp: SignatureStamp): Params {
  const created = Math.floor(stamp.createdAt.getTime() / 1000);
  return new Map<string, string | number>([
    ['created', created],
    ['expires', created + SKEW_SECONDS],
    ['keyid', stamp.keyId],
    ['alg', 'ed25519'],
    ['nonce', stamp.nonce],
    ['tag', stamp.tag],
  ]);
}
