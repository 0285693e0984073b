import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createApiKey } from '../src/cashier/api-keys.ts';
import { createMerchant } from '../src/cashier/create-merchant.ts';
import { SCOPES } from '../src/cashier/merchant.ts';
import { BOOK } from '../src/hutong.ts';
import type { SentNotification } from '../src/sandbox/wallets/ground/notify.ts';
import { startWalletWorld, type WalletWorld } from './browser/wallet-world.ts';
import { callApi, eventually } from './server.ts';

/* What reaches a wallet's notification address and is not what it should be, for every wallet, over HTTP. */

const NAMES = ['unionpay', 'wechatpay', 'alipay', 'jdpay', 'meituanpay'] as const;
type Name = (typeof NAMES)[number];

let world: WalletWorld;
/** A second shop, with an account of its own at each wallet: their ids. */
const others = new Map<Name, string>();
/** Of each wallet one payment whose true notification is kept from arriving. */
const held = new Map<Name, { paymentId: string; sent: SentNotification }>();

beforeAll(async () => {
  world = await startWalletWorld();
  const { deps } = world.server.cashier;
  const merchant = await createMerchant(deps, { book: BOOK, name: '另一家店', livemode: false });
  const { token } = await createApiKey(deps, { merchantId: merchant.id, label: 'x', scopes: SCOPES, expiresAt: null });
  for (const wallet of NAMES) {
    const body = { wallet, settings: simulatorOf(wallet).extraMerchants[0] };
    const made = await callApi(world.server.url, token.reveal(), 'POST', '/v1/wallet-accounts', body);
    if (made.status !== 201) throw new Error(`${wallet}: ${JSON.stringify(made.json)}`);
    others.set(wallet, made.json.id);
    held.set(wallet, await hold(wallet));
  }
});
afterAll(() => world.close());

function simulatorOf(wallet: Name) {
  return wallet === 'unionpay' ? world.server.unionpay : world[wallet];
}

async function hold(wallet: Name): Promise<{ paymentId: string; sent: SentNotification }> {
  const { id } = await world.newCashier();
  const { json } = await world.server.call('POST', `/v1/payments/${id}/attempts`, { wallet, scene: 'qr' });
  const orderNo: string = json.id.slice('att_'.length);
  const simulator = simulatorOf(wallet);
  // Neither tells by itself nor when it is asked: a poll would else learn it before a slow machine is through here.
  for (const operation of ['notify', 'query']) simulator.setFault({ operation, kind: 'silent', orderNo });
  await fetch(`${simulator.url}/sandbox/scan?text=${encodeURIComponent(json.next_action.text)}`);
  simulator.pay(orderNo);
  const sent = await eventually(`the notification of ${wallet}`, async () =>
    simulator.notificationsSent().find((one) => one.orderNo === orderNo),
  );
  return { paymentId: id, sent };
}

async function send(url: string, sent: { headers: Record<string, string>; body: string | Buffer }): Promise<number> {
  const reply = await fetch(url, { method: 'POST', headers: sent.headers, body: sent.body });
  const text = await reply.text();
  expect(text).not.toMatch(/\bat .+\.ts:\d+/); // no stack
  return reply.status;
}

const JUNK: [string, Record<string, string>, string][] = [
  ['nothing', { 'content-type': 'application/json' }, ''],
  ['a page', { 'content-type': 'text/html' }, '<!doctype html><title>502</title>'],
  ['an empty object', { 'content-type': 'application/json' }, '{}'],
  ['a form of nothing', { 'content-type': 'application/x-www-form-urlencoded' }, 'sign=&sign_type=RSA2'],
  [
    'XML with an entity that reads a file',
    { 'content-type': 'application/xml' },
    '<?xml version="1.0" encoding="UTF-8"?><!DOCTYPE jdpay [<!ENTITY x SYSTEM "file:///etc/hostname">]><jdpay><version>V2.0</version><encrypt>&x;</encrypt></jdpay>',
  ],
  [
    'XML that grows a billion times',
    { 'content-type': 'application/xml' },
    '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]><jdpay><encrypt>&c;</encrypt></jdpay>',
  ],
  ['a key twice', { 'content-type': 'application/json' }, '{"id":"1","id":"2","resource":{}}'],
  ['depth', { 'content-type': 'application/json' }, '['.repeat(20_000)],
  ['too much', { 'content-type': 'application/json' }, `{"a":"${'x'.repeat(70_000)}"}`],
];

describe.each(NAMES)('%s', (wallet) => {
  const mine = (): { paymentId: string; sent: SentNotification } => {
    const found = held.get(wallet);
    if (found === undefined) throw new Error(`nothing is held of ${wallet}`);
    return found;
  };
  const unchanged = async (): Promise<void> => {
    const { json } = await world.server.call('GET', `/v1/payments/${mine().paymentId}`);
    expect(json).toMatchObject({ state: 'requires_action', paid_at: null });
  };

  test.each(JUNK)('refuses %s', async (_name, headers, body) => {
    expect([400, 404, 413]).toContain(await send(mine().sent.url, { headers, body }));
    await unchanged();
  });

  test('refuses its own notification with one byte changed, anywhere', async () => {
    const { sent } = mine();
    const bytes = Buffer.from(sent.body);
    const step = Math.ceil(bytes.length / 40);
    for (let at = 0; at < bytes.length; at += step) {
      const body = Buffer.from(bytes);
      body[at] = (body[at] ?? 0) ^ 1;
      expect(await send(sent.url, { headers: sent.headers, body }), `byte ${at}`).toBe(400);
    }
    await unchanged();
  });

  test('refuses a true notification at any address but its own', async () => {
    const { sent } = mine();
    const account = sent.url.split('/').at(-1) ?? '';
    const foreign = NAMES.filter((name) => name !== wallet).map((name) => `/notify/${name}/${account}`);
    for (const name of NAMES) foreign.push(`/notify/${name}/${others.get(name)}`);
    for (const other of held.values()) if (other.sent !== sent) foreign.push(new URL(other.sent.url).pathname);
    for (const path of foreign) expect([400, 404], path).toContain(await send(world.server.url + path, sent));
    await unchanged();
  });

  test('takes it at last, and a hundred times more change nothing', async () => {
    const { paymentId, sent } = mine();
    expect(await send(sent.url, sent)).toBe(200);
    const paid = await eventually('the payment', async () => {
      const { json } = await world.server.call('GET', `/v1/payments/${paymentId}`);
      return json.state === 'succeeded' ? json : null;
    });
    const again = await Promise.all(Array.from({ length: 100 }, () => send(sent.url, sent)));
    expect(new Set(again)).toEqual(new Set([200]));
    expect((await world.server.call('GET', `/v1/payments/${paymentId}`)).json).toEqual(paid);
  });
});
