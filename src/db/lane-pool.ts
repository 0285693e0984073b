import { Lane, type Query } from './lane.ts';

interface Waiter {
  resolve: (lane: Lane) => void;
  reject: (error: unknown) => void;
}

/** Lends lanes, opens them when needed up to a number, and forgets those that died. First come, first served. */
export class LanePool {
  readonly #options: object;
  readonly #lanesMax: number;
  readonly #lanes = new Set<Lane>();
  readonly #idle: Lane[] = [];
  readonly #waiters: Waiter[] = [];
  #opening = 0;
  #closing = false;
  #ended: (() => void) | undefined;
  #ending: Promise<void> | undefined;

  constructor(options: object, lanesMax: number) {
    this.#options = options;
    this.#lanesMax = lanesMax;
  }

  /** A lane of one's own until `give`. @throws the driver's error when the database cannot be reached */
  async take(): Promise<Lane> {
    if (this.#closing) throw connectionEnded();
    const idle = this.#idle.pop();
    if (idle) return idle;
    if (this.#lanes.size + this.#opening < this.#lanesMax) return this.#open();
    return new Promise((resolve, reject) => this.#waiters.push({ resolve, reject }));
  }

  give(lane: Lane): void {
    if (lane.dead) return;
    if (this.#closing) return lane.close();
    const waiter = this.#waiters.shift();
    if (waiter) waiter.resolve(lane);
    else this.#idle.push(lane);
  }

  /** Runs one query by itself on the next free lane. */
  run(query: Query): void {
    const idle = this.#closing ? undefined : this.#idle.pop();
    if (idle) return this.#runOn(idle, query);
    this.take().then(
      (lane) => this.#runOn(lane, query),
      (error: unknown) => query.reject(error),
    );
  }

  /** Lets what is in hand finish, for at most so many seconds, and closes every lane. */
  async end(timeoutSeconds: number | undefined): Promise<void> {
    this.#ending ??= this.#finish(timeoutSeconds);
    return this.#ending;
  }

  async #finish(timeoutSeconds: number | undefined): Promise<void> {
    // A query that was asked for just before counts as in hand.
    await new Promise((resolve) => setImmediate(resolve));
    this.#closing = true;
    const done = new Promise<void>((resolve) => (this.#ended = resolve));
    for (const waiter of this.#waiters.splice(0)) waiter.reject(connectionEnded());
    for (const lane of this.#idle.splice(0)) lane.close();
    const late =
      timeoutSeconds === undefined
        ? undefined
        : setTimeout(() => this.#lanes.forEach((lane) => lane.close()), timeoutSeconds * 1000);
    this.#tellIfEnded();
    await done;
    clearTimeout(late);
  }

  #runOn(lane: Lane, query: Query): void {
    let given = false;
    lane.run(query, () => {
      if (!given) queueMicrotask(() => this.give(lane));
      given = true;
    });
  }

  async #open(): Promise<Lane> {
    this.#opening += 1;
    try {
      const lane = await Lane.open(this.#options, (dead) => this.#forget(dead));
      this.#lanes.add(lane);
      return lane; // asked for before the end, if that has come meanwhile: `give` closes it
    } finally {
      this.#opening -= 1;
      this.#serve();
      this.#tellIfEnded();
    }
  }

  #forget(lane: Lane): void {
    this.#lanes.delete(lane);
    const index = this.#idle.indexOf(lane);
    if (index >= 0) this.#idle.splice(index, 1);
    this.#serve();
    this.#tellIfEnded();
  }

  /** A place became free without a lane to hand over: whoever waits longest gets a new one. */
  #serve(): void {
    while (this.#waiters.length > 0 && this.#lanes.size + this.#opening < this.#lanesMax) {
      const waiter = this.#waiters.shift();
      if (waiter) this.#open().then(waiter.resolve, waiter.reject);
    }
  }

  #tellIfEnded(): void {
    if (this.#lanes.size + this.#opening === 0) this.#ended?.();
  }
}

function connectionEnded(): Error {
  return Object.assign(new Error('the connection pool has been ended'), { code: 'CONNECTION_ENDED' });
}
