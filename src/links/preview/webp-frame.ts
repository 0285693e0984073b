/** The size of a WebP picture that stands still, in pixels, as the data themselves say it. */
export interface WebpFrame {
  width: number;
  height: number;
}

/**
 * Walks a WebP (RFC 9649, 2.3 to 2.7) up to its picture and reads the size there, where a decoder takes it from; null for one that moves, that has no
 * picture, or whose extended header says another size. So a small canvas promises nothing for a large picture behind it.
 */
export function readWebpFrame(bytes: Buffer): WebpFrame | null {
  if (bytes.toString('latin1', 0, 4) !== 'RIFF' || bytes.toString('latin1', 8, 12) !== 'WEBP') return null;
  let canvas: WebpFrame | null = null;
  for (let at = 12; at + 8 <= bytes.length; ) {
    const name = bytes.toString('latin1', at, at + 4);
    const length = bytes.readUInt32LE(at + 4);
    const data = bytes.subarray(at + 8, at + 8 + length);
    if (name === 'VP8X' && at === 12) canvas = readCanvas(data);
    else if (name === 'ANIM' || name === 'ANMF') return null;
    else if (name === 'VP8 ' || name === 'VP8L')
      return agreed(canvas, name === 'VP8 ' ? readLossy(data) : readLossless(data));
    at += 8 + length + (length % 2);
  }
  return null;
}

function agreed(canvas: WebpFrame | null, frame: WebpFrame | null): WebpFrame | null {
  const isSame = canvas === null || (canvas.width === frame?.width && canvas.height === frame.height);
  return isSame ? frame : null;
}

/** 2.7: flags, then width and height less one, three bytes each. */
export function readCanvas(data: Buffer): WebpFrame | null {
  if (data.length < 10) return null;
  return { width: data.readUIntLE(4, 3) + 1, height: data.readUIntLE(7, 3) + 1 };
}

/** RFC 6386, 9.1: three bytes of the frame, three of a start code, then 14 bits each; the two above them only say how to show it. */
export function readLossy(data: Buffer): WebpFrame | null {
  if (data.length < 10) return null;
  return { width: data.readUInt16LE(6) & 0x3fff, height: data.readUInt16LE(8) & 0x3fff };
}

/** 3.4: a signature, then 14 bits each, less one. */
export function readLossless(data: Buffer): WebpFrame | null {
  if (data.length < 5 || data[0] !== 0x2f) return null;
  const bits = data.readUInt32LE(1);
  return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
}
