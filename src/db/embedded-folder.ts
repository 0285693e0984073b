import { spawn } from 'node:child_process';
import { constants } from 'node:fs';
import {
  access,
  chmod,
  chown,
  lstat,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  rmdir,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeDir } from '../base/make-dir.ts';
import { systemRandom } from '../base/random.ts';
import { Secret } from '../base/secret.ts';
import { codeOf, reasonOf, type Binaries, type RunAs } from './embedded-binaries.ts';
import { EmbeddedError } from './embedded-error.ts';

/** The major version of the binaries; a folder made by another one cannot be opened by them. */
const POSTGRES_MAJOR = '18';

export const EMBEDDED_USER = 'hutong';

/** What lies beside the data folder: `postgres/` has `postgres.access.json`, readable by its owner only. */
export interface Access {
  password: Secret;
  /** The port of the last start, kept so that addresses people noted stay true. */
  port: number | undefined;
}

/** Makes the data folder on the first start, checks it on the later ones. @throws EmbeddedError folder_broken */
export async function prepareFolder(dir: string, binaries: Binaries, runAs: RunAs): Promise<Access> {
  const state = await folderState(dir);
  if (state !== 'made') {
    const made: Access = { password: new Secret(systemRandom.bytes(24).toString('base64url')), port: undefined };
    await writeAccess(dir, made);
    await makeFolder(dir, made.password, binaries, runAs);
    return made;
  }
  const kept = await readAccess(dir);
  await giveTo(dir, runAs.uid);
  return kept;
}

export async function writeAccess(dir: string, { password, port }: Access): Promise<void> {
  const path = accessPath(dir);
  const file = await open(`${path}.new`, 'w', 0o600);
  try {
    await file.writeFile(`${JSON.stringify({ port, password: password.reveal() })}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
}

async function readAccess(dir: string): Promise<Access> {
  const path = accessPath(dir);
  try {
    const { password, port }: Record<string, unknown> = JSON.parse(await readFile(path, 'utf8'));
    if (typeof password !== 'string' || password === '') throw new Error('it has no password');
    return { password: new Secret(password), port: typeof port === 'number' ? port : undefined };
  } catch (error) {
    throw broken(dir, `${path} cannot be used: ${reasonOf(error)}`);
  }
}

async function folderState(dir: string): Promise<'missing' | 'empty' | 'made'> {
  const names = await readdir(dir).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw broken(dir, reasonOf(error));
  });
  if (names === undefined) return 'missing';
  if (names.length === 0) return 'empty';
  const major = await readFile(join(dir, 'PG_VERSION'), 'utf8').catch(() => '');
  if (major.trim() === POSTGRES_MAJOR && names.includes('global') && names.includes('pg_wal')) return 'made';
  if (/^\d+\s*$/.test(major) && major.trim() !== POSTGRES_MAJOR) {
    throw broken(dir, `it was made by PostgreSQL ${major.trim()}, and this is PostgreSQL ${POSTGRES_MAJOR}`);
  }
  throw broken(dir, 'it holds something that is not a complete PostgreSQL database');
}

/** Fills DIR.init and renames it, so that a crash half-way never leaves a folder that looks made. */
async function makeFolder(dir: string, password: Secret, binaries: Binaries, runAs: RunAs): Promise<void> {
  const half = `${dir}.init`;
  const passwordFile = `${dir}.init-password`;
  try {
    await rm(half, { recursive: true, force: true });
    await writeFile(passwordFile, `${password.reveal()}\n`, { mode: 0o600 });
    if (runAs.uid !== undefined) {
      await mkdir(half, { mode: 0o700 });
      for (const path of [half, passwordFile]) await chown(path, runAs.uid, runAs.uid);
    }
    await runInitdb(half, passwordFile, binaries, runAs);
    await rmdir(dir).catch((error: unknown) => {
      if (codeOf(error) !== 'ENOENT') throw error;
    });
    await rename(half, dir);
    await syncFolder(dirname(dir));
  } catch (error) {
    if (error instanceof EmbeddedError) throw error;
    throw broken(dir, `it could not be made: ${reasonOf(error)}`);
  } finally {
    await rm(passwordFile, { force: true });
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

async function runInitdb(half: string, passwordFile: string, binaries: Binaries, runAs: RunAs): Promise<void> {
  const command: string[] = [
    ...runAs.prefix,
    binaries.initdb,
    `--pgdata=${half}`,
    `--username=${EMBEDDED_USER}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale-provider=builtin',
    '--locale=C.UTF-8',
    // On disk before the first write is promised: one call for the whole file system, where there is such a call.
    ...(process.platform === 'linux' ? ['--sync-method=syncfs'] : []),
  ];
  const [program = binaries.initdb, ...args] = command;
  const child = spawn(program, args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: postgresEnvironment(),
    ...(runAs.uid === undefined ? {} : { uid: runAs.uid, gid: runAs.uid }),
  });
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
  const code = await new Promise<number | null>((resolve, reject) =>
    child.once('error', reject).once('close', resolve),
  );
  if (code === 0) return;
  throw new EmbeddedError('start_failed', `initdb failed (code ${code}): ${lastLine(complaint)}`);
}

/** No PG* variable of the caller's shell may change what our own server does. */
export function postgresEnvironment(): Record<string, string> {
  return { LC_ALL: 'C', TZ: 'UTC', PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' };
}

export function lastLine(text: string): string {
  return text.trim().split('\n').at(-1)?.trim() || 'it said nothing';
}

/** Makes the folder that holds the data folder. @throws EmbeddedError folder_broken */
export async function makeParent(dir: string, runAs: RunAs): Promise<void> {
  const parent = dirname(dir);
  try {
    const isNew = await makeDir(parent);
    // A real other user has to pass through our folder to reach its own.
    if (isNew && runAs.uid !== undefined) await chmod(parent, 0o711);
    await access(parent, constants.W_OK);
  } catch (error) {
    throw broken(dir, reasonOf(error));
  }
}

/** After the way of running changed (another kernel, another `unshare`), the files still belong to the former owner. */
async function giveTo(dir: string, uid: number | undefined): Promise<void> {
  const owner = uid ?? process.getuid?.();
  if (owner === undefined || (process.getuid?.() ?? 1) !== 0) return;
  try {
    if ((await lstat(dir)).uid === owner) return;
    for (const name of await readdir(dir, { recursive: true })) await chownLink(join(dir, name), owner);
    await chown(dir, owner, owner); // last, so that a half-done change is done again
  } catch (error) {
    throw broken(dir, reasonOf(error));
  }
}

async function chownLink(path: string, owner: number): Promise<void> {
  if (!(await lstat(path)).isSymbolicLink()) await chown(path, owner, owner);
}

function accessPath(dir: string): string {
  return `${dir}.access.json`;
}

function broken(dir: string, why: string): EmbeddedError {
  return new EmbeddedError('folder_broken', `The database folder ${dir} cannot be used: ${why}.`);
}
