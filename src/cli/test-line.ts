import { Writable } from 'node:stream';
import { expect } from 'vitest';
import { type Clock, systemClock } from '../base/clock.ts';
import { silentLog } from '../base/log.ts';
import { systemRandom } from '../base/random.ts';
import { readSettings } from '../settings.ts';
import { runCli } from './cli.ts';
import { CliError } from './command.ts';

interface Told {
  code: number;
  out: string[];
  notes: string[];
}

/** Runs command lines in this process, on a data folder and a database of the test's own. */
export function commandLine(
  dir: string,
  databaseUrl: string,
  clock: Clock = systemClock,
  env: Readonly<Record<string, string>> = {},
) {
  /** Nobody can be asked. */
  const hutong = (...args: string[]): Promise<Told> => run({ stdin: '', answers: null }, args);
  /** The same with something on standard input. */
  const typed = (stdin: string, ...args: string[]): Promise<Told> => run({ stdin, answers: null }, args);
  /** The same with somebody who answers questions, with Enter once the answers are used up. */
  const asked = (answers: readonly string[], ...args: string[]): Promise<Told> => run({ stdin: '', answers }, args);

  async function run(person: { stdin: string; answers: readonly string[] | null }, args: string[]): Promise<Told> {
    const answers = [...(person.answers ?? [])];
    const answer = (): Promise<string> => Promise.resolve(answers.shift() ?? '');
    const [out, notes]: [string[], string[]] = [[], []];
    const stream = new Writable({
      write(text: Buffer, _encoding, done) {
        out.push(text.toString('utf8').trimEnd());
        done();
      },
    });
    const code = await runCli(
      {
        readSettings: () =>
          readSettings({ HUTONG_DATA_DIR: dir, DATABASE_URL: databaseUrl, HUTONG_LOG: 'silent', ...env }),
        openServer: () => Promise.reject(new CliError('no server is needed here')),
        makeLog: () => silentLog,
        terminal: {
          print: (line) => void out.push(line),
          note: (line) => void notes.push(line),
          out: stream,
          hasColour: false,
          columns: 100,
          questions: person.answers === null ? null : { ask: answer, askSecret: answer },
          readInput: () => Promise.resolve(person.stdin),
          onStopRequest: () => {},
        },
        clock,
        random: systemRandom,
        version: '1.2.3',
        book: 1,
        tempDir: dir,
      },
      args,
      false,
    );
    return { code, out, notes };
  }

  async function json(...args: string[]): Promise<Record<string, unknown>[]> {
    const { code, out, notes } = await hutong(...args, '--json');
    expect(code, notes.join()).toBe(0);
    return out.map((line): Record<string, unknown> => JSON.parse(line)); // JSON lines
  }

  return { hutong, json, typed, asked };
}
