import { createPrivateKey } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ManualClock } from '../src/base/clock.ts';
import { silentLog } from '../src/base/log.ts';
import { systemRandom } from '../src/base/random.ts';
import { askPayer } from '../src/cli/demo/ask-payer.ts';
import { takeAction } from '../src/cli/demo/take-action.ts';
import { BOOK } from '../src/hutong.ts';
import { simulators, type SimulatorName, type WalletSimulator } from '../src/sandbox/wallets/simulators.ts';
import { wallets } from '../src/wallets/registry.ts';
import { eventually, startTestServer, type TestServer } from './server.ts';

/*
 * Orders with every wallet in every scene, refunds, faults, new keys and a day's bill, with the log wide open. Then every row
 * of every table, every line of the log and everything that the API answered is searched for what must stand nowhere.
 */

const HOUR_MS = 3_600_000;
const OTHERS = ['wechatpay', 'alipay', 'jdpay', 'meituanpay'] as const satisfies SimulatorName[];
const clock = new ManualClock(new Date('2026-11-23T02:00:00.000Z'));
const logged: string[] = [];
const said: string[] = [];
const codes: string[] = [];
const payers: string[] = [];
const secrets = new Map<string, string[]>();

let server: TestServer;
const running = new Map<SimulatorName, WalletSimulator>();
beforeAll(async () => {
  const log = (facts: object, message: string): void => void logged.push(`${message} ${showLine(facts)}`);
  server = await startTestServer({ clock, log: { debug: log, info: log, warn: log, error: log }, refundDelayMs: 0 });
  running.set('unionpay', server.unionpay);
  const options = { port: 0, clock, random: systemRandom, log: silentLog, dataDir: null, refundDelayMs: 0 };
  for (const name of OTHERS) {
    const simulator = await simulators[name]({ ...options, notifyDelaysMs: [0, 200, 400] });
    running.set(name, simulator);
    await call('POST', '/v1/wallet-accounts', { wallet: name, label: name, settings: simulator.merchantSettings });
  }
  for (const [name, { merchantSettings }] of running) secrets.set(name, needlesOf({ ...merchantSettings }));
});
afterAll(async () => {
  await server.close();
  for (const name of OTHERS) await running.get(name)?.stop();
});

/** As a logger writes it: an error with its message, its stack and whatever hangs on it. */
function showLine(facts: object): string {
  return JSON.stringify(facts, (_key, value: unknown) =>
    value instanceof Error
      ? { ...Object.fromEntries(Object.entries(value)), message: value.message, stack: value.stack, cause: value.cause }
      : typeof value === 'bigint'
        ? String(value)
        : value,
  );
}

async function call(method: string, path: string, body?: unknown) {
  const reply = await server.call(method, path, body);
  said.push(JSON.stringify(reply.json), ...reply.headers.values());
  return reply;
}

const SECRET_NAME = /private_key|pfx|password|secret|secure_key|api_v3_key|md5_key|des_key/;
/** Shorter ones stand everywhere by chance. */
const NEEDLE_CHARS_MIN = 12;

/** Every form in which a merchant's secret settings could have been written down. */
function needlesOf(settings: Record<string, unknown>): string[] {
  return Object.entries(settings).flatMap(([name, value]) => {
    if (!SECRET_NAME.test(name) || typeof value !== 'string' || value.length < NEEDLE_CHARS_MIN) return [];
    const forms = [Buffer.from(value)];
    const base64 = value.replace(/-----[A-Z ]+-----|\s/g, '');
    if (/^[A-Za-z0-9+/]+=*$/.test(base64)) forms.push(Buffer.from(base64, 'base64'));
    if (value.includes('PRIVATE KEY'))
      forms.push(Buffer.from(createPrivateKey(value).export({ format: 'jwk' }).d ?? '', 'base64url'));
    return forms
      .flatMap(piecesOf)
      .concat(base64.slice(-60, -10))
      .filter((piece) => piece.length >= NEEDLE_CHARS_MIN);
  });
}

/** A piece near the end, where a key's own numbers are, and not its type's usual beginning. */
function piecesOf(form: Buffer): string[] {
  const piece = form.length > 64 ? form.subarray(-48, -18) : form;
  const base64 = piece.toString('base64').replace(/=*$/, '').slice(0, -1);
  return [piece.toString('latin1'), piece.toString('hex'), base64, base64.replaceAll('+', '-').replaceAll('/', '_')];
}

async function pay(
  name: SimulatorName,
  scene: (typeof wallets)[SimulatorName]['can']['scenes'][number],
): Promise<void> {
  const simulator = running.get(name);
  if (simulator === undefined) throw new Error(`no pretend ${name}`);
  const { json: payment } = await call('POST', '/v1/payments', {
    order_no: `${name}-${scene}`,
    amount: { currency: 'CNY', minor: '1980' },
    subject: '一杯咖啡',
    return_url: 'https://shop.example/',
  });
  const more: Record<string, unknown> = {};
  if (scene === 'code') codes.push((more['payment_code'] = simulator.paymentCode('pays')));
  if (scene === 'jsapi') {
    const wish = { book: BOOK, merchantId: server.merchant.id, wallet: name, paymentId: payment.id };
    const payer = await askPayer(server.cashier, wish);
    if (payer !== null) {
      payers.push(payer.id);
      more['payer'] = { id: payer.id, ...(payer.walletApp === null ? {} : { wallet_app: payer.walletApp }) };
    }
  }
  const body = { wallet: name, scene, buyer_ip: '203.0.113.7', ...more };
  const { json: attempt } = await call('POST', `/v1/payments/${payment.id}/attempts`, body);
  expect(attempt.object, JSON.stringify(attempt)).toBe('attempt');
  await takeAction(simulator.url, attempt.next_action);
  if (scene !== 'code') simulator.pay(attempt.id.slice('att_'.length));
  await eventually(`${name} ${scene} to be paid`, async () => {
    clock.advanceMs(500);
    return (await call('GET', `/v1/payments/${payment.id}`)).json.state === 'succeeded';
  });
  await call('POST', `/v1/payments/${payment.id}/refunds`, { amount: { currency: 'CNY', minor: '480' } });
}

describe('a run of everything', () => {
  test('in every scene of every wallet, with refunds', async () => {
    for (const name of running.keys()) for (const scene of wallets[name].can.scenes) await pay(name, scene);
    await eventually('the refunds', async () => {
      clock.advanceMs(1000);
      const { json } = await call('GET', '/v1/refunds?limit=100');
      return json.data.every((refund: { state: string }) => refund.state === 'succeeded');
    });
  });

  test('with wallets that fail, settings that are wrong, and keys that change', async () => {
    const { json: accounts } = await call('GET', '/v1/wallet-accounts');
    for (const [name, simulator] of running) {
      const { id } = accounts.data.find((account: { wallet: string }) => account.wallet === name);
      const settings = { ...simulator.merchantSettings };
      for (const kind of ['html', 'drop_after'] as const) {
        simulator.setFault({ operation: 'any', kind, times: 1 });
        await call('POST', `/v1/wallet-accounts/${id}/test-order`, {});
        simulator.clearFaults();
      }
      await call('POST', `/v1/wallet-accounts/${id}/rotate`, { settings, overlap_hours: 1 });
      for (const field of Object.keys(settings)) {
        const wrong = { ...settings, [field]: `${String(settings[field as keyof typeof settings])}x`, other: 'y' }; // one of its own names
        await call('POST', `/v1/wallet-accounts/${id}/rotate`, { settings: wrong });
        await call('POST', '/v1/wallet-accounts', { wallet: name, settings: { ...settings, [field]: '{"x"' } });
      }
    }
  });

  test('and a day’s bill of each', async () => {
    clock.advanceMs(34 * HOUR_MS);
    await eventually(
      'the bills',
      async () => {
        const { json } = await call('GET', '/v1/statements?limit=100&day=2026-11-23');
        const done = json.data.filter(({ state }: { state: string }) => state === 'reconciled');
        return done.length >= running.size;
      },
      40,
    );
  });
});

describe('leaves nowhere', () => {
  test('what this search would find: it finds every secret in the settings themselves, as they are and in hex', () => {
    expect(logged.length).toBeGreaterThan(0);
    for (const { merchantSettings } of running.values()) {
      const settings = Object.entries({ ...merchantSettings }).filter(([name]) => SECRET_NAME.test(name));
      expect(settings.length).toBeGreaterThan(0);
      for (const [name, value] of settings) {
        const needles = needlesOf({ [name]: value });
        if (needles.length === 0) continue; // too short to be told from chance
        expect(findIn(JSON.stringify({ value }), needles), name).toBeDefined();
        expect(findIn(Buffer.from(String(value)).toString('hex'), needles), name).toBeDefined();
      }
    }
  });

  test('a merchant’s key, in any of its forms', async () => {
    for (const [name, needles] of secrets) expect(needles.length, name).toBeGreaterThan(3);
    await expectNowhere([...secrets.values()].flat(), ['rows', 'log', 'answers']);
  });

  test('a payment code', async () => {
    expect(codes.length).toBeGreaterThan(3);
    await expectNowhere(codes, ['rows', 'log', 'answers']);
  });

  test('the name by which a wallet knows a buyer', async () => {
    expect(payers.length).toBeGreaterThan(2);
    await expectNowhere(payers, ['rows', 'log', 'answers']);
  });

  test('the shop’s own key and the link of a buyer’s page, in rows or in the log', async () => {
    const { json } = await server.call('GET', '/v1/payments?limit=100');
    const tokens = json.data.map((payment: { cashier_url: string }) => payment.cashier_url.split('/').at(-1));
    expect(tokens.length).toBeGreaterThan(10);
    await expectNowhere([server.apiKey.slice(-43)], ['rows', 'log']);
    await expectNowhere(tokens, ['log']);
  });
});

function findIn(text: string, needles: readonly string[]): string | undefined {
  return needles.find((needle) => text.includes(needle) || text.includes(JSON.stringify(needle).slice(1, -1)));
}

async function expectNowhere(needles: readonly string[], places: readonly ('rows' | 'log' | 'answers')[]) {
  const texts = { rows: places.includes('rows') ? await dump() : [], log: logged, answers: said };
  for (const place of places)
    for (const text of texts[place]) {
      const found = findIn(text, needles);
      if (found !== undefined)
        expect.fail(`${place}: ${text.slice(0, 200)} … holds ${found.slice(0, 4)}… of ${found.length} letters`);
    }
}

/** Every row of every table as text, with its table in front; bytes as hexadecimal and as they are. */
async function dump(): Promise<string[]> {
  const tables = await server.sql<{ name: string }[]>`
    select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'`;
  expect(tables.length).toBeGreaterThan(10);
  const rows: string[] = [];
  for (const { name } of tables)
    for (const { row } of await server.sql<
      { row: string }[]
    >`select each::text as row from ${server.sql(name)} as each`) {
      rows.push(`${name} ${row}`);
      for (const [, hex = ''] of row.matchAll(/\\x([0-9a-f]{8,})/g))
        rows.push(`${name} ${Buffer.from(hex, 'hex').toString('latin1')}`);
    }
  return rows;
}
