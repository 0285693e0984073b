// The wallet's icon as PNG files of several sizes, drawn from the same few strokes as its SVG; no picture library is needed.
import { deflateSync, crc32 } from 'node:zlib';

const BLUE_TOP = [0x2b, 0x7d, 0xf0];
const BLUE_BOTTOM = [0x0f, 0x4d, 0xb4];
/** The mark on a square of 32, as strokes with round ends: x1, y1, x2, y2. */
const STROKES = [
  [9, 8, 9, 24],
  [23, 8, 23, 24],
  [9, 13, 23, 13],
  [9, 19, 23, 19],
];
const STROKE_WIDTH = 3;
const CORNER = 8;
/** Each pixel is the mean of this many points a side. */
const SAMPLES = 4;

/** The mark as SVG, for browsers that take one. */
export function iconSvg() {
  const d = STROKES.map(([x1, y1, x2, y2]) => `M${x1} ${y1}L${x2} ${y2}`).join('');
  return (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><defs><linearGradient id="a" x2="0" y2="1">' +
    `<stop stop-color="${hex(BLUE_TOP)}"/><stop offset="1" stop-color="${hex(BLUE_BOTTOM)}"/></linearGradient></defs>` +
    `<rect width="32" height="32" rx="${CORNER}" fill="url(#a)"/>` +
    `<path d="${d}" fill="none" stroke="#fff" stroke-width="${STROKE_WIDTH}" stroke-linecap="round"/></svg>`
  );
}

/** `isFull`: the ground reaches every edge and the mark keeps to the middle, for systems that cut their own shape out of it. */
export function iconPng(sidePx, isFull) {
  const rows = [];
  for (let y = 0; y < sidePx; y++) {
    const row = Buffer.alloc(1 + sidePx * 4); // filter type 0, then RGBA
    for (let x = 0; x < sidePx; x++) row.set(pixel(x, y, sidePx, isFull), 1 + x * 4);
    rows.push(row);
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(sidePx, 0);
  header.writeUInt32BE(sidePx, 4);
  header.set([8, 6, 0, 0, 0], 8); // 8 bits, RGBA
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.concat(rows), { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function pixel(x, y, sidePx, isFull) {
  let covered = 0;
  let white = 0;
  for (let i = 0; i < SAMPLES * SAMPLES; i++) {
    const px = ((x + ((i % SAMPLES) + 0.5) / SAMPLES) / sidePx) * 32;
    const py = ((y + (Math.floor(i / SAMPLES) + 0.5) / SAMPLES) / sidePx) * 32;
    if (!isFull && !isInside(px, py)) continue;
    covered += 1;
    // A system may cut a fifth off each side: the mark is drawn at three quarters.
    if (isMark(isFull ? 16 + (px - 16) / 0.78 : px, isFull ? 16 + (py - 16) / 0.78 : py)) white += 1;
  }
  if (covered === 0) return [0, 0, 0, 0];
  const down = y / sidePx;
  const ground = BLUE_TOP.map((top, i) => top + (BLUE_BOTTOM[i] - top) * down);
  const share = white / covered;
  return [...ground.map((c) => Math.round(c + (255 - c) * share)), Math.round((covered / SAMPLES ** 2) * 255)];
}

function isInside(x, y) {
  const dx = Math.max(CORNER - x, x - (32 - CORNER), 0);
  const dy = Math.max(CORNER - y, y - (32 - CORNER), 0);
  return Math.hypot(dx, dy) <= CORNER;
}

function isMark(x, y) {
  return STROKES.some(([x1, y1, x2, y2]) => {
    const dx = Math.max(x1 - x, 0, x - x2);
    const dy = Math.max(y1 - y, 0, y - y2);
    return Math.hypot(dx, dy) <= STROKE_WIDTH / 2;
  });
}

function chunk(name, data) {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), data]);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length, 0);
  body.copy(out, 4);
  out.writeUInt32BE(crc32(body), body.length + 4);
  return out;
}

function hex(colour) {
  return `#${colour.map((c) => c.toString(16).padStart(2, '0')).join('')}`;
}
