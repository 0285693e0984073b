/* WebP pictures of 64 by 48 pixels, made by a browser, their colour profiles taken out. */

/** Red at the left, blue at the right: the extended header, then lossy pixels. */
export const LOSSY_WEBP = Buffer.from(
  'UklGRnoAAABXRUJQVlA4WAoAAAAAAAAAPwAALwAAVlA4IFwAAABQBQCdASpAADAAPm0ylUckIyIhKqgAgA2JYwDUEY3+AfiBpgPxJ/WbcQADLy7rGtHni2AA/vCbJem+c6MBjvXwv4Ybt4Pj8eboHF8rYp9tOPo8z1Jf8ubAAAAAAA==',
  'base64',
);

/** The same, lossless. */
export const LOSSLESS_WEBP = Buffer.from(
  'UklGRjgAAABXRUJQVlA4WAoAAAAAAAAAPwAALwAAVlA4TBoAAAAvP8ALAA8Q87//8x8OxILJ/KVT6Izof1TBdg==',
  'base64',
);

/** Black, half transparent: lossy pixels and how opaque they are. */
export const GLASS_WEBP = Buffer.from(
  'UklGRmIAAABXRUJQVlA4WAoAAAAQAAAAPwAALwAAQUxQSBAAAAABB1DAiAgACeH/ejGi/6kfVlA4ICwAAABQAwCdASpAADAAPm02mEkkIyKhIqgAgA2JaQAAE/GOHwhFgAD++5zAAAAAAA==',
  'base64',
);

const EXTENDED_HEADER_BYTES = 18;
const RIFF_BYTES = 12;

/** The same without the extended header, as simple files have it. */
export function simpleWebp(bytes: Buffer): Buffer {
  return riffOf(bytes.subarray(RIFF_BYTES + EXTENDED_HEADER_BYTES));
}

/** The same as one frame of a picture that moves. */
export function movingWebp(bytes: Buffer): Buffer {
  const header = Buffer.from(bytes.subarray(RIFF_BYTES, RIFF_BYTES + EXTENDED_HEADER_BYTES));
  header[8] = 0x02;
  const pixels = bytes.subarray(RIFF_BYTES + EXTENDED_HEADER_BYTES);
  const frame = Buffer.concat([Buffer.from('0000000000003f00002f0000640000', 'hex'), Buffer.alloc(1), pixels]);
  return riffOf(Buffer.concat([header, chunk('ANIM', Buffer.alloc(6)), chunk('ANMF', frame)]));
}

function riffOf(chunks: Buffer): Buffer {
  return chunk('RIFF', Buffer.concat([Buffer.from('WEBP', 'latin1'), chunks]));
}

function chunk(name: string, data: Buffer): Buffer {
  const head = Buffer.from(`${name}\0\0\0\0`, 'latin1');
  head.writeUInt32LE(data.length, 4);
  return Buffer.concat([head, data, Buffer.alloc(data.length % 2)]);
}
