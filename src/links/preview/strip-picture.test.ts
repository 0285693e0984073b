import { crc32 } from 'node:zlib';
import { Resvg } from '@resvg/resvg-js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readPictureHeader } from './picture-header.ts';
import { stripPicture } from './strip-picture.ts';
import { testJpeg } from './test-jpeg.ts';

/** What must not be there afterwards, wherever it was put. */
const SECRET = 'GPS 31.2304 121.4737 Zhang San';

const PNG = new Resvg(
  '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="6"><rect width="8" height="6" fill="#0a0"/></svg>',
)
  .render()
  .asPng();

function chunk(name: string, text: string): Buffer {
  const data = Buffer.from(name + text, 'latin1');
  const head = Buffer.alloc(4);
  head.writeUInt32BE(text.length);
  const tail = Buffer.alloc(4);
  tail.writeUInt32BE(crc32(data));
  return Buffer.concat([head, data, tail]);
}

/** Behind the header: 8 of the signature, 25 of IHDR. */
const pngWith = (...chunks: Buffer[]) => Buffer.concat([PNG.subarray(0, 33), ...chunks, PNG.subarray(33)]);

function segment(marker: number, text: string): Buffer {
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(text.length + 2, 2);
  return Buffer.concat([head, Buffer.from(text, 'latin1')]);
}

const JPEG = testJpeg(1);
const jpegWith = (...segments: Buffer[]) => Buffer.concat([JPEG.subarray(0, 2), ...segments, JPEG.subarray(2)]);

function riff(...chunks: [string, Buffer][]): Buffer {
  const body = Buffer.concat(
    chunks.map(([name, data]) => {
      const head = Buffer.from(`${name}\0\0\0\0`, 'latin1');
      head.writeUInt32LE(data.length, 4);
      return Buffer.concat([head, data, Buffer.alloc(data.length % 2)]);
    }),
  );
  const file = Buffer.concat([Buffer.from('RIFF\0\0\0\0WEBP', 'latin1'), body]);
  file.writeUInt32LE(body.length + 4, 4);
  return file;
}

const VP8L = Buffer.from('2f00000010071011118888fe0700', 'hex');
/** 1 by 1 pixels; profile, alpha, Exif and XMP are said to be there. */
const VP8X = Buffer.from('3c000000000000000000', 'hex');
const WEBP = riff(
  ['VP8X', VP8X],
  ['ICCP', Buffer.from('profile')],
  ['VP8L', VP8L],
  ['EXIF', Buffer.from(SECRET)],
  ['XMP ', Buffer.from(SECRET)],
);

function pixelsOf(type: string, bytes: Buffer): Buffer {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="64" height="48"><image width="64" height="48" preserveAspectRatio="none" href="data:${type};base64,${bytes.toString('base64')}"/></svg>`;
  return new Resvg(svg, { font: { loadSystemFonts: false } }).render().asPng();
}

describe('what is written beside a picture', () => {
  test.each([
    ['texts of a PNG', pngWith(chunk('tEXt', `Author\0${SECRET}`), chunk('iTXt', SECRET), chunk('zTXt', SECRET))],
    ['Exif and time of a PNG', pngWith(chunk('eXIf', SECRET), chunk('tIME', '1234567'), chunk('prIv', SECRET))],
    ['what follows a PNG', Buffer.concat([PNG, Buffer.from(SECRET)])],
    [
      'Exif, XMP and IPTC of a JPEG',
      jpegWith(
        segment(0xe1, `Exif\0\0${SECRET}`),
        segment(0xe1, `http://ns.adobe.com/xap/1.0/\0${SECRET}`),
        segment(0xed, `Photoshop 3.0\0${SECRET}`),
      ),
    ],
    [
      'a comment of a JPEG, and segments nobody knows',
      jpegWith(segment(0xfe, SECRET), segment(0xef, SECRET), segment(0xe2, `MPF\0${SECRET}`)),
    ],
    ['what follows a JPEG', Buffer.concat([JPEG, Buffer.from(SECRET)])],
    ['Exif and XMP of a WebP', WEBP],
    ['what follows a WebP', Buffer.concat([WEBP, Buffer.from(SECRET)])],
  ])('goes: %s', (_name, bytes) => {
    expect(bytes.toString('latin1')).toContain(SECRET);
    const bare = stripPicture(bytes);
    expect(bare?.toString('latin1')).not.toContain(SECRET);
    const { type, width, height } = readPictureHeader(bytes) ?? {};
    expect(readPictureHeader(bare ?? Buffer.alloc(0))).toMatchObject({ type, width, height });
  });

  test('leaves the same pixels, and nothing to take away a second time', () => {
    for (const [type, bytes] of [
      ['image/png', pngWith(chunk('tEXt', `Author\0${SECRET}`))],
      ['image/jpeg', jpegWith(segment(0xfe, SECRET))],
    ] as const) {
      const bare = stripPicture(bytes) ?? Buffer.alloc(0);
      expect(pixelsOf(type, bare).equals(pixelsOf(type, bytes)), type).toBe(true);
      expect(stripPicture(bare)).toEqual(bare);
    }
    expect(stripPicture(PNG)).toEqual(PNG);
    const webp = stripPicture(WEBP) ?? Buffer.alloc(0);
    expect(webp).toEqual(
      riff(['VP8X', Buffer.from('30000000000000000000', 'hex')], ['ICCP', Buffer.from('profile')], ['VP8L', VP8L]),
    );
    expect(stripPicture(webp)).toEqual(webp);
  });

  test('a JPEG that lacks its end gets one, and a WebP that moves goes on moving', () => {
    expect(stripPicture(JPEG.subarray(0, -2))).toEqual(stripPicture(JPEG));
    const flags = Buffer.from('1e000000000000000000', 'hex');
    const frames = [
      ['ANIM', Buffer.alloc(6)],
      ['ANMF', Buffer.alloc(16)],
    ] as [string, Buffer][];
    const moving = riff(['VP8X', flags], ...frames, ['XMP ', Buffer.from(SECRET)]);
    expect(stripPicture(moving)).toEqual(riff(['VP8X', Buffer.from('12000000000000000000', 'hex')], ...frames));
  });

  test.each([1, 2, 3, 4, 5, 6, 7, 8])('but how the phone was held, %i', (turn) => {
    const bare = stripPicture(testJpeg(turn)) ?? Buffer.alloc(0);
    expect(readPictureHeader(bare)?.turn).toBe(turn);
    expect(bare.includes('Exif')).toBe(turn !== 1);
    expect(bare.includes('ICC_PROFILE')).toBe(true);
  });

  test('is no picture where it cannot be walked to its end', () => {
    for (const [name, bytes] of [
      ['a cut PNG', PNG.subarray(0, -1)],
      [
        'a PNG whose chunk is longer than the file',
        pngWith(Buffer.concat([Buffer.from('7fffffff', 'hex'), Buffer.from('tEXt')])),
      ],
      ['a PNG with a chunk that nobody knows and everybody needs', pngWith(chunk('ABCD', 'x'))],
      ['a JPEG cut before its picture', JPEG.subarray(0, 400)],
      [
        'a JPEG whose segment is longer than the file',
        Buffer.concat([JPEG.subarray(0, -2), Buffer.from('ffedffff', 'hex')]),
      ],
      ['a JPEG in a JPEG', Buffer.concat([JPEG.subarray(0, -2), JPEG])],
      ['a cut WebP', WEBP.subarray(0, -1)],
      ['a WebP without pixels', riff(['VP8X', VP8X], ['EXIF', Buffer.from(SECRET)])],
      ['nothing', Buffer.alloc(0)],
      ['a page', Buffer.from('<html>'.repeat(20))],
    ] as const)
      expect(stripPicture(bytes), name).toBeNull();
  });

  test('never breaks on made-up bytes, nor lets any of them grow', () => {
    const places = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 12 });
    const whole = [pngWith(chunk('tEXt', SECRET)), jpegWith(segment(0xe1, `Exif\0\0${SECRET}`)), testJpeg(6), WEBP];
    fc.assert(
      fc.property(fc.constantFrom(...whole), places, fc.nat(), (bytes, changes, cut) => {
        const bad = Buffer.from(bytes);
        for (const [at, value] of changes) bad[at % bad.length] = value;
        const given = cut % 3 === 0 ? bad.subarray(0, cut % bad.length) : bad;
        const bare = stripPicture(given);
        if (bare !== null) expect(bare.length).toBeLessThanOrEqual(given.length + 40);
      }),
      { numRuns: 3000 },
    );
  });
});
