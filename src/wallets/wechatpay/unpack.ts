import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

const PIECE_BYTES = 64 * 1024;

/**
 * The bytes of a file that is packed by gzip or not at all, piece by piece.
 * @throws Error when it is cut short, is not what it says, or holds more than `bytesMax`
 */
export async function* unpack(file: Buffer, bytesMax: number): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const piece of isGzip(file) ? gunzip(file) : pieces(file)) {
    bytes += piece.length;
    if (bytes > bytesMax) throw new Error('the file unpacks to more than is allowed');
    yield piece;
  }
}

async function* gunzip(file: Buffer): AsyncGenerator<Buffer> {
  const stream: AsyncIterable<Buffer> = Readable.from(pieces(file)).pipe(createGunzip({ chunkSize: PIECE_BYTES }));
  yield* stream;
}

function* pieces(file: Buffer): Generator<Buffer> {
  for (let at = 0; at < file.length; at += PIECE_BYTES) yield file.subarray(at, at + PIECE_BYTES);
}

function isGzip(file: Buffer): boolean {
  return file[0] === 0x1f && file[1] === 0x8b;
}
