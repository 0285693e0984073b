import { type Cipher, createCipheriv, createDecipheriv, type Decipher } from 'node:crypto';

/*
 * JD Pay V2.0, Triple DES in ECB: the text behind its length in four bytes, filled up with zeros to a multiple of eight,
 * printed in lower-case hex. ECB is nothing but every block for itself, which is how it is done here.
 */
const BLOCK = 8;
const NOTHING = Buffer.alloc(BLOCK);

export function seal(text: string, key: Buffer): string {
  const data = Buffer.from(text, 'utf8');
  const length = Buffer.from([data.length >>> 24, data.length >>> 16, data.length >>> 8, data.length]);
  const fill = Buffer.alloc((BLOCK - ((data.length + length.length) % BLOCK)) % BLOCK);
  const clear = Buffer.concat([length, data, fill]);
  return eachBlock(clear, () => createCipheriv('des-ede3-cbc', key, NOTHING)).toString('hex');
}

/** Null for everything that `seal` cannot have made with this key. */
export function unseal(hex: string, key: Buffer): string | null {
  if (hex.length === 0 || hex.length % (2 * BLOCK) !== 0 || /[^0-9a-f]/.test(hex)) return null;
  const clear = eachBlock(Buffer.from(hex, 'hex'), () => createDecipheriv('des-ede3-cbc', key, NOTHING));
  const length = clear.readUInt32BE(0);
  const isWhole = length <= clear.length - 4 && clear.length - 4 - length < BLOCK;
  if (!isWhole || clear.subarray(4 + length).some(Boolean)) return null;
  const data = clear.subarray(4, 4 + length);
  const text = data.toString('utf8');
  return Buffer.from(text, 'utf8').equals(data) ? text : null;
}

function eachBlock(bytes: Buffer, make: () => Cipher | Decipher): Buffer {
  const blocks: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += BLOCK) {
    blocks.push(
      make()
        .setAutoPadding(false)
        .update(bytes.subarray(at, at + BLOCK)),
    );
  }
  return Buffer.concat(blocks);
}
