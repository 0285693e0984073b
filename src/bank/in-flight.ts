import { performance } from 'node:perf_hooks';
import { keyOf, type Message } from './iso8583/message.ts';
import type { Link } from './link.ts';

/** What came of asking: a reply that can be believed, surely nothing sent, or nobody knows. */
export type Answer =
  | { kind: 'reply'; message: Message }
  | { kind: 'not_sent'; why: string }
  | { kind: 'unknown'; why: string };

/** One request from its place in the queue to its answer. */
export interface Waiting {
  readonly key: string;
  readonly request: Message;
  readonly answer: Promise<Answer>;
  /** Null while not one byte has left. */
  link: Link | null;
  writtenMs: number;
  timer: NodeJS.Timeout;
  resolve(answer: Answer): void;
}

/** Keys of so many requests of late, twice, are remembered to tell late replies from foreign ones. */
const PAST_MAX = 10_000;

/**
 * Who waits for which reply, over all links: a reply may come on another connection than its request left on. A request leaves the map
 * exactly once, with its answer.
 */
export class InFlight {
  readonly #waiting = new Map<string, Waiting>();
  #past = new Map<string, 'answered' | 'given_up'>();
  #pastBefore = new Map<string, 'answered' | 'given_up'>();
  #written = 0;

  /** Requests that were written, network messages among them. */
  get written(): number {
    return this.#written;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  has(key: string): boolean {
    return this.#waiting.has(key);
  }

  find(key: string): Waiting | undefined {
    return this.#waiting.get(key);
  }

  /** The clock of the request runs from here on, also while it waits for a place. */
  begin(request: Message, timeoutMs: number, onTimeout: (waiting: Waiting) => void): Waiting {
    const { promise, resolve } = withResolver<Answer>();
    const waiting: Waiting = {
      key: keyOf(request),
      request,
      answer: promise,
      link: null,
      writtenMs: 0,
      // After a stall, what has long arrived is read before anybody is told that it did not.
      timer: setTimeout(() => setImmediate(() => this.#isWaiting(waiting) && onTimeout(waiting)), timeoutMs),
      resolve,
    };
    this.#waiting.set(waiting.key, waiting);
    return waiting;
  }

  #isWaiting(waiting: Waiting): boolean {
    return this.#waiting.get(waiting.key) === waiting;
  }

  /** To be called before the first byte is handed to the network. */
  markWritten(waiting: Waiting, link: Link): void {
    waiting.link = link;
    waiting.writtenMs = performance.now();
    link.load += 1;
    this.#written += 1;
  }

  settle(waiting: Waiting, answer: Answer): void {
    if (!this.#isWaiting(waiting)) return;
    this.#waiting.delete(waiting.key);
    clearTimeout(waiting.timer);
    if (waiting.link !== null) {
      waiting.link.load -= 1;
      this.#written -= 1;
    }
    this.#remember(waiting.key, answer.kind === 'reply' ? 'answered' : 'given_up');
    waiting.resolve(answer);
  }

  /** Everything that was written on this link and not answered: nobody knows what became of it. */
  abandon(link: Link, why: string): void {
    for (const waiting of this.#waiting.values())
      if (waiting.link === link) this.settle(waiting, { kind: 'unknown', why });
  }

  /** What once became of a key that nobody waits for. */
  past(key: string): 'answered' | 'given_up' | undefined {
    return this.#past.get(key) ?? this.#pastBefore.get(key);
  }

  #remember(key: string, what: 'answered' | 'given_up'): void {
    if (this.#past.size >= PAST_MAX) {
      this.#pastBefore = this.#past;
      this.#past = new Map();
    }
    this.#past.set(key, what);
  }
}

function withResolver<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((found) => {
    resolve = found;
  });
  return { promise, resolve };
}
