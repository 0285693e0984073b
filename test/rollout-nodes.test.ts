import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { ROLLOUT_LEASE_MS } from '../src/base/limits.ts';
import { findAttempt } from '../src/cashier/attempt-store.ts';
import { BOOK } from '../src/hutong.ts';
import { readStandings } from '../src/ledger/read-room.ts';
import { claimControl, controlOne } from '../src/rollout/control.ts';
import type { PlanFile } from '../src/rollout/plan-file.ts';
import type { DueRollout } from '../src/rollout/rollout-store.ts';
import { startMutedProxy } from '../src/rollout/test-muted-proxy.ts';
import { readRecords } from './kill/check-acknowledged.ts';
import { compareLedger, compareRefunds } from './kill/check-books.ts';
import { compareLimits } from './kill/check-offers.ts';
import { callPatiently } from './kill/patient-caller.ts';
import { eventually, type TestReply } from './server.ts';
import { type Node, startTwoNodes, type TwoNodes } from './two-nodes.ts';

/* A wallet that is being opened, on whole Hutongs over one database: what moves it, who decides it, and what happens to payments meanwhile. */

const STAGED = 'unionpay';
const PLAIN = 'wechatpay';

let two: TwoNodes;
let a: Node;
let b: Node;
beforeAll(async () => {
  two = await startTwoNodes([PLAIN]);
  [a, b] = two.nodes;
});
afterAll(() => two.close());

let rolloutId = '';
afterEach(async () => {
  two.wallets.clearFaults();
  const { json } = await a.call('GET', `/v1/rollouts/${rolloutId}`);
  if (json.state !== 'rolled_back') await move('roll_back');
  await move('retire');
  const call = callPatiently(a.url, { authorization: `Bearer ${two.apiKey}` });
  let differences: string[] = [];
  await eventually(
    'the books to agree',
    async () => {
      const records = await readRecords(call);
      const open = [...records.payments.values()].filter(({ state }) => state !== 'succeeded' && state !== 'canceled');
      await Promise.all(open.map(({ id }) => a.call('POST', `/v1/payments/${id}/cancel`)));
      differences = [
        ...(await compareLedger(a.ledger, a.sql, two.merchantId, records, two.wallets.all)),
        ...compareRefunds(records, two.wallets.all),
        ...(await compareLimits(a.sql, records)),
      ];
      return differences.length === 0;
    },
    60,
  ).catch((error: unknown) => {
    throw new Error(differences.slice(0, 10).join('\n'), { cause: error });
  });
});

/** Runs when this is over, and both nodes show it. */
async function stage(over: Partial<PlanFile> = {}): Promise<string> {
  const plan = { key: `wallet.${STAGED}`, wallet: STAGED, steps: [{ share: '100%' }], ...over };
  const made = await a.call('POST', '/v1/rollouts', { plan });
  expect(made.status, JSON.stringify(made.json)).toBe(201);
  rolloutId = made.json.id;
  await move('start');
  await seenBy([a, b], 'SPLIT');
  return rolloutId;
}

async function move(action: string): Promise<void> {
  const moved = await a.call('POST', `/v1/rollouts/${rolloutId}/${action}`, { reason: 'a test' });
  expect(moved.status, JSON.stringify(moved.json)).toBe(200);
}

/** How a node decides about the staged wallet now. */
const decided = (node: Node) =>
  node.rollouts.decide(
    BOOK,
    {
      merchantId: two.merchantId,
      paymentId: 'pay_01ARZ3NDEKTSV4RRFFQ69G5FAV',
      buyer: { id: 'anna', phone: null, device: null, region: null, appVersion: null, isStaff: false },
      scene: null,
      app: null,
      currency: 'CNY',
      amountMinor: 1000n,
      bank: null,
    },
    [STAGED, PLAIN],
    null,
  ).wallets;

const seenBy = (nodes: readonly Node[], reason: string) =>
  eventually(`all nodes to say ${reason}`, async () => nodes.every((node) => decided(node)[0]?.reason === reason));

let orders = 0;
async function create(node = a): Promise<string> {
  const reply = await node.call('POST', '/v1/payments', {
    order_no: `staged-${(orders += 1)}`,
    amount: { currency: 'CNY', minor: '1000' },
    subject: '雨前龙井',
    return_url: 'https://shop.example/orders',
  });
  expect(reply.status, JSON.stringify(reply.json)).toBe(201);
  return reply.json.id;
}

const start = (node: Node, id: string, wallet: string = STAGED, key?: string): Promise<TestReply> =>
  node.call(
    'POST',
    `/v1/payments/${id}/attempts`,
    { wallet, scene: wallet === STAGED ? 'app' : 'qr' },
    key === undefined ? {} : { 'idempotency-key': key },
  );
const show = async (id: string) => (await a.call('GET', `/v1/payments/${id}`)).json;
const nodeOf = (index: number): Node => (index % 2 === 0 ? a : b);
const payNow = ({ json }: TestReply) => two.unionpay.pay(json.id.slice('att_'.length));
/** The wallets on the buyer's page. */
async function offered(id: string): Promise<string[]> {
  const page = await (await fetch((await show(id)).cashier_url)).text();
  return [...page.matchAll(/data-testid="wallet-(\w+)"/g)].map(([, name = '']) => name);
}
const decisionOf = async (id: string) => (await a.call('GET', `/v1/payments/${id}/decision`)).json;
const report = async () => (await a.call('GET', `/v1/rollouts/${rolloutId}`)).json;

describe('a halt', () => {
  test('while people pay is heard by both nodes: nobody begins any more, and who had begun finishes or tries again', async () => {
    await stage();
    const buyers = { areGone: false };
    const begun: TestReply[] = [];
    const refused: TestReply[] = [];
    const buy = async (index: number): Promise<void> => {
      while (!buyers.areGone) {
        const reply = await start(nodeOf(index), await create(nodeOf(index + 1)));
        (reply.status === 201 ? begun : refused).push(reply);
      }
    };
    const buying = Promise.all(Array.from({ length: 12 }, (_, index) => buy(index)));
    await eventually('many to have begun', async () => begun.length >= 40);
    await move('halt');
    await seenBy([a, b], 'HALTED');
    const after = await Promise.all([a, b].map(async (node) => start(node, await create())));
    expect(after.map(({ json }) => json.code)).toEqual(['wallet_not_available', 'wallet_not_available']);
    await eventually('many to be refused', async () => refused.length >= 10);
    buyers.areGone = true;
    await buying;
    expect(new Set(refused.map(({ json }) => json.code))).toEqual(new Set(['wallet_not_available']));
    for (const one of begun) payNow(one);
    await eventually('all of them to be paid', async () => {
      const shown = await Promise.all(begun.map(({ json }) => show(json.payment_id)));
      return shown.every(({ state }) => state === 'succeeded');
    });
    const { counts } = await report();
    const count = (metric: string): number =>
      // As the API shows them.
      counts.reduce(
        (sum: number, { treatment }: { treatment: Record<string, number> }) => sum + (treatment[metric] ?? 0),
        0,
      );
    expect([count('begun'), count('first_succeeded')]).toEqual([begun.length, begun.length]);
  });

  test('leaves the plain wallet where it was, also for who was shown the staged one', async () => {
    await stage();
    const id = await create();
    expect((await start(a, id)).status).toBe(201);
    await move('halt');
    await seenBy([a, b], 'HALTED');
    expect(await start(b, id, PLAIN)).toMatchObject({ status: 201 });
    expect(await start(b, await create(), PLAIN)).toMatchObject({ status: 201 });
    expect(await start(b, id)).toMatchObject({ status: 201 }); // on the path that he began on
  });

  test('is made by the other node where the one that had judged died before it moved anything', async () => {
    const id = await stage();
    const deps = { ...a.cashier.deps, raiseAlert: async () => {} };
    // The third node takes the rollout to look at, and is gone before it has moved it.
    const taken = await eventually('the third node to have its turn', async () => {
      const found: DueRollout[] = await claimControl(deps, 10);
      return found.find(({ rollout }) => rollout.id === id);
    });
    const { version, step } = taken.rollout;
    const failures = Array.from({ length: 30 }, () => ({
      rolloutId: id,
      version,
      step,
      arm: 'treatment' as const, // a word of the observation, not any text
      metric: 'wallet_failed' as const, // likewise
      since: 1,
      entered: step,
      payer: null,
    }));
    await a.sql.begin((tx) => a.rollouts.observe(tx, BOOK, failures));
    two.clock.leap(ROLLOUT_LEASE_MS);
    await seenBy([a, b], 'HALTED');
    // It was only asleep, and goes on with what it had judged.
    await controlOne(deps, taken);
    const moves: { action: string; by: string }[] = (await report()).moves; // as the API shows them
    expect(moves.map(({ action }) => action).toSorted()).toEqual(['create', 'halt', 'start']);
  });
});

describe('money at risk', () => {
  test('two hundred at once with a wallet that says nothing: as many as may are under way, the others hear that it is not there', async () => {
    await stage({ at_risk: { payments: 15, money: '1000.00' } });
    for (const operation of ['app', 'query']) two.unionpay.setFault({ operation, kind: 'silent' });
    const ids = await Promise.all(Array.from({ length: 200 }, (_, index) => create(nodeOf(index))));
    const replies = await Promise.all(ids.map((id, index) => start(nodeOf(index), id)));
    const begun = replies.filter(({ status }) => status === 201);
    expect(begun.map(({ json }) => json.outcome)).toEqual(Array(15).fill('unknown'));
    expect(new Set(replies.filter(({ status }) => status !== 201).map(({ json }) => json.code))).toEqual(
      new Set(['wallet_not_available']),
    );
    const lines = (await findAttempt(a.sql, BOOK, begun[0]?.json.id))?.holds ?? [];
    const standings = () => readStandings(a.sql, BOOK, lines);
    expect(await standings()).toMatchObject([
      { used: 0n, held: 15_000n },
      { used: 0n, held: 15n, left: 0n },
    ]);
    expect((await start(b, await create(), PLAIN)).status).toBe(201);
    two.unionpay.clearFaults();
    for (const one of begun) if (two.unionpay.orders({ orderNo: one.json.id.slice(4) }).length > 0) payNow(one);
    await eventually('the wallet to be asked until nothing is at risk', async () => {
      two.clock.leap(60_000);
      const [, count] = await standings();
      return count?.held === 0n;
    });
    expect(await start(b, await create())).toMatchObject({ status: 201 });
  });
});

describe('a buyer who comes when nothing is left to put at risk', () => {
  test('is not offered the wallet, is told why, and it is there again for the next when something came back', async () => {
    await stage({ at_risk: { payments: 1 } });
    const shownBefore = await create();
    expect(await offered(shownBefore)).toContain(STAGED);
    const first = await create();
    const begun = await start(a, first);
    expect(begun.status).toBe(201);
    await seenBy([a, b], 'HELD');
    const late = await create();
    expect(await offered(late)).not.toContain(STAGED);
    expect((await decisionOf(late)).wallets[0]).toMatchObject({ shown: false, reason: 'HELD', shown_now: false });
    expect((await decisionOf(late)).wallets[0].explanation.en).toContain('not available just now');
    // Who was shown it misses it for the moment; who has begun to pay with it does not.
    expect(await offered(shownBefore)).not.toContain(STAGED);
    expect((await decisionOf(shownBefore)).wallets[0]).toMatchObject({
      shown: true,
      shown_now: false,
      reason_now: 'HELD',
    });
    expect(await offered(first)).toContain(STAGED);
    expect((await start(b, shownBefore)).json.code).toBe('wallet_not_available'); // the last gate
    payNow(begun);
    await eventually('the place to be free', async () => {
      two.clock.leap(5000);
      return (await show(first)).state === 'succeeded' && decided(a)[0]?.reason === 'SPLIT';
    });
    expect(await offered(shownBefore)).toContain(STAGED);
    expect((await start(a, shownBefore)).status).toBe(201);
  });
});

describe('a node that loses its database for three seconds', () => {
  test('begins nothing with the staged wallet meanwhile, the other node goes on, and afterwards all is as it was', async () => {
    await stage();
    const proxy = await startMutedProxy(two.databaseUrl);
    const cut = await two.openNode({ databaseUrl: proxy.url });
    try {
      cut.startWork();
      await seenBy([cut], 'SPLIT');
      const ids = await Promise.all(Array.from({ length: 6 }, () => create()));
      const keys = ids.map((id) => `cut-${id}`);
      proxy.mute();
      await seenBy([cut], 'STALE');
      expect(decided(cut).map(({ shown }) => shown)).toEqual([false, true]);
      const wallets = ids.map((_, index) => (index % 2 === 0 ? STAGED : PLAIN));
      const meanwhile = ids.map((id, index) => start(cut, id, wallets[index], keys[index]).catch(() => null));
      await new Promise((resolve) => setTimeout(resolve, 3000));
      expect(await start(a, await create())).toMatchObject({ status: 201 });
      proxy.speak();
      await Promise.all(meanwhile);
      await seenBy([cut], 'SPLIT');
      const again = await eventually(
        'each of them to be told how it went',
        async () => {
          const replies = await Promise.all(ids.map((id, index) => start(cut, id, wallets[index], keys[index])));
          return replies.every(({ status }) => status === 201) && replies;
        },
        45,
      );
      for (const { json } of again) expect((await show(json.payment_id)).attempts).toHaveLength(1);
    } finally {
      await proxy.close();
    }
  });
});
