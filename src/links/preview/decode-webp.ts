import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { assert } from '../../base/assert.ts';
import { LINK_WEBP_DECODE_MS_MAX, LINK_WEBP_PAGES_MAX } from '../../base/link-limits.ts';
import { rootDir } from '../../base/root.ts';
import { withMemoryBound } from './bound-wasm-memory.ts';
import type { Pixels } from './encode-png.ts';
import { readPictureHeader } from './picture-header.ts';
import { readWebpFrame } from './webp-frame.ts';

/**
 * A WebP picture as pixels that fill a box, what does not fit cut off evenly, colours multiplied by their opacity; null where it moves, is broken,
 * larger than what is decoded, or not done in time.
 *
 * The decoder is libwebp compiled to WebAssembly, of which we take only the module and neither its script nor its one instance for all: memory of an
 * instance never shrinks, and a file that breaks the decoder could leave something in it for the next picture. So each picture has an instance and a
 * thread of its own, which are gone after it; the thread keeps the server's free, ends what takes too long, and knows nothing of the environment. No
 * instance may ask for more memory than LINK_WEBP_PAGES_MAX.
 */
export async function decodeWebp(bytes: Buffer, box: { width: number; height: number }): Promise<Pixels | null> {
  const header = readPictureHeader(bytes);
  const frame = readWebpFrame(bytes);
  // The bounds are those of the header; so the picture itself must be of that size.
  if (header === null || frame?.width !== header.width || frame.height !== header.height) return null;
  const rgba = await runThread({ decoder: await readDecoder(), bytes, ...frame, box });
  if (rgba === null) return null;
  assert(rgba.length === box.width * box.height * 4, 'it is as large as it was wanted');
  return { ...box, rgba };
}

interface Task {
  decoder: Buffer;
  bytes: Buffer;
  width: number;
  height: number;
  box: { width: number; height: number };
}

const SCRIPT = join(rootDir, 'src', 'links', 'preview', 'assets', 'webp-worker.js');

/** What the thread answers with, or null when it ends without an answer or has to be ended. */
async function runThread(workerData: Task): Promise<Buffer | null> {
  const worker = new Worker(SCRIPT, { workerData, env: {}, execArgv: [], stdin: false });
  try {
    return await new Promise<Buffer | null>((resolve) => {
      const late = setTimeout(() => resolve(null), LINK_WEBP_DECODE_MS_MAX);
      late.unref();
      worker.once('message', (pixels: Uint8Array) => resolve(Buffer.from(pixels.buffer)));
      worker.once('error', () => resolve(null));
      worker.once('exit', () => {
        clearTimeout(late);
        resolve(null);
      });
    });
  } finally {
    await worker.terminate();
  }
}

let decoder: Promise<Buffer> | null = null;

/** Read when the first picture needs it. */
function readDecoder(): Promise<Buffer> {
  const require = createRequire(join(rootDir, 'package.json'));
  decoder ??= readFile(require.resolve('@cwasm/webp/webp.wasm')).then((wasm) =>
    withMemoryBound(wasm, LINK_WEBP_PAGES_MAX),
  );
  return decoder;
}
