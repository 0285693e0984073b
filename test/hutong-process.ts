import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { rootDir } from '../src/base/root.ts';
import { freePort } from './server.ts';

const PROGRAM = join(rootDir, 'bin', 'hutong.js');

export interface Finished {
  code: number | null;
  stdout: string;
  /** What was said on standard error, line by line, without progress, whose lines end with dots. */
  complaints: string[];
}

export interface Running {
  child: ChildProcess;
  /** Resolves with the text of standard output once it holds this; rejects when the program ends before. */
  printed(part: string): Promise<string>;
  finished: Promise<Finished>;
}

/** Starts `hutong …` as a person would, with only these settings beside the machine's own. */
export function runHutong(args: readonly string[], env: Record<string, string>): Running {
  const { PATH, HOME } = process.env;
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    env: { ...(PATH === undefined ? {} : { PATH }), ...(HOME === undefined ? {} : { HOME }), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  const looks = new Set<() => void>();
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    for (const look of looks) look();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const finished = once(child, 'close').then(([code]: unknown[]) => ({
    code: typeof code === 'number' ? code : null,
    stdout,
    complaints: stderr.split('\n').filter((line) => line !== '' && !line.endsWith('…')),
  }));
  return {
    child,
    finished,
    printed: (part) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (stdout.includes(part)) resolve(stdout);
        };
        looks.add(look);
        look();
        void finished.then(() => reject(new Error(`it ended without printing ${part}: ${stdout}${stderr}`)));
      }),
  };
}

/** Settings for a server of one's own: a folder and free ports. */
export async function freeSettings(dataDir: string) {
  return {
    HUTONG_DATA_DIR: dataDir,
    HUTONG_PORT: String(await freePort()),
    HUTONG_UNIONPAY_PORT: String(await freePort()),
    HUTONG_WECHATPAY_PORT: String(await freePort()),
    HUTONG_ALIPAY_PORT: String(await freePort()),
    HUTONG_JDPAY_PORT: String(await freePort()),
    HUTONG_MEITUANPAY_PORT: String(await freePort()),
    HUTONG_SHOP_PORT: String(await freePort()),
  };
}

/** The command lines of all processes on this machine that name this folder. */
export async function processesNaming(dir: string): Promise<string[]> {
  const lines =
    process.platform === 'linux'
      ? await Promise.all((await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(readCommandLine))
      : (await promisify(execFile)('ps', ['-axo', 'command='])).stdout.split('\n');
  return lines.filter((line) => line.includes(dir));
}

async function readCommandLine(pid: string): Promise<string> {
  return (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).replaceAll('\0', ' ');
}
