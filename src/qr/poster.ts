import { assert } from '../base/assert.ts';
import { POSTER_NAME_CHARS_MAX } from '../base/limits.ts';
import { letter, type Lettering, type Weight } from './lettering.ts';
import { qrPath } from './qr-path.ts';

/** What stands on a shop's poster. */
export interface Poster {
  /** What the code says: an address of ours, or an EMVCo text. */
  text: string;
  shopName: string;
  /** A table, a till, an amount; null leaves the line out. */
  detail: string | null;
  /** The wallets that the shop takes, in order, by the names and colours that people know them by. */
  wallets: readonly { name: string; colour: string }[];
  /** Small print at the foot, by which the shop and we find the code again. */
  idLine: string;
}

export type Paper = 'A4' | 'A5' | 'A6';

/** ISO 216, width and height in mm. */
export const PAPERS: Record<Paper, readonly [widthMm: number, heightMm: number]> = {
  A4: [210, 297],
  A5: [148, 210],
  A6: [105, 148],
};

/** One filled outline. It is drawn at (x, y) mm, its own units `scale` mm long; `flip` where its y axis points upwards. */
export interface Shape {
  d: string;
  fill: string;
  x: number;
  y: number;
  scale: number;
  flip: boolean;
}

const INK = '#12161d';
const MUTED = '#596273';
const ACCENT = '#1660cf';
const LINE = '#d9dee7';

/** The whole poster as filled outlines from back to front, in mm from the upper left corner. No text is left in it. */
export async function drawPoster(poster: Poster, paper: Paper): Promise<Shape[]> {
  const [width, height] = PAPERS[paper];
  // Laid out on A4; the smaller sheets are the same drawing, smaller.
  const scale = width / 210;
  const shapes = [
    ...(await header()),
    ...code(poster.text),
    ...(await names(poster)),
    ...(await pills(poster.wallets)),
    ...(await line(poster.idLine, 105, 288, 4, 190, 'regular', MUTED)),
  ].map((shape) => ({ ...shape, x: shape.x * scale, y: shape.y * scale, scale: shape.scale * scale }));
  return [{ d: `M0 0H${width}V${height}H0z`, fill: '#ffffff', x: 0, y: 0, scale: 1, flip: false }, ...shapes];
}

async function header(): Promise<Shape[]> {
  return [
    shape('M0 0H210V62H0z', ACCENT),
    ...(await line('扫一扫付款', 105, 34, 19, 180, 'bold', '#ffffff')),
    ...(await line('Scan to pay', 105, 50, 8.5, 180, 'regular', '#ffffff')),
  ];
}

/** The code with its quiet zone on white, in a thin frame with round corners. */
function code(text: string): Shape[] {
  const sideMm = 132;
  const { d, side } = qrPath(text, 'quartile');
  const left = (210 - sideMm) / 2;
  return [
    shape(roundedRect(left - 4, 72, sideMm + 8, sideMm + 8, 6), LINE),
    shape(roundedRect(left - 3.4, 72.6, sideMm + 6.8, sideMm + 6.8, 5.5), '#ffffff'),
    { d, fill: '#000000', x: left, y: 76, scale: sideMm / side, flip: false },
  ];
}

async function names({ shopName, detail }: Poster): Promise<Shape[]> {
  const name = Array.from(shopName).slice(0, POSTER_NAME_CHARS_MAX).join('');
  const nameY = detail === null ? 234 : 230;
  return [
    ...(await line(name, 105, nameY, 13, 186, 'bold', INK)),
    ...(detail === null ? [] : await line(detail, 105, 241, 7, 186, 'regular', MUTED)),
  ];
}

const PILL = { height: 11, textMm: 5.6, paddingMm: 4.5, gapMm: 3.5, rowMm: 186, leadMm: 7 };

interface Piece {
  text: Lettering;
  colour: string;
  width: number;
}

/** 支持, then every wallet's name on its colour, wrapped into as many rows as there is room for, each row centred. */
async function pills(wallets: Poster['wallets']): Promise<Shape[]> {
  const lead = await letter('支持', 'regular');
  const pieces: Piece[] = [];
  for (const { name, colour } of wallets) {
    assert(/^#[0-9a-f]{6}$/i.test(colour), 'a colour is six hex digits');
    const text = await letter(name, 'bold');
    pieces.push({ text, colour, width: (text.width / 1000) * PILL.textMm + 2 * PILL.paddingMm });
  }
  const leadWidth = (lead.width / 1000) * PILL.textMm + PILL.leadMm - PILL.gapMm;
  const rows: Piece[][] = [];
  let room = 0;
  for (const piece of pieces) {
    const row = rows.at(-1);
    if (row && piece.width + PILL.gapMm <= room) {
      row.push(piece);
      room -= piece.width + PILL.gapMm;
    } else {
      rows.push([piece]);
      room = PILL.rowMm - piece.width - (rows.length === 1 ? leadWidth : 0);
    }
  }
  return rows.slice(0, 2).flatMap((row, index) => {
    const first = index === 0;
    const total = row.reduce((sum, piece) => sum + piece.width + PILL.gapMm, -PILL.gapMm) + (first ? leadWidth : 0);
    const top = (rows.length === 1 ? 256 : 251) + index * (PILL.height + 3);
    let x = (210 - total) / 2;
    const shapes: Shape[] = [];
    if (first) {
      shapes.push(lettered(lead.d, x, top + 7.6, PILL.textMm, MUTED));
      x += leadWidth;
    }
    for (const piece of row) {
      shapes.push(shape(roundedRect(x, top, piece.width, PILL.height, PILL.height / 2), piece.colour));
      shapes.push(lettered(piece.text.d, x + PILL.paddingMm, top + 7.6, PILL.textMm, inkOn(piece.colour)));
      x += piece.width + PILL.gapMm;
    }
    return shapes;
  });
}

/** One centred line of `sizeMm`, made smaller where it would be wider than `maxMm`. */
async function line(
  text: string,
  centreX: number,
  baseY: number,
  sizeMm: number,
  maxMm: number,
  weight: Weight,
  fill: string,
): Promise<Shape[]> {
  const { d, width } = await letter(text, weight);
  if (d === '') return [];
  const size = Math.min(sizeMm, (maxMm * 1000) / width);
  return [lettered(d, centreX - (width * size) / 2000, baseY, size, fill)];
}

function lettered(d: string, x: number, y: number, sizeMm: number, fill: string): Shape {
  return { d, fill, x, y, scale: sizeMm / 1000, flip: true };
}

function shape(d: string, fill: string): Shape {
  return { d, fill, x: 0, y: 0, scale: 1, flip: false };
}

/** Corners as cubic curves, which SVG and PDF both draw alike. */
function roundedRect(x: number, y: number, width: number, height: number, radius: number): string {
  const handle = radius * 0.5523;
  const [right, bottom] = [x + width, y + height];
  const at = (...numbers: number[]): string => numbers.map((value) => Math.round(value * 1000) / 1000).join(' ');
  return [
    `M${at(x + radius, y)}L${at(right - radius, y)}`,
    `C${at(right - radius + handle, y, right, y + radius - handle, right, y + radius)}L${at(right, bottom - radius)}`,
    `C${at(right, bottom - radius + handle, right - radius + handle, bottom, right - radius, bottom)}L${at(x + radius, bottom)}`,
    `C${at(x + radius - handle, bottom, x, bottom - radius + handle, x, bottom - radius)}L${at(x, y + radius)}`,
    `C${at(x, y + radius - handle, x + radius - handle, y, x + radius, y)}Z`,
  ].join('');
}

/** White on dark colours, dark ink on light ones, by their luminance (WCAG). */
function inkOn(colour: string): string {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * (red ?? 0) + 0.7152 * (green ?? 0) + 0.0722 * (blue ?? 0) > 0.4 ? INK : '#ffffff';
}
