import { afterEach, expect, test } from 'vitest';
import { freshDatabase } from '../../test/database.ts';
import { silentLog } from '../base/log.ts';
import { startWatch, type Watch } from './watch.ts';

const { sql } = await freshDatabase({ connectionsMax: 2 });
const watches: Watch[] = [];
afterEach(async () => {
  await Promise.all(watches.splice(0).map((watch) => watch.stop()));
});

function watchPids(pollMs: number): { pids: number[]; watch: Watch } {
  const pids: number[] = [];
  const watch = startWatch({
    sql,
    name: 'test',
    channel: 'hutong_test',
    pollMs,
    readMsMax: 60_000, // none of these reads hangs: a slow one is no reason for another connection
    async read(own) {
      const [row] = await own<{ pid: number }[]>`select pg_backend_pid() as pid`;
      pids.push(row?.pid ?? 0);
    },
    log: silentLog,
  });
  watches.push(watch);
  return { pids, watch };
}

test('a notice is followed by a read, long before the next look', async () => {
  const { pids } = watchPids(600_000);
  await expect.poll(() => pids.length).toBe(1);
  await sql`select pg_notify('hutong_test', '')`;
  await expect.poll(() => pids.length).toBe(2);
  await sql.begin((tx) => tx`notify hutong_test`);
  await expect.poll(() => pids.length).toBe(3);
});

test('without any notice it looks by itself, always through one connection of its own', async () => {
  const { pids } = watchPids(5);
  await sql.begin(async (one) => {
    await sql.begin(async (two) => {
      await Promise.all([one`select 1`, two`select 1`]); // every connection of the pool is taken
      const before = pids.length;
      await expect.poll(() => pids.length).toBeGreaterThan(before + 3);
    });
  });
  expect(new Set(pids).size).toBe(1);
});

test('a connection that is cut is opened again, listens again and reads at once', async () => {
  const { pids } = watchPids(600_000);
  await expect.poll(() => pids.length).toBe(1);
  await sql`select pg_terminate_backend(${pids[0] ?? 0})`;
  await expect.poll(() => pids.length).toBe(2);
  expect(pids[1]).not.toBe(pids[0]);
  await sql`select pg_notify('hutong_test', '')`;
  await expect.poll(() => pids.length).toBe(3);
});

test('a read that hangs is given up and tried on another connection', async () => {
  let reads = 0;
  const watch = startWatch({
    sql,
    name: 'test',
    channel: 'hutong_test',
    pollMs: 5,
    readMsMax: 50,
    async read(own) {
      reads += 1;
      await own`select pg_sleep(${reads === 1 ? 30 : 0})`;
    },
    log: silentLog,
  });
  watches.push(watch);
  await expect.poll(() => reads).toBeGreaterThan(2);
});
