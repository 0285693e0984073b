import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ManualClock } from '../src/base/clock.ts';
import { idLetters } from '../src/base/id.ts';
import { applyOutcome } from '../src/cashier/apply-outcome.ts';
import { findAttempt } from '../src/cashier/attempt-store.ts';
import type { Attempt } from '../src/cashier/payment.ts';
import { type PretendOffer, pretendOffers } from '../src/cashier/pretend-offers.ts';
import { type StartAttempt, startAttempt } from '../src/cashier/start-attempt.ts';
import { BOOK } from '../src/hutong.ts';
import { type LimitStanding, readStandings } from '../src/ledger/read-room.ts';
import { verifyLedger } from '../src/ledger/verify.ts';
import { money } from '../src/money/money.ts';
import { plainOffers } from '../src/offers/plain-offers.ts';
import { eventually, startTestServer, type TestReply, type TestServer } from './server.ts';

let clock: ManualClock;
let server: TestServer;
beforeAll(async () => {
  clock = new ManualClock(new Date());
  server = await startTestServer({ clock });
});
afterAll(() => server.close());

let offers = 0;
let offer: PretendOffer;
beforeEach(() => {
  server.unionpay.clearFaults();
  offer = { id: `off_${(offers += 1)}`, minor: 300n, slots: [10n], isStopped: false };
  server.cashier.deps.offers = pretendOffers(server.sql, BOOK, offer);
});

let orders = 0;
async function create(): Promise<string> {
  const { json } = await server.call('POST', '/v1/payments', {
    order_no: `offer-${(orders += 1)}`,
    amount: { currency: 'CNY', minor: '1000' },
    subject: '雨前龙井',
    return_url: 'https://shop.example/orders',
    expires_in_seconds: 900,
  });
  return json.id;
}

const start = (id: string, expected?: string): Promise<TestReply> =>
  server.call('POST', `/v1/payments/${id}/attempts`, {
    wallet: 'unionpay',
    scene: 'app',
    ...(expected === undefined ? {} : { expected_amount: { currency: 'CNY', minor: expected } }),
  });

const attemptOf = (paymentId: string): StartAttempt => ({
  book: BOOK,
  paymentId,
  merchantId: server.merchant.id,
  wallet: 'unionpay',
  scene: 'app',
  walletAccountId: null,
  buyerIp: null,
  payer: null,
  paymentCode: null,
  expectedMinor: 700n,
  app: null,
  device: null,
  claim: null,
});

const show = async (id: string) => (await server.call('GET', `/v1/payments/${id}`)).json;
const inState = (id: string, state: string) =>
  eventually(`${id} to be ${state}`, async () => (await show(id)).state === state);

async function standing(): Promise<LimitStanding | undefined> {
  const limit = { limit: `${offer.id}/count`, unit: 'count', currency: 'CNY', figures: offer.slots } as const;
  return (await readStandings(server.sql, BOOK, [limit]))[0];
}

const standsAt = (used: bigint, held: bigint) =>
  eventually(`${used} used and ${held} held`, async () => {
    const found = await standing();
    return found?.used === used && found.held === held;
  });

async function begun(): Promise<Attempt> {
  const started = await start(await create(), '700');
  expect(started.status, JSON.stringify(started.json)).toBe(201);
  const attempt = await findAttempt(server.sql, BOOK, started.json.id);
  if (attempt === null) throw new Error('the attempt is there');
  return attempt;
}

const hear = (attempt: Attempt, kind: 'succeeded' | 'failed') =>
  applyOutcome(
    server.cashier,
    attempt,
    kind === 'failed'
      ? { kind, reason: 'declined', walletCode: '05', walletMessage: 'no' }
      : {
          kind,
          walletPaymentId: `w-${attempt.id}`,
          amount: money('CNY', attempt.amountMinor),
          occurredAt: null,
          facts: {},
        },
    'notification',
    null,
  );

describe('an offer of ours', () => {
  test('lowers what the wallet is asked for, is held while the buyer pays and used when he has', async () => {
    const id = await create();
    const quote = await server.call('GET', `/v1/payments/${id}/quote`);
    expect(quote.json.quotes).toMatchObject([
      { wallet: 'unionpay', to_pay: { minor: '700' }, saved: { minor: '300' } },
    ]);
    const started = await start(id, '700');
    expect(started.json).toMatchObject({ to_pay: { minor: '700' }, discount: { minor: '300' } });
    const orderNo = idLetters(started.json.id);
    expect(server.unionpay.orders({ orderNo })).toMatchObject([{ amount_fen: '700' }]);
    expect(await standing()).toEqual({ used: 0n, held: 1n, left: 9n });
    server.unionpay.pay(orderNo);
    await inState(id, 'succeeded');
    expect(await standing()).toEqual({ used: 1n, held: 0n, left: 9n });
    expect(await show(id)).toMatchObject({ amount: { minor: '1000' }, discount: { minor: '300' } });
  });

  test('that is drawn takes what was drawn, of the budget, too', async () => {
    offer.drawn = 345n;
    const attempt = await begun();
    expect(attempt).toMatchObject({ amountMinor: 655n, discountMinor: 345n, holdsState: 'held' });
    expect(attempt.offers?.[0]).toMatchObject({ minor: 345n, parts: [{ minor: 345n }] });
    await hear(attempt, 'succeeded');
    const limit = { limit: `${offer.id}/money`, unit: 'money', currency: 'CNY', figures: [1_000_000n] } as const;
    expect(await readStandings(server.sql, BOOK, [limit])).toMatchObject([{ used: 345n, held: 0n }]);
  });

  test('is given back when the attempt fails', async () => {
    await hear(await begun(), 'failed');
    expect(await standing()).toEqual({ used: 0n, held: 0n, left: 10n });
  });

  test('is kept while nobody knows whether the buyer paid, and used when he turns out to have', async () => {
    server.unionpay.setFault({ operation: 'pay', kind: 'drop_after' });
    const id = await create();
    const started = await start(id, '700');
    expect(started.json.outcome).toBe('unknown');
    expect(await standing()).toMatchObject({ used: 0n, held: 1n });
    server.unionpay.clearFaults();
    server.unionpay.pay(idLetters(started.json.id));
    await inState(id, 'succeeded');
    expect(await standing()).toMatchObject({ used: 1n, held: 0n });
  });

  test('is kept by an attempt whose server died before the wallet was asked, until the wallet says that there is none', async () => {
    const { wallets } = server.cashier.deps;
    const { unionpay } = wallets;
    server.cashier.deps.wallets = {
      ...wallets,
      unionpay: { ...unionpay, pay: () => Promise.reject(new Error('the power is gone')) },
    };
    const log = server.cashier.deps.log;
    server.cashier.deps.log = { ...log, error: () => {} };
    const id = await create();
    await expect(startAttempt(server.cashier, attemptOf(id))).rejects.toThrow('the power is gone');
    server.cashier.deps.wallets = wallets;
    server.cashier.deps.log = log;
    expect(await standing()).toMatchObject({ used: 0n, held: 1n });
    clock.advanceMs(3_600_000);
    await standsAt(0n, 0n);
    await inState(id, 'canceled');
  });

  test('is given back when the payment expires unpaid', async () => {
    const attempt = await begun();
    await eventually('the wallet to say that it is over', async () => {
      clock.advanceMs(300_000);
      return (await show(attempt.paymentId)).state === 'canceled';
    });
    await standsAt(0n, 0n);
  });

  test('is not used up by money that comes twice and goes back', async () => {
    const first = await begun();
    const again = await start(first.paymentId, '700');
    expect(again.status).toBe(201);
    expect(await standing()).toMatchObject({ held: 1n }); // only one of the two can count
    const second = await findAttempt(server.sql, BOOK, again.json.id);
    await hear(first, 'succeeded');
    if (second !== null) await hear(second, 'succeeded');
    await standsAt(1n, 0n);
  });

  test('goes along with a buyer who comes back and tries again, and back to the first try where that is paid', async () => {
    offer.slots = [1n];
    const first = await begun();
    expect((await server.call('GET', `/v1/payments/${first.paymentId}/quote`)).json.quotes[0].to_pay.minor).toBe('700');
    const again = await start(first.paymentId, '700');
    expect(again, JSON.stringify(again.json)).toMatchObject({ status: 201, json: { to_pay: { minor: '700' } } });
    expect(await standing()).toEqual({ used: 0n, held: 1n, left: 0n });
    expect((await start(await create(), '700')).status).toBe(409);
    await hear(first, 'succeeded');
    await inState(first.paymentId, 'succeeded');
    await standsAt(1n, 0n);
    expect(await server.sql`select kind from alerts where subject_id = ${first.id}`).toEqual([]);
  });

  test('is planned with what a process remembers of its payment, and given by what is: old memory changes nothing', async () => {
    offer.slots = [1n];
    const id = await create();
    const old = await server.cashier.readPayment(BOOK, id);
    const remembering = { ...server.cashier, takeRecent: () => old };
    const first = await start(id, '700');
    expect(first.status).toBe(201);
    // Elsewhere nothing is known of the first try, which holds the last place: it is handed over all the same.
    expect(JSON.parse((await startAttempt(remembering, attemptOf(id))).body)).toMatchObject({
      payment_id: id,
      to_pay: { minor: '700' },
    });
    expect(await standing()).toEqual({ used: 0n, held: 1n, left: 0n });
    const attempt = await findAttempt(server.sql, BOOK, first.json.id);
    if (attempt === null) throw new Error('the attempt is there');
    await hear(attempt, 'succeeded');
    await inState(id, 'succeeded');
    await expect(startAttempt(remembering, attemptOf(id))).rejects.toThrow('the payment has been paid');
    await standsAt(1n, 0n);
  });

  test('is not lost by a second try that is refused', async () => {
    offer.slots = [1n];
    const first = await begun();
    await server.sql`update payments set cancel_requested_at = ${clock.now()} where id = ${first.paymentId}`;
    expect((await start(first.paymentId, '700')).json.code).toBe('payment_not_payable');
    await hear(first, 'succeeded');
    await standsAt(1n, 0n);
    expect(await server.sql`select kind from alerts where subject_id = ${first.id}`).toEqual([]);
  });

  test('counts beyond its limit when money comes late, and an operator is told', async () => {
    offer.slots = [1n];
    const late = await begun();
    await hear(late, 'failed');
    await hear(await begun(), 'succeeded');
    await hear(late, 'succeeded');
    await inState(late.paymentId, 'succeeded');
    expect(await standing()).toEqual({ used: 2n, held: 0n, left: 0n });
    const alerts = await server.sql`select kind from alerts where subject_id = ${late.id}`;
    expect(alerts.map(({ kind }) => kind)).toEqual(['offer_overrun']);
  });
});

describe('nobody is charged more than was shown', () => {
  test('an offer that is gone between the quote and the attempt asks the buyer again, and nothing was sent', async () => {
    const id = await create();
    offer.isStopped = true;
    const refused = await start(id, '700');
    expect(refused).toMatchObject({ status: 409, json: { code: 'offer_changed', amount_minor: '1000' } });
    expect((await show(id)).attempts).toEqual([]);
    expect((await start(id, '1000')).json.to_pay).toEqual({ currency: 'CNY', minor: '1000' });
  });

  test('the same without any offer left at the shop', async () => {
    server.cashier.deps.offers = plainOffers;
    const id = await create();
    expect(await start(id, '700')).toMatchObject({
      status: 409,
      json: { code: 'offer_changed', amount_minor: '1000' },
    });
    expect(await start(id, '1000')).toMatchObject({ status: 201 });
  });

  test('who was shown more pays the less', async () => {
    expect((await start(await create(), '1000')).json.to_pay.minor).toBe('700');
  });

  test('a price in another currency is no price of this payment', async () => {
    const refused = await server.call('POST', `/v1/payments/${await create()}/attempts`, {
      wallet: 'unionpay',
      scene: 'app',
      expected_amount: { currency: 'USD', minor: '700' },
    });
    expect(refused).toMatchObject({ status: 400, json: { param: 'expected_amount.currency' } });
  });

  test('a thousand who are shown the last ten places: ten have them, the others are asked again and nothing of theirs was sent', async () => {
    const ids = await Promise.all(Array.from({ length: 1000 }, () => create()));
    const before = server.unionpay.orders().length;
    const replies = await Promise.all(ids.map((id) => start(id, '700')));
    const taken = replies.filter(({ status }) => status === 201);
    expect(taken).toHaveLength(10);
    for (const { status, json } of replies.filter((reply) => reply.status !== 201))
      expect({ status, json }).toMatchObject({ status: 409, json: { code: 'offer_changed', amount_minor: '1000' } });
    expect(server.unionpay.orders().length - before).toBe(10);
    expect(await standing()).toEqual({ used: 0n, held: 10n, left: 0n });
  });
});

test('every hold was booked twice: the ledger proves itself', async () => {
  expect(await verifyLedger({ sql: server.sql })).toMatchObject({ ok: true });
});
