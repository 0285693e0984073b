import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../base/log.ts';
import { connect } from '../db/connect.ts';
import { startPostgres } from '../db/embedded.ts';
import { EmbeddedError } from '../db/embedded-error.ts';
import { EMBEDDED_USER } from '../db/embedded-folder.ts';
import type { Settings } from './settings.ts';
import { CliError } from './command.ts';
import { makeDataFolder } from './data-folder.ts';
import { findServerVersion } from './database-store.ts';
import { explainDatabaseError } from './explain-database-error.ts';
import { codeOf } from './explain-error.ts';

/** PostgreSQL 15: our SQL stays within it. */
const SERVER_VERSION_MIN = 150_000;
const RUNNING_TRIES_MAX = 50;
const RUNNING_PAUSE_MS = 100;

export interface OpenedDatabase {
  /** Password included: not for logs. */
  url: string;
  /** For people. */
  place: string;
  /** Stops what was started for it: nothing for a server that others run. */
  stop(): Promise<void>;
}

/**
 * The database that DATABASE_URL names, else our own in the data folder, started. @throws CliError, EmbeddedError with one
 * line for people.
 */
export async function openDatabase(
  settings: Settings,
  options: { keepAlive: boolean; log: Log },
): Promise<OpenedDatabase> {
  if (settings.databaseUrl !== null) return await openGiven(settings.databaseUrl);
  await makeDataFolder(settings.dataDir);
  const server = await startPostgres({ dir: postgresDir(settings), keepAlive: options.keepAlive, log: options.log });
  return { url: server.url, place: `PostgreSQL, 127.0.0.1:${server.port}`, stop: () => server.stop() };
}

/** As above, but a server that runs on the data folder is used beside it, so that commands work while it runs. */
export async function joinDatabase(settings: Settings, log: Log): Promise<OpenedDatabase> {
  try {
    return await openDatabase(settings, { keepAlive: false, log });
  } catch (error) {
    if (!(error instanceof EmbeddedError) || error.problem !== 'folder_in_use') throw error;
    return (await findRunning(postgresDir(settings))) ?? fail(error);
  }
}

function postgresDir(settings: Settings): string {
  return join(settings.dataDir, 'postgres');
}

/** Whoever runs the database may just be starting it: it is asked for a few seconds. */
async function findRunning(dir: string): Promise<OpenedDatabase | null> {
  for (let tryNo = 1; tryNo <= RUNNING_TRIES_MAX; tryNo++) {
    const url = await readRunningUrl(dir);
    if (url !== null) {
      try {
        await probe(url);
        return { url, place: 'the running server', stop: async () => {} };
      } catch (error) {
        if (!MAY_COME.has(codeOf(error) ?? '')) throw error;
      }
    }
    await sleep(RUNNING_PAUSE_MS);
  }
  return null;
}

const MAY_COME = new Set(['ECONNREFUSED', 'ECONNRESET', 'CONNECTION_CLOSED', '57P03', '3D000', '28P01']);

/** The launcher keeps port and password beside the folder, for its owner only. */
async function readRunningUrl(dir: string): Promise<string | null> {
  try {
    const { port, password }: Record<string, unknown> = JSON.parse(await readFile(`${dir}.access.json`, 'utf8'));
    if (typeof port !== 'number' || typeof password !== 'string') return null;
    return `postgres://${EMBEDDED_USER}:${password}@127.0.0.1:${port}/hutong`;
  } catch {
    return null;
  }
}

async function openGiven(url: string): Promise<OpenedDatabase> {
  const { host, pathname } = new URL(url);
  const place = `${host || 'localhost'}${pathname}`;
  try {
    await probe(url);
  } catch (error) {
    if (error instanceof CliError) throw error;
    const what = explainDatabaseError(error) ?? `cannot be used: ${String(error)}`;
    throw new CliError(`The database at ${place} (DATABASE_URL) ${what}.`);
  }
  return { url, place, stop: async () => {} };
}

async function probe(url: string): Promise<void> {
  const sql = connect(url, { connectionsMax: 1, applicationName: 'hutong probe' });
  try {
    const version = await findServerVersion(sql);
    if (version < SERVER_VERSION_MIN)
      throw new CliError(
        `The database (DATABASE_URL) is PostgreSQL ${Math.floor(version / 10_000)}; Hutong needs 15 or newer.`,
      );
  } finally {
    await sql.end({ timeout: 1 });
  }
}

function fail(error: Error): never {
  throw error;
}
