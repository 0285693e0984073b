import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import pino from 'pino';
import { systemClock } from './base/clock.ts';
import type { Log } from './base/log.ts';
import { systemRandom } from './base/random.ts';
import { rootDir } from './base/root.ts';
import { runCli } from './cli/cli.ts';
import { CliError, type CliDeps, type Terminal } from './cli/command.ts';
import { explainError } from './cli/explain-error.ts';
import { createQuestions } from './cli/questions.ts';
import { SettingError } from './setting.ts';
import { readSettings } from './settings.ts';

/** There is one book to begin with. */
const BOOK = 1;
const COLUMNS_USUAL = 100;
const SAME_PRESS_MS = 500;

const isDebug = process.env['HUTONG_LOG'] === 'debug';
if (isDebug) process.setSourceMapsEnabled(true);
process.stdout.on('error', leaveWhenUnread);
process.stderr.on('error', leaveWhenUnread);
process.on('uncaughtException', leaveWithError);
process.exit(await runCli(buildDeps(), process.argv.slice(2), isDebug));

function buildDeps(): CliDeps {
  return {
    readSettings() {
      try {
        return readSettings(process.env);
      } catch (error) {
        throw error instanceof SettingError ? new CliError(`${error.message}.`) : error;
      }
    },
    async openServer(options) {
      const { openHutong } = await import('./hutong.ts');
      return await openHutong(options);
    },
    makeLog,
    terminal: openTerminal(),
    clock: systemClock,
    random: systemRandom,
    version: readVersion(),
    book: BOOK,
    tempDir: tmpdir(),
  };
}

/** JSON lines on standard error, so that standard output keeps what was asked for. */
function makeLog(level: string): Log {
  const serializers = { error: pino.stdSerializers.errWithCause };
  return pino({ level, base: null, serializers }, pino.destination({ dest: 2, sync: true }));
}

function openTerminal(): Terminal {
  const { NO_COLOR, TERM } = process.env;
  const listeners: (() => void)[] = [];
  let askedAtMs: number | null = null;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      const nowMs = performance.now();
      // npm passes on the Ctrl-C that the terminal has sent us already: that is one press, not two.
      if (askedAtMs !== null && nowMs - askedAtMs < SAME_PRESS_MS) return;
      // Nobody listens, or it takes too long: at once. What we started sees us go and stops too.
      if (askedAtMs !== null || listeners.length === 0) process.exit(130);
      askedAtMs = nowMs;
      for (const listener of listeners) listener();
    });
  }
  return {
    print: (line) => void process.stdout.write(`${line}\n`),
    out: process.stdout,
    note: (line) => void process.stderr.write(`${line}\n`),
    hasColour: process.stdout.isTTY && (NO_COLOR ?? '') === '' && TERM !== 'dumb',
    columns: process.stdout.columns ?? COLUMNS_USUAL,
    questions: process.stdin.isTTY && process.stderr.isTTY ? createQuestions(process.stdin, process.stderr) : null,
    readInput: () => text(process.stdin),
    onStopRequest: (listener) => void listeners.push(listener),
  };
}

/** A bug of ours that nobody caught: what it did is unknown, so nothing goes on. What was acknowledged is in the database. */
function leaveWithError(error: unknown): void {
  process.stderr.write(`${explainError(error)}\n`);
  if (isDebug && error instanceof Error) process.stderr.write(`${error.stack ?? ''}\n`);
  process.exit(1);
}

/** Whoever read us (head, less) has gone: nothing is left to say. */
function leaveWhenUnread(error: NodeJS.ErrnoException): void {
  process.exit(error.code === 'EPIPE' ? 0 : 1);
}

function readVersion(): string {
  const { version }: { version: string } = JSON.parse(readFileSync(join(rootDir, 'package.json'), 'utf8')); // our own file
  return version;
}
