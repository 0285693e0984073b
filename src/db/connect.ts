import postgres from 'postgres';
import {
  DATABASE_CONNECT_SECONDS_MAX,
  DATABASE_IDLE_IN_TRANSACTION_MS_MAX,
  DATABASE_LOCK_WAIT_MS_MAX,
  DATABASE_STATEMENT_MS_MAX,
} from '../base/limits.ts';
import { teachArrays } from './arrays.ts';
import { LanePool } from './lane-pool.ts';
import { offer } from './offer.ts';
import { runTransaction } from './transaction.ts';

/** A pool of connections. int8 is read as bigint, and bigint parameters are accepted. */
export type Sql = postgres.Sql<{ bigint: bigint }>;
/** One open transaction; savepoints are allowed. */
export type Tx = postgres.TransactionSql<{ bigint: bigint }>;

export interface ConnectOptions {
  connectionsMax: number;
  /** Shown in pg_stat_activity, so that an operator sees which part holds a connection. */
  applicationName: string;
  /**
   * For connections that only look rows up by key. A statement is planned once, while tables are still small and reading
   * them whole looks cheap; that plan is then kept while they grow a thousandfold.
   */
  byIndexOnly?: boolean;
}

const BY_INDEX_ONLY = {
  enable_seqscan: 'off',
  enable_hashjoin: 'off',
  enable_mergejoin: 'off',
} as const;

/**
 * Opens nothing yet: the first query connects. Offered are templates, fragments, `unsafe`, `array`, `json`, `begin`,
 * `reserve` and `end`. Times are UTC. Nothing waits for ever, a lost connection fails what was in hand (code
 * CONNECTION_CLOSED) and the next query opens another one.
 */
export function connect(url: string, options: ConnectOptions): Sql {
  // Writes our queries and reads our options; the connections are the pool's.
  const driver = postgres(url, {
    types: { bigint: postgres.BigInt },
    connect_timeout: DATABASE_CONNECT_SECONDS_MAX,
    max_lifetime: null,
    fetch_types: false,
    onnotice: () => {},
    connection: {
      application_name: options.applicationName,
      TimeZone: 'UTC',
      statement_timeout: DATABASE_STATEMENT_MS_MAX,
      lock_timeout: DATABASE_LOCK_WAIT_MS_MAX,
      idle_in_transaction_session_timeout: DATABASE_IDLE_IN_TRANSACTION_MS_MAX,
      ...(options.byIndexOnly ? BY_INDEX_ONLY : {}),
    },
  });
  teachArrays(driver);
  const pool = new LanePool(driver.options, options.connectionsMax);

  async function begin<T>(...args: [Work<T>] | [string, Work<T>]): Promise<Awaited<T>> {
    const [mode, work] = args.length === 1 ? ['', args[0]] : args;
    const lane = await pool.take();
    try {
      return await runTransaction(lane, driver, mode, work);
    } finally {
      pool.give(lane);
    }
  }

  async function reserve(): Promise<unknown> {
    const lane = await pool.take();
    return offer(driver, (query) => lane.run(query), { release: () => pool.give(lane) });
  }

  const end = (how: { timeout?: number } = {}): Promise<void> => pool.end(how.timeout);

  return offer(driver, (query) => pool.run(query), { begin, reserve, end });
}

type Work<T> = (tx: Tx) => T | Promise<T>;
