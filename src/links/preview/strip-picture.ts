import { readPictureHeader } from './picture-header.ts';

/**
 * The same picture without what a camera or a program wrote beside it: where it was taken, when, by whom, with what, in how small a copy.
 * Colours and pixels stay byte for byte; of Exif only how the phone was held is written anew. What follows the picture's end goes, too. Null
 * where the bytes are no picture that can be walked to its end: it is not shown then.
 */
export function stripPicture(bytes: Buffer): Buffer | null {
  const header = readPictureHeader(bytes);
  if (header === null) return null;
  switch (header.type) {
    case 'image/jpeg':
      return stripJpeg(bytes, header.turn);
    case 'image/png':
      return stripPng(bytes);
    case 'image/webp':
      return stripWebp(bytes);
  }
  return header.type satisfies never;
}

/** How the parts of a picture say what they are for: those that decoding needs, and none besides. */
const PNG_KEPT = new Set('IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP sBIT cICP mDCV cLLI'.split(' '));
const WEBP_KEPT = new Set(['VP8 ', 'VP8L', 'VP8X', 'ALPH', 'ICCP', 'ANIM', 'ANMF']);
const WEBP_PIXELS = new Set(['VP8 ', 'VP8L', 'ANMF']);
/** The profile of a monitor or camera; a larger one is somebody's program. */
const PROFILE_BYTES_MAX = 64 * 1024;

const PNG_SIGNATURE_BYTES = 8;

/** PNG (ISO/IEC 15948), 5.3: length, name, data, checksum. Of the chunks with texts, times and Exif none is kept, nor any that is not known. */
function stripPng(bytes: Buffer): Buffer | null {
  const parts = [bytes.subarray(0, PNG_SIGNATURE_BYTES)];
  for (let at = PNG_SIGNATURE_BYTES; at + 12 <= bytes.length; ) {
    const length = bytes.readUInt32BE(at);
    const end = at + 12 + length;
    if (end > bytes.length) return null;
    const name = bytes.toString('latin1', at + 4, at + 8);
    // A chunk that must be understood and is not of these would leave another picture.
    if (isCapital(bytes[at + 4] ?? 0) && !PNG_KEPT.has(name)) return null;
    if (PNG_KEPT.has(name) && !(name === 'iCCP' && length > PROFILE_BYTES_MAX)) parts.push(bytes.subarray(at, end));
    if (name === 'IEND') return Buffer.concat(parts);
    at = end;
  }
  return null;
}

/** PNG, 5.4: a chunk whose name begins with a capital is needed for drawing. */
function isCapital(letter: number): boolean {
  return letter >= 0x41 && letter <= 0x5a;
}

/** JPEG (ITU-T T.81), B.1.1: segments, and between some of them the compressed picture, in which 0xff is followed by 0 or a restart marker. */
function stripJpeg(bytes: Buffer, turn: number): Buffer | null {
  const parts = [bytes.subarray(0, 2)];
  let isTurnWritten = turn === 1;
  let profileBytes = 0;
  for (let at = 2; at + 1 < bytes.length; ) {
    if (bytes[at] !== 0xff) return null;
    const marker = bytes[at + 1] ?? 0;
    if (marker === 0xff) {
      at += 1; // filling
      continue;
    }
    if (marker === 0xd9) return Buffer.concat([...parts, bytes.subarray(at, at + 2)]);
    if (hasNoSegment(marker) || at + 4 > bytes.length) return null;
    const end = at + 2 + bytes.readUInt16BE(at + 2);
    if (end < at + 4 || end > bytes.length) return null;
    const segment = bytes.subarray(at, end);
    const isProfile = marker === 0xe2 && segment.toString('latin1', 4, 16) === 'ICC_PROFILE\0';
    if (isProfile) profileBytes += segment.length;
    if (isJpegKept(marker, segment) || (isProfile && profileBytes <= PROFILE_BYTES_MAX)) {
      // JFIF, which comes first where it is there at all, stays first.
      if (!isTurnWritten && marker !== 0xe0) {
        parts.push(turnSegment(turn));
        isTurnWritten = true;
      }
      parts.push(segment);
    }
    at = end;
    if (marker !== 0xda) continue;
    const next = endOfScan(bytes, end);
    // Many cameras and sites leave out the end; browsers show such a picture.
    if (next === -1) return Buffer.concat([...parts, bytes.subarray(end), END_OF_JPEG]);
    parts.push(bytes.subarray(end, next));
    at = next;
  }
  return null;
}

/** TEM, restarts and another beginning: none of them stands between segments of one picture. */
function hasNoSegment(marker: number): boolean {
  return marker <= 0x01 || (marker >= 0xd0 && marker <= 0xd8);
}

/** Frames, tables, scans; JFIF without a small copy in it; Adobe's word on the colours. */
function isJpegKept(marker: number, segment: Buffer): boolean {
  if ((marker >= 0xc0 && marker <= 0xcf) || (marker >= 0xda && marker <= 0xdf)) return true;
  if (marker === 0xe0) return segment.length === 18 && segment.toString('latin1', 4, 9) === 'JFIF\0';
  return marker === 0xee && segment.length <= 64 && segment.toString('latin1', 4, 9) === 'Adobe';
}

const END_OF_JPEG = Buffer.from('ffd9', 'hex');

/** Where the next marker with a segment stands; -1 where there is none up to the end. */
function endOfScan(bytes: Buffer, from: number): number {
  for (let at = bytes.indexOf(0xff, from); at !== -1 && at + 1 < bytes.length; at = bytes.indexOf(0xff, at)) {
    const marker = bytes[at + 1] ?? 0;
    if (marker !== 0x00 && marker !== 0xff && !(marker >= 0xd0 && marker <= 0xd7)) return at;
    at += marker === 0xff ? 1 : 2;
  }
  return -1;
}

/** Exif 2.3, 4.6: one directory with one entry, the orientation. */
function turnSegment(turn: number): Buffer {
  const tiff = Buffer.from('4d4d002a00000008000101120003000000010000000000000000', 'hex');
  tiff.writeUInt16BE(turn, 18);
  const segment = Buffer.concat([Buffer.from('ffe10000', 'hex'), Buffer.from('Exif\0\0', 'latin1'), tiff]);
  segment.writeUInt16BE(segment.length - 2, 2);
  return segment;
}

/** WebP (RFC 9649), 2.3 and 2.7: chunks padded to even lengths. VP8X tells which there are, so what goes is taken out of it. */
function stripWebp(bytes: Buffer): Buffer | null {
  const end = 8 + bytes.readUInt32LE(4);
  if (end > bytes.length || end < 20) return null;
  const parts: Buffer[] = [];
  let hasPixels = false;
  for (let at = 12; at < end; ) {
    if (at + 8 > end) return null;
    const name = bytes.toString('latin1', at, at + 4);
    const length = bytes.readUInt32LE(at + 4);
    const next = at + 8 + length + (length % 2);
    if (at + 8 + length > end) return null;
    if (WEBP_KEPT.has(name) && !(name === 'ICCP' && length > PROFILE_BYTES_MAX)) {
      const chunk = Buffer.alloc(next - at);
      bytes.copy(chunk, 0, at, at + 8 + length);
      parts.push(chunk);
    }
    hasPixels ||= WEBP_PIXELS.has(name);
    at = next;
  }
  if (!hasPixels) return null;
  const [first] = parts;
  if (first?.toString('latin1', 0, 4) === 'VP8X' && first.length >= 18) {
    const hasProfile = parts.some((part) => part.toString('latin1', 0, 4) === 'ICCP');
    first.writeUInt8((first.readUInt8(8) & WEBP_SHOWN) | (hasProfile ? WEBP_PROFILE : 0), 8);
  }
  const body = Buffer.concat(parts);
  const riff = Buffer.from('RIFF\0\0\0\0WEBP', 'latin1');
  riff.writeUInt32LE(body.length + 4, 4);
  return Buffer.concat([riff, body]);
}

/** Flags of VP8X: that of the profile is set anew, those for alpha and animation stay, those for Exif and XMP go. */
const WEBP_PROFILE = 0x20;
const WEBP_SHOWN = 0x12;
