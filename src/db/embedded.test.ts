import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { rootDir } from '../base/root.ts';
import { createBatch } from './batch.ts';
import { connect, type Sql } from './connect.ts';
import { startPostgres, type Embedded, type EmbeddedOptions } from './embedded.ts';
import { migrate } from './migrate.ts';

// Each test makes databases of its own, which a busy machine takes seconds for.
let folder: string;
let dir: string;
const servers: Embedded[] = [];
const elsewhere: { child: ChildProcess; pid: number }[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hutong-embedded-'));
  dir = join(folder, 'deep', 'postgres');
});
afterEach(async () => {
  for (const { child, pid } of elsewhere.splice(0)) {
    child.kill('SIGKILL');
    await until(() => !isAlive(pid));
  }
  await Promise.all(servers.splice(0).map((server) => server.stop()));
  await rm(folder, { recursive: true, force: true });
});

async function start(over: Partial<EmbeddedOptions> = {}): Promise<Embedded> {
  const server = await startPostgres({ dir, ...over });
  servers.push(server);
  return server;
}

async function withSql<T>(url: string, work: (sql: Sql) => Promise<T>): Promise<T> {
  const sql = connect(url, { connectionsMax: 2, applicationName: 'test' });
  try {
    return await work(sql);
  } finally {
    await sql.end();
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 10));
}

/** PostgreSQL started by a process that is not this one. */
async function startElsewhere(): Promise<{ child: ChildProcess; url: string; pid: number }> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'test/start-postgres.ts', dir], {
    cwd: rootDir,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface({ input: child.stdout })) {
    const { url, pid }: { url: string; pid: number } = JSON.parse(line);
    elsewhere.push({ child, pid });
    return { child, url, pid };
  }
  throw new Error('the process ended before PostgreSQL ran');
}

async function killNow(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

describe('starting', () => {
  test('a second start keeps the data, the address and the secret, and nothing is left running in between', async () => {
    const first = await start();
    await withSql(first.url, (sql) => sql`create table kept as select 7 as n`);
    const pid = first.pid() ?? 0;
    await first.stop();
    expect(isAlive(pid)).toBe(false);
    expect(first.pid()).toBeUndefined();
    const second = await start();
    expect(second.url).toBe(first.url);
    expect(await withSql(second.url, (sql) => sql`select n from kept`)).toEqual([{ n: 7 }]);
  });

  test('writes are durable, only this machine may connect, and the password is asked for and kept private', async () => {
    const server = await start();
    const values = await withSql(
      server.url,
      (sql) => sql`
      select name, setting from pg_settings
      where name in ('fsync', 'synchronous_commit', 'full_page_writes', 'listen_addresses', 'unix_socket_directories') order by name`,
    );
    expect(values.map((row) => `${row['name']}=${row['setting']}`)).toEqual([
      'fsync=on',
      'full_page_writes=on',
      'listen_addresses=127.0.0.1',
      'synchronous_commit=on',
      'unix_socket_directories=',
    ]);
    const wrong = new URL(server.url);
    wrong.password = 'guess';
    await expect(withSql(wrong.href, (sql) => sql`select 1`)).rejects.toMatchObject({ code: '28P01' });
    expect((await stat(`${dir}.access.json`)).mode & 0o777).toBe(0o600);
    expect((await stat(dir)).mode & 0o777).toBe(0o700);
  });

  test('a folder that was made half before a crash is made again', async () => {
    await mkdir(`${dir}.init`, { recursive: true });
    await writeFile(join(`${dir}.init`, 'PG_VERSION'), '18\n');
    await start();
    expect(await readdir(join(folder, 'deep'))).not.toContain('postgres.init');
  });
});

describe('what cannot be started is said in one line', () => {
  test('a folder with something else in it', async () => {
    await mkdir(dir, { recursive: true });
    await writeFile(join(dir, 'letter.txt'), 'dear diary');
    await expect(start()).rejects.toMatchObject({
      problem: 'folder_broken',
      message: expect.stringMatching(/^The database folder .*not a complete PostgreSQL database\.$/),
    });
    expect(await readdir(dir)).toEqual(['letter.txt']);
  });

  test('a folder of another version', async () => {
    await mkdir(dir, { recursive: true });
    await writeFile(join(dir, 'PG_VERSION'), '15\n');
    await expect(start()).rejects.toMatchObject({
      problem: 'folder_broken',
      message: expect.stringMatching(/made by PostgreSQL 15, and this is/),
    });
  });

  test('a file where the folder should be', async () => {
    await writeFile(join(folder, 'deep'), '');
    await expect(start()).rejects.toMatchObject({ problem: 'folder_broken' });
  });

  test('data whose password is gone', async () => {
    await (await start()).stop();
    await rm(`${dir}.access.json`);
    await expect(start()).rejects.toMatchObject({
      problem: 'folder_broken',
      message: expect.stringMatching(/access\.json cannot be used/),
    });
  });

  test('damaged data: what PostgreSQL says is shown', async () => {
    await (await start()).stop();
    await writeFile(join(dir, 'global', 'pg_control'), 'garbage');
    const error = await start().catch((caught: unknown) => caught);
    expect(error).toMatchObject({ problem: 'start_failed' });
    expect((error as Error).message.split('\n')).toHaveLength(1); // an Error by the line above
  });

  test('a port that is taken', async () => {
    const other = createServer();
    await once(other.listen(0, '127.0.0.1'), 'listening');
    const address = other.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    await expect(start({ port })).rejects.toMatchObject({
      problem: 'port_in_use',
      message: expect.stringContaining(String(port)),
    });
    other.close();
  });

  test('a folder that another process uses, which goes on undisturbed', async () => {
    const { child, url } = await startElsewhere();
    await expect(start()).rejects.toMatchObject({
      problem: 'folder_in_use',
      message: expect.stringContaining(String(child.pid)),
    });
    expect(await withSql(url, (sql) => sql`select 1 as one`)).toEqual([{ one: 1 }]);
  });
});

describe('kill -9', () => {
  test('of the process that started it: PostgreSQL goes too, and the next start has the data', async () => {
    const { child, url, pid } = await startElsewhere();
    await withSql(url, (sql) => sql`create table kept as select 7 as n`);
    await killNow(child);
    await until(() => !isAlive(pid));
    const again = await start();
    expect(await withSql(again.url, (sql) => sql`select n from kept`)).toEqual([{ n: 7 }]);
  });

  test.runIf(process.platform === 'linux')(
    'of watchdog and process: the one left over is stopped before the next start',
    async () => {
      const { child, pid } = await startElsewhere();
      const words = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1]?.split(' ') ?? [];
      process.kill(Number(words[1]), 'SIGKILL'); // the parent: the watchdog
      await killNow(child);
      expect(isAlive(pid)).toBe(true);
      const again = await start();
      expect(isAlive(pid)).toBe(false);
      expect(again.pid()).not.toBe(pid);
    },
  );

  test('of PostgreSQL, again and again while writing: it comes back, no acknowledged write is lost and none is doubled', async () => {
    const server = await start({ keepAlive: true });
    const sql = connect(server.url, { connectionsMax: 4, applicationName: 'test' });
    await migrate(sql);
    await sql`create table written (n integer not null)`;
    const batch = createBatch<number, number>({
      name: 'written',
      sql,
      itemsMax: 64,
      queueMax: 1000,
      async run(tx, items) {
        await tx`insert into written select * from unnest(${items.map(String)}::int[])`;
        return items;
      },
    });
    const acknowledged: number[] = [];
    const refused: string[] = [];
    let next = 0;
    const writing = { over: false };
    const writer = async (): Promise<void> => {
      while (!writing.over) {
        const n = (next += 1);
        await batch.submit(n).then(
          () => acknowledged.push(n),
          (error: Error) => refused.push(error.name),
        );
      }
    };
    const writers = Array.from({ length: 16 }, writer);
    for (let kills = 0; kills < 3; kills++) {
      const before = acknowledged.length;
      await until(() => acknowledged.length > before + 200 && server.pid() !== undefined);
      const pid = server.pid() ?? 0;
      process.kill(pid, 'SIGKILL');
      await until(() => server.pid() !== pid);
    }
    await until(() => server.pid() !== undefined);
    writing.over = true;
    await Promise.all(writers);
    const rows = await sql<{ n: number }[]>`select n from written order by n`;
    const saved = rows.map((row) => row.n);
    expect(new Set(saved).size).toBe(saved.length);
    expect(saved).toEqual(acknowledged.toSorted((a, b) => a - b));
    expect(refused.filter((name) => name !== 'Refusal')).toEqual([]);
    await sql.end();
  });
});
