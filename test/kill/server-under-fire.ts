import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { build } from 'esbuild';
import { rootDir } from '../../src/base/root.ts';
import type { FromServer, ToServer } from './killable.ts';
import type { LeapingClock } from './leaping-clock.ts';

export interface ServerUnderFire {
  /** What it logged as its own fault, but for the database being away, and how it ended when nobody had killed it. */
  faults: string[];
  /** Starts a server; resolves when it listens, or when it is killed before. */
  start(): Promise<void>;
  /** kill -9; resolves when the process is gone. */
  kill(): Promise<void>;
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void;
  /** Moves the clock of the running server as well as ours. */
  leap(ms: number): void;
  /** Resolves when no call of a server to the outside is on its way any more, and whatever was sent has been read. */
  callsEnded(): Promise<void>;
  close(): Promise<void>;
}

/** What the server may say while PostgreSQL is dead or starts again. */
const DATABASE_AWAY =
  /: (CONNECT_TIMEOUT|ECONNREFUSED|ECONNRESET|EPIPE|CONNECTION_CLOSED|CONNECTION_DESTROYED|57P0[123]|unavailable) /;

/** Of the event loop: one for a connection, one for what came over it, and some more for whoever reads in pieces. */
const TURNS = 20;

/**
 * A Hutong that can be killed again and again. Its program (a file that calls `becomeKillable`) is bundled once, and the next process is
 * always loaded ahead, so that a start takes moments and most of the time is spent under load.
 */
export async function prepareServer(clock: LeapingClock, entry: string, how: object): Promise<ServerUnderFire> {
  // Inside the package, where node finds its packages.
  const folder = join(rootDir, 'dist', `kill-${basename(entry, '.ts')}-${process.pid}`);
  await mkdir(folder, { recursive: true });
  const program = join(folder, 'server.mjs');
  await build({
    entryPoints: [join(rootDir, entry)],
    outfile: program,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'silent',
  });
  const faults: string[] = [];
  const forked = new Set<ChildProcess>();
  const load = (): ChildProcess => {
    const child = fork(program, [], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'], execArgv: [] });
    forked.add(child);
    child.once('exit', () => forked.delete(child));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => note(`stderr: ${text}`));
    return child;
  };
  let ahead: ChildProcess | null = load();
  let running: ChildProcess | null = null;

  /** Starts again by itself when the database was away: the operator's supervisor would do the same. */
  async function start(): Promise<void> {
    for (;;) {
      const child = ahead ?? load();
      running = child;
      ahead = load();
      const faultsBefore = faults.length;
      const state = await startIn(child);
      if (state === 'ready' || running !== child) return;
      if (faults.length > faultsBefore) throw new Error(`the server does not start: ${faults.join('\n')}`);
    }
  }

  function startIn(child: ChildProcess): Promise<'ready' | 'gone'> {
    return new Promise((resolve) => {
      if (!child.connected) return resolve('gone');
      let isReady = false;
      child.on('message', (message: FromServer) => {
        if (message.kind === 'error') return note(message.text);
        if (message.kind !== 'ready') return;
        isReady = true;
        resolve('ready');
      });
      child.once('exit', (code, signal) => {
        if (isReady && signal !== 'SIGKILL') note(`the server ended by itself: code ${code}, signal ${signal}`);
        resolve('gone');
      });
      send(child, { kind: 'start', leadMs: clock.leadMs, how });
    });
  }

  /** None where no server runs: whose process is gone sends nothing more. */
  function countCalls(child: ChildProcess | null): Promise<number> {
    return new Promise((resolve) => {
      if (child === null || !child.connected) return resolve(0);
      const end = (underWay: number): void => {
        child.off('message', take).off('disconnect', leave);
        resolve(underWay);
      };
      const take = (message: FromServer): void => {
        if (message.kind === 'calls') end(message.underWay);
      };
      const leave = (): void => end(0);
      child.on('message', take).once('disconnect', leave);
      send(child, { kind: 'calls' });
    });
  }

  function note(text: string): void {
    if (!DATABASE_AWAY.test(text)) faults.push(text);
  }

  async function kill(): Promise<void> {
    const child = running;
    running = null;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }

  return {
    faults,
    start,
    kill,
    signal: (signal) => void running?.kill(signal),
    leap(ms) {
      clock.leap(ms);
      if (running !== null) send(running, { kind: 'leap', ms });
    },
    async callsEnded() {
      while ((await countCalls(running)) > 0) await new Promise((resolve) => setTimeout(resolve, 20));
      // The world outside lives in this process: in so many turns it has taken, read and decided all that the machine still holds for it.
      for (let turns = 0; turns < TURNS; turns++) await new Promise((resolve) => setImmediate(resolve));
    },
    async close() {
      await kill();
      ahead = null;
      await Promise.all(
        [...forked].map(async (child) => {
          const exited = once(child, 'exit');
          child.kill('SIGKILL');
          await exited;
        }),
      );
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function send(child: ChildProcess, message: ToServer): void {
  if (child.connected) child.send(message);
}
