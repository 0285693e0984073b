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

/** The README's program, with the package's name replaced by where its source lies. */
async function readProgram(): Promise<string> {
  const readme = await readFile(join(import.meta.dirname, 'README.md'), 'utf8');
  const program = /```ts\n(.*?)```/s.exec(readme)?.[1] ?? '';
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

test("the README's program takes a payment, hears of it, and refunds it", async () => {
  const port = await freePort();
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', await readProgram()], {
    cwd: join(import.meta.dirname, '..'),
    env: { ...process.env, HUTONG_URL: server.url, HUTONG_API_KEY: server.apiKey, PORT: String(port) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
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
}, 60_000);
