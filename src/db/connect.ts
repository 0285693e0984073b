import postgres from 'postgres';
import {
  DATABASE_CONNECT_SECONDS_MAX,
  DATABASE_IDLE_IN_TRANSACTION_MS_MAX,
  DATABASE_LOCK_WAIT_MS_MAX,
  DATABASE_STATEMENT_MS_MAX,
} from '../base/limits.ts';

/** A pool of connections. int8 is read as bigint, and bigint parameters are accepted. */
export type Sql = postgres.Sql<{ bigint: bigint }>;
/** One open transaction; savepoints are allowed. */
export type Tx = postgres.TransactionSql<{ bigint: bigint }>;

export interface ConnectOptions {
  connectionsMax: number;
  /** Shown in pg_stat_activity, so that an operator sees which part holds a connection. */
  applicationName: string;
}

/** Opens nothing yet: the first query connects. Close with `sql.end()`. Times are UTC, and nothing waits for ever. */
export function connect(url: string, options: ConnectOptions): Sql {
  return postgres(url, {
    max: options.connectionsMax,
    types: { bigint: postgres.BigInt },
    connect_timeout: DATABASE_CONNECT_SECONDS_MAX,
    max_lifetime: null,
    // A restarted database is back within a second; waiting longer between tries would only add to the outage.
    backoff: (tries: number) => Math.min(2 ** tries / 50, 1),
    onnotice: () => {},
    connection: {
      application_name: options.applicationName,
      TimeZone: 'UTC',
      statement_timeout: DATABASE_STATEMENT_MS_MAX,
      lock_timeout: DATABASE_LOCK_WAIT_MS_MAX,
      idle_in_transaction_session_timeout: DATABASE_IDLE_IN_TRANSACTION_MS_MAX,
    },
  });
}
