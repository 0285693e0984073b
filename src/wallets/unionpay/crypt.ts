import { constants, type KeyObject, privateDecrypt, publicEncrypt } from 'node:crypto';
import { assert } from '../../base/assert.ts';
import { signText } from './sign.ts';

/** What identifies a card holder, by UnionPay's names. Source: UnionPay 5.1.0. */
export interface CustomerInfo {
  /** 01 identity card, 02 officer, 03 passport, 04 home-return permit, 05 Taiwan permit, 06 police, 07 soldier, 99 other. */
  certifTp?: string;
  certifId?: string;
  customerNm?: string;
  smsCode?: string;
  /** Already sealed where it is a PIN block. */
  pin?: string;
  phoneNo?: string;
  cvn2?: string;
  /** YYMM. */
  expired?: string;
}

const SEALED_NAMES = ['phoneNo', 'cvn2', 'expired'] as const;

/** RSA with PKCS#1 v1.5 padding under UnionPay's encryption certificate, base64. */
export function seal(clear: string | Buffer, publicKey: KeyObject): string {
  const padding = constants.RSA_PKCS1_PADDING;
  return publicEncrypt({ key: publicKey, padding }, Buffer.from(clear)).toString('base64');
}

/**
 * Opens what UnionPay sealed for the merchant's key; null when it is not such a thing. Node refuses PKCS#1 v1.5 here, so
 * the raw block is opened and unpadded without branching on its content, and the caller must not tell others which it was.
 */
export function open(sealed: string, privateKey: KeyObject): Buffer | null {
  let block: Buffer;
  try {
    block = privateDecrypt({ key: privateKey, padding: constants.RSA_NO_PADDING }, Buffer.from(sealed, 'base64'));
  } catch {
    return null; // not as long as the key, or above its modulus
  }
  return unpad(block);
}

/** `base64({k=v&k=v})`, nothing sealed. */
export function customerInfo(info: CustomerInfo): string {
  return wrap(signText({ ...info }));
}

/** The same with phoneNo, cvn2 and expired sealed together as `encryptedInfo`. */
export function sealedCustomerInfo(info: CustomerInfo, publicKey: KeyObject): string {
  const clear: Record<string, string> = { ...info };
  const secret: Record<string, string> = {};
  for (const name of SEALED_NAMES) {
    if (clear[name] !== undefined) secret[name] = clear[name];
    delete clear[name];
  }
  if (Object.keys(secret).length > 0) clear['encryptedInfo'] = seal(signText(secret), publicKey);
  return wrap(signText(clear));
}

/** ISO 9564 format 0: the PIN field XOR the 12 rightmost digits of the card number without its check digit. 8 bytes. */
export function pinBlock(pin: string, cardNo: string): Buffer {
  assert(/^[0-9]{4,12}$/.test(pin), 'a PIN has 4 to 12 digits');
  assert(/^[0-9]{13,19}$/.test(cardNo), 'a card number has 13 to 19 digits');
  const pinField = Buffer.from(`0${pin.length.toString(16)}${pin}`.padEnd(16, 'F'), 'hex');
  const cardField = Buffer.from(`0000${cardNo.slice(-13, -1)}`, 'hex');
  return Buffer.from(pinField.map((byte, index) => byte ^ (cardField[index] ?? 0)));
}

function wrap(pairs: string): string {
  return Buffer.from(`{${pairs}}`).toString('base64');
}

/** 00 02, at least eight non-zero bytes, 00, the text. Every byte is looked at, whatever the others are. */
function unpad(block: Buffer): Buffer | null {
  let wrong = (block[0] ?? 1) | ((block[1] ?? 0) ^ 2);
  let zeroAt = 0;
  for (let index = 2; index < block.length; index++) {
    const isZero = Number(block[index] === 0);
    zeroAt += isZero * Number(zeroAt === 0) * index;
  }
  wrong |= Number(zeroAt < 10);
  return wrong === 0 ? block.subarray(zeroAt + 1) : null;
}
