import type { UnionpayConfig } from './config.ts';
import { type Fields, readPairs } from './parse.ts';
import { isSignedRsa, isSignedShared, signText } from './sign.ts';

/** Null when UnionPay has signed exactly these fields; else why they are not believed. */
export function whyNotBelieved(config: UnionpayConfig, fields: Fields, at: Date): string | null {
  if (fields['version'] !== '5.1.0') return 'another version than 5.1.0'; // older ones are signed with SHA-1
  if (fields['signMethod'] !== config.signing.method) return 'another signMethod than the merchant has';
  const reason = whyNotSigned(config, fields, at);
  if (reason !== null) return reason;
  return readsBackTheSame(fields) ? null : 'the signed text can be read in another way';
}

function whyNotSigned(config: UnionpayConfig, fields: Fields, at: Date): string | null {
  const { signing } = config;
  if (signing.method !== '01') {
    const isSigned = isSignedShared(fields, signing.method, signing.secureKey.reveal());
    return isSigned ? null : 'the signature does not fit';
  }
  const key = signing.trust.signerKey(fields['signPubKeyCert'] ?? '', at);
  if (typeof key === 'string') return key;
  return isSignedRsa(fields, key) ? null : 'the signature does not fit';
}

/**
 * The signed text joins names and values without escaping, so another set of fields may sign to the same text: a value
 * `{a=1&respCode=00}` can be cut in two. Only the reading that the documented rule gives is believed. That rule too would cut
 * a bare `x&respCode=00`, so we never send a text of somebody else's in a field that UnionPay echoes.
 */
function readsBackTheSame(fields: Fields): boolean {
  const read = readPairs(signText(fields));
  if (read === null) return false;
  const names = Object.keys(fields).filter((name) => name !== 'signature' && fields[name] !== '');
  return names.length === Object.keys(read).length && names.every((name) => read[name] === fields[name]);
}
