import { setImmediate } from 'node:timers/promises';
import { renderAsync } from '@resvg/resvg-js';
import { assert } from '../../base/assert.ts';
import { decodeWebp } from './decode-webp.ts';
import type { Pixels } from './encode-png.ts';
import { type PictureHeader, readPictureHeader } from './picture-header.ts';

/** Drawn so many times as wide and averaged afterwards: a large photograph made small at once would flicker. */
const FINER = 2;

/** SVG drawn into pixels on a thread of its own. Nothing is looked up: no fonts, no files, no addresses. */
export async function rasterize(svg: string): Promise<Pixels> {
  const { width, height, pixels } = await renderAsync(svg, {
    font: { loadSystemFonts: false },
    logLevel: 'off',
  });
  return { width, height, rgba: pixels };
}

/**
 * A picture of a shop's as pixels that fill a box, upright, what does not fit cut off evenly; null where it cannot be decoded, or is nothing but
 * transparent. resvg decodes PNG and JPEG; WebP it does not, so those are decoded and fitted on a thread of ours.
 */
export async function drawPicture(bytes: Buffer, box: { width: number; height: number }): Promise<Pixels | null> {
  const header = readPictureHeader(bytes);
  if (header === null) return null;
  if (header.type === 'image/webp') {
    const fitted = await decodeWebp(bytes, box);
    return fitted === null || isEmpty(fitted) ? null : fitted;
  }
  const fine = { width: box.width * FINER, height: box.height * FINER };
  const drawn = await rasterize(pictureSvg(bytes, header, fine));
  assert(drawn.width === fine.width && drawn.height === fine.height, 'it is drawn as large as it was wanted');
  return isEmpty(drawn) ? null : await halve(drawn);
}

/** The size at which a picture fits within `sideMax`, upright; never larger than it is. */
export function fittingSize(
  { width, height, turn }: PictureHeader,
  sideMax: number,
): { width: number; height: number } {
  const [wide, high] = turn >= 5 ? [height, width] : [width, height];
  const scale = Math.min(1, sideMax / Math.max(wide, high));
  return { width: Math.max(1, Math.round(wide * scale)), height: Math.max(1, Math.round(high * scale)) };
}

/** How Exif's orientations are put right, for a picture of width and height 1 (Exif 2.3, 4.6.4 A). */
const TURNS: readonly string[] = [
  '1 0 0 1 0 0',
  '-1 0 0 1 1 0',
  '-1 0 0 -1 1 1',
  '1 0 0 -1 0 1',
  '0 1 1 0 0 0',
  '0 1 -1 0 1 0',
  '0 -1 -1 0 1 1',
  '0 -1 1 0 0 1',
];

function pictureSvg(
  bytes: Buffer,
  { type, width, height, turn }: PictureHeader,
  box: { width: number; height: number },
) {
  const [wide, high] = turn >= 5 ? [height, width] : [width, height];
  const scale = Math.max(box.width / wide, box.height / high);
  const [drawnWidth, drawnHeight] = [wide * scale, high * scale];
  const [x, y] = [(box.width - drawnWidth) / 2, (box.height - drawnHeight) / 2];
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${box.width}" height="${box.height}">` +
    `<g transform="translate(${x} ${y}) scale(${drawnWidth} ${drawnHeight}) matrix(${TURNS[turn - 1] ?? TURNS[0]})">` +
    `<image width="1" height="1" preserveAspectRatio="none" href="data:${type};base64,${bytes.toString('base64')}"/></g></svg>`
  );
}

function isEmpty({ rgba }: Pixels): boolean {
  for (let at = 3; at < rgba.length; at += 4) if (rgba[at] !== 0) return false;
  return true;
}

/** Each pixel becomes the mean of four. */
async function halve({ width, height, rgba }: Pixels): Promise<Pixels> {
  const [wide, high] = [width / FINER, height / FINER];
  const out = Buffer.alloc(wide * high * 4);
  for (let y = 0; y < high; y++) {
    if (y % 32 === 31) await setImmediate();
    const [upper, lower] = [y * 2 * width * 4, (y * 2 + 1) * width * 4];
    for (let x = 0; x < wide; x++) {
      const [a, to] = [x * 8, (y * wide + x) * 4];
      for (let colour = 0; colour < 4; colour++) {
        const at = a + colour;
        const sum =
          (rgba[upper + at] ?? 0) + (rgba[upper + at + 4] ?? 0) + (rgba[lower + at] ?? 0) + (rgba[lower + at + 4] ?? 0);
        out[to + colour] = (sum + 2) >> 2;
      }
    }
  }
  return { width: wide, height: high, rgba: out };
}

/** Puts one picture into another; it must lie within it. */
export function place(onto: Pixels, picture: Pixels, x: number, y: number): void {
  assert(x >= 0 && y >= 0 && x + picture.width <= onto.width && y + picture.height <= onto.height, 'it fits');
  for (let row = 0; row < picture.height; row++) {
    const from = row * picture.width * 4;
    picture.rgba.copy(onto.rgba, ((y + row) * onto.width + x) * 4, from, from + picture.width * 4);
  }
}
