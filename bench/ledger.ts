import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { connect, type Sql } from '../src/db/connect.ts';
import { startPostgres } from '../src/db/embedded.ts';
import { migrate } from '../src/db/migrate.ts';
import type { Ledger } from '../src/ledger/ledger.ts';
import {
  compare,
  describeMachine,
  formatMeasured,
  formatRatios,
  measure,
  readBenchOptions,
  type BenchOptions,
  type Case,
  type Machine,
  type Measured,
  type Ratio,
  type Sample,
} from './harness.ts';
import { fillEarlierMonths } from './ledger-growth.ts';
import { ACCOUNTS, accountId, BOOK, loadLedger, newTransfer, openLedger, runLoad, SHARED_BOOK } from './ledger-load.ts';
import { openNaive } from './ledger-naive.ts';
import { openPgbench } from './pgbench.ts';

const ROUNDS = 3;
const EARLIER_TRANSFERS = 10_000_000;

export interface LedgerBench {
  machine: Machine & { postgres: string };
  method: string[];
  measured: Measured[];
  ratios: Ratio[];
}

/** Durable transfers a second, beside a naive loop and pgbench on the same server, in interleaved rounds. */
export async function benchLedger(options: BenchOptions): Promise<LedgerBench> {
  const dir = await mkdtemp(join(tmpdir(), 'hutong-bench-'));
  const server = await startPostgres({ dir: join(dir, 'postgres') });
  const closing: (() => Promise<void>)[] = [() => rm(dir, { recursive: true }), () => server.stop()];
  try {
    return await benchOn(server.url, options, closing);
  } finally {
    for (const close of closing.reverse()) await close();
  }
}

async function benchOn(url: string, options: BenchOptions, closing: (() => Promise<void>)[]): Promise<LedgerBench> {
  const { quick, full, say } = options;
  const seconds = quick ? 2 : 5;
  say(`opening ${ACCOUNTS.toLocaleString('en')} accounts`);
  const world = await openWorld(url, closing);
  const shared = await openLedger(url, SHARED_BOOK, closing);
  await openAccounts(shared);
  const second = openSecondWriter(url, closing);
  const naive = await openNaive(url, ACCOUNTS, closing);
  const pgbench = await openPgbench(url, closing);
  if (!pgbench) say('pgbench is not on PATH: measured without it');

  const load = (ledger: Ledger, inFlight: number, hot: boolean) => () => loadLedger(ledger, inFlight, seconds, hot);
  const plain = (inFlight: number, hot: boolean) => () =>
    runLoad(inFlight, seconds, () => {
      const { id, debitAccountId, creditAccountId, amount } = newTransfer(hot);
      return naive(inFlight, id, debitAccountId, creditAccountId, amount);
    });
  const twoWriters = async (): Promise<Sample> => {
    const [here, there] = await Promise.all([loadLedger(shared, 512, seconds, true), second(512, seconds)]);
    return { perSecond: here.perSecond + there.perSecond, latenciesMs: here.latenciesMs ?? [] };
  };

  const cases: Case[] = [];
  for (const inFlight of quick ? [1, 64, 1024] : [1, 16, 64, 256, 1024]) {
    cases.push({ name: `ledger, uniform, ${inFlight} in flight`, run: load(world, inFlight, false) });
    cases.push({ name: `naive, uniform, ${inFlight} in flight`, run: plain(inFlight, false) });
  }
  // After a start, or when another writer came: every account is read before it is written.
  cases.push({
    name: 'ledger, uniform, 1 in flight, nothing in memory',
    run: async () => loadLedger(await openLedger(url, SHARED_BOOK, closing), 1, seconds, false),
  });
  if (pgbench) cases.push({ name: 'pgbench TPC-B, 16 clients', run: () => pgbench.uniform(seconds) });
  for (const inFlight of quick ? [1024] : [1, 16, 64, 256, 1024]) {
    cases.push({ name: `ledger, hot account, ${inFlight} in flight`, run: load(world, inFlight, true) });
  }
  cases.push({ name: 'ledger, hot account, two writers', run: twoWriters });
  cases.push({ name: 'naive, hot account, 64 in flight', run: plain(64, true) });
  if (pgbench) cases.push({ name: 'pgbench hot row, 16 clients', run: () => pgbench.hot(seconds) });
  if (full) {
    say(`writing ${EARLIER_TRANSFERS.toLocaleString('en')} earlier transfers into a second database`);
    const grown = await openGrown(url, closing, say);
    cases.push({ name: 'ledger, uniform, after 10 million', run: load(grown, 1024, false) });
  }
  const measured = await measure(cases, ROUNDS, say);
  return { machine: await describeServer(url), method: method(seconds), measured, ratios: ratiosOf(measured) };
}

function ratiosOf(all: readonly Measured[]): Ratio[] {
  const at = (inFlight: number) => `ledger, uniform, ${inFlight} in flight`;
  const hot = 'ledger, hot account, 1024 in flight';
  const wanted: [string, string, string, number][] = [
    ['1024 in flight to pgbench TPC-B', at(1024), 'pgbench TPC-B, 16 clients', 5],
    ['1024 in flight to naive', at(1024), 'naive, uniform, 1024 in flight', 7],
    ['64 in flight to pgbench TPC-B', at(64), 'pgbench TPC-B, 16 clients', 3.5],
    ['64 in flight to naive', at(64), 'naive, uniform, 64 in flight', 4.5],
    ['1 in flight to naive', at(1), 'naive, uniform, 1 in flight', 1],
    ['hot account to uniform', hot, at(1024), 1],
    ['hot account to pgbench hot row', hot, 'pgbench hot row, 16 clients', 12],
    ['two writers to one, hot account', 'ledger, hot account, two writers', hot, 0.7],
    ['after 10 million to empty', 'ledger, uniform, after 10 million', at(1024), 0.8],
  ];
  return wanted.flatMap(([name, of, to, goal]) => compare(name, all, [of, to], goal) ?? []);
}

function method(seconds: number): string[] {
  return [
    `${ACCOUNTS.toLocaleString('en')} accounts; each caller waits for its one transfer and sends the next; ${seconds} s after 1 s of warming up;`,
    `${ROUNDS} interleaved rounds, median of rounds; PostgreSQL, the load and everything else on this machine; synchronous_commit and fsync on.`,
    'naive: the plain driver, a transaction per transfer (lock both accounts in id order, insert, two updates), each statement prepared and waited for;',
    '  one connection for one in flight, else 16; foreign keys, no hash chain.',
    'two writers: two processes on a book of their own, 512 in flight each. Single writers have the balances in memory (200,000 fit), save where it is said.',
    'pgbench: scale 16, 16 clients, 2 threads, prepared; hot row: the same transaction always on account, teller and branch 1.',
    'earlier transfers (--full): spread over the last 12 months, written set-based; their hashes are not a chain and balances do not count them.',
  ];
}

async function openWorld(url: string, closing: (() => Promise<void>)[]): Promise<Ledger> {
  const sql = connect(url, { connectionsMax: 2, applicationName: 'bench' });
  await migrate(sql);
  await sql.end();
  const ledger = await openLedger(url, BOOK, closing);
  await openAccounts(ledger);
  return ledger;
}

/** A process of its own that loads the hot account whenever it is told. */
function openSecondWriter(
  url: string,
  closing: (() => Promise<void>)[],
): (inFlight: number, seconds: number) => Promise<Sample> {
  const child = fork(fileURLToPath(new URL('ledger-writer.ts', import.meta.url)), [url]);
  const exited = once(child, 'exit');
  closing.push(async () => {
    if (child.connected) child.disconnect();
    await exited;
  });
  return async (inFlight, seconds) => {
    child.send({ inFlight, seconds });
    const [sample] = await Promise.race([
      once(child, 'message'),
      exited.then(() => Promise.reject(new Error('the second writer ended'))),
    ]);
    return sample as Sample; // what ledger-writer.ts sends
  };
}

async function openGrown(url: string, closing: (() => Promise<void>)[], say: (line: string) => void): Promise<Ledger> {
  const admin = connect(url, { connectionsMax: 1, applicationName: 'bench' });
  await admin`create database grown`;
  await admin.end();
  const grownUrl = Object.assign(new URL(url), { pathname: '/grown' }).href;
  const ledger = await openWorld(grownUrl, closing);
  await fillEarlierMonths(grownUrl, { book: BOOK, accounts: ACCOUNTS, transfers: EARLIER_TRANSFERS, accountId, say });
  await ledger.prepareMonths(); // indexes the months that are over
  return ledger;
}

async function openAccounts(ledger: Ledger): Promise<void> {
  for (let first = 0; first < ACCOUNTS; first += 1000) {
    const accounts = Array.from({ length: 1000 }, (_, index) => ({
      id: accountId(first + index),
      ledger: 156,
      code: 1,
      flags: 0,
    }));
    await ledger.createAccounts(accounts);
  }
}

async function describeServer(url: string): Promise<Machine & { postgres: string }> {
  const sql: Sql = connect(url, { connectionsMax: 1, applicationName: 'bench' });
  const [row] = await sql<{ server_version: string }[]>`show server_version`;
  await sql.end();
  return { ...describeMachine(), postgres: row?.server_version ?? 'unknown' };
}

export function formatLedgerBench({ machine, method, measured, ratios }: LedgerBench): string {
  const { processor, cores, memoryGb, node, postgres } = machine;
  return [
    `${processor}, ${cores} cores, ${memoryGb} GB, Node ${node}, PostgreSQL ${postgres}`,
    ...method,
    '',
    formatMeasured(measured),
    '',
    formatRatios(ratios),
  ].join('\n');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const options = readBenchOptions(process.argv.slice(2));
  const result = await benchLedger(options);
  console.log(options.json ? JSON.stringify(result) : `\n${formatLedgerBench(result)}`);
}
