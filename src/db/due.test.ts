import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { freshDatabase } from '../../test/database.ts';
import { silentLog } from '../base/log.ts';
import { startDueLoop, type DueLoop, type DueLoopOptions } from './due.ts';

const { sql } = await freshDatabase();

interface Job {
  id: number;
  lease_no: number;
  tries_count: number;
}

beforeAll(async () => {
  await sql`
    create table jobs (
      id integer primary key, due_at timestamptz, leased_until timestamptz not null default '-infinity',
      lease_no integer not null default 0, tries_count integer not null default 0
    )`;
});

const loops: DueLoop[] = [];
afterEach(async () => {
  await Promise.all(loops.splice(0).map((loop) => loop.stop()));
  await sql`truncate jobs`;
});

function start(over: Partial<DueLoopOptions<Job>>): DueLoop {
  const loop = startDueLoop<Job>({
    name: 'jobs',
    claim: (limit) => claimJobs(limit, 3600),
    work: finish,
    concurrency: 4,
    idleMs: 3_600_000,
    log: silentLog,
    ...over,
  });
  loops.push(loop);
  return loop;
}

async function claimJobs(limit: number, leaseSeconds: number): Promise<Job[]> {
  return sql<Job[]>`
    update jobs set leased_until = now() + make_interval(secs => ${leaseSeconds}), lease_no = lease_no + 1, tries_count = tries_count + 1
    where id in (select id from jobs where due_at <= now() and leased_until <= now() order by due_at limit ${limit} for update skip locked)
    returning id, lease_no, tries_count`;
}

async function finish(job: Job): Promise<void> {
  await sql`update jobs set due_at = null where id = ${job.id} and lease_no = ${job.lease_no}`;
}

async function addJobs(count: number): Promise<void> {
  await sql`insert into jobs (id, due_at) select n, now() from generate_series(1, ${count}::int) as n`;
}

async function until(isTrue: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await isTrue())) await new Promise((resolve) => setTimeout(resolve, 5));
}

async function allDone(): Promise<boolean> {
  const [row] = await sql<{ left: number }[]>`select count(*)::int as left from jobs where due_at is not null`;
  return row?.left === 0;
}

describe('the due loop', () => {
  test('two nodes work off every row once, with bounded concurrency', async () => {
    await addJobs(200);
    let inHand = 0;
    let most = 0;
    const work = async (job: Job): Promise<void> => {
      most = Math.max(most, (inHand += 1));
      await finish(job);
      inHand -= 1;
    };
    start({ work });
    start({ work });
    await until(allDone);
    expect(most).toBeLessThanOrEqual(8);
    expect(await sql`select max(tries_count)::int as tries from jobs`).toEqual([{ tries: 1 }]);
  });

  test('a kick wakes a loop that rests', async () => {
    const loop = start({});
    await addJobs(1);
    loop.kick();
    await until(allDone);
  });

  test('without a kick the loop looks by itself', async () => {
    start({ idleMs: 20 });
    await addJobs(1);
    await until(allDone);
  });

  test('a job that throws neither stops the loop nor is lost: it comes back when its lease is over', async () => {
    await addJobs(3);
    const loop = start({
      idleMs: 10,
      work: async (job) => {
        if (job.id !== 2 || job.tries_count === 3) return await finish(job);
        await sql`update jobs set leased_until = now() where id = ${job.id}`; // the time of its lease goes by
        throw new Error('crash');
      },
    });
    await until(allDone);
    await loop.stop();
    expect(await sql`select id, tries_count from jobs order by id`).toEqual([
      { id: 1, tries_count: 1 },
      { id: 2, tries_count: 3 },
      { id: 3, tries_count: 1 },
    ]);
  });

  test('a claim that fails is tried again', async () => {
    await addJobs(1);
    let failures = 0;
    start({
      claim: (limit) => (failures++ < 2 ? Promise.reject(new Error('no database')) : claimJobs(limit, 3600)),
    });
    await until(allDone);
    expect(failures).toBe(3);
  });

  test('stop waits for the jobs in hand and claims nothing more', async () => {
    await addJobs(10);
    let release = (): void => {};
    const gate = new Promise<void>((resolve) => (release = resolve));
    const started: number[] = [];
    const loop = start({
      async work(job) {
        started.push(job.id);
        await gate;
        await finish(job);
      },
    });
    await until(() => started.length === 4);
    const stopped = loop.stop();
    release();
    await stopped;
    expect(started).toHaveLength(4);
    expect(await sql`select id from jobs where due_at is null`).toHaveLength(4);
  });
});
