import type { ReadyLink } from '../link.ts';
import { letter } from '../../qr/lettering.ts';
import { qrPath } from '../../qr/qr-path.ts';
import { cardTexts } from './card-texts.ts';
import { toPreview } from './preview.ts';
import { type DrawnLine, wrapText } from './wrap-text.ts';

/** `wide` for previews, `tall` to save and post (Moments, Xiaohongshu), `square` the small picture of WeChat's own cards. */
export type CardShape = 'wide' | 'tall' | 'square';

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** One filled outline from back to front, in pixels; `flip` where its y axis points upwards. */
export interface CardOutline {
  d: string;
  fill: string;
  x: number;
  y: number;
  scale: number;
  flip: boolean;
}

export interface CardLayout {
  width: number;
  height: number;
  /** Where the product's picture goes; null for a card without one. */
  picture: Box | null;
  outlines: CardOutline[];
}

export const CARD_SIZES: Record<CardShape, { width: number; height: number }> = {
  wide: { width: 1200, height: 630 },
  tall: { width: 1080, height: 1440 },
  square: { width: 300, height: 300 },
};

const INK = '#12161d';
const MUTED = '#596273';
const ACCENT = '#1660cf';
const SOFT = '#edf4ff';
const LINE = '#e5e8ee';
const PRICE = '#c8321f';
const WHITE = '#ffffff';

/** Everything on a card but the product's picture. All text becomes outlines: nothing of what a shop wrote stands in the SVG as text. */
export async function layOutCard(ready: ReadyLink, shape: CardShape, hasPicture: boolean): Promise<CardLayout> {
  const size = CARD_SIZES[shape];
  const picture = hasPicture ? PICTURES[shape] : null;
  const drawn = await DRAWN[shape](ready, picture);
  return { ...size, picture, outlines: [fill({ x: 0, y: 0, ...size }, WHITE), ...drawn] };
}

const PICTURES: Record<CardShape, Box> = {
  wide: { x: 0, y: 0, width: 600, height: 630 },
  tall: { x: 0, y: 0, width: 1080, height: 864 },
  square: { x: 0, y: 0, width: 300, height: 300 },
};

const DRAWN: Record<CardShape, (ready: ReadyLink, picture: Box | null) => Promise<CardOutline[]>> = {
  wide: drawWide,
  tall: drawTall,
  square: drawSquare,
};

async function drawWide(ready: ReadyLink, picture: Box | null): Promise<CardOutline[]> {
  const [left, right] = picture === null ? [84, 720] : [652, 1148];
  const width = right - left;
  const titlePx = picture === null ? 66 : 50;
  const qrPx = picture === null ? 300 : 188;
  const qrX = picture === null ? 804 : right - qrPx;
  const qrY = picture === null ? 128 : 390;
  const captionAt = picture === null ? { x: qrX + qrPx / 2, y: qrY + qrPx + 58, centre: true } : null;
  const ground =
    picture === null
      ? [
          fill({ x: 0, y: 0, width: 1200, height: 630 }, SOFT),
          rounded({ x: 40, y: 40, width: 1120, height: 550 }, 28, WHITE),
        ]
      : [];
  return [
    ...ground,
    ...(await drawOwner(ready, left, picture === null ? 92 : 56, width)),
    ...(await drawWords(ready, { x: left, y: picture === null ? 188 : 140, width, titlePx })),
    ...(await drawPrice(
      ready,
      left,
      picture === null ? 536 : 478,
      picture === null ? 76 : 64,
      picture === null ? width : width - qrPx - 24,
    )),
    ...drawCode(ready, qrX, qrY, qrPx),
    ...(captionAt === null
      ? await drawCaption(ready, { x: left, y: 548, centre: false }, 25)
      : await drawCaption(ready, captionAt, 30)),
  ];
}

async function drawTall(ready: ReadyLink, picture: Box | null): Promise<CardOutline[]> {
  if (picture === null) return await drawTallAlone(ready);
  const [left, right, qrPx] = [64, 1016, 264];
  return [
    ...(await drawWords(ready, { x: left, y: 902, width: right - left, titlePx: 58 })),
    ...(await drawPrice(ready, left, 1216, 82, right - left - qrPx - 40)),
    ...(await drawOwner(ready, left, 1254, right - left - qrPx - 40)),
    ...drawCode(ready, right - qrPx, 1122, qrPx),
    ...(await drawCaption(ready, { x: left, y: 1382, centre: false }, 27)),
  ];
}

/** Without a picture the code is the picture. */
async function drawTallAlone(ready: ReadyLink): Promise<CardOutline[]> {
  const [left, right, qrPx] = [120, 960, 480];
  return [
    fill({ x: 0, y: 0, width: 1080, height: 1440 }, SOFT),
    rounded({ x: 56, y: 56, width: 968, height: 1328 }, 40, WHITE),
    ...(await drawOwner(ready, left, 128, right - left)),
    ...(await drawWords(ready, { x: left, y: 250, width: right - left, titlePx: 72 })),
    ...(await drawPrice(ready, left, 620, 100, right - left)),
    fill({ x: left, y: 684, width: right - left, height: 2 }, LINE),
    ...drawCode(ready, (1080 - qrPx) / 2, 742, qrPx),
    ...(await drawCaption(ready, { x: 540, y: 1296, centre: true }, 38)),
  ];
}

/** A tile small enough for a chat: the product's picture, or the owner's first letter. */
async function drawSquare(ready: ReadyLink, picture: Box | null): Promise<CardOutline[]> {
  if (picture !== null) return [];
  const [line] = await wrapText(firstLetter(ready.ownerName), {
    widthPx: 300,
    linesMax: 1,
    sizePx: 168,
    weight: 'bold',
  });
  const ground = fill({ x: 0, y: 0, width: 300, height: 300 }, ACCENT);
  return line === undefined ? [ground] : [ground, lettered(line, 150 - line.widthPx / 2, 210, 168, WHITE)];
}

async function drawOwner({ ownerName }: ReadyLink, x: number, y: number, width: number): Promise<CardOutline[]> {
  const radius = 26;
  const initial = (await wrapText(firstLetter(ownerName), { widthPx: 60, linesMax: 1, sizePx: 30, weight: 'bold' }))[0];
  const nameX = x + radius * 2 + 16;
  const [name] = await wrapText(ownerName, {
    widthPx: width - radius * 2 - 16,
    linesMax: 1,
    sizePx: 30,
    weight: 'regular',
  });
  return [
    rounded({ x, y, width: radius * 2, height: radius * 2 }, radius, ACCENT),
    ...(initial === undefined ? [] : [lettered(initial, x + radius - initial.widthPx / 2, y + 37, 30, WHITE)]),
    ...(name === undefined ? [] : [lettered(name, nameX, y + 37, 30, MUTED)]),
  ];
}

/** Title, then the owner's own words under it while there is room for them. */
async function drawWords(
  { link }: ReadyLink,
  at: { x: number; y: number; width: number; titlePx: number },
): Promise<CardOutline[]> {
  const { x, y, width, titlePx } = at;
  const smallPx = Math.round(titlePx * 0.54);
  const { lines: title, sizePx: titleSizePx } = await wrapTitle(link.title, width, titlePx);
  const words = await wrapText(link.description ?? '', {
    widthPx: width,
    linesMax: 1,
    sizePx: smallPx,
    weight: 'regular',
  });
  const titleStep = titlePx * 1.34;
  const wordsY = y + titleStep * title.length + smallPx * 1.1;
  return [
    ...title.map((line, index) => lettered(line, x, y + titlePx + titleStep * index, titleSizePx, INK)),
    ...words.map((line) => lettered(line, x, wordsY, smallPx, MUTED)),
  ];
}

/** A title that needs a second line for a letter or two is made smaller instead. */
async function wrapTitle(title: string, widthPx: number, sizePx: number) {
  const wrapAt = (px: number) => wrapText(title, { widthPx, linesMax: 2, sizePx: px, weight: 'bold' });
  const lines = await wrapAt(sizePx);
  const isLonely = lines.length === 2 && (lines[1]?.widthPx ?? 0) < widthPx * 0.2;
  const smallerPx = Math.floor(sizePx * 0.86);
  const smaller = isLonely ? await wrapAt(smallerPx) : lines;
  return smaller.length < lines.length ? { lines: smaller, sizePx: smallerPx } : { lines, sizePx };
}

/** The sign of the currency smaller than the figures; a long amount is made smaller, never cut. */
async function drawPrice(
  ready: ReadyLink,
  x: number,
  y: number,
  sizePx: number,
  width: number,
): Promise<CardOutline[]> {
  const { price } = toPreview(ready, 'zh-CN');
  if (price === null) return await drawHost(ready, x, y, width);
  const sign = await letter(price.text.slice(0, price.text.length - price.amount.length), 'bold');
  const figures = await letter(price.amount, 'bold');
  const fullWidth = (sign.width * 0.62 + figures.width) / 1000 + 0.06;
  const px = Math.min(sizePx, width / fullWidth);
  const signPx = px * 0.62;
  return [
    { d: sign.d, fill: PRICE, x, y, scale: signPx / 1000, flip: true },
    { d: figures.d, fill: PRICE, x: x + (sign.width / 1000) * signPx + px * 0.06, y, scale: px / 1000, flip: true },
  ];
}

/** Where nothing has a price its place says where the link leads. */
async function drawHost({ servedHost }: ReadyLink, x: number, y: number, widthPx: number): Promise<CardOutline[]> {
  const lines = await wrapText(servedHost, { widthPx, linesMax: 1, sizePx: 30, weight: 'regular' });
  return lines.map((line) => lettered(line, x, y, 30, MUTED));
}

/** The link as a code, told apart from a tap when it is counted; its quiet zone is the white around it. */
function drawCode({ url }: ReadyLink, x: number, y: number, sidePx: number): CardOutline[] {
  const { d, side } = qrPath(`${url}?via=qr`, 'medium');
  const frame = 2;
  return [
    rounded({ x: x - frame, y: y - frame, width: sidePx + frame * 2, height: sidePx + frame * 2 }, 14, LINE),
    rounded({ x, y, width: sidePx, height: sidePx }, 12, WHITE),
    { d, fill: '#000000', x, y, scale: sidePx / side, flip: false },
  ];
}

/** What scanning does, in both languages, one under the other. */
async function drawCaption(
  { link }: ReadyLink,
  at: { x: number; y: number; centre: boolean },
  sizePx: number,
): Promise<CardOutline[]> {
  const { chinese, english } = cardTexts[link.kind];
  const smallPx = Math.round(sizePx * 0.8);
  const [upper] = await wrapText(chinese, { widthPx: 900, linesMax: 1, sizePx, weight: 'bold' });
  const [lower] = await wrapText(english, { widthPx: 900, linesMax: 1, sizePx: smallPx, weight: 'regular' });
  const startOf = (line: DrawnLine): number => (at.centre ? at.x - line.widthPx / 2 : at.x);
  return [
    ...(upper === undefined ? [] : [lettered(upper, startOf(upper), at.y, sizePx, INK)]),
    ...(lower === undefined ? [] : [lettered(lower, startOf(lower), at.y + smallPx * 1.5, smallPx, MUTED)]),
  ];
}

function firstLetter(name: string): string {
  return /[\p{L}\p{N}]/u.exec(name)?.[0].toUpperCase() ?? '·';
}

function lettered({ lettering }: DrawnLine, x: number, y: number, sizePx: number, colour: string): CardOutline {
  return { d: lettering.d, fill: colour, x, y, scale: sizePx / 1000, flip: true };
}

function fill({ x, y, width, height }: Box, colour: string): CardOutline {
  return { d: `M0 0H${width}V${height}H0z`, fill: colour, x, y, scale: 1, flip: false };
}

function rounded({ x, y, width, height }: Box, radius: number, colour: string): CardOutline {
  const [w, h, r] = [width, height, radius];
  const d = `M${r} 0H${w - r}A${r} ${r} 0 0 1 ${w} ${r}V${h - r}A${r} ${r} 0 0 1 ${w - r} ${h}H${r}A${r} ${r} 0 0 1 0 ${h - r}V${r}A${r} ${r} 0 0 1 ${r} 0z`;
  return { d, fill: colour, x, y, scale: 1, flip: false };
}
