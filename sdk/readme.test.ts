import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort, startTestServer, type TestServer } from '../test/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

/** A program of the README's, with the package's name replaced by where its source lies. */
async function readProgram(index: number): Promise<string> {
  const readme = await readFile(join(import.meta.dirname, 'README.md'), 'utf8');
  const program = [...readme.matchAll(/```ts\n(.*?)```/gs)][index]?.[1] ?? '';
  const source = pathToFileURL(join(import.meta.dirname, 'src', 'index.ts')).href;
  expect(program).toContain("'@hutong/sdk'");
  return program.replace("'@hutong/sdk'", `'${source}'`);
}

/** The buyer opens the cashier, chooses 云闪付 and pays. */
async function payAsBuyer(cashierUrl: string): Promise<void> {
  const id = new URL(cashierUrl).pathname.split('/')[2] ?? '';
  const attempt = await server.call('POST', `/v1/payments/${id}/attempts`, { wallet: 'unionpay', scene: 'app' });
  expect(attempt.status, JSON.stringify(attempt.json)).toBe(201);
  server.unionpay.pay(attempt.json.id.slice('att_'.length));
}

async function start(index: number) {
  return spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', await readProgram(index)], {
    cwd: join(import.meta.dirname, '..'),
    env: { ...process.env, HUTONG_URL: server.url, HUTONG_API_KEY: server.apiKey, PORT: String(await freePort()) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

test("the README's program takes a payment, hears of it, and refunds it", async () => {
  const child = await start(0);
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  let said = '';
  const paid: Promise<void>[] = [];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
    const cashierUrl = /Send the buyer to (\S+)\n/.exec(said)?.[1];
    if (cashierUrl !== undefined && paid.length === 0) paid.push(payAsBuyer(cashierUrl));
  });
  expect(await ended).toBe(0);
  await Promise.all(paid);
  expect(said).toMatch(/^Send the buyer to .*\nPaid: order-\d+, 1234 fen\nRefunded: .+\n$/);
  const [payment] = (await server.call('GET', '/v1/payments')).json.data;
  expect(payment).toMatchObject({ state: 'succeeded', refunded: { currency: 'CNY', minor: '1234' } });
  expect((await server.call('GET', '/v1/webhook-endpoints')).json.data).toEqual([]);
});

test("the README's second program proves a host, shares a link, and reads its text back", async () => {
  const child = await start(1);
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
  expect(await ended).toBe(0);
  const [, url = ''] = /^Share (\S+)\n/.exec(said) ?? [];
  expect(said.split('\n').slice(1)).toEqual([
    expect.stringContaining(`「青花盖碗」点开 ${url}?via=text`),
    'It was ours',
    'Paid by link true',
    'Opened 0 times by 0 people, 0 robots apart',
    '',
  ]);
  expect((await server.call('GET', '/v1/links')).json.data).toMatchObject([{ url, state: 'stopped' }]);
});
