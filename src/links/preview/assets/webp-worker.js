// Decodes one WebP picture and makes it the size that is wanted, on a thread that lives for this one picture (decode-webp.ts starts and ends it).
// Plain script, because a thread starts from a file as it is, under src/ and beside the bundle alike. Whatever goes wrong throws, and ends the thread.
import { parentPort, workerData } from 'node:worker_threads';

const { decoder, bytes, width, height, box } = workerData;
const source = decode();
const pixels = fitInto(source, box);
parentPort.postMessage(pixels, [pixels.buffer]);

/** Four bytes a pixel. What the decoder says of itself is looked at again: a file that broke it may have written anywhere in its memory. */
function decode() {
  const none = () => {
    throw new Error('a decoder opens no files');
  };
  const { exports: webp } = new WebAssembly.Instance(new WebAssembly.Module(decoder), {
    wasi_snapshot_preview1: { fd_close: none, fd_seek: none, fd_write: none },
  });
  const input = webp.malloc(bytes.length);
  const size = webp.malloc(8);
  if (input === 0 || size === 0) throw new Error('no memory for the file');
  new Uint8Array(webp.memory.buffer, input, bytes.length).set(bytes);
  const output = webp.WebPDecodeRGBA(input, bytes.length, size, size + 4) >>> 0;
  if (output === 0) throw new Error('it cannot be decoded');
  const [decodedWidth, decodedHeight] = new Uint32Array(webp.memory.buffer, size, 2);
  if (decodedWidth !== width || decodedHeight !== height) throw new Error('it is of another size than its header says');
  return new Uint8Array(webp.memory.buffer, output, width * height * 4);
}

/**
 * The picture as large as covers the box, its middle cut out, colours multiplied by their opacity. Each pixel is a mean of those around its place,
 * the nearer the heavier, as wide as the picture is made smaller: nothing flickers, and what is made larger is smooth.
 */
function fitInto(rgba, { width: wide, height: high }) {
  const scale = Math.min(width / wide, height / high);
  const across = tapsOf(width, wide, scale);
  const down = tapsOf(height, high, scale);
  const out = new Uint8Array(wide * high * 4);
  const rows = new Map(); // rows of the picture that are as wide as the box already
  const sums = new Float32Array(wide * 4);
  for (let y = 0; y < high; y++) {
    const { from, weights } = down[y];
    for (const row of rows.keys()) if (row < from) rows.delete(row);
    sums.fill(0);
    for (let tap = 0; tap < weights.length; tap++) {
      const row = rows.get(from + tap) ?? narrowed(rgba, (from + tap) * width * 4, across);
      rows.set(from + tap, row);
      const weight = weights[tap];
      for (let at = 0; at < sums.length; at++) sums[at] += row[at] * weight;
    }
    for (let at = 0; at < sums.length; at++) out[y * wide * 4 + at] = Math.min(255, sums[at] + 0.5);
  }
  return out;
}

function narrowed(rgba, start, across) {
  const row = new Float32Array(across.length * 4);
  for (let x = 0; x < across.length; x++) {
    const { from, weights } = across[x];
    let [red, green, blue, opacity] = [0, 0, 0, 0];
    for (let tap = 0, at = start + from * 4; tap < weights.length; tap++, at += 4) {
      const weight = weights[tap] * rgba[at + 3];
      red += rgba[at] * weight;
      green += rgba[at + 1] * weight;
      blue += rgba[at + 2] * weight;
      opacity += weight;
    }
    row[x * 4] = red / 255;
    row[x * 4 + 1] = green / 255;
    row[x * 4 + 2] = blue / 255;
    row[x * 4 + 3] = opacity;
  }
  return row;
}

/** For each place of the box the pixels that it is made from, and how heavy each is; together 1. `side` is the picture's, `count` the box's. */
function tapsOf(side, count, scale) {
  const reach = Math.max(1, scale);
  const start = (side - count * scale) / 2;
  return Array.from({ length: count }, (_, at) => {
    const middle = start + (at + 0.5) * scale;
    const from = Math.max(0, Math.floor(middle - reach));
    const to = Math.min(side - 1, Math.ceil(middle + reach));
    const heavy = [];
    for (let pixel = from; pixel <= to; pixel++) heavy.push(Math.max(0, 1 - Math.abs(pixel + 0.5 - middle) / reach));
    const sum = heavy.reduce((total, weight) => total + weight, 0);
    return { from, weights: Float32Array.from(heavy, (weight) => weight / sum) };
  });
}
