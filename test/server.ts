import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Clock, systemClock } from '../src/base/clock.ts';
import { type Log, silentLog } from '../src/base/log.ts';
import { systemRandom } from '../src/base/random.ts';
import { Secret } from '../src/base/secret.ts';
import { addWalletAccount } from '../src/cashier/add-wallet-account.ts';
import { createApiKey } from '../src/cashier/api-keys.ts';
import { createMerchant } from '../src/cashier/create-merchant.ts';
import { type Merchant, SCOPES } from '../src/cashier/merchant.ts';
import { BOOK, type Hutong, openHutong } from '../src/hutong.ts';
import { startUnionpaySandbox, type UnionpaySandbox } from '../src/sandbox/wallets/unionpay/unionpay.ts';
import { freshDatabase } from './database.ts';

export interface TestServer extends Hutong {
  url: string;
  databaseUrl: string;
  unionpay: UnionpaySandbox;
  /** The shop `测试小店`, with an account at the simulated UnionPay and a key of all scopes. */
  merchant: Merchant;
  apiKey: string;
  walletAccountId: string;
  /** Calls the API with the shop's key; a POST gets a new Idempotency-Key unless one is given. */
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<TestReply>;
  close(): Promise<void>;
}

export interface TestReply {
  status: number;
  headers: Headers;
  // Replies are read by tests field by field, whatever they are.
  json: ReturnType<typeof JSON.parse>;
}

export interface TestServerOptions {
  clock?: Clock;
  log?: Log;
  notifyDelaysMs?: readonly number[];
  refundDelayMs?: number;
}

/** A whole Hutong over a fresh database, with the UnionPay simulator and one shop. Close it in afterAll. */
export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const { url: databaseUrl } = await freshDatabase();
  const clock = options.clock ?? systemClock;
  const log = options.log ?? loudLog;
  const unionpay = await startUnionpaySandbox({
    port: 0,
    clock,
    random: systemRandom,
    log,
    dataDir: null,
    notifyDelaysMs: options.notifyDelaysMs ?? [0, 200, 400],
    refundDelayMs: options.refundDelayMs ?? 20,
  });
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const hutong = await openHutong({
    databaseUrl,
    publicUrl: url,
    masterSecrets: [new Secret(systemRandom.bytes(32).toString('base64'))],
    isSandbox: true,
    clock,
    random: systemRandom,
    log,
  });
  await hutong.app.listen({ port, host: '127.0.0.1' });
  hutong.startWork();
  const { deps } = hutong.cashier;
  const merchant = await createMerchant(deps, { book: BOOK, name: '测试小店', livemode: false });
  const { token } = await createApiKey(deps, {
    merchantId: merchant.id,
    label: 'test',
    scopes: SCOPES,
    expiresAt: null,
  });
  const account = await addWalletAccount(deps, {
    merchantId: merchant.id,
    wallet: 'unionpay',
    label: 'test',
    settings: unionpay.merchantSettings,
    claim: null,
  });
  const { id: walletAccountId }: { id: string } = JSON.parse(account.body); // a wallet account as the API shows it
  return {
    ...hutong,
    url,
    databaseUrl,
    unionpay,
    merchant,
    apiKey: token.reveal(),
    walletAccountId,
    call: (method, path, body, headers) => callApi(url, token.reveal(), method, path, body, headers),
    async close() {
      await hutong.stop();
      await unionpay.stop();
    },
  };
}

/** A test that meets an error of ours should say so. */
const loudLog: Log = { ...silentLog, error: (facts, message) => console.error(message, facts) };

let keyCount = 0;

export async function callApi(
  url: string,
  apiKey: string,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<TestReply> {
  keyCount += 1;
  const reply = await fetch(url + path, {
    method,
    headers: {
      authorization: `Bearer ${apiKey}`,
      ...(method === 'POST' ? { 'idempotency-key': `test-${process.pid}-${keyCount}` } : {}),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    redirect: 'manual',
  });
  const text = await reply.text();
  return { status: reply.status, headers: reply.headers, json: text === '' ? null : JSON.parse(text) };
}

export async function freePort(): Promise<number> {
  const { createServer } = await import('node:net');
  return await new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        typeof address === 'object' && address !== null ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}

/** Waits until `look` answers something, asking again and again; fails with what it was waiting for. */
export async function eventually<T>(
  what: string,
  look: () => Promise<T | null | undefined | false>,
  secondsMax = 120,
): Promise<T> {
  const endsAt = Date.now() + secondsMax * 1000;
  for (;;) {
    const seen = await look();
    if (seen !== null && seen !== undefined && seen !== false) return seen;
    if (Date.now() > endsAt) throw new Error(`waited ${secondsMax} s in vain for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

export async function temporaryDir(name: string): Promise<{ dir: string; remove(): Promise<void> }> {
  const dir = await mkdtemp(join(tmpdir(), `hutong-${name}-`));
  return { dir, remove: () => rm(dir, { recursive: true, force: true }) };
}
