import { FRAME_BYTES_MAX } from './fields.ts';

const LENGTH_BYTES = 4;
const EMPTY = Buffer.alloc(0);

/** The stream cannot be read on: where the next frame begins is lost. The connection has to be closed. */
export class FramingError extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'FramingError';
  }
}

export interface FrameHandler {
  /** Header and body, without the four digits of the length. Shares memory with what was fed. */
  onFrame(frame: Buffer): void;
  /** `0000`: somebody tries the line. */
  onLineTest(): void;
}

/** Cuts a byte stream into frames, however the network splits or joins it. */
export class Framer {
  readonly #handler: FrameHandler;
  #rest = EMPTY;
  #isLost = false;
  constructor(handler: FrameHandler) {
    this.#handler = handler;
  }

  /** @throws FramingError, and from then on always. */
  feed(chunk: Buffer): void {
    if (this.#isLost) throw new FramingError('the stream was lost before');
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let at = 0;
    while (bytes.length - at >= LENGTH_BYTES) {
      const length = this.#readLength(bytes, at);
      if (length === 0) {
        at += LENGTH_BYTES;
        this.#handler.onLineTest();
        continue;
      }
      const end = at + LENGTH_BYTES + length;
      if (end > bytes.length) break;
      const frame = bytes.subarray(at + LENGTH_BYTES, end);
      at = end;
      this.#handler.onFrame(frame);
    }
    this.#checkBegun(bytes, at);
    this.#rest = at === bytes.length ? EMPTY : Buffer.from(bytes.subarray(at));
  }

  #readLength(bytes: Buffer, at: number): number {
    let length = 0;
    for (let i = at; i < at + LENGTH_BYTES; i++) length = length * 10 + this.#digit(bytes[i]);
    if (length > FRAME_BYTES_MAX)
      this.#lose(`a frame of ${length} bytes is announced, at most ${FRAME_BYTES_MAX} exist`);
    return length;
  }

  /** A length that has only begun is already refused for what is no digit in it. */
  #checkBegun(bytes: Buffer, at: number): void {
    for (let i = at; i < Math.min(bytes.length, at + LENGTH_BYTES); i++) this.#digit(bytes[i]);
  }

  #digit(byte = 0): number {
    if (byte < 0x30 || byte > 0x39) this.#lose('a length that is not digits');
    return byte - 0x30;
  }

  #lose(reason: string): never {
    this.#isLost = true;
    this.#rest = EMPTY;
    throw new FramingError(reason);
  }
}
