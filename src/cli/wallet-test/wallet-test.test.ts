import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterAll, describe, expect, test } from 'vitest';
import { freshDatabase } from '../../../test/database.ts';
import { temporaryDir } from '../../../test/server.ts';
import { systemClock } from '../../base/clock.ts';
import { silentLog } from '../../base/log.ts';
import { systemRandom } from '../../base/random.ts';
import { openHutong } from '../../hutong.ts';
import { startUnionpaySandbox } from '../../sandbox/wallets/unionpay/unionpay.ts';
import { readSettings } from '../../settings.ts';
import { runCli } from '../cli.ts';
import type { Questions } from '../command.ts';
import { freePort } from '../ports.ts';

const folder = await temporaryDir('wallet-test');
const { url } = await freshDatabase();
const port = await freePort();
const unionpay = await startUnionpaySandbox({
  port: 0,
  clock: systemClock,
  random: systemRandom,
  log: silentLog,
  dataDir: null,
  notifyDelaysMs: [0, 200, 400],
  refundDelayMs: 20,
});
afterAll(async () => {
  await unionpay.stop();
  await folder.remove();
});

/** Runs a command line in this process, with a whole server for those that need one and somebody to ask. */
async function hutong(args: readonly string[], answer: string | null = null) {
  const [out, notes]: string[][] = [[], []];
  const stops: (() => void)[] = [];
  const questions: Questions | null =
    answer === null ? null : { ask: () => Promise.resolve(answer), askSecret: () => Promise.resolve(answer) };
  const run = runCli(
    {
      readSettings: () =>
        readSettings({
          HUTONG_DATA_DIR: folder.dir,
          DATABASE_URL: url,
          HUTONG_LOG: 'silent',
          HUTONG_PORT: String(port),
        }),
      openServer: openHutong,
      makeLog: () => silentLog,
      terminal: {
        print: (line) => void out?.push(line),
        note: (line) => void notes?.push(line),
        out: new Writable(),
        hasColour: false,
        columns: 100,
        questions,
        readInput: () => Promise.resolve(''),
        onStopRequest: (listener) => void stops.push(listener),
      },
      clock: systemClock,
      random: systemRandom,
      version: '1.2.3',
      book: 1,
      tempDir: folder.dir,
    },
    args,
    false,
  );
  return { run, out: out ?? [], notes: notes ?? [], stop: () => stops.forEach((stop) => stop()) };
}

async function accountId(): Promise<string> {
  const file = join(folder.dir, 'unionpay.json');
  await writeFile(file, JSON.stringify(unionpay.merchantSettings));
  await (await hutong(['merchant', 'create', '--name', '胡同茶铺'])).run;
  const added = await hutong(['wallet', 'add', 'unionpay', file, '--json']);
  expect([await added.run, added.notes]).toEqual([0, []]);
  const account: { id: string } = JSON.parse(added.out[0] ?? '');
  return account.id;
}
const account = await accountId();

/** The order that nobody has paid yet, once it is at the wallet. */
async function newOrder(): Promise<string> {
  const open = () => unionpay.orders({}).filter((order) => order.kind === 'payment' && order.state === 'open');
  await expect.poll(() => open().length).toBe(1);
  return open()[0]?.order_no ?? '';
}

describe('a test order', () => {
  test('is shown as a code, paid, and given back when the person says so', async () => {
    const { run, out, notes } = await hutong(['wallet', 'test', account], 'y');
    const orderNo = await newOrder();
    await expect.poll(() => notes.join()).toContain('Waiting for the payment');
    unionpay.pay(orderNo);
    expect(await run).toBe(0);
    expect(out.join('\n')).toMatch(/▄|█/);
    expect(out.at(-3)).toMatch(/^Scan it with the wallet\. It says: http/);
    expect(out.at(-2)).toMatch(/^✓ paid: ¥0\.01, unionpay \d+$/);
    expect(out.at(-1)).toBe('✓ given back: ¥0.01');
  });

  test('as a page is written to a file that goes away, and nothing is given back unasked', async () => {
    const { run, out, notes } = await hutong(['wallet', 'test', account, '--scene', 'web']);
    await expect.poll(() => notes.join()).toContain('Waiting for the payment');
    const path = /^Open this file in a browser: (.+)$/.exec(out[0] ?? '')?.[1] ?? '';
    const page = await readFile(path, 'utf8');
    const [, action = ''] = /action="([^"]+)"/.exec(page) ?? [];
    const fields = new URLSearchParams(
      [...page.matchAll(/name="([^"]+)" value="([^"]*)"/g)].map(([, name = '', value = '']): [string, string] => [
        name,
        value.replaceAll('&quot;', '"').replaceAll('&amp;', '&'),
      ]),
    );
    await fetch(action, { method: 'POST', body: fields, redirect: 'manual' });
    unionpay.pay(await newOrder());
    expect(await run).toBe(0);
    expect(out.at(-1)).toMatch(/^✓ paid/);
    await expect(readFile(path)).rejects.toThrow('ENOENT');
  });

  test('tells a program what happens, a line each', async () => {
    const { run, out } = await hutong(['wallet', 'test', account, '--refund', '--json']);
    unionpay.pay(await newOrder());
    expect(await run).toBe(0);
    expect(out.map((line) => JSON.parse(line).event)).toEqual(['order', 'paid', 'refunded']);
  });

  test('that the wallet refuses is told with its reason', async () => {
    unionpay.setFault({ operation: 'pay', kind: 'code', value: '61', times: 1 });
    const { run, notes } = await hutong(['wallet', 'test', account]);
    expect(await run).toBe(1);
    expect(notes.at(-1)).toMatch(/^The wallet refused the order: card_invalid \(61/);
  });

  test('is not waited for after Ctrl-C', async () => {
    const { run, notes, stop } = await hutong(['wallet', 'test', account]);
    await expect.poll(() => notes.join()).toContain('Waiting for the payment');
    stop();
    expect(await run).toBe(1);
    expect(notes.at(-1)).toContain('Stopped waiting');
  });

  test('of no account, or in no scene, is refused', async () => {
    const none = await hutong(['wallet', 'test', 'wa_1']);
    expect([await none.run, none.notes.at(-1)]).toEqual([
      1,
      expect.stringContaining('There is no such wallet account'),
    ]);
    const scene = await hutong(['wallet', 'test', account, '--scene', 'jsapi']);
    expect([await scene.run, scene.notes.at(-1)]).toEqual([2, '--scene is one of qr, web, wap']);
  });
});
