import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { startCuttingProxy } from '../../test/cutting-proxy.ts';
import { freshDatabase } from '../../test/database.ts';
import { Refusal } from '../base/refusal.ts';
import { createBatch, type BatchOptions } from './batch.ts';
import { connect, type Sql, type Tx } from './connect.ts';

const { sql, url } = await freshDatabase();

interface Note {
  id: number;
  text: string;
}

beforeAll(async () => {
  await sql`create table notes (id integer primary key, text text not null check (text <> 'bad'))`;
});
afterEach(async () => {
  await sql`truncate notes`;
});

async function insertNotes(tx: Tx, notes: readonly Note[]): Promise<string[]> {
  const ids = notes.map((note) => String(note.id));
  await tx`insert into notes (id, text) select * from unnest(${ids}::int[], ${notes.map((note) => note.text)}::text[])`;
  return notes.map((note) => `wrote ${note.id}`);
}

function notesBatch(over: Partial<BatchOptions<Note, string>> & { sql?: Sql }) {
  const sizes: number[] = [];
  const batch = createBatch<Note, string>({
    name: 'notes',
    sql,
    itemsMax: 100,
    queueMax: 1000,
    run(tx, notes) {
      sizes.push(notes.length);
      return insertNotes(tx, notes);
    },
    ...over,
  });
  return { batch, sizes };
}

async function savedIds(): Promise<number[]> {
  return (await sql<{ id: number }[]>`select id from notes order by id`).map((row) => row.id);
}

function note(id: number, text = 'good'): Note {
  return { id, text };
}

describe('gathering', () => {
  test('each caller gets the answer to its own item', async () => {
    const { batch } = notesBatch({});
    const answers = await Promise.all([3, 1, 2].map((id) => batch.submit(note(id))));
    expect(answers).toEqual(['wrote 3', 'wrote 1', 'wrote 2']);
    expect(await savedIds()).toEqual([1, 2, 3]);
  });

  test('what arrives during a transaction goes into the next one, up to the cap', async () => {
    let release = (): void => {};
    const gate = new Promise<void>((resolve) => (release = resolve));
    const sizes: number[] = [];
    const { batch } = notesBatch({
      itemsMax: 4,
      async run(tx, notes) {
        sizes.push(notes.length);
        await gate;
        return insertNotes(tx, notes);
      },
    });
    const first = batch.submit(note(0));
    while (sizes.length === 0) await new Promise((resolve) => setImmediate(resolve));
    const rest = Array.from({ length: 9 }, (_, n) => batch.submit(note(n + 1)));
    release();
    await Promise.all([first, ...rest]);
    expect(sizes).toEqual([1, 4, 4, 1]);
  });

  test('items count as much as they weigh, and a heavy one goes alone', async () => {
    const { batch, sizes } = notesBatch({ itemsMax: 4, sizeOf: (item) => item.id });
    await Promise.all([2, 1, 3, 9].map((id) => batch.submit(note(id))));
    expect(sizes).toEqual([2, 1, 1]);
  });

  test('a full queue refuses with a time to come back, and what was accepted is done', async () => {
    const { batch } = notesBatch({ queueMax: 3, itemsMax: 1 });
    const results = await Promise.allSettled([1, 2, 3, 4].map((id) => batch.submit(note(id))));
    expect(results.map((result) => result.status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'rejected']);
    expect(results[3]).toMatchObject({ reason: { code: 'overloaded', facts: { retryAfterSeconds: 1 } } });
    expect(await savedIds()).toEqual([1, 2, 3]);
  });

  test('close finishes what waits and takes nothing more', async () => {
    const { batch } = notesBatch({ itemsMax: 1 });
    const accepted = [1, 2, 3].map((id) => batch.submit(note(id)));
    await batch.close();
    expect(await savedIds()).toEqual([1, 2, 3]);
    await expect(batch.submit(note(4))).rejects.toMatchObject({ code: 'unavailable' });
    await Promise.all(accepted);
  });
});

describe('one bad item', () => {
  test('a refusal among the answers concerns its item only', async () => {
    const { batch } = notesBatch({
      async run(tx, notes) {
        const good = notes.filter((item) => item.text === 'good');
        await insertNotes(tx, good);
        return notes.map((item) =>
          item.text === 'good' ? `wrote ${item.id}` : new Refusal('not_found', 'nothing here'),
        );
      },
    });
    const results = await Promise.allSettled([note(1), note(2, 'odd'), note(3)].map((item) => batch.submit(item)));
    expect(results.map((result) => result.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(await savedIds()).toEqual([1, 3]);
  });

  test.each([0, 7, 50, 63])('item %i of 64 breaks a constraint: it fails alone', async (bad) => {
    const { batch, sizes } = notesBatch({});
    const items = Array.from({ length: 64 }, (_, id) => note(id, id === bad ? 'bad' : 'good'));
    const results = await Promise.allSettled(items.map((item) => batch.submit(item)));
    expect(results.flatMap((result, id) => (result.status === 'rejected' ? [id] : []))).toEqual([bad]);
    expect(results[bad]).toMatchObject({ reason: { code: '23514' } });
    expect(await savedIds()).toHaveLength(63);
    expect(sizes.length).toBeLessThanOrEqual(1 + 2 * 6);
  });

  test('an error of run itself reaches the one caller, and the batch goes on', async () => {
    const { batch } = notesBatch({
      run(tx, notes) {
        if (notes.some((item) => item.id === 2)) throw new TypeError('a bug of ours');
        return insertNotes(tx, notes);
      },
    });
    const results = await Promise.allSettled([1, 2, 3].map((id) => batch.submit(note(id))));
    expect(results.map((result) => result.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(results[1]).toMatchObject({ reason: { message: 'a bug of ours' } });
    expect(await batch.submit(note(4))).toBe('wrote 4');
  });
});

describe('conflicts', () => {
  test('two writers that deadlock both succeed in the end', async () => {
    await sql`create table counters (name text primary key, n integer not null)`;
    await sql`insert into counters values ('a', 0), ('b', 0)`;
    let tries = 0;
    let holding = 0;
    let met = (): void => {};
    const bothHoldOne = new Promise<void>((resolve) => (met = resolve));
    const writer = (first: string, second: string) =>
      createBatch<null, string>({
        name: first,
        sql,
        itemsMax: 10,
        queueMax: 10,
        async run(tx) {
          tries += 1;
          await tx`update counters set n = n + 1 where name = ${first}`;
          holding += 1;
          if (holding === 2) met();
          await bothHoldOne;
          await tx`update counters set n = n + 1 where name = ${second}`;
          return ['done'];
        },
      });
    expect(await Promise.all([writer('a', 'b').submit(null), writer('b', 'a').submit(null)])).toEqual(['done', 'done']);
    expect(tries).toBeGreaterThan(2);
    expect(await sql`select n from counters`).toEqual([{ n: 2 }, { n: 2 }]);
  });

  test('a conflict that never ends is refused as overload after a bounded number of tries', async () => {
    let tries = 0;
    const { batch } = notesBatch({
      async run(tx) {
        tries += 1;
        await tx.unsafe(`do $$ begin raise sqlstate '40001'; end $$`);
        return [];
      },
    });
    await expect(batch.submit(note(1))).rejects.toMatchObject({ code: 'overloaded' });
    expect(tries).toBe(8);
  });
});

describe('a lost connection', () => {
  test.each([
    { cuts: ['deliver'] as const, runs: 1 },
    { cuts: ['drop'] as const, runs: 2 },
    { cuts: ['drop', 'drop', 'deliver'] as const, runs: 3 },
  ])('commits cut as $cuts: every item is written once and told so', async ({ cuts, runs }) => {
    const proxy = await startCuttingProxy(url);
    const shaky = connect(proxy.url, { connectionsMax: 2, applicationName: 'shaky' });
    const { batch, sizes } = notesBatch({ sql: shaky });
    await batch.submit(note(0));
    sizes.length = 0;
    proxy.cuts.push(...cuts);
    const answers = await Promise.all([1, 2, 3].map((id) => batch.submit(note(id))));
    expect(answers).toEqual(['wrote 1', 'wrote 2', 'wrote 3']);
    expect(sizes).toHaveLength(runs);
    expect(proxy.cuts).toEqual([]);
    expect(await savedIds()).toEqual([0, 1, 2, 3]);
    await shaky.end();
    await proxy.close();
  });

  test('the very first commit of a batcher may be the one that is cut', async () => {
    for (const cut of ['deliver', 'drop'] as const) {
      const proxy = await startCuttingProxy(url);
      const shaky = connect(proxy.url, { connectionsMax: 2, applicationName: 'shaky' });
      const { batch } = notesBatch({ sql: shaky });
      proxy.cuts.push(cut);
      expect(await batch.submit(note(cut === 'drop' ? 1 : 2))).toMatch(/^wrote/);
      await shaky.end();
      await proxy.close();
    }
    expect(await savedIds()).toEqual([1, 2]);
  });

  test('a backend killed in the middle of the work: the work is done again', async () => {
    let tries = 0;
    const { batch } = notesBatch({
      async run(tx, notes) {
        tries += 1;
        const answers = await insertNotes(tx, notes);
        if (tries < 3) await tx`select pg_terminate_backend(pg_backend_pid())`;
        return answers;
      },
    });
    expect(await batch.submit(note(1))).toBe('wrote 1');
    expect(tries).toBe(3);
    expect(await savedIds()).toEqual([1]);
  });

  test('no database at all: unavailable after a bounded number of tries, also for those who waited', async () => {
    const nobody = connect('postgres://nobody:x@127.0.0.1:1/none', { connectionsMax: 1, applicationName: 'test' });
    const { batch } = notesBatch({ sql: nobody, itemsMax: 1 });
    const results = await Promise.allSettled([1, 2, 3].map((id) => batch.submit(note(id))));
    for (const result of results) {
      expect(result).toMatchObject({ reason: { code: 'unavailable', facts: { retryAfterSeconds: 1 } } });
    }
    await nobody.end();
  });
});
