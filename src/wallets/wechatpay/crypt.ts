import { createDecipheriv } from 'node:crypto';
import type { Secret } from '../../base/secret.ts';
import { type Json, textAt } from './parse.ts';

const TAG_BYTES = 16;

/**
 * Opens what WeChat Pay seals for the merchant: AES-256-GCM under the APIv3 key, the 16-byte tag behind the ciphertext.
 * Null when it is not sealed that way, or when one byte of it or of its associated data was changed. Source: WeChat Pay API v3.
 */
export function openSealed(sealed: Json, apiV3Key: Secret): Buffer | null {
  const bytes = Buffer.from(textAt(sealed, 'ciphertext'), 'base64');
  const nonce = Buffer.from(textAt(sealed, 'nonce'));
  if (textAt(sealed, 'algorithm') !== 'AEAD_AES_256_GCM' || nonce.length !== 12 || bytes.length < TAG_BYTES)
    return null;
  const decipher = createDecipheriv('aes-256-gcm', Buffer.from(apiV3Key.reveal()), nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(textAt(sealed, 'associated_data')));
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(0, -TAG_BYTES)), decipher.final()]); // final() checks the tag
  } catch {
    return null;
  }
}
