import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freshDatabase } from '../../test/database.ts';
import { migrate, MigrationError } from './migrate.ts';

const { sql } = await freshDatabase();
let dir: string;

beforeAll(async () => {
  await sql`drop table migrations`;
  dir = await mkdtemp(join(tmpdir(), 'hutong-migrate-'));
  await writeFile(join(dir, '0001_first.sql'), 'create table first (n integer);\ninsert into first values (1);\n');
});
afterAll(() => rm(dir, { recursive: true, force: true }));

describe('migrate', () => {
  test('nodes that start together run each file once', async () => {
    const ran = await Promise.all([migrate(sql, dir), migrate(sql, dir), migrate(sql, dir)]);
    expect(ran.flat()).toEqual(['0001_first.sql']);
    expect(await sql`select n from first`).toHaveLength(1);
  });

  test('a later file runs on top, and nothing runs twice', async () => {
    await writeFile(join(dir, '0002_second.sql'), 'alter table first add column m integer');
    expect(await migrate(sql, dir)).toEqual(['0002_second.sql']);
    expect(await migrate(sql, dir)).toEqual([]);
  });

  test('a file that fails leaves nothing behind and names itself', async () => {
    await writeFile(join(dir, '0003_third.sql'), 'create table third (n integer); select 1/0;');
    await expect(migrate(sql, dir)).rejects.toThrow(/0003_third\.sql failed: division by zero/);
    expect((await sql`select to_regclass('third') as found`)[0]).toEqual({ found: null });
    await rm(join(dir, '0003_third.sql'));
  });

  test('a file edited after it has run is refused', async () => {
    await writeFile(join(dir, '0002_second.sql'), 'alter table first add column edited integer');
    await expect(migrate(sql, dir)).rejects.toThrow(/0002_second\.sql is not the one that the database has run/);
  });

  test('a database newer than the program is refused', async () => {
    await rm(join(dir, '0002_second.sql'));
    await expect(migrate(sql, dir)).rejects.toThrow(/newer than this program: it has run 0002_second\.sql/);
  });

  test.each([
    ['0003_gap.sql', /out of order: number 2 was expected/],
    ['2_short.sql', /not named like/],
  ])('the file name %s is refused', async (name, complaint) => {
    await writeFile(join(dir, name), 'select 1');
    await expect(migrate(sql, dir)).rejects.toThrow(complaint);
    await expect(migrate(sql, dir)).rejects.toBeInstanceOf(MigrationError);
    await rm(join(dir, name));
  });
});
