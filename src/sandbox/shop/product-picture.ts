import { renderAsync } from '@resvg/resvg-js';
import { type Drawing, drawingFile } from './drawings.ts';

/** A picture of this many pixels a side is sharp on cards and in previews. */
const SIDE_PX = 800;

const drawn = new Map<Drawing, Promise<Buffer>>();

/** The drawing as a PNG, for previews elsewhere: other apps take no SVG. Drawn once. */
export function productPicture(drawing: Drawing): Promise<Buffer> {
  const known = drawn.get(drawing);
  if (known !== undefined) return known;
  const picture = renderAsync(drawingFile(drawing), {
    fitTo: { mode: 'width', value: SIDE_PX },
    font: { loadSystemFonts: false },
  }).then((image) => image.asPng());
  drawn.set(drawing, picture);
  return picture;
}
