import { Readable } from 'node:stream';
import { crc32, createInflateRaw } from 'node:zlib';

/** One file inside a zip archive, as its central directory tells. */
export interface ZipEntry {
  /** As it is written; the archive does not say in which character set. */
  nameBytes: Buffer;
  crc: number;
  unpackedBytes: number;
  packed: Buffer;
  isDeflated: boolean;
}

/** What an archive must not be: cut, changed, or too large. */
export class ZipBroken extends Error {}

const END_SIGNATURE = 0x06054b50;
const END_BYTES = 22;
const COMMENT_BYTES_MAX = 0xffff;
const CENTRAL_SIGNATURE = 0x02014b50;
const CENTRAL_BYTES = 46;
const LOCAL_SIGNATURE = 0x04034b50;
const LOCAL_BYTES = 30;
const ENTRIES_MAX = 100;
const ENCRYPTED = 1;
const STORED = 0;
const DEFLATED = 8;

/**
 * The files of an archive, by the directory at its end: half an archive has none. Source: PKWARE APPNOTE 4.3.
 * @throws ZipBroken when it is not a whole archive of stored or deflated files
 */
export function listEntries(file: Buffer): ZipEntry[] {
  const end = findEnd(file);
  const count = file.readUInt16LE(end + 10);
  if (count > ENTRIES_MAX) throw new ZipBroken('the archive holds too many files');
  const entries: ZipEntry[] = [];
  let at = file.readUInt32LE(end + 16);
  for (let index = 0; index < count; index++) {
    if (at + CENTRAL_BYTES > end || file.readUInt32LE(at) !== CENTRAL_SIGNATURE) throw notWhole();
    entries.push(readEntry(file, at));
    at += CENTRAL_BYTES + file.readUInt16LE(at + 28) + file.readUInt16LE(at + 30) + file.readUInt16LE(at + 32);
  }
  return entries;
}

/**
 * A file's bytes, piece by piece.
 * @throws ZipBroken at the end when they are not what the directory told, or are more than `bytesMax`
 */
export async function* unpack(entry: ZipEntry, bytesMax: number): AsyncGenerator<Buffer> {
  let bytes = 0;
  let crc = 0;
  const source = Readable.from([entry.packed], { objectMode: false });
  const pieces = entry.isDeflated ? source.pipe(createInflateRaw()) : source;
  try {
    for await (const piece of pieces) {
      if (!Buffer.isBuffer(piece)) continue;
      bytes += piece.length;
      crc = crc32(piece, crc);
      if (bytes > Math.min(bytesMax, entry.unpackedBytes)) throw new ZipBroken('a file is larger than it may be');
      yield piece;
    }
  } catch (error) {
    if (error instanceof Error && 'code' in error) throw new ZipBroken('a file cannot be unpacked');
    throw error;
  }
  if (bytes !== entry.unpackedBytes || crc !== entry.crc) throw new ZipBroken('a file is not what the archive tells');
}

function readEntry(file: Buffer, at: number): ZipEntry {
  const method = file.readUInt16LE(at + 10);
  const isEncrypted = (file.readUInt16LE(at + 8) & ENCRYPTED) !== 0;
  if (isEncrypted || (method !== STORED && method !== DEFLATED)) {
    throw new ZipBroken('a file is packed in a way that is not expected');
  }
  const nameStart = at + CENTRAL_BYTES;
  const packedBytes = file.readUInt32LE(at + 20);
  const local = file.readUInt32LE(at + 42);
  if (local + LOCAL_BYTES > file.length || file.readUInt32LE(local) !== LOCAL_SIGNATURE) throw notWhole();
  const start = local + LOCAL_BYTES + file.readUInt16LE(local + 26) + file.readUInt16LE(local + 28);
  if (start + packedBytes > file.length) throw notWhole();
  return {
    nameBytes: file.subarray(nameStart, nameStart + file.readUInt16LE(at + 28)),
    crc: file.readUInt32LE(at + 16),
    unpackedBytes: file.readUInt32LE(at + 24),
    packed: file.subarray(start, start + packedBytes),
    isDeflated: method === DEFLATED,
  };
}

function findEnd(file: Buffer): number {
  const last = file.length - END_BYTES;
  for (let at = last; at >= Math.max(0, last - COMMENT_BYTES_MAX); at--) {
    const isEnd = file.readUInt32LE(at) === END_SIGNATURE;
    if (isEnd && at + END_BYTES + file.readUInt16LE(at + 20) === file.length) return at;
  }
  throw notWhole();
}

function notWhole(): ZipBroken {
  return new ZipBroken('the file is not a whole zip archive');
}
