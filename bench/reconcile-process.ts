import { ManualClock } from '../src/base/clock.ts';
import { DATABASE_CONNECTIONS_MAX } from '../src/base/limits.ts';
import { connect } from '../src/db/connect.ts';
import { settleNow } from '../src/settlement/request-statement.ts';
import { openReconcileWorld } from './reconcile-world.ts';

/*
 * One day's settlement as a process of its own, so that its memory is its own: fetches the bill, keeps it, reads it, lays it
 * beside records and ledger, books the fees. Arguments: database, account, day, bill. Sends what came of it.
 */
export interface Reconciled {
  seconds: number;
  /** Processor time of this process. */
  cpuSeconds: number;
  /** How far the process grew above what it had before it began. */
  grownMb: number;
  matchedCount: number | null;
  state: string;
}

const LOOK_MS = 10;
const MB = 1024 * 1024;

const [url = '', walletAccountId = '', day = '', billPath = ''] = process.argv.slice(2);
const clock = new ManualClock(new Date(Date.parse(`${day}T00:00:00Z`) + 48 * 3_600_000));
const sql = connect(url, { connectionsMax: DATABASE_CONNECTIONS_MAX, applicationName: 'bench', byIndexOnly: true });
const world = await openReconcileWorld(sql, clock, billPath);
const before = process.memoryUsage().rss;
let most = before;
const watch = setInterval(() => (most = Math.max(most, process.memoryUsage().rss)), LOOK_MS);
const cpuBefore = process.cpuUsage();
const startedMs = performance.now();
const { matchedCount, state } = await settleNow(
  { cashier: world.cashier, ledger: world.ledger },
  { merchantId: null, walletAccountId, day },
);
const seconds = (performance.now() - startedMs) / 1000;
const cpu = process.cpuUsage(cpuBefore);
clearInterval(watch);
most = Math.max(most, process.memoryUsage().rss);
await world.close();
await sql.end();
const cpuSeconds = (cpu.user + cpu.system) / 1e6;
process.send?.({ seconds, cpuSeconds, grownMb: (most - before) / MB, matchedCount, state } satisfies Reconciled);
process.disconnect();
