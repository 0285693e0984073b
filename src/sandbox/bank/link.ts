import type { Socket } from 'node:net';
import { SANDBOX_BANK_LINK_BYTES_MAX } from '../../base/limits.ts';
import { FrameError, FrameReader } from './frame.ts';

/** One connection of a member. Which member it is, its first message tells. */
export class Link {
  readonly #socket: Socket;
  readonly #reader = new FrameReader();
  institution: string | null = null;
  isSignedOn = false;
  /** Half open: the wire looks alive, nothing passes. */
  #isDeaf = false;
  #isCorked = false;
  #silentTurns = 0;

  constructor(socket: Socket, onFrame: (frame: Buffer) => void, onBroken: (why: string) => void) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('error', (error) => onBroken(error.message));
    socket.on('data', (bytes) => {
      if (this.#isDeaf) return;
      this.#silentTurns = 0;
      try {
        for (const frame of this.#reader.push(bytes)) onFrame(frame);
      } catch (error) {
        if (!(error instanceof FrameError)) throw error;
        onBroken(error.message);
        this.close();
      }
    });
  }

  /** What is written in one turn of the event loop leaves in one piece. */
  write(bytes: Buffer): void {
    const socket = this.#socket;
    if (this.#isDeaf || !socket.writable) return;
    // Whoever does not read what he asked for is let go before his answers fill the memory.
    if (socket.writableLength > SANDBOX_BANK_LINK_BYTES_MAX) return this.close();
    if (!this.#isCorked) {
      this.#isCorked = true;
      socket.cork();
      process.nextTick(() => {
        this.#isCorked = false;
        socket.uncork();
      });
    }
    socket.write(bytes);
  }

  close(): void {
    this.isSignedOn = false;
    this.#socket.destroy();
  }

  /** Closes once everything written has left. */
  closeAfterWriting(): void {
    this.isSignedOn = false;
    this.#socket.end();
  }

  goDeaf(): void {
    this.#isDeaf = true;
  }

  get isOpen(): boolean {
    return !this.#socket.destroyed;
  }

  /** One turn of the watch over silence went by; how many there were since something was read. */
  countSilence(): number {
    return ++this.#silentTurns;
  }
}
