import postgres from 'postgres';
import { DATABASE_CONNECT_SECONDS_MAX } from '../base/limits.ts';

export type Driver = postgres.Sql<{ bigint: bigint }>;

/**
 * What we use of the driver's query: a promise that starts when somebody first waits for it, by handing itself to its
 * handler. The version of the driver is pinned, and connect.test.ts notices when this changes.
 */
export interface Query extends Promise<unknown> {
  handler: (query: Query) => unknown;
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

/**
 * One connection, kept by us for its whole life and never opened again.
 *
 * Why not the driver's own pool: when a connection dies inside a transaction, postgres 3.4.9 writes its rollback to a
 * socket that is gone and takes the whole process down (porsager/postgres#1208), and a connection that was opened again
 * may run a transaction's later statements outside of it (porsager/postgres#1155). So a lane asks the driver for exactly
 * one connection, hands it nothing once it is closed, and is thrown away then.
 */
export class Lane {
  readonly #driver: Driver;
  readonly #inHand = new Set<Query>();
  readonly #onDead: () => void;
  #send: Query['handler'] = () => {};
  #release: () => void = () => {};
  #dead = false;

  /** @throws the driver's error when the database cannot be reached within DATABASE_CONNECT_SECONDS_MAX */
  static async open(options: object, onDead: (lane: Lane) => void): Promise<Lane> {
    const lane = new Lane(options, onDead);
    await lane.#connect();
    return lane;
  }

  private constructor(options: object, onDead: (lane: Lane) => void) {
    this.#onDead = () => onDead(this);
    // `options` are the driver's own, already read: all lanes share what was learned about the database's types.
    this.#driver = postgres({ ...options, types: { bigint: postgres.BigInt }, max: 1, onclose: () => this.#die() });
  }

  async #connect(): Promise<void> {
    const late = setTimeout(() => this.#end(0), DATABASE_CONNECT_SECONDS_MAX * 1000);
    try {
      await this.#driver`select 1`;
      const reserved = await this.#driver.reserve();
      if (this.#dead) throw connectionClosed();
      const probe: unknown = reserved`select 1`; // never waited for, so never sent
      if (!isQuery(probe)) throw new Error('assertion failed: the driver is not the one we know');
      this.#send = probe.handler;
      this.#release = () => reserved.release();
    } catch (error) {
      this.#dead = true;
      this.#end(0);
      throw error;
    } finally {
      clearTimeout(late);
    }
  }

  get dead(): boolean {
    return this.#dead;
  }

  /** Sends a query behind those already sent; it is refused when the connection is gone. */
  run(query: Query, onSettled: () => void = () => {}): void {
    whenSettled(query, () => {
      this.#inHand.delete(query);
      onSettled();
    });
    if (this.#dead) return query.reject(connectionClosed());
    this.#inHand.add(query);
    this.#send(query);
  }

  /** Ends the connection; what is still in hand is refused. */
  close(): void {
    if (this.#dead) return;
    if (this.#inHand.size === 0) this.#release(); // lets the driver say goodbye instead of cutting the line
    this.#die();
    this.#end(0);
  }

  #die(): void {
    if (this.#dead) return;
    this.#dead = true;
    for (const query of this.#inHand) query.reject(connectionClosed());
    this.#inHand.clear();
    this.#onDead();
  }

  #end(timeoutSeconds: number): void {
    this.#driver.end({ timeout: timeoutSeconds }).catch(() => {});
  }
}

export function isQuery(value: unknown): value is Query {
  return value instanceof Promise && 'handler' in value && 'reject' in value;
}

/** Calls back when the driver has settled the query, also for cursors, whose promise the driver replaces at each step. */
function whenSettled(query: Query, callback: () => void): void {
  for (const name of ['resolve', 'reject'] as const) {
    let settle = query[name];
    void Object.defineProperty(query, name, {
      configurable: true,
      get: () => (value: unknown) => {
        settle.call(query, value);
        callback();
      },
      set: (next: typeof settle) => {
        settle = next;
      },
    });
  }
}

/** The driver's words for a connection that went away. */
export function connectionClosed(): Error {
  return Object.assign(new Error('write CONNECTION_CLOSED: the database connection is gone'), {
    code: 'CONNECTION_CLOSED',
  });
}
