import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, inject, test } from 'vitest';
import { freeSettings, processesNaming, type Running, runHutong } from './hutong-process.ts';
import { callApi, eventually, temporaryDir } from './server.ts';

const folder = await temporaryDir('start');
const { dir } = folder;
const started: Running[] = [];
afterEach(async () => {
  for (const { child, finished } of started.splice(0)) {
    child.kill('SIGKILL');
    await finished;
  }
});
afterAll(() => folder.remove());

function hutong(args: readonly string[], env: Record<string, string>): Running {
  const running = runHutong(args, env);
  started.push(running);
  return running;
}

interface Ready {
  url: string;
  shop_url: string;
  wallet_urls: { unionpay: string };
}

async function ready(running: Running): Promise<Ready> {
  const text = await running.printed('"event":"ready"');
  return JSON.parse(text.trim()); // the line that tells the addresses
}

async function readDemo(dataDir: string): Promise<{ api_key: string; merchant_id: string }> {
  return JSON.parse(await readFile(join(dataDir, 'demo.json'), 'utf8')); // written by the server
}

const gone = (dataDir: string) =>
  eventually('every process of the folder to be gone', async () => (await processesNaming(dataDir)).length === 0);

test('a first start makes everything, a second keeps it, and neither Ctrl-C nor kill -9 leaves a process behind', async () => {
  const dataDir = join(dir, 'kept');
  const env = await freeSettings(dataDir);
  const first = hutong(['start', '--json'], env);
  const at = await ready(first);
  expect((await fetch(`${at.url}/healthz`)).status).toBe(200);
  expect((await fetch(at.shop_url)).status).toBe(200);
  const demo = await readDemo(dataDir);
  const payment = await callApi(at.url, demo.api_key, 'POST', '/v1/payments', {
    order_no: 'kept-1',
    amount: { currency: 'CNY', minor: '100' },
    subject: '茶',
    return_url: at.shop_url,
    buyer: { id: 'shopper-lin' }, // 云闪付 is staged in the demo shop: this buyer sees it
  });
  expect(payment.status).toBe(201);
  const attempts = `/v1/payments/${payment.json.id}/attempts`;
  const attempt = await callApi(at.url, demo.api_key, 'POST', attempts, { wallet: 'unionpay', scene: 'app' });
  expect(attempt.status, JSON.stringify(attempt.json)).toBe(201);
  for (const name of ['demo.json', 'master-secret', 'postgres.access.json'])
    expect((await stat(join(dataDir, name))).mode & 0o777, name).toBe(0o600);
  first.child.kill('SIGINT');
  expect(await first.finished).toMatchObject({ code: 0, complaints: [] });
  expect(await processesNaming(dataDir)).toEqual([]);

  const second = hutong(['start', '--json'], env);
  expect(await ready(second)).toMatchObject({ url: at.url, shop_url: at.shop_url });
  expect(await readDemo(dataDir)).toEqual(demo);
  const kept = await callApi(at.url, demo.api_key, 'GET', `/v1/payments/${payment.json.id}`);
  expect(kept.json).toMatchObject({ order_no: 'kept-1', state: 'requires_action' });
  const orders = await (await fetch(`${at.wallet_urls.unionpay}/sandbox/orders`)).text();
  expect(orders).toContain(attempt.json.id.slice('att_'.length));
  expect(await processesNaming(dataDir)).not.toEqual([]);
  second.child.kill('SIGKILL');
  await second.finished;
  await gone(dataDir);
});

test('while the server runs, commands work on its database and a second start is refused', async () => {
  const dataDir = join(dir, 'busy');
  const env = await freeSettings(dataDir);
  const server = hutong(['start'], env);
  const banner = await server.printed('Ctrl-C');
  expect(banner).toContain(`演示商店 Demo shop         http://127.0.0.1:${env.HUTONG_SHOP_PORT}`);
  expect(banner).toContain(`http://127.0.0.1:${env.HUTONG_PORT}/docs`);
  const { merchant_id: merchantId } = await readDemo(dataDir);
  const list = await hutong(['merchant', 'list', '--json'], env).finished;
  expect(list).toMatchObject({ code: 0, complaints: [] });
  expect(JSON.parse(list.stdout)).toMatchObject({ id: merchantId, name: '胡同小铺', livemode: false });
  const again = await hutong(['start'], { ...(await freeSettings(dataDir)) }).finished;
  expect(again.code).toBe(1);
  expect(again.complaints).toEqual([
    `The data folder ${dataDir} is in use by another hutong (process ${server.child.pid}). Stop it first, or choose another folder with HUTONG_DATA_DIR.`,
  ]);
  server.child.kill('SIGTERM');
  expect((await server.finished).code).toBe(0);
  await gone(dataDir);
});

test('Ctrl-C during the first start leaves nothing running, and the next start works', async () => {
  const dataDir = join(dir, 'hurried');
  const env = await freeSettings(dataDir);
  const first = hutong(['start', '--json'], env);
  await eventually('the database to be there', async () => (await processesNaming(dataDir)).length > 0);
  first.child.kill('SIGINT');
  expect(await first.finished).toMatchObject({ code: 0, stdout: '', complaints: [] });
  await gone(dataDir);
  const second = hutong(['start', '--json'], env);
  await ready(second);
});

describe('what cannot be started is told in one line', () => {
  test.each(['HUTONG_PORT', 'HUTONG_UNIONPAY_PORT', 'HUTONG_SHOP_PORT'] as const)(
    'a port in use: %s',
    async (setting) => {
      const env = await freeSettings(join(dir, setting));
      const taken = createServer();
      await new Promise<void>((resolve) => taken.listen(Number(env[setting]), '127.0.0.1', resolve));
      await expectRefusal(
        env,
        `Port ${env[setting]} on 127.0.0.1 is in use. Stop what listens there, or choose another`,
      );
      await new Promise((resolve) => taken.close(resolve));
    },
  );

  test('a data folder that holds something else', async () => {
    const dataDir = join(dir, 'broken');
    await mkdir(join(dataDir, 'postgres'), { recursive: true });
    await writeFile(join(dataDir, 'postgres', 'PG_VERSION'), 'not a version\n');
    await expectRefusal(await freeSettings(dataDir), 'is not a complete PostgreSQL database');
  });

  test('a data folder that is a file', async () => {
    await writeFile(join(dir, 'file'), '');
    await expectRefusal(await freeSettings(join(dir, 'file')), 'there is a file of that name');
  });

  test('a data folder in a place where nothing can be made', async () => {
    await expectRefusal(await freeSettings('/proc/hutong/data'), 'cannot be used');
  });

  test('a DATABASE_URL of the wrong form, whose text is not repeated', async () => {
    const env = { ...(await freeSettings(join(dir, 'url'))), DATABASE_URL: 'mysql://me:geheim@host/db' };
    const line = await expectRefusal(env, 'DATABASE_URL is not of the form postgres://');
    expect(line).not.toContain('geheim');
  });

  test('a DATABASE_URL where nothing listens', async () => {
    const settings = await freeSettings(join(dir, 'url'));
    const env = { ...settings, DATABASE_URL: `postgres://me:geheim@127.0.0.1:${settings.HUTONG_PORT}/db` };
    const line = await expectRefusal(env, '(DATABASE_URL) cannot be reached: nothing listens there');
    expect(line).not.toContain('geheim');
  });

  test.each([
    ['a wrong password', { password: 'wrong' }, 'does not accept the password'],
    ['a database that is not there', { pathname: '/nowhere' }, 'does not exist'],
  ])('a DATABASE_URL with %s', async (_, change, complaint) => {
    const url = Object.assign(new URL(inject('databaseUrl')), change);
    await expectRefusal({ ...(await freeSettings(join(dir, 'url'))), DATABASE_URL: url.href }, complaint);
  });

  test('a setting that is not one', async () => {
    await expectRefusal({ HUTONG_PORT: 'eighty' }, 'HUTONG_PORT is not a port number');
    await expectRefusal({ HUTONG_MODE: 'prod' }, 'HUTONG_MODE is one of: sandbox, live');
  });

  test('live mode without a secret, and with one that is easy to guess', async () => {
    const live = { ...(await freeSettings(join(dir, 'live'))), HUTONG_MODE: 'live' };
    await expectRefusal(live, 'HUTONG_MASTER_SECRET is required in live mode');
    await expectRefusal({ ...live, HUTONG_MASTER_SECRET: 'x'.repeat(40) }, 'easy to guess');
  });

  async function expectRefusal(env: Record<string, string>, complaint: string): Promise<string> {
    const { code, stdout, complaints } = await hutong(['start'], env).finished;
    expect(complaints).toHaveLength(1);
    expect(complaints[0]).toContain(complaint);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    return complaints[0] ?? '';
  }
});

test('live mode starts neither simulators nor the demo shop', async () => {
  const dataDir = join(dir, 'live');
  const env = {
    ...(await freeSettings(dataDir)),
    HUTONG_MODE: 'live',
    HUTONG_PUBLIC_URL: 'https://pay.example.com',
    HUTONG_MASTER_SECRET: 'q8Zt1mVx7Lr4Ws0Kc9Yd3Hf6Jg2Nb5PaEuIo',
  };
  const server = hutong(['start', '--json'], env);
  expect(await ready(server)).not.toHaveProperty('shop_url');
  expect((await fetch(`http://127.0.0.1:${env.HUTONG_PORT}/healthz`)).status).toBe(200);
  for (const port of [env.HUTONG_SHOP_PORT, env.HUTONG_UNIONPAY_PORT])
    await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow();
});
