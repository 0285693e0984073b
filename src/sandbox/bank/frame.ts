/** What stands before every message, in the words of the wire. `opaque` is carried back as it came. */
export interface Header {
  /** The version and, in its top bit, whether it is a test. */
  version: number;
  destination: string;
  source: string;
  /** Reserved, batch number, transaction information, user information: 13 bytes. */
  opaque: string;
  reject: string;
}

const LENGTH_DIGITS = 4;
export const HEADER_BYTES = 46;
/** The largest length that is announced on this wire. */
export const FRAME_BYTES_MAX = 1938;
const INSTITUTION_CHARS = 11;

/** Why a frame is sent back unread: codes of the header's last field. */
export type RejectCode = '00015' | '00025' | '00035' | '00045' | '00055';

/** The wire can no longer be told apart into frames: the link has to be closed. */
export class FrameError extends Error {}

/** Cuts a stream of bytes into frames, however it was cut on the way. */
export class FrameReader {
  #rest: Buffer = Buffer.alloc(0);

  /** Every whole frame without its length digits. Line tests (`0000`) are left out. @throws FrameError */
  push(bytes: Buffer): Buffer[] {
    const stream = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    const frames: Buffer[] = [];
    let at = 0;
    while (stream.length - at >= LENGTH_DIGITS) {
      const digits = stream.toString('latin1', at, at + LENGTH_DIGITS);
      const length = Number(digits);
      if (!/^\d{4}$/.test(digits) || length > FRAME_BYTES_MAX) throw new FrameError('no length where a frame begins');
      if (length !== 0 && length < HEADER_BYTES) throw new FrameError('a frame shorter than its header');
      if (stream.length - at < LENGTH_DIGITS + length) break;
      if (length > 0) frames.push(stream.subarray(at + LENGTH_DIGITS, at + LENGTH_DIGITS + length));
      at += LENGTH_DIGITS + length;
    }
    this.#rest = Buffer.from(stream.subarray(at));
    return frames;
  }
}

export function readHeader(frame: Buffer): Header {
  return {
    version: frame[1] ?? 0,
    destination: frame.toString('latin1', 6, 17).trimEnd(),
    source: frame.toString('latin1', 17, 28).trimEnd(),
    opaque: frame.toString('latin1', 28, 41),
    reject: frame.toString('latin1', 41, HEADER_BYTES),
  };
}

/** The code by which a frame is rejected because of its header alone; null when the header is in order. */
export function findHeaderFault(frame: Buffer, switchNo: string, isMember: (no: string) => boolean): RejectCode | null {
  const header = readHeader(frame);
  if (frame[0] !== HEADER_BYTES) return '00015';
  if (![1, 2].includes(header.version & 0x7f)) return '00025';
  if (frame.toString('latin1', 2, 6) !== String(frame.length).padStart(4, '0')) return '00035';
  if (header.destination !== switchNo) return '00045';
  return isMember(header.source) ? null : '00055';
}

/** A whole frame with its length digits. */
export function writeFrame(header: Header, body: Buffer): Buffer {
  const total = String(HEADER_BYTES + body.length).padStart(LENGTH_DIGITS, '0');
  const head = Buffer.from(
    `${total}\x2e\0${total}${header.destination.padEnd(INSTITUTION_CHARS)}${header.source.padEnd(INSTITUTION_CHARS)}${header.opaque}${header.reject}`,
    'latin1',
  );
  head[LENGTH_DIGITS + 1] = header.version;
  return Buffer.concat([head, body]);
}

/** The header of an answer: the two ends change places. */
export function answerHeader(header: Header): Header {
  return { ...header, destination: header.source, source: header.destination, reject: '00000' };
}

/** What sends a frame back: a new header with the code, then the frame as it came. */
export function writeReject(frame: Buffer, code: RejectCode): Buffer {
  return writeFrame({ ...answerHeader(readHeader(frame)), reject: code }, frame);
}

/** The header of a message that the switch sends by itself. */
export function ownHeader(switchNo: string, destination: string): Header {
  return { version: 0x82, destination, source: switchNo, opaque: `\0\0\0\0${'0'.repeat(8)}\0`, reject: '00000' };
}
