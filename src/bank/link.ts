import { connect, type Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import type { Log } from '../base/log.ts';
import type { Random } from '../base/random.ts';
import type { CupsTimings, SwitchAddress } from './cups-options.ts';
import { Framer, FramingError } from './iso8583/framer.ts';

export interface LinkDeps {
  log: Log;
  random: Random;
  timings: CupsTimings;
}

export interface LinkHandler {
  /** The connection stands; nobody is signed on yet. */
  onUp(link: Link): void;
  onFrame(link: Link, frame: Buffer): void;
  /** Whatever was written and not answered may or may not have arrived. */
  onDown(link: Link, why: string): void;
  /** Takes more again. */
  onDrain(): void;
}

/** One connection to the switch, made again by itself until it is stopped. Knows frames, and nothing of what is in them. */
export class Link {
  readonly name: string;
  /** Requests that were written and not yet settled. */
  load = 0;
  isSignedOn = false;
  /** Somebody waited in vain, and nothing was read since: not used until something is. */
  isSuspect = false;
  /** Echoes in a row that nobody answered while nothing else was read either. */
  echoesMissed = 0;
  /** By performance.now(). */
  lastReadMs = 0;
  readonly #deps: LinkDeps;
  readonly #address: SwitchAddress;
  readonly #handler: LinkHandler;
  #socket: Socket | null = null;
  #isUp = false;
  #isCorked = false;
  #isStopped = false;
  #tries = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(deps: LinkDeps, name: string, address: SwitchAddress, handler: LinkHandler) {
    this.#deps = deps;
    this.name = name;
    this.#address = address;
    this.#handler = handler;
  }

  start(): void {
    this.#connect();
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    this.cut('closed by us');
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  /** More than the network takes is waiting; others are used meanwhile. */
  get isFull(): boolean {
    return this.#socket?.writableNeedDrain === true;
  }

  /** From the first call on the frame may have left. What is written in one go leaves together. */
  write(frame: Buffer): void {
    const socket = this.#socket;
    if (socket === null || !this.#isUp) return;
    if (!this.#isCorked) {
      this.#isCorked = true;
      socket.cork();
      process.nextTick(() => {
        this.#isCorked = false;
        socket.uncork();
      });
    }
    socket.write(frame);
  }

  /** Gives the connection up; a new one is made after a while. */
  cut(why: string): void {
    const socket = this.#socket;
    if (socket === null) return;
    this.#socket = null;
    const wasUp = this.#isUp;
    this.#isUp = false;
    this.isSignedOn = false;
    this.#isCorked = false;
    clearTimeout(this.#timer);
    socket.removeAllListeners();
    socket.on('error', () => {}); // what a dying socket still says is of no interest
    socket.destroy();
    if (wasUp) this.#handler.onDown(this, why);
    if (!this.#isStopped) this.#connectLater(why);
  }

  /** The other side takes us: the next break is answered quickly again. */
  forgetTries(): void {
    this.#tries = 0;
  }

  #connect(): void {
    const socket = connect({ ...this.#address, noDelay: true, keepAlive: true });
    this.#socket = socket;
    this.#timer = setTimeout(() => this.cut('no connection in time'), this.#deps.timings.connectMs);
    const framer = new Framer({
      onFrame: (frame) => this.#handler.onFrame(this, frame),
      onLineTest: () => {},
    });
    socket.on('connect', () => {
      clearTimeout(this.#timer);
      this.#isUp = true;
      this.isSuspect = false;
      this.echoesMissed = 0;
      this.lastReadMs = performance.now();
      this.#handler.onUp(this);
    });
    socket.on('data', (chunk) => this.#read(framer, chunk));
    socket.on('drain', () => this.#handler.onDrain());
    socket.on('error', (error: NodeJS.ErrnoException) => this.cut(error.code ?? 'a broken connection'));
    socket.on('end', () => this.cut('closed by the other side'));
    socket.on('close', () => this.cut('closed by the other side'));
  }

  #read(framer: Framer, chunk: Buffer): void {
    this.lastReadMs = performance.now();
    this.isSuspect = false;
    this.echoesMissed = 0;
    try {
      framer.feed(chunk);
    } catch (error) {
      if (!(error instanceof FramingError))
        this.#deps.log.error(
          { link: this.name, error: String(error) },
          'a frame from the bank switch met a bug of ours',
        );
      this.cut(error instanceof FramingError ? error.message : 'a bug of ours');
    }
  }

  /** 1, 2, 4 … seconds, up to half of it less by chance, so that many do not come back at once. */
  #connectLater(why: string): void {
    const { reconnectFirstMs, reconnectMaxMs } = this.#deps.timings;
    const wholeMs = Math.min(reconnectMaxMs, reconnectFirstMs * 2 ** Math.min(this.#tries, 20));
    const share = 1 - (this.#deps.random.bytes(1)[0] ?? 0) / 512;
    this.#tries += 1;
    this.#deps.log.warn({ link: this.name, why, tries: this.#tries }, 'no connection to the bank switch');
    this.#timer = setTimeout(() => this.#connect(), wholeMs * share);
  }
}
