import { LINK_PICTURE_PIXELS_MAX, LINK_PICTURE_SCANS_MAX, LINK_PICTURE_SIDE_MAX } from '../../base/link-limits.ts';
import { readCanvas, readLossless, readLossy } from './webp-frame.ts';

/** What a picture's first bytes say of it, before anything is decoded. */
export interface PictureHeader {
  type: 'image/png' | 'image/jpeg' | 'image/webp';
  /** Pixels, as they are stored: before `turn`. */
  width: number;
  height: number;
  /** Exif's orientation, 1 to 8: how a phone was held. 1 is upright. */
  turn: number;
}

/**
 * Reads the type and the size out of a picture's header, or null: not a PNG, JPEG or WebP, cut off, or larger than what is decoded. What the
 * other side calls it is not looked at, so nothing is decoded as something that it is not.
 */
export function readPictureHeader(bytes: Buffer): PictureHeader | null {
  const header = readPng(bytes) ?? readJpeg(bytes) ?? readWebp(bytes);
  if (header === null) return null;
  const { width, height } = header;
  const isFit = width > 0 && height > 0 && width <= LINK_PICTURE_SIDE_MAX && height <= LINK_PICTURE_SIDE_MAX;
  return isFit && width * height <= LINK_PICTURE_PIXELS_MAX ? header : null;
}

const PNG_SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** PNG (ISO/IEC 15948), 11.2.2: IHDR comes first, with width and height as its first two numbers. */
function readPng(bytes: Buffer): PictureHeader | null {
  if (bytes.length < 33 || !bytes.subarray(0, 8).equals(PNG_SIGNATURE) || bytes.toString('latin1', 12, 16) !== 'IHDR')
    return null;
  return { type: 'image/png', width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20), turn: 1 };
}

/** JPEG (ITU-T T.81), B.1.1.4: segments with a length each, up to the frame header that tells the size. */
function readJpeg(bytes: Buffer): PictureHeader | null {
  if (bytes.length < 4 || bytes.readUInt16BE(0) !== 0xffd8) return null;
  let turn = 1;
  for (let at = 2; at + 9 < bytes.length; ) {
    if (bytes[at] !== 0xff) return null;
    const marker = bytes[at + 1] ?? 0;
    if (marker === 0xff || marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7)) {
      at += marker === 0xff ? 1 : 2; // filling, or a marker without a segment
      continue;
    }
    const length = bytes.readUInt16BE(at + 2);
    if (length < 2) return null;
    // SOF0 to SOF15 but the tables DHT (c4), JPG (c8) and DAC (cc).
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker))
      return hasTooManyScans(bytes, at)
        ? null
        : { type: 'image/jpeg', width: bytes.readUInt16BE(at + 7), height: bytes.readUInt16BE(at + 5), turn };
    if (marker === 0xda || marker === 0xd9) return null; // the picture begins, or ends, without a frame header
    if (marker === 0xe1) turn = readTurn(bytes.subarray(at + 4, at + 2 + length)) ?? turn;
    at += 2 + length;
  }
  return null;
}

/** From the frame header on. Each scan goes over every block of the picture once more, whatever few bytes it has (ITU-T T.81, G.1.2). */
function hasTooManyScans(bytes: Buffer, frameAt: number): boolean {
  let scans = 0;
  for (let at = bytes.indexOf(0xff, frameAt); at !== -1 && at + 3 < bytes.length; at = bytes.indexOf(0xff, at)) {
    const marker = bytes[at + 1] ?? 0;
    if (marker === 0xd9) return false;
    if (marker === 0xff || marker === 0x00 || marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7)) {
      at += marker === 0xff ? 1 : 2; // filling, a byte of the picture that is 0xff, or a marker without a segment
      continue;
    }
    if (marker === 0xda) scans += 1;
    // Of other markers nobody knows whether they have a segment, so that scans could hide behind them.
    const isKnown = (marker >= 0xc0 && marker <= 0xcf) || (marker >= 0xda && marker <= 0xef) || marker === 0xfe;
    if (scans > LINK_PICTURE_SCANS_MAX || !isKnown) return true;
    at += 2 + bytes.readUInt16BE(at + 2);
  }
  return false;
}

/** Exif 2.3, 4.6.4: tag 0x0112 of the first directory; null where there is none that can be read. */
function readTurn(segment: Buffer): number | null {
  if (segment.length < 14 || segment.toString('latin1', 0, 6) !== 'Exif\0\0') return null;
  const tiff = segment.subarray(6);
  const isLittle = tiff.toString('latin1', 0, 2) === 'II';
  const number2 = (at: number) => (isLittle ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at));
  const from = isLittle ? tiff.readUInt32LE(4) : tiff.readUInt32BE(4);
  if (from + 2 > tiff.length) return null;
  const count = number2(from);
  for (let index = 0, at = from + 2; index < count && at + 12 <= tiff.length; index++, at += 12) {
    if (number2(at) !== 0x0112) continue;
    const turn = number2(at + 8);
    return turn >= 1 && turn <= 8 ? turn : null;
  }
  return null;
}

/** WebP (RFC 9649), 2.4 to 2.7: a RIFF file whose first chunk is lossy, lossless or the extended header. */
function readWebp(bytes: Buffer): PictureHeader | null {
  if (bytes.length < 30 || bytes.toString('latin1', 0, 4) !== 'RIFF' || bytes.toString('latin1', 8, 12) !== 'WEBP')
    return null;
  const size = webpSize(bytes);
  return size === null ? null : { type: 'image/webp', ...size, turn: 1 };
}

function webpSize(bytes: Buffer): { width: number; height: number } | null {
  const data = bytes.subarray(20);
  switch (bytes.toString('latin1', 12, 16)) {
    case 'VP8 ':
      return readLossy(data);
    case 'VP8L':
      return readLossless(data);
    case 'VP8X':
      return readCanvas(data);
    default:
      return null;
  }
}
