import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { LEASE_SECONDS } from '../src/base/limits.ts';
import type { CampaignDocument } from '../src/offers/campaign.ts';
import { campaignOf, issue, OPERATOR } from '../src/offers/test-offers.ts';
import { openRaceShop, orderNoOf, type RaceShop, sortReplies } from './offer-race-shop.ts';
import { eventually, type TestReply } from './server.ts';
import type { Node, TwoNodes } from './two-nodes.ts';

/* Offers that are fought for on two whole Hutongs over one database: what is limited is never given twice, and nobody pays more than shown. */

let shop: RaceShop;
let two: TwoNodes;
let a: Node;
let b: Node;
beforeAll(async () => {
  shop = await openRaceShop();
  ({ two, a, b } = shop);
});
afterAll(() => two.close());
afterEach(() => shop.endRace());

describe('on two nodes', () => {
  test('a thousand come at once for ten places: ten have them, and the others are asked again and pay the whole price', async () => {
    await shop.offer({ limits: { count: { campaign: 10 } } });
    const ids = await shop.createMany(1000);
    const before = two.unionpay.orders().length;
    const { begun, askedAgain } = sortReplies(await shop.startAll(ids, '9500'));
    expect(begun).toHaveLength(10);
    expect(begun.map(({ json }) => json.to_pay.minor)).toEqual(Array(10).fill('9500'));
    expect(askedAgain.map(({ json }) => json.amount_minor)).toEqual(Array(990).fill('10000'));
    expect(two.unionpay.orders().length - before).toBe(10);
    await shop.payAll(begun);
    expect(await shop.standing(begun[0], /count$/)).toEqual({ used: 10n, held: 0n, left: 0n });
    const begunIds = new Set(begun.map(({ json }) => json.payment_id));
    const again = await shop.startAll(ids.filter((id) => !begunIds.has(id)).slice(0, 30), '10000');
    expect(again.map(({ json }) => json.to_pay?.minor)).toEqual(Array(30).fill('10000'));
    await shop.payAll(again);
  });

  test('a budget is spent to its last fen and not beyond', async () => {
    await shop.offer({ limits: { money: { campaign: '15.00' } } });
    const { begun } = sortReplies(await shop.startAll(await shop.createMany(60), '9500'));
    expect(begun).toHaveLength(3);
    await shop.payAll(begun);
    expect(await shop.standing(begun[0], /money$/)).toEqual({ used: 1500n, held: 0n, left: 0n });
  });

  test('a budget of draws is never overdrawn, whatever they come to', async () => {
    const draw = { kind: 'random' as const, off_from: '1.00', off_to: '9.00' }; // a word of the schema, not any text
    await shop.offer({ ...draw, limits: { money: { campaign: '40.00' } } }, '9900');
    const { begun } = sortReplies(await shop.startAll(await shop.createMany(80), '9900'));
    const off = begun.reduce((sum, { json }) => sum + BigInt(json.discount.minor), 0n);
    expect(begun.length).toBeGreaterThanOrEqual(4);
    expect(off).toBeLessThanOrEqual(4000n);
    for (const { json } of begun) expect(BigInt(json.to_pay.minor)).toBeLessThanOrEqual(9900n);
    await shop.payAll(begun);
    expect(await shop.standing(begun[0], /money$/)).toEqual({ used: off, held: 0n, left: 4000n - off });
  });

  test('a voucher is brought from two devices at once: one of them has it, and after a whole refund it is good again', async () => {
    const id = await shop.offer({ kind: 'voucher', value: { kind: 'flat', off: '8.00' } }, '10000');
    for (let round = 0; round < 5; round++) {
      const [voucher] = await issue(a.offers, id, [null], { merchantId: two.merchantId });
      const bring = (device: string) => shop.create({ buyer: { device }, vouchers: [voucher?.code] });
      const ids = await Promise.all([bring('phone'), bring('tablet')]);
      const { begun, askedAgain } = sortReplies(await shop.startAll(ids, '9200'));
      expect([begun.length, askedAgain.length]).toEqual([1, 1]);
      const [first] = begun;
      if (first === undefined) throw new Error('one of them has it');
      await shop.pay(first);
      const other = ids.find((one) => one !== first.json.payment_id) ?? '';
      await shop.pay(await shop.start(b, other, '10000'));
      await a.call('POST', `/v1/payments/${first.json.payment_id}/refunds`, {});
      await eventually('the refund', async () => (await shop.show(first.json.payment_id)).refunded.minor === '9200');
      const third = await bring('watch');
      await eventually('the node to look anew at what is left', async () => {
        const { json } = await b.call('GET', `/v1/payments/${third}/quote`);
        return json.quotes[0].to_pay.minor === '9200';
      });
      expect(await shop.start(b, third, '9200')).toMatchObject({ status: 201, json: { discount: { minor: '800' } } });
    }
  });

  test('who agrees to the whole price pays it, also where the node still remembers a place that is gone', async () => {
    await shop.offer({ limits: { count: { campaign: 1 } } });
    const [first, late] = [await shop.create(), await shop.create()];
    const { json } = await b.call('GET', `/v1/payments/${late}/quote`);
    expect(json.quotes[0].to_pay.minor).toBe('9500');
    expect(await shop.start(a, first, '9500')).toMatchObject({ status: 201 });
    expect(await shop.start(b, late, '10000')).toMatchObject({ status: 201, json: { to_pay: { minor: '10000' } } });
  });

  test('a buyer who may once a day orders ten times at once', async () => {
    const id = await shop.offer({ limits: { per_user: { day: 1 } } });
    const orders = await Promise.all(Array.from({ length: 10 }, () => shop.create({ buyer: { id: 'anna' } })));
    const { begun, askedAgain } = sortReplies(await shop.startAll(orders, '9500'));
    expect([begun.length, askedAgain.length]).toEqual([1, 9]);
    expect(await shop.standing(begun[0], new RegExp(`${id}/user`))).toMatchObject({ used: 0n, held: 1n });
  });
});

describe('one payment', () => {
  test('is tried on both nodes at once: whoever pays first counts, and one place is used', async () => {
    await shop.offer({ limits: { count: { campaign: 1000 } } });
    for (let round = 0; round < 15; round++) {
      const id = await shop.create();
      const { begun } = sortReplies(await Promise.all([shop.start(a, id, '9500'), shop.start(b, id, '9500')]));
      expect(begun).toHaveLength(2);
      for (const one of begun) two.unionpay.pay(orderNoOf(one));
      await shop.inState(id, 'succeeded');
      await eventually('the other to go back', async () => {
        const settled: string[] = (await shop.show(id)).attempts.map((one: { settled: string }) => one.settled); // as the API shows it
        return settled.toSorted().join() === 'accepted,surplus';
      });
    }
  });

  test('holds the last place and is tried again on the other node: it is still its own', async () => {
    await shop.offer({ limits: { count: { campaign: 1 } } });
    const id = await shop.create();
    const first = await shop.start(a, id, '9500');
    expect(first.status).toBe(201);
    const again = await shop.start(b, id, '9500');
    expect(again, JSON.stringify(again.json)).toMatchObject({ status: 201, json: { to_pay: { minor: '9500' } } });
    expect(await shop.standing(again, /count$/)).toEqual({ used: 0n, held: 1n, left: 0n });
    await shop.pay(first); // the one from which it was taken over
    await eventually('one place to be used', async () => {
      const found = await shop.standing(first, /count$/);
      return found?.used === 1n && found.held === 0n;
    });
    expect(await a.sql`select kind from alerts where subject_id = ${first.json.id}`).toEqual([]);
  });

  test('is asked for with one key on both nodes at once: one attempt, one place, and whoever comes later hears the same', async () => {
    const offerId = await shop.offer({ limits: { count: { campaign: 1 } } });
    const id = await shop.create();
    const replies = await Promise.all(
      Array.from({ length: 10 }, (_, index) => shop.start(shop.nodeOf(index), id, '9500', 'one-place')),
    );
    for (const { status, json } of replies)
      expect(status === 201 || json.code === 'idempotency_key_in_use', JSON.stringify(json)).toBe(true);
    await shop.stopOffer(offerId);
    await shop.bothQuote('10000');
    const again = await shop.start(b, id, '9500', 'one-place');
    expect(again, JSON.stringify(again.json)).toMatchObject({ status: 201, json: { to_pay: { minor: '9500' } } });
    expect((await shop.show(id)).attempts).toHaveLength(1);
    expect(await shop.standing(again, /count$/)).toEqual({ used: 0n, held: 1n, left: 0n });
    await shop.pay(again);
  });

  test.each([
    ['before the wallet has heard', false],
    ['after the wallet has heard', true],
  ])('holds the last place on a node that dies %s: with its key it has the place on another', async (_, reaches) => {
    await shop.offer({ limits: { count: { campaign: 1 } } });
    const dying = await two.openNode({
      wrapSend: (send) => async (request) => {
        if (reaches) await send(request);
        throw new Error('this node has died');
      },
    });
    const id = await shop.create();
    await shop.start(dying, id, '9500', `dying-${reaches}`);
    const lost: string = (await shop.show(id)).attempts[0].id.slice('att_'.length);
    const other = await shop.create();
    expect((await shop.start(a, other, '9500')).json).toMatchObject({ code: 'offer_changed', amount_minor: '10000' });
    two.clock.leap(LEASE_SECONDS * 1000);
    const again = await eventually('the key to be free', async () => {
      const reply = await shop.start(b, id, '9500', `dying-${reaches}`);
      return reply.status === 201 && reply;
    });
    expect(again.json.to_pay.minor).toBe('9500');
    if (reaches) two.unionpay.pay(lost);
    await shop.pay(again);
    const used = await eventually('nothing to be held', async () => {
      const found = await shop.standing(again, /count$/);
      return found?.held === 0n && found.used;
    });
    expect(used).toBe(1n);
  });

  test('is canceled on one node in the moment in which it is paid: its place is used, or it is free', async () => {
    await shop.offer({ limits: { count: { campaign: 1000 } } });
    const ended = { succeeded: 0n, canceled: 0n };
    let last: TestReply | undefined;
    for (let round = 0; round < 20; round++) {
      const id = await shop.create();
      const started = await shop.start(a, id, '9500');
      const canceling = b.call('POST', `/v1/payments/${id}/cancel`);
      await new Promise((resolve) => setTimeout(resolve, round));
      two.unionpay.pay(orderNoOf(started));
      await canceling;
      const { state } = await shop.show(id);
      if (state !== 'succeeded')
        await eventually('the money to come back', async () => (await shop.show(id)).attempts[0].settled === 'surplus');
      ended[state as 'succeeded' | 'canceled'] += 1n; // a cancel that was answered has ended it
      last = started;
    }
    expect(await shop.standing(last, /count$/)).toEqual({
      used: ended.succeeded,
      held: 0n,
      left: 1000n - ended.succeeded,
    });
  });

  test('runs out in the moment in which it is paid: its place is used, or it is free', async () => {
    await shop.offer({ limits: { count: { campaign: 1000 } } });
    const ids = await Promise.all(Array.from({ length: 20 }, () => shop.create({ expires_in_seconds: 60 })));
    const { begun } = sortReplies(await shop.startAll(ids, '9500'));
    expect(begun).toHaveLength(20);
    two.unionpay.setFault({ operation: 'notify', kind: 'silent', times: 10 });
    for (const one of begun) two.unionpay.pay(orderNoOf(one));
    two.clock.leap(61_000);
    await eventually('all of them to be over', async () => {
      const states = await Promise.all(ids.map(async (id) => (await shop.show(id)).state));
      return states.every((state) => state === 'succeeded' || state === 'canceled');
    });
    const states = await Promise.all(ids.map(async (id) => (await shop.show(id)).state));
    const paid = BigInt(states.filter((state) => state === 'succeeded').length);
    await eventually('nothing to be held', async () => (await shop.standing(begun[0], /count$/))?.held === 0n);
    expect(await shop.standing(begun[0], /count$/)).toMatchObject({ used: paid });
  });
});

describe('while people buy', () => {
  const SHOPPERS = 24;

  /** Shoppers on both nodes who look, pay what they were shown, and if asked again, agree; until `isOver`. Answers all that began. */
  async function buyUntil(isOver: () => boolean): Promise<TestReply[]> {
    const begun: TestReply[] = [];
    const one = async (index: number): Promise<void> => {
      while (!isOver()) {
        const id = await shop.create();
        const node = shop.nodeOf(index);
        const { json } = await shop.nodeOf(index + shop.ordersCount()).call('GET', `/v1/payments/${id}/quote`);
        let shown: string = json.quotes[0].to_pay.minor;
        for (;;) {
          const reply = await shop.start(node, id, shown);
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
    const id = await shop.offer({ limits: { count: { campaign: 100_000 } } });
    let isOver = false;
    const shopping = buyUntil(() => isOver);
    const change = (campaign: CampaignDocument, fromVersion: number) =>
      b.offers.change({ actor: OPERATOR, id, campaign, fromVersion, reason: null, claim: null });
    await change(off('6.00'), 1);
    await change(off('2.00'), 2);
    await shop.stopOffer(id);
    await a.offers.switch({ actor: OPERATOR, id, to: 'published', reason: null, claim: null });
    await change(off('3.00'), 3);
    await shop.stopOffer(id);
    await shop.bothQuote('10000');
    const { begun: late } = sortReplies(await shop.startAll(await shop.createMany(20), '9999'));
    isOver = true;
    expect(late).toEqual([]);
    const begun = await shopping;
    const seen = new Set(begun.map(({ json }) => json.discount.minor));
    expect([...seen].filter((minor) => !['0', '200', '300', '500', '600'].includes(minor))).toEqual([]);
    await shop.payAll(begun.slice(0, 40));
  });

  test('a count is raised while it runs out: exactly as many as it came to have it', async () => {
    const limited = (count: number): CampaignDocument => campaignOf({ limits: { count: { campaign: count } } });
    const id = await shop.offer(limited(5));
    const ids = await shop.createMany(60);
    const [first] = await Promise.all([
      shop.startAll(ids, '9500'),
      b.offers.change({ actor: OPERATOR, id, campaign: limited(17), fromVersion: 1, reason: null, claim: null }),
    ]);
    let begun = sortReplies(first).begun;
    const tryAgain = async (): Promise<void> => {
      const waiting = ids.filter((one) => !begun.some(({ json }) => json.payment_id === one));
      begun = [...begun, ...sortReplies(await shop.startAll(waiting, '9500')).begun];
    };
    await eventually('the places that were added to be found', async () => {
      await tryAgain();
      return begun.length >= 17;
    });
    await tryAgain();
    expect(begun).toHaveLength(17);
    expect(await shop.standing(begun.at(-1), /count$/)).toEqual({ used: 0n, held: 17n, left: 0n });
    await shop.payAll(begun);
    expect(await shop.standing(begun.at(-1), /count$/)).toEqual({ used: 17n, held: 0n, left: 0n });
    // Lowered below what is used, it gives nothing until as much is back.
    await b.offers.change({ actor: OPERATOR, id, campaign: limited(16), fromVersion: 2, reason: null, claim: null });
    await shop.bothQuote('10000');
    const back = async (one: TestReply | undefined) => {
      await a.call('POST', `/v1/payments/${one?.json.payment_id}/refunds`, {});
      await eventually('the refund', async () => (await shop.show(one?.json.payment_id)).refunded.minor === '9500');
    };
    await back(begun[0]);
    expect(sortReplies(await shop.startAll(await shop.createMany(4), '9500')).begun).toEqual([]);
    await back(begun[1]);
    await shop.bothQuote('9500');
    expect(sortReplies(await shop.startAll(await shop.createMany(4), '9500')).begun).toHaveLength(1);
  });
});
