import { createHash, type KeyObject, sign, verify } from 'node:crypto';
import type { NamedKey } from './keys.ts';

/*
 * The wallet's half of the signing rules of docs/open-wallet-protocol.md, written from that page and RFC 9421 alone. It
 * shares no code with the connector.
 */

const LIFETIME_SECONDS = 300;

export interface SignedLine {
  /** The name as it stands in the list: `"@status"`, `"@path";req`. */
  name: string;
  value: string;
}

/** What the wallet signs a message with. */
export interface Seal {
  key: NamedKey;
  tag: 'owp-reply' | 'owp-notification';
  atSeconds: number;
  nonce: string;
}

/** The three headers of a message of the wallet's own. */
export function sealMessage(lines: readonly SignedLine[], body: Buffer, seal: Seal): Record<string, string> {
  const { key, tag, atSeconds, nonce } = seal;
  const list = `(${lines.map((line) => line.name).join(' ')})`;
  const params = `;created=${atSeconds};expires=${atSeconds + LIFETIME_SECONDS};keyid="${key.id}";alg="ed25519";nonce="${nonce}";tag="${tag}"`;
  const signature = sign(null, toBase(lines, list + params), key.privateKey).toString('base64');
  return {
    'content-digest': digestOf(body),
    'signature-input': `owp=${list}${params}`,
    signature: `owp=:${signature}:`,
  };
}

export function digestOf(body: Buffer): string {
  return `sha-256=:${createHash('sha256').update(body).digest('base64')}:`;
}

/** A signature as it came on a request, taken apart but not believed. */
export interface CameSignature {
  /** The names between the brackets, as they came. */
  names: string;
  /** List and parameters together, as they were signed. */
  raw: string;
  params: Readonly<Record<string, string>>;
  /** In base64. */
  signature: string;
}

const INPUT = /(?:^|,\s*)owp=(\(([^()]*)\)((?:;[a-z]+=(?:"[\x20\x21\x23-\x5b\x5d-\x7e]*"|\d{1,15}))+))\s*(?:,|$)/;
const SIGNATURE = /(?:^|,\s*)owp=:([A-Za-z0-9+/]{86}==):\s*(?:,|$)/;

/** Null when there is none of this protocol, or not one that is written as it must be. */
export function readSignature(input: string | undefined, signature: string | undefined): CameSignature | null {
  const [, raw, names, paramsText] = INPUT.exec(input ?? '') ?? [];
  const [, base64] = SIGNATURE.exec(signature ?? '') ?? [];
  if (raw === undefined || names === undefined || paramsText === undefined || base64 === undefined) return null;
  const params: Record<string, string> = {};
  for (const [, name = '', quoted, digits] of paramsText.matchAll(/;([a-z]+)=(?:"([^"]*)"|(\d+))/g)) {
    if (params[name] !== undefined) return null;
    params[name] = quoted ?? digits ?? '';
  }
  return { names, raw, params, signature: base64 };
}

export function isSealed(lines: readonly SignedLine[], came: CameSignature, key: KeyObject): boolean {
  return verify(null, toBase(lines, came.raw), key, Buffer.from(came.signature, 'base64'));
}

function toBase(lines: readonly SignedLine[], params: string): Buffer {
  const text = lines.map((line) => `${line.name}: ${line.value}\n`).join('');
  return Buffer.from(`${text}"@signature-params": ${params}`);
}
