import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { LEASE_SECONDS } from '../src/base/limits.ts';
import { findAttempt } from '../src/cashier/attempt-store.ts';
import { BOOK } from '../src/hutong.ts';
import { type LimitStanding, readStandings } from '../src/ledger/read-room.ts';
import type { CampaignDocument } from '../src/offers/campaign.ts';
import { campaignOf, issue, OPERATOR, publish } from '../src/offers/test-offers.ts';
import { readRecords, type ShopRecords } from './kill/check-acknowledged.ts';
import { compareLedger, compareRefunds } from './kill/check-books.ts';
import { compareGrants, compareLimits } from './kill/check-offers.ts';
import { callPatiently } from './kill/patient-caller.ts';
import { eventually, type TestReply } from './server.ts';
import { type Node, startTwoNodes, type TwoNodes } from './two-nodes.ts';

/* Offers that are fought for on two whole Hutongs over one database: what is limited is never given twice, and nobody pays more than shown. */

let two: TwoNodes;
let a: Node;
let b: Node;
beforeAll(async () => {
  two = await startTwoNodes();
  [a, b] = two.nodes;
});
afterAll(() => two.close());

/** After every race nothing is held any more, every limit is used by what was paid, and the books agree with the wallet's. */
afterEach(async () => {
  two.unionpay.clearFaults();
  await stopOffers();
  const call = callPatiently(a.url, { authorization: `Bearer ${two.apiKey}` });
  let differences: string[] = [];
  await eventually(
    'the books to agree',
    async () => {
      const records = await readRecords(call);
      await cancelOpen(records);
      differences = [
        ...(await compareLedger(a.ledger, a.sql, two.merchantId, records, two.wallets.all)),
        ...compareRefunds(records, two.wallets.all),
        ...(await compareLimits(a.sql, records)),
        ...(await compareGrants(a.ledger, records, () => two.walletAccountId)),
      ];
      return differences.length === 0;
    },
    60,
  ).catch((error: unknown) => {
    throw new Error(differences.slice(0, 10).join('\n'), { cause: error });
  });
});

async function cancelOpen({ payments }: ShopRecords): Promise<void> {
  const open = [...payments.values()].filter(
    ({ state, attempts }) => attempts.length > 0 && state !== 'succeeded' && state !== 'canceled',
  );
  await Promise.all(open.map(({ id }) => a.call('POST', `/v1/payments/${id}/cancel`)));
}

async function stopOffers(): Promise<void> {
  const { json } = await a.call('GET', '/v1/offers?state=published');
  for (const { id } of json.data) await stop(id);
}

const stop = (id: string) => a.offers.switch({ actor: OPERATOR, id, to: 'stopped', reason: null, claim: null });

/** Published on one node; both know it when this is over. ¥5.00 off unless said otherwise. */
async function offer(over: Partial<CampaignDocument> = {}, seen = '9500'): Promise<string> {
  const { id } = await publish(a.offers, two.merchantId, campaignOf(over));
  await bothQuote(seen);
  return id;
}

const PROBE = { currency: 'CNY', minor: '10000' };

async function bothQuote(minor: string): Promise<void> {
  for (const node of [a, b])
    await eventually(`both nodes to quote ${minor}`, async () => {
      const { json } = await node.call('POST', '/v1/offers/quote', { amount: PROBE, buyer: { id: 'nobody' } });
      return json.quotes[0]?.to_pay.minor === minor;
    });
}

let orders = 0;
async function create(more: object = {}): Promise<string> {
  orders += 1;
  const reply = await nodeOf(orders).call('POST', '/v1/payments', {
    order_no: `offer-race-${orders}`,
    amount: PROBE,
    subject: '雨前龙井',
    return_url: 'https://shop.example/orders',
    ...more,
  });
  expect(reply.status, JSON.stringify(reply.json)).toBe(201);
  return reply.json.id;
}

const nodeOf = (index: number): Node => (index % 2 === 0 ? a : b);
const createMany = (count: number): Promise<string[]> => Promise.all(Array.from({ length: count }, () => create()));

const start = (node: Node, id: string, expected: string, key?: string): Promise<TestReply> =>
  node.call(
    'POST',
    `/v1/payments/${id}/attempts`,
    { wallet: 'unionpay', scene: 'app', expected_amount: { currency: 'CNY', minor: expected } },
    key === undefined ? {} : { 'idempotency-key': key },
  );
const startAll = (ids: readonly string[], expected: string): Promise<TestReply[]> =>
  Promise.all(ids.map((id, index) => start(nodeOf(index), id, expected)));

const orderNoOf = ({ json }: TestReply): string => json.id.slice('att_'.length);
const show = async (id: string) => (await a.call('GET', `/v1/payments/${id}`)).json;
const inState = (id: string, state: string) =>
  eventually(`${id} to be ${state}`, async () => (await show(id)).state === state);

/** Pays what has begun, and waits until it is heard. */
async function pay(started: TestReply): Promise<void> {
  two.unionpay.pay(orderNoOf(started));
  await inState(started.json.payment_id, 'succeeded');
}

function sort(replies: readonly TestReply[]): { begun: TestReply[]; askedAgain: TestReply[] } {
  const begun = replies.filter(({ status }) => status === 201);
  const askedAgain = replies.filter(({ json }) => json.code === 'offer_changed');
  const others = replies.filter((reply) => !begun.includes(reply) && !askedAgain.includes(reply));
  expect(others.map(({ json }) => json)).toEqual([]);
  return { begun, askedAgain };
}

/** How a limit stands that some attempt has held. */
async function standing(started: TestReply | undefined, name: RegExp): Promise<LimitStanding | undefined> {
  const attempt = await findAttempt(a.sql, BOOK, started?.json.id);
  const line = attempt?.holds?.find(({ limit }) => name.test(limit));
  return line === undefined ? undefined : (await readStandings(a.sql, BOOK, [line]))[0];
}

describe('on two nodes', () => {
  test('a thousand come at once for ten places: ten have them, and the others are asked again and pay the whole price', async () => {
    await offer({ limits: { count: { campaign: 10 } } });
    const ids = await createMany(1000);
    const before = two.unionpay.orders().length;
    const { begun, askedAgain } = sort(await startAll(ids, '9500'));
    expect(begun).toHaveLength(10);
    expect(begun.map(({ json }) => json.to_pay.minor)).toEqual(Array(10).fill('9500'));
    expect(askedAgain.map(({ json }) => json.amount_minor)).toEqual(Array(990).fill('10000'));
    expect(two.unionpay.orders().length - before).toBe(10);
    await Promise.all(begun.map(pay));
    expect(await standing(begun[0], /count$/)).toEqual({ used: 10n, held: 0n, left: 0n });
    const begunIds = new Set(begun.map(({ json }) => json.payment_id));
    const again = await startAll(ids.filter((id) => !begunIds.has(id)).slice(0, 30), '10000');
    expect(again.map(({ json }) => json.to_pay?.minor)).toEqual(Array(30).fill('10000'));
    await Promise.all(again.map(pay));
  }, 240_000);

  test('a budget is spent to its last fen and not beyond', async () => {
    await offer({ limits: { money: { campaign: '15.00' } } });
    const { begun } = sort(await startAll(await createMany(60), '9500'));
    expect(begun).toHaveLength(3);
    await Promise.all(begun.map(pay));
    expect(await standing(begun[0], /money$/)).toEqual({ used: 1500n, held: 0n, left: 0n });
  });

  test('a budget of draws is never overdrawn, whatever they come to', async () => {
    const draw = { kind: 'random' as const, off_from: '1.00', off_to: '9.00' }; // a word of the schema, not any text
    await offer({ ...draw, limits: { money: { campaign: '40.00' } } }, '9900');
    const { begun } = sort(await startAll(await createMany(80), '9900'));
    const off = begun.reduce((sum, { json }) => sum + BigInt(json.discount.minor), 0n);
    expect(begun.length).toBeGreaterThanOrEqual(4);
    expect(off).toBeLessThanOrEqual(4000n);
    for (const { json } of begun) expect(BigInt(json.to_pay.minor)).toBeLessThanOrEqual(9900n);
    await Promise.all(begun.map(pay));
    expect(await standing(begun[0], /money$/)).toEqual({ used: off, held: 0n, left: 4000n - off });
  });

  test('a voucher is brought from two devices at once: one of them has it, and after a whole refund it is good again', async () => {
    const id = await offer({ kind: 'voucher', value: { kind: 'flat', off: '8.00' } }, '10000');
    for (let round = 0; round < 5; round++) {
      const [voucher] = await issue(a.offers, id, [null], { merchantId: two.merchantId });
      const bring = (device: string) => create({ buyer: { device }, vouchers: [voucher?.code] });
      const ids = await Promise.all([bring('phone'), bring('tablet')]);
      const { begun, askedAgain } = sort(await startAll(ids, '9200'));
      expect([begun.length, askedAgain.length]).toEqual([1, 1]);
      const [first] = begun;
      if (first === undefined) throw new Error('one of them has it');
      await pay(first);
      const other = ids.find((one) => one !== first.json.payment_id) ?? '';
      await pay(await start(b, other, '10000'));
      await a.call('POST', `/v1/payments/${first.json.payment_id}/refunds`, {});
      await eventually('the refund', async () => (await show(first.json.payment_id)).refunded.minor === '9200');
      const third = await bring('watch');
      await eventually('the node to look anew at what is left', async () => {
        const { json } = await b.call('GET', `/v1/payments/${third}/quote`);
        return json.quotes[0].to_pay.minor === '9200';
      });
      expect(await start(b, third, '9200')).toMatchObject({ status: 201, json: { discount: { minor: '800' } } });
    }
  });

  test('who agrees to the whole price pays it, also where the node still remembers a place that is gone', async () => {
    await offer({ limits: { count: { campaign: 1 } } });
    const [first, late] = [await create(), await create()];
    const { json } = await b.call('GET', `/v1/payments/${late}/quote`);
    expect(json.quotes[0].to_pay.minor).toBe('9500');
    expect(await start(a, first, '9500')).toMatchObject({ status: 201 });
    expect(await start(b, late, '10000')).toMatchObject({ status: 201, json: { to_pay: { minor: '10000' } } });
  });

  test('a buyer who may once a day orders ten times at once', async () => {
    const id = await offer({ limits: { per_user: { day: 1 } } });
    const orders = await Promise.all(Array.from({ length: 10 }, () => create({ buyer: { id: 'anna' } })));
    const { begun, askedAgain } = sort(await startAll(orders, '9500'));
    expect([begun.length, askedAgain.length]).toEqual([1, 9]);
    expect(await standing(begun[0], new RegExp(`${id}/user`))).toMatchObject({ used: 0n, held: 1n });
  });
});

describe('one payment', () => {
  test('is tried on both nodes at once: whoever pays first counts, and one place is used', async () => {
    await offer({ limits: { count: { campaign: 1000 } } });
    for (let round = 0; round < 15; round++) {
      const id = await create();
      const { begun } = sort(await Promise.all([start(a, id, '9500'), start(b, id, '9500')]));
      expect(begun).toHaveLength(2);
      for (const one of begun) two.unionpay.pay(orderNoOf(one));
      await inState(id, 'succeeded');
      await eventually('the other to go back', async () => {
        const settled: string[] = (await show(id)).attempts.map((one: { settled: string }) => one.settled); // as the API shows it
        return settled.toSorted().join() === 'accepted,surplus';
      });
    }
  });

  test('holds the last place and is tried again on the other node: it is still its own', async () => {
    await offer({ limits: { count: { campaign: 1 } } });
    const id = await create();
    const first = await start(a, id, '9500');
    expect(first.status).toBe(201);
    const again = await start(b, id, '9500');
    expect(again, JSON.stringify(again.json)).toMatchObject({ status: 201, json: { to_pay: { minor: '9500' } } });
    expect(await standing(again, /count$/)).toEqual({ used: 0n, held: 1n, left: 0n });
    await pay(first); // the one from which it was taken over
    await eventually('one place to be used', async () => {
      const found = await standing(first, /count$/);
      return found?.used === 1n && found.held === 0n;
    });
    expect(await a.sql`select kind from alerts where subject_id = ${first.json.id}`).toEqual([]);
  });

  test('is asked for with one key on both nodes at once: one attempt, one place, and whoever comes later hears the same', async () => {
    const offerId = await offer({ limits: { count: { campaign: 1 } } });
    const id = await create();
    const replies = await Promise.all(
      Array.from({ length: 10 }, (_, index) => start(nodeOf(index), id, '9500', 'one-place')),
    );
    for (const { status, json } of replies)
      expect(status === 201 || json.code === 'idempotency_key_in_use', JSON.stringify(json)).toBe(true);
    await stop(offerId);
    await bothQuote('10000');
    const again = await start(b, id, '9500', 'one-place');
    expect(again, JSON.stringify(again.json)).toMatchObject({ status: 201, json: { to_pay: { minor: '9500' } } });
    expect((await show(id)).attempts).toHaveLength(1);
    expect(await standing(again, /count$/)).toEqual({ used: 0n, held: 1n, left: 0n });
    await pay(again);
  });

  test.each([
    ['before the wallet has heard', false],
    ['after the wallet has heard', true],
  ])('holds the last place on a node that dies %s: with its key it has the place on another', async (_, reaches) => {
    await offer({ limits: { count: { campaign: 1 } } });
    const dying = await two.openNode({
      wrapSend: (send) => async (request) => {
        if (reaches) await send(request);
        throw new Error('this node has died');
      },
    });
    const id = await create();
    await start(dying, id, '9500', `dying-${reaches}`);
    const lost: string = (await show(id)).attempts[0].id.slice('att_'.length);
    const other = await create();
    expect((await start(a, other, '9500')).json).toMatchObject({ code: 'offer_changed', amount_minor: '10000' });
    two.clock.leap(LEASE_SECONDS * 1000);
    const again = await eventually('the key to be free', async () => {
      const reply = await start(b, id, '9500', `dying-${reaches}`);
      return reply.status === 201 && reply;
    });
    expect(again.json.to_pay.minor).toBe('9500');
    if (reaches) two.unionpay.pay(lost);
    await pay(again);
    const used = await eventually('nothing to be held', async () => {
      const found = await standing(again, /count$/);
      return found?.held === 0n && found.used;
    });
    expect(used).toBe(1n);
  });

  test('is canceled on one node in the moment in which it is paid: its place is used, or it is free', async () => {
    await offer({ limits: { count: { campaign: 1000 } } });
    const ended = { succeeded: 0n, canceled: 0n };
    let last: TestReply | undefined;
    for (let round = 0; round < 20; round++) {
      const id = await create();
      const started = await start(a, id, '9500');
      const canceling = b.call('POST', `/v1/payments/${id}/cancel`);
      await new Promise((resolve) => setTimeout(resolve, round));
      two.unionpay.pay(orderNoOf(started));
      await canceling;
      const { state } = await show(id);
      if (state !== 'succeeded')
        await eventually('the money to come back', async () => (await show(id)).attempts[0].settled === 'surplus');
      ended[state as 'succeeded' | 'canceled'] += 1n; // a cancel that was answered has ended it
      last = started;
    }
    expect(await standing(last, /count$/)).toEqual({ used: ended.succeeded, held: 0n, left: 1000n - ended.succeeded });
  });

  test('runs out in the moment in which it is paid: its place is used, or it is free', async () => {
    await offer({ limits: { count: { campaign: 1000 } } });
    const ids = await Promise.all(Array.from({ length: 20 }, () => create({ expires_in_seconds: 60 })));
    const { begun } = sort(await startAll(ids, '9500'));
    expect(begun).toHaveLength(20);
    two.unionpay.setFault({ operation: 'notify', kind: 'silent', times: 10 });
    for (const one of begun) two.unionpay.pay(orderNoOf(one));
    two.clock.leap(61_000);
    await eventually('all of them to be over', async () => {
      const states = await Promise.all(ids.map(async (id) => (await show(id)).state));
      return states.every((state) => state === 'succeeded' || state === 'canceled');
    });
    const states = await Promise.all(ids.map(async (id) => (await show(id)).state));
    const paid = BigInt(states.filter((state) => state === 'succeeded').length);
    await eventually('nothing to be held', async () => (await standing(begun[0], /count$/))?.held === 0n);
    expect(await standing(begun[0], /count$/)).toMatchObject({ used: paid });
  });
});

describe('while people buy', () => {
  const SHOPPERS = 24;

  /** Shoppers on both nodes who look, pay what they were shown, and if asked again, agree; until `isOver`. Answers all that began. */
  async function shop(isOver: () => boolean): Promise<TestReply[]> {
    const begun: TestReply[] = [];
    const one = async (index: number): Promise<void> => {
      while (!isOver()) {
        const id = await create();
        const node = nodeOf(index);
        const { json } = await nodeOf(index + orders).call('GET', `/v1/payments/${id}/quote`);
        let shown: string = json.quotes[0].to_pay.minor;
        for (;;) {
          const reply = await start(node, id, shown);
          if (reply.status === 201) {
            expect(BigInt(reply.json.to_pay.minor)).toBeLessThanOrEqual(BigInt(shown));
            begun.push(reply);
            break;
          }
          expect(reply.json.code).toBe('offer_changed');
          shown = reply.json.amount_minor;
        }
      }
    };
    await Promise.all(Array.from({ length: SHOPPERS }, (_, index) => one(index)));
    return begun;
  }

  const off = (minor: string): CampaignDocument => campaignOf({ off: minor, limits: { count: { campaign: 100_000 } } });

  test('an offer changes its terms, is stopped and goes on: each order has the terms of one version, and none after the stop', async () => {
    const id = await offer({ limits: { count: { campaign: 100_000 } } });
    let isOver = false;
    const shopping = shop(() => isOver);
    const change = (campaign: CampaignDocument, fromVersion: number) =>
      b.offers.change({ actor: OPERATOR, id, campaign, fromVersion, reason: null, claim: null });
    await change(off('6.00'), 1);
    await change(off('2.00'), 2);
    await stop(id);
    await a.offers.switch({ actor: OPERATOR, id, to: 'published', reason: null, claim: null });
    await change(off('3.00'), 3);
    await stop(id);
    await bothQuote('10000');
    const { begun: late } = sort(await startAll(await createMany(20), '9999'));
    isOver = true;
    expect(late).toEqual([]);
    const begun = await shopping;
    const seen = new Set(begun.map(({ json }) => json.discount.minor));
    expect([...seen].filter((minor) => !['0', '200', '300', '500', '600'].includes(minor))).toEqual([]);
    await Promise.all(begun.slice(0, 40).map(pay));
  });

  test('a count is raised while it runs out: exactly as many as it came to have it', async () => {
    const limited = (count: number): CampaignDocument => campaignOf({ limits: { count: { campaign: count } } });
    const id = await offer(limited(5));
    const ids = await createMany(60);
    const [first] = await Promise.all([
      startAll(ids, '9500'),
      b.offers.change({ actor: OPERATOR, id, campaign: limited(17), fromVersion: 1, reason: null, claim: null }),
    ]);
    let begun = sort(first).begun;
    const tryAgain = async (): Promise<void> => {
      const waiting = ids.filter((one) => !begun.some(({ json }) => json.payment_id === one));
      begun = [...begun, ...sort(await startAll(waiting, '9500')).begun];
    };
    await eventually('the places that were added to be found', async () => {
      await tryAgain();
      return begun.length >= 17;
    });
    await tryAgain();
    expect(begun).toHaveLength(17);
    expect(await standing(begun.at(-1), /count$/)).toEqual({ used: 0n, held: 17n, left: 0n });
    await Promise.all(begun.map(pay));
    expect(await standing(begun.at(-1), /count$/)).toEqual({ used: 17n, held: 0n, left: 0n });
    // Lowered below what is used, it gives nothing until as much is back.
    await b.offers.change({ actor: OPERATOR, id, campaign: limited(16), fromVersion: 2, reason: null, claim: null });
    await bothQuote('10000');
    const back = async (one: TestReply | undefined) => {
      await a.call('POST', `/v1/payments/${one?.json.payment_id}/refunds`, {});
      await eventually('the refund', async () => (await show(one?.json.payment_id)).refunded.minor === '9500');
    };
    await back(begun[0]);
    expect(sort(await startAll(await createMany(4), '9500')).begun).toEqual([]);
    await back(begun[1]);
    await bothQuote('9500');
    expect(sort(await startAll(await createMany(4), '9500')).begun).toHaveLength(1);
  });
});
