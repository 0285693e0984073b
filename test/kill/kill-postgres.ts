import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { connect } from '../../src/db/connect.ts';
import type { Embedded } from '../../src/db/embedded.ts';

/** kill -9 of the postmaster and of every process that it started; resolves when a new one answers. */
export async function killPostgres(postgres: Embedded): Promise<void> {
  const postmaster = postgres.pid();
  if (postmaster === undefined) throw new Error('PostgreSQL was expected to run');
  for (const pid of [postmaster, ...(await childrenOf(postmaster))]) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // it ended by itself a moment ago
    }
  }
  while (postgres.pid() === postmaster || !(await answers(postgres.url))) await pause(20);
}

async function answers(url: string): Promise<boolean> {
  const sql = connect(url, { connectionsMax: 1, applicationName: 'test' });
  try {
    await sql`select 1`;
    return true;
  } catch {
    return false;
  } finally {
    await sql.end({ timeout: 0 });
  }
}

async function childrenOf(parent: number): Promise<number[]> {
  if (process.platform !== 'linux') {
    const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=']);
    const rows = stdout.split('\n').map((line) => line.trim().split(/\s+/).map(Number));
    return rows.flatMap(([pid, ppid]) => (pid !== undefined && ppid === parent ? [pid] : []));
  }
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const parents = await Promise.all(pids.map(parentOf));
  return pids.filter((_pid, index) => parents[index] === parent);
}

/** proc(5): after the name in brackets, which may hold blanks, come the state and the parent. */
async function parentOf(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[1] ?? 0);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
