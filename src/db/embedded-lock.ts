import { execFile } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import { codeOf, reasonOf } from './embedded-binaries.ts';
import { EmbeddedError } from './embedded-error.ts';

const STOP_WAIT_MS = 15_000;

/**
 * One launcher at a time per data folder. DIR.lock holds our process id and when that process started, so that a lock
 * left by a killed launcher is seen to be dead even when its number was given to somebody else.
 * @throws EmbeddedError folder_in_use
 */
export async function lockFolder(dir: string): Promise<() => Promise<void>> {
  const path = `${dir}.lock`;
  const mine = `${process.pid} ${await startStamp(process.pid)}\n`;
  for (;;) {
    try {
      await writeFile(path, mine, { flag: 'wx', mode: 0o600 });
      return () => rm(path, { force: true });
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') {
        throw new EmbeddedError('folder_broken', `The database folder ${dir} cannot be locked: ${reasonOf(error)}.`);
      }
    }
    const [pid, ...stamp] = (await readFile(path, 'utf8').catch(() => '')).trim().split(' ');
    if (pid && stamp.length > 0 && (await startStamp(Number(pid))) === stamp.join(' ')) {
      throw new EmbeddedError(
        'folder_in_use',
        `The database folder ${dir} is in use by process ${pid}. Stop it first.`,
      );
    }
    await rm(path, { force: true });
  }
}

/** Stops a server that outlived its launcher (both launcher and watchdog were killed). We hold the lock, so it is nobody's. */
export async function stopLeftover(dir: string): Promise<void> {
  const pid = await readPostmasterPid(dir);
  if (pid === undefined || !(await isPostgresOf(pid, dir))) return;
  const started = process.hrtime.bigint();
  for (let waitedMs = 0; waitedMs < STOP_WAIT_MS; waitedMs = Number((process.hrtime.bigint() - started) / 1_000_000n)) {
    // SIGINT is a fast shutdown, SIGQUIT an immediate one; both keep every acknowledged write.
    if (!sendSignal(pid, waitedMs < STOP_WAIT_MS / 2 ? 'SIGINT' : 'SIGQUIT')) return;
    await sleep(50);
  }
  throw new EmbeddedError('folder_in_use', `PostgreSQL process ${pid} still uses ${dir} and does not stop.`);
}

/** The first line of postmaster.pid; undefined when there is none. */
export async function readPostmasterPid(dir: string): Promise<number | undefined> {
  const text = await readFile(join(dir, 'postmaster.pid'), 'utf8').catch(() => '');
  const pid = Number(text.split('\n', 1)[0]);
  return Number.isInteger(pid) && pid > 1 ? pid : undefined;
}

/** False when there is no such process any more. */
export function sendSignal(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

/** A number from an old file may belong to a stranger by now: only a postgres that names this folder is ours to stop. */
async function isPostgresOf(pid: number, dir: string): Promise<boolean> {
  if (!sendSignal(pid, 0)) return false;
  const command =
    process.platform === 'linux'
      ? (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).replaceAll('\0', ' ')
      : await ps(pid, 'command');
  return command.includes('postgres') && command.includes(dir);
}

/** When a process started, in the system's own words; empty when there is no such process. */
async function startStamp(pid: number): Promise<string> {
  if (!Number.isInteger(pid) || pid <= 0) return '';
  if (process.platform !== 'linux') return ps(pid, 'lstart');
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // proc(5): after the name in brackets, which may hold blanks, the start time is the 20th word.
  const ticks = text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  const boot = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '')).trim();
  return ticks === '' ? '' : `${ticks}-${boot}`;
}

async function ps(pid: number, column: string): Promise<string> {
  try {
    return (await promisify(execFile)('ps', ['-o', `${column}=`, '-p', String(pid)])).stdout.trim();
  } catch {
    return '';
  }
}
