import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ManualClock } from '../src/base/clock.ts';
import { applyOutcome } from '../src/cashier/apply-outcome.ts';
import { findAttempt } from '../src/cashier/attempt-store.ts';
import type { Attempt } from '../src/cashier/payment.ts';
import { type PretendOffer, pretendOffers } from '../src/cashier/pretend-offers.ts';
import { BOOK } from '../src/hutong.ts';
import { type LimitStanding, readStandings } from '../src/ledger/read-room.ts';
import { verifyLedger } from '../src/ledger/verify.ts';
import { money } from '../src/money/money.ts';
import { startTestServer, type TestReply, type TestServer } from './server.ts';

/* Ways to have an offer twice, to lose a place for ever, or to hear two answers to one request. */

let clock: ManualClock;
let server: TestServer;
beforeAll(async () => {
  clock = new ManualClock(new Date());
  server = await startTestServer({ clock });
});
afterAll(() => server.close());

let count = 0;
let offer: PretendOffer;
beforeEach(() => {
  offer = { id: `off_money_${(count += 1)}`, minor: 300n, slots: [1n], isStopped: false };
  server.cashier.deps.offers = pretendOffers(server.sql, BOOK, offer);
});

async function create(): Promise<string> {
  const { json } = await server.call('POST', '/v1/payments', {
    order_no: `money-${(count += 1)}`,
    amount: { currency: 'CNY', minor: '1000' },
    subject: '明前龙井',
    return_url: 'https://shop.example/orders',
    expires_in_seconds: 900,
  });
  return json.id;
}

const start = (id: string, expected: string, key?: string): Promise<TestReply> =>
  server.call(
    'POST',
    `/v1/payments/${id}/attempts`,
    { wallet: 'unionpay', scene: 'app', expected_amount: { currency: 'CNY', minor: expected } },
    key === undefined ? {} : { 'idempotency-key': key },
  );

async function begun(id: string, expected = '700'): Promise<Attempt> {
  const started = await start(id, expected);
  expect(started.status, JSON.stringify(started.json)).toBe(201);
  const attempt = await findAttempt(server.sql, BOOK, started.json.id);
  if (attempt === null) throw new Error('the attempt is there');
  return attempt;
}

const hear = (attempt: Attempt, kind: 'succeeded' | 'failed' | 'unknown' | 'pending') =>
  applyOutcome(
    server.cashier,
    attempt,
    kind === 'failed'
      ? { kind, reason: 'declined', walletCode: '05', walletMessage: 'no' }
      : kind === 'succeeded'
        ? {
            kind,
            walletPaymentId: `w-${attempt.id}`,
            amount: money('CNY', attempt.amountMinor),
            occurredAt: null,
            facts: {},
          }
        : kind === 'unknown'
          ? { kind, reason: 'silence' }
          : { kind },
    'notification',
    null,
  );

async function standing(): Promise<LimitStanding | undefined> {
  const limit = { limit: `${offer.id}/count`, unit: 'count', currency: 'CNY', figures: offer.slots } as const;
  return (await readStandings(server.sql, BOOK, [limit]))[0];
}

const alertsOf = async ({ id }: Attempt): Promise<string[]> =>
  (await server.sql<{ kind: string }[]>`select kind from alerts where subject_id = ${id}`).map(({ kind }) => kind);

describe('an attempt that is asked for again with its key', () => {
  test('is the same attempt, although its own hold has taken the last place', async () => {
    const id = await create();
    const first = await start(id, '700', `again-${id}`);
    const again = await start(id, '700', `again-${id}`);
    expect([first.status, again.status], JSON.stringify(again.json)).toEqual([201, 201]);
    expect(again.json).toEqual(first.json);
    offer.isStopped = true;
    expect((await start(id, '700', `again-${id}`)).json).toEqual(first.json);
    const { attempts } = (await server.call('GET', `/v1/payments/${id}`)).json;
    expect(attempts).toHaveLength(1);
  });

  test('is asked anew where it was refused, as nothing was done', async () => {
    const id = await create();
    offer.isStopped = true;
    expect(await start(id, '700', `anew-${id}`)).toMatchObject({ status: 409, json: { code: 'offer_changed' } });
    offer.isStopped = false;
    expect(await start(id, '700', `anew-${id}`)).toMatchObject({ status: 201, json: { to_pay: { minor: '700' } } });
  });
});

describe('the one place of an offer', () => {
  test('is used once by the first try that brings its money after all, not again when the second ends', async () => {
    const id = await create();
    const first = await begun(id);
    await hear(first, 'failed');
    const second = await begun(id);
    await hear(first, 'succeeded');
    expect(await standing()).toEqual({ used: 1n, held: 0n, left: 0n });
    await hear(second, 'failed');
    expect(await standing()).toEqual({ used: 1n, held: 0n, left: 0n });
    expect(await alertsOf(first)).toEqual([]);
    expect((await start(await create(), '700')).json.code).toBe('offer_changed');
  });

  test('that was used beyond it is not there for a third when the second gives it back', async () => {
    const late = await begun(await create());
    await hear(late, 'failed');
    const holder = await begun(await create());
    await hear(late, 'succeeded');
    expect(await standing()).toEqual({ used: 1n, held: 1n, left: 0n });
    expect(await alertsOf(late)).toEqual(['offer_overrun']);
    await hear(holder, 'failed');
    expect(await standing()).toEqual({ used: 1n, held: 0n, left: 0n });
    expect((await start(await create(), '700')).json.code).toBe('offer_changed');
  });

  test('is not kept for ever by a try of which nobody knew while another paid', async () => {
    const id = await create();
    const first = await begun(id);
    const second = await begun(id);
    await hear(second, 'unknown');
    await hear(first, 'succeeded');
    // The second may still take what it was promised; what the first uses without a place is told.
    expect(await standing()).toEqual({ used: 1n, held: 1n, left: 0n });
    await hear(second, 'pending');
    expect(await standing()).toEqual({ used: 1n, held: 0n, left: 0n });
    expect((await start(await create(), '700')).json.code).toBe('offer_changed');
  });
});

test('the ledger proves itself', async () => {
  expect(await verifyLedger({ sql: server.sql })).toMatchObject({ ok: true });
});
