import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile, rename, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { totalmem } from 'node:os';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../base/log.ts';
import { silentLog } from '../base/log.ts';
import { connect, type Sql } from './connect.ts';
import { codeOf, findBinaries, findRunAs, type Binaries, type RunAs } from './embedded-binaries.ts';
import { EmbeddedError } from './embedded-error.ts';
import {
  EMBEDDED_USER,
  lastLine,
  postgresEnvironment,
  makeParent,
  prepareFolder,
  writeAccess,
  type Access,
} from './embedded-folder.ts';
import { lockFolder, readPostmasterPid, sendSignal, stopLeftover } from './embedded-lock.ts';

const DATABASE = 'hutong';
const HOST = '127.0.0.1';
const LOG_BYTES_MAX = 10 * 1024 * 1024;
const READY_PAUSE_MS_MAX = 500;
/** Replaying the log after a crash can take minutes; the server says that it is at it, so we only give up very late. */
const READY_WAIT_MS = 600_000;
const STOP_WAIT_MS = 30_000;
const RESTART_PAUSE_MS_MAX = 5_000;

/*
 * Standard input is a pipe that we hold. When we die, however suddenly, it ends, and PostgreSQL is told to shut down
 * fast until it is gone. The shell itself ignores signals meant for the whole group.
 */
const WATCHDOG = `
exec 3<&0
"$@" </dev/null 3<&- &
server=$!
trap '' INT TERM HUP
{ while read -r _ <&3; do :; done; while kill -INT $server 2>/dev/null; do sleep 0.1; done; } &
guard=$!
wait $server
code=$?
kill -9 $guard 2>/dev/null
exit $code`;

export interface EmbeddedOptions {
  /** The data folder; made on the first start. Its password, port, lock and log lie beside it. */
  dir: string;
  /** A taken one is an error. Without it the port of the last start is used again, or a free one. */
  port?: number;
  /** Starts the server again, with growing pauses, when it dies while we live. */
  keepAlive?: boolean;
  log?: Log;
}

export interface Embedded {
  /** postgres:// address of the database `hutong`, password included: not for logs. */
  url: string;
  port: number;
  /** Process id of the running postmaster; undefined while it is down. */
  pid(): number | undefined;
  /** Fast shutdown; resolves when the process is gone. */
  stop(): Promise<void>;
}

/** Starts a PostgreSQL of our own on 127.0.0.1 and resolves when it answers. @throws EmbeddedError with one line for people */
export async function startPostgres(options: EmbeddedOptions): Promise<Embedded> {
  const dir = resolve(options.dir);
  const [binaries, runAs] = await Promise.all([findBinaries(), findRunAs()]);
  await makeParent(dir, runAs);
  const unlock = await lockFolder(dir);
  try {
    await stopLeftover(dir);
    const access = await prepareFolder(dir, binaries, runAs);
    const port = await choosePort(options.port, access.port);
    if (port !== access.port) await writeAccess(dir, { ...access, port });
    const server: Server = { dir, port, binaries, runAs, password: access.password, log: options.log ?? silentLog };
    return await superviseServer(server, options.keepAlive ?? false, unlock);
  } catch (error) {
    await unlock();
    throw error;
  }
}

interface Server {
  dir: string;
  port: number;
  binaries: Binaries;
  runAs: RunAs;
  password: Access['password'];
  log: Log;
}

interface Running {
  child: ChildProcess;
  pid: number;
  gone: Promise<void>;
}

async function superviseServer(server: Server, keepAlive: boolean, unlock: () => Promise<void>): Promise<Embedded> {
  let running: Running | undefined = await launch(server);
  let stopping = false;
  try {
    await createDatabase(server);
  } catch (error) {
    await stopServer(running);
    throw error;
  }

  const watch = async (): Promise<void> => {
    for (let pauseMs = 50; ; pauseMs = Math.min(pauseMs * 2, RESTART_PAUSE_MS_MAX)) {
      if (running) {
        await running.gone;
        running = undefined;
        if (!stopping) server.log.error({ dir: server.dir }, 'PostgreSQL stopped by itself');
        pauseMs = 50;
      }
      if (stopping || !keepAlive) return;
      await sleep(pauseMs);
      if (stopping) return;
      try {
        await stopLeftover(server.dir);
        running = await launch(server);
        if (stopping)
          await stopServer(running); // we were told to stop while it started
        else server.log.info({ pid: running.pid }, 'PostgreSQL runs again');
      } catch (error) {
        server.log.error({ error }, 'PostgreSQL could not be started again');
      }
    }
  };
  const watched = watch();

  return {
    url: urlOf(server, DATABASE),
    port: server.port,
    pid: () => running?.pid,
    async stop() {
      if (!stopping) {
        stopping = true;
        if (running) await stopServer(running);
      }
      await watched;
      await unlock();
    },
  };
}

async function launch(server: Server): Promise<Running> {
  const logPath = `${server.dir}.log`;
  await rotateLog(logPath);
  const logFile = await open(logPath, 'a', 0o600);
  const logStart = (await logFile.stat()).size;
  const command = [...server.runAs.prefix, server.binaries.postgres, '-D', server.dir, ...settings(server.port)];
  const child = spawn('/bin/sh', ['-c', WATCHDOG, 'hutong-postgres', ...command], {
    stdio: ['pipe', logFile.fd, logFile.fd],
    env: postgresEnvironment(),
    cwd: '/',
    detached: true, // Ctrl-C in our terminal must reach us first, so that work in hand is finished before the database goes
    ...(server.runAs.uid === undefined ? {} : { uid: server.runAs.uid, gid: server.runAs.uid }),
  });
  child.stdin?.on('error', () => {});
  let exited = false;
  const gone = Promise.race([once(child, 'exit'), once(child, 'error')]).then(
    () => void (exited = true),
    () => void (exited = true),
  );
  await logFile.close();
  try {
    await waitUntilReady(server, () => exited);
  } catch (error) {
    child.stdin?.destroy();
    await gone;
    throw exited && !(error instanceof EmbeddedError) ? await startFailure(server, logPath, logStart) : error;
  }
  const pid = await readPostmasterPid(server.dir);
  if (pid === undefined) throw await startFailure(server, logPath, logStart);
  return { child, pid, gone };
}

/** Durability is not ours to trade: fsync, synchronous_commit and full_page_writes stay on. */
function settings(port: number): string[] {
  const sharedMb = Math.min(1024, Math.max(128, Math.floor(totalmem() / 2 ** 20 / 16)));
  const values = {
    listen_addresses: HOST,
    port,
    unix_socket_directories: '',
    max_connections: 100,
    fsync: 'on',
    synchronous_commit: 'on',
    full_page_writes: 'on',
    shared_buffers: `${sharedMb}MB`,
    wal_buffers: '16MB',
    // Fewer checkpoints mean fewer full pages in the log; pages that must go there are packed.
    min_wal_size: '512MB',
    max_wal_size: '4GB',
    checkpoint_timeout: '15min',
    checkpoint_completion_target: 0.9,
    wal_compression: 'pglz',
    random_page_cost: 1.1,
    // A batch's `unnest` is estimated far too high and would be compiled for longer than it runs.
    jit: 'off',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_min_messages: 'warning',
    // Details of an error repeat the row's values: they stay out of the log.
    log_error_verbosity: 'terse',
    log_min_error_statement: 'panic',
  };
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

async function waitUntilReady(server: Server, hasExited: () => boolean): Promise<void> {
  const started = process.hrtime.bigint();
  for (let pauseMs = 10; ; pauseMs = Math.min(pauseMs * 1.5, READY_PAUSE_MS_MAX)) {
    const sql = connectTo(server, 'postgres');
    try {
      await sql`select 1`;
      return;
    } catch (error) {
      const code = codeOf(error);
      if (code === '28P01') {
        throw new EmbeddedError('folder_broken', `The password beside ${server.dir} is not the database's password.`);
      }
      // 57P03: the server is up and still starting or replaying its log.
      if (code !== '57P03' && code !== 'ECONNREFUSED' && code !== 'ECONNRESET' && code !== 'CONNECTION_CLOSED')
        throw error;
      if (hasExited() || Number((process.hrtime.bigint() - started) / 1_000_000n) > READY_WAIT_MS) throw error;
    } finally {
      await sql.end({ timeout: 0 });
    }
    await sleep(pauseMs);
  }
}

async function createDatabase(server: Server): Promise<void> {
  const sql = connectTo(server, 'postgres');
  try {
    const rows = await sql`select 1 from pg_database where datname = ${DATABASE}`;
    if (rows.length === 0) await sql`create database ${sql(DATABASE)}`;
  } finally {
    await sql.end();
  }
}

async function stopServer(running: Running): Promise<void> {
  sendSignal(running.pid, 'SIGINT');
  const late = setTimeout(() => sendSignal(running.pid, 'SIGQUIT'), STOP_WAIT_MS);
  await running.gone;
  clearTimeout(late);
  running.child.stdin?.destroy();
}

async function startFailure(server: Server, logPath: string, logStart: number): Promise<EmbeddedError> {
  const text = (await readFile(logPath)).subarray(logStart).toString('utf8');
  if (text.includes('Address already in use')) return portInUse(server.port);
  const fatal = text.split('\n').find((line) => /FATAL|PANIC/.test(line)) ?? lastLine(text);
  return new EmbeddedError(
    'start_failed',
    `PostgreSQL did not start in ${server.dir}: ${fatal.replace(/^.*?(FATAL|PANIC):\s*/, '')} (see ${logPath})`,
  );
}

async function choosePort(wanted: number | undefined, kept: number | undefined): Promise<number> {
  if (wanted !== undefined) {
    if (!(await isFree(wanted))) throw portInUse(wanted);
    return wanted;
  }
  return kept !== undefined && (await isFree(kept)) ? kept : freePort();
}

function portInUse(port: number): EmbeddedError {
  return new EmbeddedError(
    'port_in_use',
    `Port ${port} on ${HOST} is in use; PostgreSQL cannot listen there. Choose another one.`,
  );
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    await once(server.listen(port, HOST), 'listening');
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await once(server.listen(0, HOST), 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string')
    throw new EmbeddedError('start_failed', 'There is no free port on 127.0.0.1.');
  return address.port;
}

async function rotateLog(path: string): Promise<void> {
  const size = await stat(path).then(
    (found) => found.size,
    () => 0,
  );
  if (size > LOG_BYTES_MAX) await rename(path, `${path}.1`);
}

function connectTo(server: Server, database: string): Sql {
  return connect(urlOf(server, database), { connectionsMax: 1, applicationName: 'hutong launcher' });
}

function urlOf(server: Server, database: string): string {
  return `postgres://${EMBEDDED_USER}:${server.password.reveal()}@${HOST}:${server.port}/${database}`;
}
