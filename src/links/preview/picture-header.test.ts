import { describe, expect, test } from 'vitest';
import { readPictureHeader } from './picture-header.ts';

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');
const long = (bytes: Buffer): Buffer => Buffer.concat([bytes, Buffer.alloc(40)]);

function png(width: number, height: number): Buffer {
  const bytes = long(hex('89504e470d0a1a0a 0000000d 49484452'));
  bytes.writeUInt32BE(width, 16);
  bytes.writeUInt32BE(height, 20);
  return bytes;
}

/** SOI, the segments that are wanted, then a progressive frame header of 320 by 200. */
const jpeg = (...segments: string[]): Buffer =>
  long(hex(`ffd8 ${segments.join('')} ffc2 0011 08 00c8 0140 03 012200 021101 031101`));

/** A frame of 320 by 200 with so many scans of a few bytes, in which a byte of the picture is 0xff, and then its end. */
function scanned(scans: number): Buffer {
  const frame = 'ffc2 0011 08 00c8 0140 03 012200 021101 031101';
  return hex(`ffd8 ${frame} ${'ffc4 0003 00 ffda 0008 01010001 3f00 7fff00 ffd0 aa '.repeat(scans)} ffd9`);
}

const EXIF_TURN_6 = 'ffe1 0022 457869660000 4949 2a00 08000000 0100 1201 0300 01000000 0600 0000 00000000';
const EXIF_TURN_8_BIG = 'ffe1 0022 457869660000 4d4d 002a 00000008 0001 0112 0003 00000001 0008 0000 00000000';

test.each([
  ['PNG', png(800, 600), { type: 'image/png', width: 800, height: 600, turn: 1 }],
  ['JPEG', jpeg(), { type: 'image/jpeg', width: 320, height: 200, turn: 1 }],
  [
    'JPEG with tables and filling first',
    jpeg('ffe0 0004 0000', 'ffff c4 0003 00'),
    { type: 'image/jpeg', width: 320, height: 200, turn: 1 },
  ],
  ['JPEG of as many scans as fit', scanned(64), { type: 'image/jpeg', width: 320, height: 200, turn: 1 }],
  [
    'JPEG with other things behind its end',
    Buffer.concat([scanned(10), scanned(100)]),
    { type: 'image/jpeg', width: 320, height: 200, turn: 1 },
  ],
  ['JPEG on its side', jpeg(EXIF_TURN_6), { type: 'image/jpeg', width: 320, height: 200, turn: 6 }],
  [
    'JPEG on its other side, written big end first',
    jpeg(EXIF_TURN_8_BIG),
    { type: 'image/jpeg', width: 320, height: 200, turn: 8 },
  ],
  [
    'JPEG whose Exif is cut off',
    jpeg('ffe1 000c 457869660000 49492a00'),
    { type: 'image/jpeg', width: 320, height: 200, turn: 1 },
  ],
  [
    'WebP, extended',
    long(hex('52494646 00000000 57454250 56503858 0a000000 00000000 3f0000 2f0000')),
    { type: 'image/webp', width: 64, height: 48, turn: 1 },
  ],
  [
    'WebP, lossless',
    long(hex('52494646 00000000 57454250 5650384c 00000000 2f 3fc00b00')),
    { type: 'image/webp', width: 64, height: 48, turn: 1 },
  ],
  [
    'WebP, lossy',
    long(hex('52494646 00000000 57454250 56503820 00000000 300100 9d012a 4000 3000')),
    { type: 'image/webp', width: 64, height: 48, turn: 1 },
  ],
])('%s', (_name, bytes, header) => {
  expect(readPictureHeader(bytes)).toEqual(header);
});

describe('what is none', () => {
  test.each([
    ['nothing', Buffer.alloc(0)],
    ['a page', Buffer.from('<!doctype html><script>alert(1)</script>'.repeat(4))],
    ['an SVG', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"></svg>'.repeat(2))],
    ['a GIF', long(Buffer.from('GIF89a'))],
    ['a PNG that is cut off', png(10, 10).subarray(0, 20)],
    ['a PNG that says 100,000 by 100,000', png(100_000, 100_000)],
    ['a PNG of 12,000 by 12,000', png(12_000, 12_000)],
    ['a PNG without width', png(0, 10)],
    ['a JPEG of 65 scans', scanned(65)],
    ['a JPEG of 50,000 scans', scanned(50_000)],
    ['a JPEG without a frame', long(hex('ffd8 ffda 0008 01010000 3f00'))],
    ['a JPEG with a segment of no length', long(hex('ffd8 ffe0 0000'))],
    ['a RIFF that is no WebP', long(hex('52494646 00000000 57415645 666d7420'))],
  ])('%s', (_name, bytes) => {
    expect(readPictureHeader(bytes)).toBeNull();
  });

  test('every beginning of a picture is read without an error', () => {
    for (const whole of [png(5, 5), jpeg(EXIF_TURN_6), jpeg(EXIF_TURN_8_BIG), scanned(3)])
      for (let length = 0; length < whole.length; length++) readPictureHeader(whole.subarray(0, length));
  });
});
