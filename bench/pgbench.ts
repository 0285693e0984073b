import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { connect } from '../src/db/connect.ts';
import type { Sample } from './harness.ts';

const run = promisify(execFile);

/** PostgreSQL's own TPC-B transaction, always on the same three rows. */
const HOT = `\\set delta random(-5000, 5000)
BEGIN;
UPDATE pgbench_accounts SET abalance = abalance + :delta WHERE aid = 1;
SELECT abalance FROM pgbench_accounts WHERE aid = 1;
UPDATE pgbench_tellers SET tbalance = tbalance + :delta WHERE tid = 1;
UPDATE pgbench_branches SET bbalance = bbalance + :delta WHERE bid = 1;
INSERT INTO pgbench_history (tid, bid, aid, delta, mtime) VALUES (1, 1, 1, :delta, CURRENT_TIMESTAMP);
END;
`;

export interface Pgbench {
  uniform(seconds: number): Promise<Sample>;
  hot(seconds: number): Promise<Sample>;
}

/** PostgreSQL's own benchmark in a database of its own on the same server; undefined where the program is missing. */
export async function openPgbench(url: string, closing: (() => Promise<void>)[]): Promise<Pgbench | undefined> {
  try {
    await run('pgbench', ['--version']);
  } catch {
    return undefined;
  }
  const admin = connect(url, { connectionsMax: 1, applicationName: 'bench' });
  await admin`create database pgbench`;
  await admin.end();
  const target = Object.assign(new URL(url), { pathname: '/pgbench' }).href;
  await run('pgbench', ['--initialize', '--scale=16', '--quiet', target]);
  const folder = await mkdtemp(join(tmpdir(), 'hutong-pgbench-'));
  closing.push(() => rm(folder, { recursive: true }));
  const script = join(folder, 'hot.sql');
  await writeFile(script, HOT);

  const bench = async (seconds: number, args: readonly string[]): Promise<Sample> => {
    const usual = ['--no-vacuum', '--protocol=prepared', '--client=16', '--jobs=2', `--time=${seconds}`];
    const { stdout } = await run('pgbench', [...usual, ...args, target]);
    const tps = /^tps = ([\d.]+)/m.exec(stdout)?.[1];
    if (tps === undefined) throw new Error(`pgbench said ${stdout}`);
    return { perSecond: Number(tps) };
  };
  return {
    uniform: (seconds) => bench(seconds, ['--builtin=tpcb-like']),
    hot: (seconds) => bench(seconds, [`--file=${script}`]),
  };
}
