import { FormatError } from './format-error.ts';

export const HEADER_BYTES = 46;
const NO_REJECT = '00000';

/** The 46 bytes before each body. What is opaque is carried as it came, a character per byte. */
export interface Header {
  isTest: boolean;
  /** 1 or 2; the low seven bits of the second byte. */
  version: number;
  /** Institutions, without padding. */
  destination: string;
  source: string;
  /** Three bytes that are reserved. */
  reserved: string;
  batch: string;
  transaction: string;
  user: string;
  /** Five digits; `00000` unless a frame comes back because its header was refused. */
  rejectCode: string;
}

/** Why a header is refused, as the peer is told: the code names the field. */
export const REJECT_CODES = {
  header_length: '00015',
  version: '00025',
  total_length: '00035',
  destination: '00045',
  source: '00055',
} as const;
export type HeaderFault = keyof typeof REJECT_CODES;

export class HeaderError extends FormatError {
  readonly fault: HeaderFault;
  constructor(fault: HeaderFault, offset: number) {
    super(null, offset, `wrong ${fault.replace('_', ' ')} in the header`);
    this.name = 'HeaderError';
    this.fault = fault;
  }
}

/** A new header with nothing special in it. */
export function newHeader(source: string, destination: string, isTest: boolean): Header {
  return {
    isTest,
    version: 2,
    destination,
    source,
    reserved: '\0\0\0',
    batch: '\0',
    transaction: '00000000',
    user: '\0',
    rejectCode: NO_REJECT,
  };
}

/** The header of a reply: the same, with the two ends changed over. */
export function replyHeader(header: Header): Header {
  return { ...header, destination: header.source, source: header.destination };
}

export function isReject(header: Header): boolean {
  return header.rejectCode !== NO_REJECT;
}

/** Length, header and body as bytes to be written. */
export function encodeFrame(header: Header, body: string): Buffer {
  const total = String(HEADER_BYTES + body.length).padStart(4, '0');
  const { isTest, version, destination, source, reserved, batch, transaction, user, rejectCode } = header;
  const flags = String.fromCharCode(HEADER_BYTES, (isTest ? 0x80 : 0) | version);
  const ends = destination.padEnd(11) + source.padEnd(11);
  return Buffer.from(
    total + flags + total + ends + reserved + batch + transaction + user + rejectCode + body,
    'latin1',
  );
}

/** Reads the header of a frame (length digits cut off). @throws HeaderError naming the field that is wrong. */
export function decodeHeader(frame: Buffer): Header {
  if (frame.length < HEADER_BYTES || frame[0] !== HEADER_BYTES) throw new HeaderError('header_length', 0);
  const flags = frame[1] ?? 0;
  const version = flags & 0x7f;
  if (version !== 1 && version !== 2) throw new HeaderError('version', 1);
  const text = frame.toString('latin1', 0, HEADER_BYTES);
  if (text.slice(2, 6) !== String(frame.length).padStart(4, '0')) throw new HeaderError('total_length', 2);
  const destination = text.slice(6, 17).trimEnd();
  if (!/^\d{1,11}$/.test(destination)) throw new HeaderError('destination', 6);
  const source = text.slice(17, 28).trimEnd();
  if (!/^\d{1,11}$/.test(source)) throw new HeaderError('source', 17);
  const rejectCode = text.slice(41, 46);
  if (!/^\d{5}$/.test(rejectCode)) throw new FormatError(null, 41, 'a reject code is five digits');
  return {
    isTest: flags >= 0x80,
    version,
    destination,
    source,
    reserved: text.slice(28, 31),
    batch: text.slice(31, 32),
    transaction: text.slice(32, 40),
    user: text.slice(40, 41),
    rejectCode,
  };
}

/** Gives a frame back whose header is refused: a new header with the code, then all that came, from its own header on. */
export function rejectFrame(frame: Buffer, fault: HeaderFault, source: string, destination: string): Buffer {
  const header = { ...newHeader(source, destination, (frame[1] ?? 0) >= 0x80), rejectCode: REJECT_CODES[fault] };
  return encodeFrame(header, frame.toString('latin1'));
}
