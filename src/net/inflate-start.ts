import { constants, createBrotliDecompress, createUnzip } from 'node:zlib';

/**
 * The first bytes of what was packed for the wire (`content-encoding`), at most `bytesMax` of them: what a few bytes unfold to beyond that is
 * never made. What came may end in the middle. Null for an encoding that is not known, and for bytes that are not in it.
 */
export async function inflateStart(
  packed: Buffer,
  encoding: string,
  bytesMax: number,
): Promise<{ bytes: Buffer; cut: boolean } | null> {
  const name = encoding.trim().toLowerCase();
  if (name === '' || name === 'identity' || packed.length === 0) return { bytes: packed, cut: false };
  const unpacker = unpackerOf(name);
  if (unpacker === null) return null;
  const chunks: Buffer[] = [];
  let size = 0;
  unpacker.end(packed);
  try {
    for await (const chunk of unpacker) {
      const bytes: Buffer = chunk; // a stream without an encoding gives buffers
      chunks.push(bytes);
      size += bytes.length;
      if (size > bytesMax) return { bytes: Buffer.concat(chunks).subarray(0, bytesMax), cut: true };
    }
    return { bytes: Buffer.concat(chunks), cut: false };
  } catch {
    return null;
  } finally {
    unpacker.destroy();
  }
}

function unpackerOf(name: string): ReturnType<typeof createUnzip> | ReturnType<typeof createBrotliDecompress> | null {
  if (name === 'gzip' || name === 'x-gzip' || name === 'deflate')
    return createUnzip({ finishFlush: constants.Z_SYNC_FLUSH });
  if (name === 'br') return createBrotliDecompress({ finishFlush: constants.BROTLI_OPERATION_FLUSH });
  return null;
}
