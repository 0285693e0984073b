import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { performance } from 'node:perf_hooks';

/** A GET as it goes over the wire again and again. */
export interface PlainRequest {
  path: string;
  headers: Readonly<Record<string, string>>;
}

export interface Fire {
  /** `http://host:port`; nothing but the address is used. */
  url: string;
  /** Sent in turn by all connections together. */
  requests: readonly PlainRequest[];
  connections: number;
  seconds: number;
  /** Requests a second of all connections together; without it each sends the next as soon as it is answered. */
  rate?: number;
}

export interface Fired {
  answered: number;
  /** Answers that were not of the wanted status. */
  strange: number;
  seconds: number;
  p50Ms: number;
  p99Ms: number;
}

const HEAD_END = Buffer.from('\r\n\r\n');
/** `HTTP/1.1 200` */
const STATUS_AT = 9;
const STATUS_LENGTH = 3;

/**
 * HTTP requests over plain sockets, one at a time on each, so that the client costs as little as can be. It stops sending when the time is over and
 * waits for what is under way: what was sent was answered. At a fixed rate the time of an answer counts from when its request was due, so that a
 * server that stands still is not flattered. It reads answers with a `content-length` only. @throws Error where a connection ends or an
 * answer has none
 */
export async function firePlain(fire: Fire, wantedStatus: number): Promise<Fired> {
  const { hostname, port, host } = new URL(fire.url);
  const bytes = fire.requests.map((request) => write(request, host));
  const shared: Shared = { bytes, next: 0, wanted: String(wantedStatus), strange: 0, tookMs: [] };
  const lines = await Promise.all(
    Array.from({ length: fire.connections }, async () => {
      const socket = connect(Number(port), hostname).setNoDelay(true);
      await once(socket, 'connect');
      return new Line(socket, shared);
    }),
  );
  const startMs = performance.now();
  const endMs = startMs + fire.seconds * 1000;
  const everyMs = fire.rate === undefined ? 0 : (fire.connections * 1000) / fire.rate;
  await Promise.all(lines.map((line, index) => line.run(startMs + (index * everyMs) / lines.length, endMs, everyMs)));
  const seconds = (performance.now() - startMs) / 1000;
  const took = Float64Array.from(shared.tookMs).sort();
  const at = (share: number): number => took[Math.min(took.length - 1, Math.floor(took.length * share))] ?? Number.NaN;
  return { answered: took.length, strange: shared.strange, seconds, p50Ms: at(0.5), p99Ms: at(0.99) };
}

function write({ path, headers }: PlainRequest, host: string): Buffer {
  const lines = Object.entries({ host, ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`GET ${path} HTTP/1.1\r\n${lines.join('')}\r\n`, 'latin1');
}

/** What all connections count together. */
interface Shared {
  bytes: readonly Buffer[];
  next: number;
  wanted: string;
  strange: number;
  tookMs: number[];
}

/** One connection, with one request under way. */
class Line {
  readonly #socket: Socket;
  readonly #shared: Shared;
  #rest: Buffer = Buffer.alloc(0);
  #dueMs = 0;
  #everyMs = 0;
  #endMs = 0;
  #done: { resolve: () => void; reject: (error: Error) => void } | null = null;

  constructor(socket: Socket, shared: Shared) {
    this.#socket = socket;
    this.#shared = shared;
    socket.on('data', (chunk) => this.#take(chunk));
    socket.on('error', (error) => this.#done?.reject(error));
    socket.on('close', () => this.#done?.reject(new Error('the server closed a connection that was in use')));
  }

  /** `everyMs` 0: the next as soon as the last is answered. */
  async run(firstMs: number, endMs: number, everyMs: number): Promise<void> {
    this.#endMs = endMs;
    this.#everyMs = everyMs;
    this.#dueMs = firstMs;
    await new Promise<void>((resolve, reject) => {
      this.#done = { resolve, reject };
      this.#wait();
    });
    this.#done = null;
    this.#socket.destroy();
  }

  /** Until the next is due, or over. */
  #wait(): void {
    const nowMs = performance.now();
    if (this.#everyMs === 0) this.#dueMs = nowMs;
    if (this.#dueMs >= this.#endMs) this.#done?.resolve();
    else if (this.#dueMs <= nowMs) this.#send();
    else setTimeout(() => this.#wait(), this.#dueMs - nowMs);
  }

  #send(): void {
    const { bytes, next } = this.#shared;
    this.#shared.next = (next + 1) % bytes.length;
    this.#socket.write(bytes[next] ?? '');
  }

  #take(chunk: Buffer): void {
    const seen = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const headEnd = seen.indexOf(HEAD_END);
    const length = headEnd < 0 ? 0 : lengthOf(seen.toString('latin1', 0, headEnd));
    if (Number.isNaN(length)) return this.#done?.reject(new Error('an answer says not how long it is'));
    if (headEnd < 0 || seen.length < headEnd + HEAD_END.length + length) return void (this.#rest = seen);
    this.#rest = Buffer.alloc(0);
    const { wanted, tookMs } = this.#shared;
    if (seen.toString('latin1', STATUS_AT, STATUS_AT + STATUS_LENGTH) !== wanted) this.#shared.strange += 1;
    tookMs.push(performance.now() - this.#dueMs);
    this.#dueMs += this.#everyMs;
    this.#wait();
  }
}

function lengthOf(head: string): number {
  return Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1]);
}
