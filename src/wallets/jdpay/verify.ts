import { JDPAY_XML_BYTES_MAX } from '../../base/limits.ts';
import type { JdpayParty } from './config.ts';
import { decrypt } from './crypt.ts';
import { isSignedText } from './sign.ts';
import { childText, readXml, type XmlElement } from './xml.ts';

/** The outside of a message: nothing of it is signed. */
export interface Outer {
  version: string;
  merchant: string;
  code: string;
  desc: string;
  encrypt: string | null;
}

/** `message`: the inside, verified. `refusal`: no inside, and so nobody vouches for it. `unbelieved`: why not. */
export type Opened =
  | { kind: 'message'; code: string; desc: string; root: XmlElement }
  | { kind: 'refusal'; code: string; desc: string }
  | { kind: 'unbelieved'; reason: string };

const SIGN = /<sign>([A-Za-z0-9+/=\s]*)<\/sign>/g;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Reads the outside; null when it is no message of V2.0. */
export function readOuter(body: Buffer): Outer | null {
  if (body.length > JDPAY_XML_BYTES_MAX) return null;
  const text = readUtf8(body);
  const root = text === null ? null : readXml(text);
  if (root === null) return null;
  const result = readResult(root);
  const [version, merchant] = [childText(root, 'version'), childText(root, 'merchant')];
  if (result === null || version === null || merchant === null) return null;
  return { version, merchant, ...result, encrypt: childText(root, 'encrypt') };
}

/**
 * Opens the inside with the merchant's key and believes it only if JD has signed exactly this text, for this merchant, and
 * the outside says the same. Source: JD Pay V2.0.
 */
export function openMessage(party: JdpayParty, outer: Outer): Opened {
  if (outer.version !== 'V2.0') return unbelieved('another version than V2.0');
  if (outer.merchant !== party.merchant) return unbelieved('for another merchant');
  if (outer.encrypt === null) {
    if (outer.code === '000000') return unbelieved('success without anything signed');
    return { kind: 'refusal', code: outer.code, desc: outer.desc };
  }
  const hex = readBase64(outer.encrypt);
  const text = hex === null ? null : decrypt(hex, party.desKey);
  if (text === null) return unbelieved('not encrypted with the merchant’s key');
  const parts = splitSign(text);
  if (parts === null) return unbelieved('without one signature');
  if (!isSignedText(parts.signed, parts.sign, party.jdPublicKey)) return unbelieved('the signature does not fit');
  const root = readXml(parts.signed);
  const result = root === null ? null : readResult(root);
  if (root === null || result === null) return unbelieved('what is signed is not readable');
  const isSame =
    childText(root, 'version') === outer.version &&
    childText(root, 'merchant') === outer.merchant &&
    result.code === outer.code &&
    result.desc === outer.desc;
  return isSame ? { kind: 'message', ...result, root } : unbelieved('the outside says something else than the inside');
}

/** `<encrypt>` is base64 of the hex text. */
function readBase64(encrypted: string): string | null {
  const base64 = encrypted.replace(/\s+/g, '');
  const bytes = Buffer.from(base64, 'base64');
  return bytes.toString('base64') === base64 ? bytes.toString('latin1') : null;
}

/** The signature is cut out of the text as it came; a document of several lines is signed as one (JD Pay V2.0). */
function splitSign(text: string): { signed: string; sign: string } | null {
  const [found, second] = text.matchAll(SIGN);
  if (found === undefined || second !== undefined) return null;
  const signed = text
    .replace(found[0], '')
    .split(/\r?\n/)
    .map((line) => line.trim())
    .join('');
  return { signed, sign: found[1] ?? '' };
}

function readResult(root: XmlElement): { code: string; desc: string } | null {
  const result = root.children.find((child) => child.name === 'result');
  const code = result === undefined ? null : childText(result, 'code');
  if (result === undefined || code === null || !/^[0-9A-Za-z]{1,20}$/.test(code)) return null;
  return { code, desc: childText(result, 'desc') ?? '' };
}

function readUtf8(bytes: Buffer): string | null {
  try {
    return utf8.decode(bytes);
  } catch {
    return null;
  }
}

function unbelieved(reason: string): Opened {
  return { kind: 'unbelieved', reason };
}
