import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { runInThisContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { withMemoryBound } from './bound-wasm-memory.ts';
import { decodeWebp } from './decode-webp.ts';
import { drawCard } from './draw-card.ts';
import { drawPicture } from './draw-picture.ts';
import { openLinkCards } from './link-cards.ts';
import { readPictureHeader } from './picture-header.ts';
import { fetchDeps, pictureOf } from './test-deps.ts';
import { testReadyLink } from './test-ready-link.ts';
import { GLASS_WEBP, LOSSLESS_WEBP, LOSSY_WEBP, movingWebp, simpleWebp } from './test-webp.ts';
import { ManualClock } from '../../base/clock.ts';
import { LINK_PICTURE_AS_IS_BYTES_MAX } from '../../base/link-limits.ts';
import { readWebpFrame } from './webp-frame.ts';

function colourAt({ width, rgba }: { width: number; rgba: Buffer }, x: number, y: number): number[] {
  const at = (y * width + x) * 4;
  return [...rgba.subarray(at, at + 4)];
}

/** Red and blue to within what lossy pixels differ. */
function isNear(colour: number[], wanted: number[]): boolean {
  return colour.every((value, at) => Math.abs(value - (wanted[at] ?? 0)) <= 12);
}

const RED = [255, 0, 0, 255];
const BLUE = [0, 0, 255, 255];

/** The picture's data say this size; the extended header, where there is one, says what it said. */
function lossyOf(bytes: Buffer, width: number, height: number): Buffer {
  const lying = Buffer.from(bytes);
  const at = lying.indexOf('VP8 ') + 14;
  lying.writeUInt16LE(width, at);
  lying.writeUInt16LE(height, at + 2);
  return lying;
}

describe('a WebP picture', () => {
  test.each([
    ['lossy', LOSSY_WEBP],
    ['lossless', LOSSLESS_WEBP],
    ['lossy, as a simple file', simpleWebp(LOSSY_WEBP)],
    ['lossless, as a simple file', simpleWebp(LOSSLESS_WEBP)],
  ])('fills its box, made smaller and made larger: %s', async (_name, bytes) => {
    for (const box of [
      { width: 64, height: 48 },
      { width: 16, height: 12 },
      { width: 200, height: 150 },
    ]) {
      const drawn = await drawPicture(bytes, box);
      expect({ width: drawn?.width, height: drawn?.height }).toEqual(box);
      for (const y of [0, box.height - 1]) {
        expect(drawn && isNear(colourAt(drawn, 0, y), RED)).toBe(true);
        expect(drawn && isNear(colourAt(drawn, box.width - 1, y), BLUE)).toBe(true);
      }
    }
  });

  test('that is too wide or too high is cut on both sides alike', async () => {
    for (const box of [
      { width: 20, height: 60 },
      { width: 60, height: 20 },
    ]) {
      const drawn = await drawPicture(LOSSLESS_WEBP, box);
      const [left, right] = drawn ? [colourAt(drawn, 1, 10), colourAt(drawn, box.width - 2, 10)] : [];
      expect([left, right]).toEqual([RED, BLUE]);
    }
  });

  test('that is half transparent has its colours multiplied, as those of other pictures are', async () => {
    const drawn = await drawPicture(GLASS_WEBP, { width: 30, height: 20 });
    const [red, green, blue, opacity] = drawn ? colourAt(drawn, 15, 10) : [];
    expect([red, green, blue].every((value) => (value ?? 255) <= 4)).toBe(true);
    expect(opacity).toBeGreaterThan(120);
    expect(opacity).toBeLessThan(135);
  });

  test('stands on the card where a PNG would stand', async () => {
    const card = await drawCard(testReadyLink(), { productImage: LOSSLESS_WEBP, shape: 'wide' });
    const without = await drawCard(testReadyLink(), { productImage: null, shape: 'wide' });
    expect(card.equals(without)).toBe(false);
  });

  test('that is too large for a page is made smaller for it, and one that moves is left out', async () => {
    const deps = fetchDeps(new ManualClock(new Date('2026-03-01T08:00:00Z')));
    const ready = testReadyLink({ imageUrl: 'https://shop.example/cup' });
    const padded = (bytes: Buffer) => {
      const profile = Buffer.concat([
        Buffer.from('ALPH\0\0\0\0', 'latin1'),
        Buffer.alloc(LINK_PICTURE_AS_IS_BYTES_MAX),
      ]);
      profile.writeUInt32LE(LINK_PICTURE_AS_IS_BYTES_MAX, 4);
      const whole = Buffer.concat([bytes, profile]);
      whole.writeUInt32LE(whole.length - 8, 4);
      return whole;
    };
    deps.answer = () => pictureOf(padded(LOSSLESS_WEBP), { type: 'image/webp' });
    const sent = await openLinkCards(deps).picture(ready);
    expect([sent?.type, sent?.body.readUInt32BE(16), sent?.body.readUInt32BE(20)]).toEqual(['image/png', 64, 48]);
    deps.answer = () => pictureOf(padded(movingWebp(LOSSLESS_WEBP)), { type: 'image/webp' });
    expect(await openLinkCards(deps).picture(ready)).toBeNull();
  });
});

describe('what is not decoded', () => {
  test.each([
    ['one that moves', movingWebp(LOSSLESS_WEBP)],
    ['one whose data end early', LOSSLESS_WEBP.subarray(0, -8)],
    ['one whose data are noise', Buffer.concat([LOSSLESS_WEBP.subarray(0, 43), Buffer.alloc(100, 0xa5)])],
    ['one without a picture', Buffer.concat([LOSSY_WEBP.subarray(0, 30), Buffer.alloc(20)])],
    ['one whose data are larger than its header says', lossyOf(LOSSY_WEBP, 4000, 4000)],
    ['one of more pixels than are decoded', lossyOf(simpleWebp(LOSSY_WEBP), 8000, 8000)],
    ['one that says it is larger than it is', lossyOf(simpleWebp(LOSSY_WEBP), 400, 300)],
    ['a PNG’s beginning', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')],
    ['nothing', Buffer.alloc(0)],
  ])('%s', async (_name, bytes) => {
    expect(await decodeWebp(bytes, { width: 30, height: 20 })).toBeNull();
  });

  test('leaves nothing behind for the next picture', async () => {
    const box = { width: 64, height: 48 };
    const alone = await decodeWebp(LOSSY_WEBP, box);
    const bad = Buffer.concat([LOSSY_WEBP.subarray(0, 60), Buffer.alloc(82, 0xff)]);
    const together = await Promise.all([bad, LOSSY_WEBP, bad, LOSSY_WEBP].map((bytes) => decodeWebp(bytes, box)));
    expect(together[1]?.rgba.equals(alone?.rgba ?? Buffer.alloc(0))).toBe(true);
    expect(together[3]?.rgba.equals(alone?.rgba ?? Buffer.alloc(0))).toBe(true);
  });

  test('made-up bytes never break anything, and give a picture of the wanted size or none', async () => {
    const places = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 8 });
    const box = { width: 16, height: 12 };
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(LOSSY_WEBP, LOSSLESS_WEBP, GLASS_WEBP), places, async (bytes, changes) => {
        const bad = Buffer.from(bytes);
        for (const [at, value] of changes) bad[30 + (at % (bad.length - 30))] = value;
        const [header, drawn] = [readPictureHeader(bad), await drawPicture(bad, box)];
        if (drawn !== null) expect([header?.type, drawn.rgba.length]).toEqual(['image/webp', 16 * 12 * 4]);
      }),
      { numRuns: 40 },
    );
  });
});

describe('the size of a WebP picture', () => {
  test.each([
    ['lossy', LOSSY_WEBP, { width: 64, height: 48 }],
    ['lossless, as a simple file', simpleWebp(LOSSLESS_WEBP), { width: 64, height: 48 }],
    ['with another said before it', lossyOf(LOSSY_WEBP, 65, 48), null],
    ['that moves', movingWebp(LOSSY_WEBP), null],
    ['of a lossless picture without its signature', simpleWebp(LOSSLESS_WEBP).fill(0, 20, 21), null],
  ])('%s', (_name, bytes, frame) => {
    expect(readWebpFrame(bytes)).toEqual(frame);
  });

  test('every beginning is read without an error', () => {
    for (const whole of [LOSSY_WEBP, LOSSLESS_WEBP, GLASS_WEBP, movingWebp(LOSSY_WEBP)])
      for (let length = 0; length < whole.length; length++) readWebpFrame(whole.subarray(0, length));
  });
});

test('the decoder grows up to its bound and no further', () => {
  const wasm = readFileSync(createRequire(import.meta.url).resolve('@cwasm/webp/webp.wasm'));
  // What the text below evaluates to; the types of this project know no WebAssembly.
  const grow = runInThisContext(`(wasm, pages) => {
    const none = () => 0;
    const stubs = { wasi_snapshot_preview1: { fd_close: none, fd_seek: none, fd_write: none } };
    const { memory } = new WebAssembly.Instance(new WebAssembly.Module(wasm), stubs).exports;
    try { memory.grow(pages - memory.buffer.byteLength / 65536); } catch { return 'refused'; }
    return memory.buffer.byteLength / 65536;
  }`) as (wasm: Buffer, pages: number) => number | 'refused'; // see above
  expect(grow(wasm, 301)).toBe(301);
  for (const pages of [10, 300]) {
    expect(grow(withMemoryBound(wasm, pages), pages)).toBe(pages);
    expect(grow(withMemoryBound(wasm, pages), pages + 1)).toBe('refused');
  }
});
