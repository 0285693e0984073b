import type { ReadyLink } from '../link.ts';
import { type CardLayout, type CardShape, layOutCard } from './card-layout.ts';
import { drawPicture, place, rasterize } from './draw-picture.ts';
import { encodePng } from './encode-png.ts';

export interface CardWish {
  /** The product's picture as its shop serves it, whatever it is; null for none. */
  productImage: Buffer | null;
  shape: CardShape;
}

/**
 * A link's card as a PNG: the product's picture, title, price, whose it is, and a code that leads to it. A picture that cannot be decoded leaves a
 * card that was never meant to have one. The slow parts, drawing and packing, run on other threads.
 */
export async function drawCard(ready: ReadyLink, { productImage, shape }: CardWish): Promise<Buffer> {
  const planned = await layOutCard(ready, shape, productImage !== null);
  const box = planned.picture;
  const picture = productImage === null || box === null ? null : await drawPicture(productImage, box);
  const layout = picture === null && box !== null ? await layOutCard(ready, shape, false) : planned;
  const card = await rasterize(toSvg(layout));
  if (picture !== null && box !== null) place(card, picture, box.x, box.y);
  return await encodePng(card);
}

/** Exported for a test: outlines and colours of ours, and nothing else. */
export function toSvg({ width, height, outlines }: CardLayout): string {
  const paths = outlines.map(({ d, fill, x, y, scale, flip }) => {
    const turn = `translate(${short(x)} ${short(y)}) scale(${short(scale)} ${short(flip ? -scale : scale)})`;
    return `<path fill="${fill}" transform="${turn}" d="${d}"/>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${paths.join('')}</svg>`;
}

function short(value: number): string {
  return String(Math.round(value * 100_000) / 100_000);
}
