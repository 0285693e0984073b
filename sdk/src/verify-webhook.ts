import { HutongSignatureError } from './errors.ts';
import { parseJson } from './json.ts';
import { nowMs, webCrypto } from './runtime.ts';
import type { WebhookEvent } from './types.ts';

export interface VerifyOptions {
  /** How far the message's time may be from ours, either way. */
  toleranceSeconds: number;
}

/** The runtime's `Headers`, or an object such as Node's `request.headers`. */
export type WebhookHeaders =
  | { get(name: string): string | null }
  | Readonly<Record<string, string | readonly string[] | undefined>>;

/** Standard Webhooks 1.0.0, section "Verifying": five minutes is what its libraries use. */
const TOLERANCE_SECONDS_USUAL = 300;
const SIGNATURES_MAX = 16;
const HMAC_BYTES_MIN = 24;

/**
 * Proves that a message came from Hutong, is whole and is recent, and returns it. `body` is the request's body exactly as it
 * came, before any JSON parser. `secrets`: the endpoint's `whsec_…` or its public key `whpk_…`, or several of them while
 * you change from one to the other. @throws HutongSignatureError
 */
export async function verifyWebhook(
  body: string | Uint8Array,
  headers: WebhookHeaders,
  secrets: string | readonly string[],
  options: VerifyOptions = { toleranceSeconds: TOLERANCE_SECONDS_USUAL },
): Promise<WebhookEvent> {
  if (typeof body !== 'string' && !(body instanceof Uint8Array)) {
    throw new TypeError('verifyWebhook needs the body as it came, not the object parsed from it');
  }
  const id = readHeader(headers, 'webhook-id');
  const timestamp = readHeader(headers, 'webhook-timestamp');
  const signatures = readHeader(headers, 'webhook-signature').split(' ').slice(0, SIGNATURES_MAX);
  checkTime(timestamp, options.toleranceSeconds);
  const signed = signedContent(id, timestamp, body);
  const keys = (typeof secrets === 'string' ? [secrets] : secrets).map(readSecret);
  if (!(await isAnyValid(keys, signatures, signed))) throw new HutongSignatureError('No signature matches');
  const text = typeof body === 'string' ? body : new TextDecoder().decode(body);
  // it is signed, so it is what the server documents
  return { ...(parseJson(text) as WebhookEvent), id };
}

interface VerifyKey {
  version: 'v1' | 'v1a';
  bytes: Uint8Array<ArrayBuffer>;
}

function readSecret(secret: string): VerifyKey {
  const bytes = fromBase64(secret.slice(secret.indexOf('_') + 1));
  if (secret.startsWith('whsec_') && bytes !== null && bytes.length >= HMAC_BYTES_MIN) return { version: 'v1', bytes };
  if (secret.startsWith('whpk_') && bytes?.length === 32) return { version: 'v1a', bytes };
  throw new TypeError('A webhook secret begins with whsec_ or whpk_ and is not empty');
}

async function isAnyValid(
  keys: readonly VerifyKey[],
  signatures: readonly string[],
  signed: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  for (const key of keys) {
    for (const each of signatures) {
      const [version, text = ''] = each.split(',');
      const signature = version === key.version ? fromBase64(text) : null;
      if (signature !== null && (await isValid(key, signature, signed))) return true;
    }
  }
  return false;
}

/** WebCrypto compares in constant time. */
async function isValid(
  key: VerifyKey,
  signature: Uint8Array<ArrayBuffer>,
  signed: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  const { subtle } = await webCrypto();
  const algorithm = key.version === 'v1' ? { name: 'HMAC', hash: 'SHA-256' } : { name: 'Ed25519' };
  try {
    const verifier = await subtle.importKey('raw', key.bytes, algorithm, false, ['verify']);
    return await subtle.verify(algorithm.name, verifier, signature, signed);
  } catch (error) {
    const what = key.version === 'v1a' ? 'This runtime cannot verify ed25519: use the whsec_ secret' : 'Cannot verify';
    throw new HutongSignatureError(what, { cause: error });
  }
}

function checkTime(timestamp: string, toleranceSeconds: number): void {
  const seconds = /^\d{1,12}$/.test(timestamp) ? Number(timestamp) : Number.NaN;
  const differenceSeconds = Math.abs(nowMs() / 1000 - seconds);
  if (!(differenceSeconds <= toleranceSeconds)) {
    throw new HutongSignatureError('The message is too old, or from the future; is the clock right?');
  }
}

function signedContent(id: string, timestamp: string, body: string | Uint8Array): Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder();
  const head = encoder.encode(`${id}.${timestamp}.`);
  const tail = typeof body === 'string' ? encoder.encode(body) : body;
  const signed = new Uint8Array(head.length + tail.length);
  signed.set(head);
  signed.set(tail, head.length);
  return signed;
}

function readHeader(headers: WebhookHeaders, name: string): string {
  const value = isHeaders(headers) ? headers.get(name) : findHeader(headers, name);
  if (typeof value !== 'string' || value === '') throw new HutongSignatureError(`The header ${name} is missing`);
  return value;
}

function isHeaders(headers: WebhookHeaders): headers is { get(name: string): string | null } {
  return typeof headers['get'] === 'function';
}

function findHeader(headers: Readonly<Record<string, string | readonly string[] | undefined>>, name: string): unknown {
  return Object.entries(headers).find(([each]) => each.toLowerCase() === name)?.[1];
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> | null {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text) || text.length % 4 !== 0) return null;
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}
