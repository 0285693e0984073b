import { constants, createHash, type KeyObject, privateDecrypt, publicEncrypt, timingSafeEqual } from 'node:crypto';

/*
 * JD Pay V2.0, signature: the SHA-256 of the text in lower-case hex, as a PKCS#1 v1.5 block of type 1 and without any
 * DigestInfo, raised to the private exponent. The block is built and taken apart by hand here.
 */

export function sign(text: string, privateKey: KeyObject): string {
  const block = toBlock(text, sizeBytes(privateKey));
  return privateDecrypt({ key: privateKey, padding: constants.RSA_NO_PADDING }, block).toString('base64');
}

export function isSigned(text: string, signature: string, publicKey: KeyObject): boolean {
  const bytes = Buffer.from(signature, 'base64');
  const size = sizeBytes(publicKey);
  if (bytes.length !== size || bytes.toString('base64') !== signature) return false;
  try {
    const block = publicEncrypt({ key: publicKey, padding: constants.RSA_NO_PADDING }, bytes);
    return timingSafeEqual(block, toBlock(text, size));
  } catch {
    return false; // above the modulus
  }
}

/** A form's text: what is not empty, by name, but `sign`. */
export function formText(fields: ReadonlyMap<string, string>): string {
  const names = [...fields.keys()].filter((name) => name !== 'sign' && fields.get(name) !== '');
  names.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  return names.map((name) => `${name}=${fields.get(name)}`).join('&');
}

/** 00 01, FF as often as it fits, 00, the 64 letters. */
function toBlock(text: string, size: number): Buffer {
  const letters = Buffer.from(createHash('sha256').update(text, 'utf8').digest('hex'), 'latin1');
  const block = Buffer.alloc(size, 0xff);
  block[0] = 0;
  block[1] = 1;
  block[size - letters.length - 1] = 0;
  letters.copy(block, size - letters.length);
  return block;
}

function sizeBytes(key: KeyObject): number {
  return (key.asymmetricKeyDetails?.modulusLength ?? 0) / 8;
}
