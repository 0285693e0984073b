import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { freshDatabase } from '../../test/database.ts';
import { isConnectionLoss } from '../base/connection-loss.ts';
import { connect, type Sql } from './connect.ts';

const { sql, url } = await freshDatabase({ connectionsMax: 4 });

beforeAll(async () => {
  await sql`create table notes (id bigint primary key, text text not null)`;
});
afterEach(async () => {
  await sql`delete from notes`;
});

async function killBackend(pid: number): Promise<void> {
  await sql`select pg_terminate_backend(${pid})`;
}

async function backendOf(tx: Pick<Sql, 'unsafe'>): Promise<number> {
  const [row] = await tx.unsafe<{ pid: number }[]>('select pg_backend_pid() as pid');
  return row?.pid ?? 0;
}

describe('queries', () => {
  test('bigints, lists of them, fragments and null travel both ways', async () => {
    await sql`insert into notes ${sql([
      { id: 2n ** 62n, text: 'a' },
      { id: 7n, text: 'b' },
    ])}`;
    const only = sql`where id = any(${sql.array([2n ** 62n, 9n])})`;
    expect(await sql`select id, text, null as nothing from notes ${only}`).toEqual([
      { id: 2n ** 62n, text: 'a', nothing: null },
    ]);
    const rows = await sql`select n, t from unnest(${['1', '2']}::bigint[], ${['x', 'y']}::text[]) as u (n, t)`;
    expect(rows).toEqual([
      { n: 1n, t: 'x' },
      { n: 2n, t: 'y' },
    ]);
  });

  test('arrays travel both ways with any character, null, nesting and type', async () => {
    const words = ['', 'a,b', '{}', '"q"', 'back\\slash', 'NULL', ' blank ', '中文'];
    const at = new Date('2026-01-02T03:04:05.678Z');
    const [row] = await sql`
      select ${words}::text[] as words, ${sql.array(words)} as typed, ${[null, 'x']}::text[] as nulls, ${[1, 2]}::int[] as ints,
        ${sql.array([1n, 2n ** 62n])} as longs, ${sql.array([true, false])} as flags, ${sql.array([at])} as times,
        ${sql.array([Buffer.from([0, 255])])} as bytes, ${[]}::bigint[] as none, array[[1, 2], [3, 4]] as nested`;
    expect(row).toEqual({
      words,
      typed: words,
      nulls: [null, 'x'],
      ints: [1, 2],
      longs: [1n, 2n ** 62n],
      flags: [true, false],
      times: [at],
      bytes: [Buffer.from([0, 255])],
      none: [],
      nested: [
        [1, 2],
        [3, 4],
      ],
    });
  });

  test('an error carries its code, and the connection stays usable', async () => {
    await expect(sql`select 1/0`).rejects.toMatchObject({ code: '22012' });
    expect(await sql`select 1 as one`).toEqual([{ one: 1 }]);
  });

  test('more queries than connections wait for their turn', async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, (_, n) => sql`select ${n}::int as n`));
    expect(answers.map(([row]) => row?.['n'])).toEqual(Array.from({ length: 50 }, (_, n) => n));
  });

  test('a cursor reads on, stops early, and gives its connection back', async () => {
    const seen: unknown[] = [];
    for (let round = 0; round < 10; round++) {
      for await (const rows of sql`select generate_series(1, 100) as n`.cursor(30)) {
        seen.push(rows.length);
        if (round % 2 === 1) break;
      }
    }
    expect(seen.slice(0, 5)).toEqual([30, 30, 30, 10, 30]);
    expect(await sql`select 1 as one`).toEqual([{ one: 1 }]);
  });

  test('what would open connections behind our back is refused by name', () => {
    expect(() => sql.listen('x', () => {})).toThrow('sql.listen is not offered here');
  });
});

describe('transactions', () => {
  test('an error undoes everything, also when the caller swallowed it', async () => {
    const work = sql.begin(async (tx) => {
      await tx`insert into notes values (1, 'a')`;
      await tx`insert into notes values (1, 'again')`.catch(() => 'swallowed');
      return 'done';
    });
    await expect(work).rejects.toMatchObject({ code: '23505' });
    expect(await sql`select * from notes`).toEqual([]);
  });

  test('a savepoint undoes only its own part', async () => {
    await sql.begin(async (tx) => {
      await tx`insert into notes values (1, 'a')`;
      await tx.savepoint((sp) => sp`insert into notes values (1, 'again')`).catch(() => 'undone');
      await tx.savepoint((sp) => sp`insert into notes values (2, 'b')`);
    });
    expect(await sql`select id from notes order by id`).toEqual([{ id: 1n }, { id: 2n }]);
  });

  test('a deferred constraint that fails at commit rejects', async () => {
    await sql`alter table notes add constraint late unique (text) deferrable initially deferred`;
    const work = sql.begin(async (tx) => {
      await tx`insert into notes values (1, 'a'), (2, 'a')`;
    });
    await expect(work).rejects.toMatchObject({ code: '23505' });
    await sql`alter table notes drop constraint late`;
  });

  test('statements after the end are refused and never run by themselves', async () => {
    let kept: ((text: string) => Promise<unknown>) | undefined;
    await sql.begin(async (tx) => {
      kept = async (text) => tx.unsafe(text);
      await tx`select 1`;
    });
    await expect(kept?.(`insert into notes values (9, 'late')`)).rejects.toThrow('the transaction is over');
    expect(await sql`select * from notes`).toEqual([]);
  });

  test('a connection that dies in the middle fails the transaction, runs nothing outside of it, and harms nobody else', async () => {
    const later: string[] = [];
    const work = sql.begin(async (tx) => {
      const pid = await backendOf(tx);
      await tx`insert into notes values (1, 'inside')`;
      await Promise.allSettled([tx`select pg_sleep(60)`, tx`select pg_sleep(${60})`, killBackend(pid)]);
      await tx`insert into notes values (2, 'after')`.catch((error: Error) => later.push(error.message));
    });
    const error = await work.catch((caught: unknown) => caught);
    expect(isConnectionLoss(error)).toBe(true);
    expect(later).toHaveLength(1);
    expect(await sql`select * from notes`).toEqual([]);
  });

  test('a hundred connections that die at any moment leave the pool whole', async () => {
    const small = connect(url, { connectionsMax: 2, applicationName: 'dying' });
    for (let round = 0; round < 100; round++) {
      const work = small.begin(async (tx) => {
        const pid = await backendOf(tx);
        const killed = killBackend(pid);
        for (let n = 0; n < 3; n++) await tx`insert into notes values (${BigInt(round * 10 + n)}, 'x')`;
        await killed;
        await tx`select 1`;
      });
      expect(isConnectionLoss(await work.catch((caught: unknown) => caught))).toBe(true);
    }
    expect(await Promise.all([small`select 1 as one`, small`select 2 as two`])).toEqual([[{ one: 1 }], [{ two: 2 }]]);
    expect(await sql`select * from notes`).toEqual([]);
    await small.end();
  });
});

describe('the pool', () => {
  test('an unreachable database fails at once, and again on the next query', async () => {
    const nobody = connect('postgres://nobody:x@127.0.0.1:1/none', { connectionsMax: 2, applicationName: 'test' });
    for (let n = 0; n < 3; n++) {
      const error: unknown = await nobody`select 1`.catch((caught: unknown) => caught);
      expect(isConnectionLoss(error)).toBe(true);
    }
    await expect(nobody.begin((tx) => tx`select 1`)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await nobody.end();
  });

  test('end waits for what is in hand, refuses what comes after, and leaves no connection', async () => {
    const short = connect(url, { connectionsMax: 2, applicationName: 'ends soon' });
    const inHand = short.begin((tx) => tx`select pg_sleep(0.1), 5 as five`);
    await short`select 1`;
    await Promise.all([short.end(), expect(inHand).resolves.toMatchObject([{ five: 5 }])]);
    await expect(short`select 1`).rejects.toMatchObject({ code: 'CONNECTION_ENDED' });
    await expect.poll(() => sql`select 1 from pg_stat_activity where application_name = 'ends soon'`).toEqual([]);
  });

  test('end with a time limit cuts what does not finish', async () => {
    const short = connect(url, { connectionsMax: 1, applicationName: 'cut' });
    await short`select 1`;
    const stuck = short`select pg_sleep(60)`.catch((error: unknown) => isConnectionLoss(error));
    await short.end({ timeout: 0.05 });
    expect(await stuck).toBe(true);
  });

  test('a reserved connection keeps its session until it is released', async () => {
    const held = await sql.reserve();
    const pid = await backendOf(held);
    expect(await backendOf(held)).toBe(pid);
    held.release();
  });
});
