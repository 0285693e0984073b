import { Resvg } from '@resvg/resvg-js';
import jsqr from 'jsqr';
import { describe, expect, test } from 'vitest';
import { CARD_SIZES, type CardShape, layOutCard } from './card-layout.ts';
import { drawCard, toSvg } from './draw-card.ts';
import { drawPicture, rasterize } from './draw-picture.ts';
import { encodePng } from './encode-png.ts';
import { testJpeg } from './test-jpeg.ts';
import { HOSTILE, testReadyLink } from './test-ready-link.ts';

/** The package's types are for bundlers: in Node its default export is the function itself. */
const readCode = jsqr as unknown as (rgba: Uint8ClampedArray, width: number, height: number) => { data: string } | null;

const SHAPES: CardShape[] = ['wide', 'tall', 'square'];

/** Decoded by another decoder than what wrote it. */
async function decode(png: Buffer) {
  const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
  const href = `data:image/png;base64,${png.toString('base64')}`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><image width="${width}" height="${height}" href="${href}"/></svg>`;
  return await rasterize(svg);
}

function paint(svg: string): Buffer {
  return new Resvg(`<svg xmlns="http://www.w3.org/2000/svg" width="80" height="60">${svg}</svg>`).render().asPng();
}

const PICTURE = paint('<rect width="80" height="60" fill="#00a000"/>');

function colourAt({ width, rgba }: { width: number; rgba: Buffer }, x: number, y: number): number[] {
  const at = (y * width + x) * 4;
  return [...rgba.subarray(at, at + 3)];
}

describe('a card', () => {
  test.each([
    ['wide', true],
    ['wide', false],
    ['tall', true],
    ['tall', false],
  ] as const)(
    'that is %s (with a picture: %s) has its size, and a code that leads to the link',
    async (shape, hasPicture) => {
      const png = await drawCard(testReadyLink(), { productImage: hasPicture ? PICTURE : null, shape });
      const { width, height, rgba } = await decode(png);
      expect({ width, height }).toEqual(CARD_SIZES[shape]);
      expect(png.length).toBeLessThan(300_000);
      const read = readCode(new Uint8ClampedArray(rgba), width, height);
      expect(read?.data).toBe('https://go.example/l/abcd2345?via=qr');
    },
  );

  test('shows the product’s picture, whole in height, up to its edge', async () => {
    const card = await decode(await drawCard(testReadyLink(), { productImage: PICTURE, shape: 'wide' }));
    for (const [x, y] of [
      [2, 2],
      [300, 315],
      [597, 627],
    ] as const)
      expect(colourAt(card, x, y)).toEqual([0, 160, 0]);
    expect(colourAt(card, 620, 315)).toEqual([255, 255, 255]);
  });

  test.each([
    ['is no picture', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'.repeat(4))],
    ['is broken', Buffer.concat([PICTURE.subarray(0, 60), Buffer.alloc(200, 7)])],
    ['is nothing but transparent', paint('')],
    [
      'is a WebP without pixels',
      Buffer.concat([
        Buffer.from('52494646000000005745425056503858 0a00000000000000 3f00002f0000'.replaceAll(' ', ''), 'hex'),
        Buffer.alloc(40),
      ]),
    ],
  ])('whose picture %s is the card that has none', async (_name, productImage) => {
    const [without, broken] = [
      await drawCard(testReadyLink(), { productImage: null, shape: 'wide' }),
      await drawCard(testReadyLink(), { productImage, shape: 'wide' }),
    ];
    expect(broken.equals(without)).toBe(true);
  });

  test.each(SHAPES)('that is %s holds no word of a shop’s as text, and stays within its edges', async (shape) => {
    const ready = testReadyLink({
      title: HOSTILE,
      description: HOSTILE.repeat(3),
      ownerName: HOSTILE,
      price: { currency: 'JPY', minor: 999_999_999_999_999n },
    });
    for (const hasPicture of [true, false]) {
      const svg = toSvg(await layOutCard(ready, shape, hasPicture));
      expect(svg).toMatch(
        /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" width="\d+" height="\d+">(?:<path fill="#[0-9a-f]{6}" transform="[-a-z0-9. ()]+" d="[-MLCZHVAhvaz0-9. ]+"\/>)*<\/svg>$/,
      );
      const box = new Resvg(svg).getBBox();
      expect(box?.x).toBeGreaterThanOrEqual(0);
      expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(CARD_SIZES[shape].width);
    }
  });

  test('without a price says where it leads instead', async () => {
    const layout = await layOutCard(testReadyLink({ price: null }), 'wide', false);
    expect(layout.outlines.some(({ fill }) => fill === '#c8321f')).toBe(false);
  });
});

describe('a product’s picture', () => {
  const HALVES = paint(
    '<rect width="40" height="60" fill="#ff0000"/><rect x="40" width="40" height="60" fill="#0000ff"/>',
  );

  test('fills its box; what does not fit is cut off on both sides alike', async () => {
    const drawn = await drawPicture(HALVES, { width: 30, height: 60 });
    expect([drawn?.width, drawn?.height]).toEqual([30, 60]);
    expect(drawn && colourAt(drawn, 2, 30)).toEqual([255, 0, 0]);
    expect(drawn && colourAt(drawn, 27, 30)).toEqual([0, 0, 255]);
  });

  // Where the picture's upper left corner is to be: [right, below].
  test.each([
    [1, [0, 0]],
    [2, [1, 0]],
    [3, [1, 1]],
    [4, [0, 1]],
    [5, [0, 0]],
    [6, [1, 0]],
    [7, [1, 1]],
    [8, [0, 1]],
  ] as const)('is upright however the phone was held (%s)', async (turn, [right, below]) => {
    const drawn = await drawPicture(testJpeg(turn), { width: 40, height: 40 });
    const [red, , blue] = drawn ? colourAt(drawn, right * 37 + 1, below * 37 + 1) : [];
    expect(red).toBeGreaterThan(180);
    expect(blue).toBeLessThan(75);
  });

  test('what is half transparent is shown on white', async () => {
    const half = paint('<rect width="80" height="60" fill="#000000" fill-opacity="0.5"/>');
    const drawn = await drawPicture(half, { width: 20, height: 20 });
    const shown = await decode(await encodePng(drawn ?? { width: 0, height: 0, rgba: Buffer.alloc(0) }));
    expect(colourAt(shown, 10, 10)[0]).toBeGreaterThan(120);
    expect(colourAt(shown, 10, 10)[0]).toBeLessThan(135);
  });

  test('pixels come back from a PNG as they went in', async () => {
    const [width, height] = [37, 29];
    const rgba = Buffer.from(
      Array.from({ length: width * height * 4 }, (_, at) => (at % 4 === 3 ? 255 : (at * 7919) % 256)),
    );
    expect((await decode(await encodePng({ width, height, rgba }))).rgba.equals(rgba)).toBe(true);
  });
});
