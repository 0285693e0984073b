import { chmod, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { makeDir } from '../base/make-dir.ts';
import type { Random } from '../base/random.ts';
import { Secret } from '../base/secret.ts';
import { EmbeddedError } from '../db/embedded-error.ts';
import { lockFolder } from '../db/embedded-lock.ts';
import type { Settings } from './settings.ts';
import { CliError } from './command.ts';
import { codeOf } from './explain-error.ts';

const MASTER_SECRET_BYTES = 32;

/*
 * The data folder (`.hutong/`): postgres/ our own database, master-secret what everything sealed is sealed under,
 * demo.json the demo shop's merchant and keys, unionpay/ the pretend gateway's keys and books, shop/ the demo's orders.
 */

/** Makes the folder, closed to others; the one inside for PostgreSQL may have to be passed through by another user. */
export async function makeDataFolder(dir: string): Promise<void> {
  try {
    const isNew = await makeDir(dir);
    if (isNew && process.getuid?.() === 0) await chmod(dir, 0o711);
  } catch (error) {
    throw cannotUse(dir, error);
  }
}

/** One server at a time per data folder. @throws CliError telling which process has it. */
export async function lockDataFolder(dir: string): Promise<() => Promise<void>> {
  try {
    return await lockFolder(join(dir, 'server'));
  } catch (error) {
    if (!(error instanceof EmbeddedError)) throw error;
    if (error.problem !== 'folder_in_use') throw cannotUse(dir, error);
    const pid = /process (\d+)/.exec(error.message)?.[1] ?? '?';
    throw new CliError(
      `The data folder ${dir} is in use by another hutong (process ${pid}). Stop it first, or choose another folder with HUTONG_DATA_DIR.`,
    );
  }
}

/** The secrets from the settings, or the one that was made for this folder at its first use. */
export async function keepMasterSecrets(settings: Settings, random: Random): Promise<readonly [Secret, ...Secret[]]> {
  if (settings.masterSecrets !== null) return settings.masterSecrets;
  const path = join(settings.dataDir, 'master-secret');
  const kept = await readIfThere(path);
  if (kept !== null) return [readKept(path, kept)];
  const made = random.bytes(MASTER_SECRET_BYTES).toString('base64');
  // Two first commands at once: one of them writes, both read what was written.
  await writeWhole(path, `${made}\n`, 'wx').catch((error: unknown) => {
    if (codeOf(error) !== 'EEXIST') throw cannotUse(settings.dataDir, error);
  });
  return [readKept(path, (await readIfThere(path)) ?? '')];
}

function readKept(path: string, text: string): Secret {
  const secret = text.trim();
  if (Buffer.byteLength(secret) < MASTER_SECRET_BYTES)
    throw new CliError(
      `${path} is damaged: it should hold the master secret. Put the file back, or remove the data folder to begin anew.`,
    );
  return new Secret(secret);
}

/** A JSON file of ours in the data folder; null when it is not there or not whole, so that it is made again. */
export async function readJsonFile(path: string): Promise<Readonly<Record<string, unknown>> | null> {
  const text = await readIfThere(path);
  try {
    const value: unknown = text === null ? null : JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : null;
  } catch {
    return null;
  }
}

/** Keeps a JSON file, readable by its owner only; a crash leaves the old one or the new one, never half of it. */
export async function keepJsonFile(path: string, value: object): Promise<void> {
  await writeWhole(`${path}.new`, `${JSON.stringify(value, null, 2)}\n`, 'w');
  await rename(`${path}.new`, path);
}

async function writeWhole(path: string, text: string, flag: 'w' | 'wx'): Promise<void> {
  const file = await open(path, flag, 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw new CliError(`${path} cannot be read: ${reasonOf(error)}.`);
  }
}

function cannotUse(dir: string, error: unknown): CliError {
  return new CliError(
    `The data folder ${dir} cannot be used: ${reasonOf(error)}. Choose another one with HUTONG_DATA_DIR.`,
  );
}

function reasonOf(error: unknown): string {
  const known = { EACCES: 'no permission', EPERM: 'no permission', ENOTDIR: 'a part of its path is a file' };
  const code = codeOf(error) ?? '';
  if (Object.hasOwn(known, code)) return known[code as keyof typeof known]; // just checked
  if (code === 'EEXIST') return 'there is a file of that name';
  if (code === 'EISDIR') return 'it is a folder';
  return error instanceof Error ? error.message.replace(/\.$/, '') : String(error);
}
