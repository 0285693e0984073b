import { setImmediate } from 'node:timers/promises';
import { promisify } from 'node:util';
import { crc32, deflate } from 'node:zlib';
import { assert } from '../../base/assert.ts';

/** Pixels row by row, four bytes each: red, green, blue, and how opaque it is. */
export interface Pixels {
  width: number;
  height: number;
  rgba: Buffer;
}

/** Rows worked on before others are let in: about a millisecond. */
const ROWS_AT_A_TIME = 8;

const packed = promisify(deflate);

/**
 * An opaque PNG, 8 bits a colour (ISO/IEC 15948). resvg has an encoder, but one that holds everything up for some 15 ms; here the rows are filtered
 * a few at a time and packed on a thread of zlib's. What is transparent is shown on white.
 */
export async function encodePng({ width, height, rgba }: Pixels): Promise<Buffer> {
  assert(width > 0 && height > 0 && rgba.length === width * height * 4, 'there is a colour for every pixel');
  const rowBytes = width * 3;
  const filtered = Buffer.alloc((rowBytes + 1) * height);
  let above: Uint8Array = new Uint8Array(rowBytes);
  for (let y = 0; y < height; y++) {
    if (y % ROWS_AT_A_TIME === ROWS_AT_A_TIME - 1) await setImmediate();
    const row = opaqueRow(rgba, y * width * 4, width);
    filterRow(row, above, filtered, y * (rowBytes + 1));
    above = row;
  }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2, 0, 0, 0], 8); // 8 bits, true colour, deflate, adaptive filters, not interlaced
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', head),
    chunk('IDAT', await packed(filtered, { level: 7 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function opaqueRow(rgba: Buffer, from: number, width: number): Uint8Array {
  const row = new Uint8Array(width * 3);
  for (let x = 0, at = from, to = 0; x < width; x++, at += 4, to += 3) {
    const white = 255 - (rgba[at + 3] ?? 255); // resvg hands out colours that are multiplied by their opacity already
    row[to] = (rgba[at] ?? 0) + white;
    row[to + 1] = (rgba[at + 1] ?? 0) + white;
    row[to + 2] = (rgba[at + 2] ?? 0) + white;
  }
  return row;
}

/** PNG, 9.2: the filter whose differences are the smallest in sum packs best as a rule. Pixels are three bytes. */
function filterRow(row: Uint8Array, above: Uint8Array, out: Buffer, at: number): void {
  const sums = [0, 0, 0];
  for (let i = 0; i < row.length; i++) {
    const value = row[i] ?? 0;
    const left = i < 3 ? 0 : (row[i - 3] ?? 0);
    const up = above[i] ?? 0;
    const corner = i < 3 ? 0 : (above[i - 3] ?? 0);
    sums[0] = (sums[0] ?? 0) + size(value - left);
    sums[1] = (sums[1] ?? 0) + size(value - up);
    sums[2] = (sums[2] ?? 0) + size(value - paeth(left, up, corner));
  }
  const best = sums.indexOf(Math.min(...sums));
  out[at] = [1, 2, 4][best] ?? 1;
  for (let i = 0; i < row.length; i++) {
    const value = row[i] ?? 0;
    const left = i < 3 ? 0 : (row[i - 3] ?? 0);
    const up = above[i] ?? 0;
    const corner = i < 3 ? 0 : (above[i - 3] ?? 0);
    const guess = best === 0 ? left : best === 1 ? up : paeth(left, up, corner);
    out[at + 1 + i] = (value - guess) & 255;
  }
}

/** A difference of bytes as a signed one. */
function size(difference: number): number {
  const byte = difference & 255;
  return byte > 127 ? 256 - byte : byte;
}

/** PNG, 9.4. */
function paeth(left: number, up: number, corner: number): number {
  const guess = left + up - corner;
  const [byLeft, byUp, byCorner] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)];
  if (byLeft <= byUp && byLeft <= byCorner) return left;
  return byUp <= byCorner ? up : corner;
}

function chunk(type: string, bytes: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), bytes]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(bytes.length, 0);
  frame.writeUInt32BE(crc32(named), 4);
  return Buffer.concat([frame.subarray(0, 4), named, frame.subarray(4)]);
}
