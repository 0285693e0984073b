import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../../test/server.ts';
import { CODE_MINOR_MAX } from './figures.ts';
import { money } from '../money/money.ts';
import { levelFor } from '../users/proof-levels.ts';
import type { StatementItem } from '../wallets/statement.ts';
import type { OpenConfig } from '../wallets/open/config.ts';
import { statement } from '../wallets/open/statement.ts';
import { toPublicKey } from './believe-request.ts';
import { decideNotice } from './send-notices.ts';
import { orderBody, startTestPayer, type TestPayer } from './test-payer.ts';

let world: TestPayer;
beforeAll(async () => {
  world = await startTestPayer();
});
afterAll(() => world.stop());

const CNY = (minor: bigint) => ({ currency: 'CNY', minor: minor.toString() });

async function chargeCode(no: string, minor = 1234n): Promise<void> {
  const { code } = await world.payer.makePaymentCode(world.person('zhang'), 'card_zhang');
  const expires_at = new Date(world.clock.now().getTime() + 60_000).toISOString();
  const body = orderBody({ scene: 'code', payment_code: code, amount: CNY(minor), expires_at });
  expect((await world.ask('POST', `/orders/${no}`, body)).json['state']).toBe('paid');
}

describe('a shop is told', () => {
  test('what a query says, until it has taken it, each time a little later', async () => {
    world.answers.status = 500;
    await chargeCode('TOLD000001');
    const heard = () => world.sent.filter(({ body }) => JSON.stringify(body).includes('TOLD000001'));
    // The clock jumps only once a try is recorded: else its lease would be over while it is under way.
    const recorded = (tries: number) =>
      eventually(`try ${tries} is recorded`, async () => {
        const [row] = await world.sql<{ due: Date }[]>`
          select due_at as due from payer_notices where tries_count = ${tries} and state = 'pending'`;
        return heard().length === tries && row !== undefined && row.due > world.clock.now();
      });
    await recorded(1);
    for (const [tries, seconds] of [5, 30, 300].entries()) {
      world.clock.advanceMs(seconds * 1000 - 1);
      await new Promise((resolve) => setTimeout(resolve, 100));
      expect(heard()).toHaveLength(tries + 1);
      world.clock.advanceMs(1);
      await recorded(tries + 2);
    }
    world.answers.status = 204;
    world.clock.advanceMs(1_800_000);
    await eventually('the last try is recorded', async () => {
      const rows = await world.sql`select id from payer_notices where state = 'taken' and tries_count = 5`;
      return heard().length === 5 && rows.length === 1;
    });
    const { json } = await world.ask('GET', '/orders/TOLD000001');
    expect(heard().at(-1)?.body).toEqual({ type: 'order', merchant_no: world.shop.merchantNo, order: json });
  });

  test('of a refund that failed as of one that succeeded', async () => {
    const refund = { order_no: 'NOBODY0001', method: 'refund', amount: CNY(1n), notify_url: 'https://shop.example/r' };
    const { json } = await world.ask('POST', '/refunds/FAILED0001', refund);
    const told = await eventually('the notification', async () =>
      world.sent.find(({ url }) => url === 'https://shop.example/r'),
    );
    expect(told.body).toEqual({ type: 'refund', merchant_no: world.shop.merchantNo, refund: json });
  });

  test.each([
    [1, 200, 'taken', null],
    [1, 299, 'taken', null],
    [1, 302, 'pending', 5],
    [2, 404, 'pending', 30],
    [7, 500, 'pending', 86_400],
    [8, 500, 'given_up', null],
  ])('in try %i, answered %i: %s', (triesCount, status, state, seconds) => {
    const now = world.clock.now();
    const reply = { kind: 'reply', status, headers: {}, body: Buffer.alloc(0) } as const;
    const decided = decideNotice({ id: 'wno_1', leaseNo: 1n, triesCount }, reply, now);
    expect(decided.state).toBe(state);
    expect(decided.dueAt === null ? null : (decided.dueAt.getTime() - now.getTime()) / 1000).toBe(seconds);
  });

  test('again where nothing answered, and what was said there is cut short', () => {
    const reply = { kind: 'no_answer', reason: 'x'.repeat(1000) } as const;
    const decided = decideNotice({ id: 'wno_1', leaseNo: 1n, triesCount: 1 }, reply, world.clock.now());
    expect(decided.state).toBe('pending');
    expect(decided.lastAnswer).toHaveLength(100);
  });
});

describe('a statement', () => {
  const DAY = 86_400_000;
  const MIDNIGHT = new Date('2026-12-01T16:00:00Z'); // of Asia/Shanghai: the 2nd begins

  async function linesOf(day: string): Promise<StatementItem[]> {
    const told = await world.ask('GET', `/statements/${day}`);
    expect(told.headers['content-type']).toBe('application/gzip');
    const { body } = await world.payer.protocol.manifest();
    const { keys } = JSON.parse(body.toString('utf8')) as { keys: { kid: string; x: string }[] }; // our own manifest
    const walletKeys = new Map(keys.map(({ kid, x }) => [kid, toPublicKey(Buffer.from(x, 'base64url'))]));
    const config = { merchantNo: world.shop.merchantNo, walletKeys } as unknown as OpenConfig; // all that reading looks at
    const items: StatementItem[] = [];
    for await (const item of statement.read(config, told.body)) items.push(item);
    return items;
  }
  const undo = (no: string) => world.ask('POST', `/orders/${no}/undo`, { amount: CNY(1234n) });

  test('has each payment and refund on its day, what was undone the same day not at all, and sums that are right', async () => {
    world.clock.advanceMs(MIDNIGHT.getTime() - world.clock.now().getTime() - 2);
    await chargeCode('DAY1LATE01', 5000n);
    world.clock.advanceMs(1);
    await chargeCode('DAY1LATE02');
    world.clock.advanceMs(1);
    await chargeCode('DAY2PAID01', 1000n);
    world.clock.advanceMs(1);
    await chargeCode('DAY2UNDO01');
    expect((await undo('DAY2UNDO01')).json['state']).toBe('undone');
    expect((await undo('DAY1LATE02')).json['state']).toBe('undone'); // paid on the day before
    const refund = {
      order_no: 'DAY1LATE01',
      method: 'refund',
      amount: CNY(100n),
      notify_url: 'https://shop.example/r',
    };
    await world.ask('POST', '/refunds/DAY2REFUND', refund);
    expect((await world.ask('GET', '/statements/2026-12-01')).json['code']).toBe('statement_not_ready');
    world.clock.advanceMs(3_600_000);

    const first = await linesOf('2026-12-01');
    expect(first).toMatchObject([
      { kind: 'payment', orderNo: 'DAY1LATE01', amountMinor: 5000n, feeMilli: 30_000n },
      { kind: 'payment', orderNo: 'DAY1LATE02', amountMinor: 1234n },
      { kind: 'totals', paymentsCount: 2, paymentsMinor: 6234n, refundsCount: 0, feesMilli: 37_404n },
    ]);
    world.clock.advanceMs(DAY);
    expect(await linesOf('2026-12-02')).toMatchObject([
      { kind: 'payment', orderNo: 'DAY2PAID01', amountMinor: 1000n },
      { kind: 'refund', orderNo: 'DAY1LATE02', paymentOrderNo: 'DAY1LATE02', amountMinor: 1234n, feeMilli: -7404n },
      { kind: 'refund', orderNo: 'DAY2REFUND', paymentOrderNo: 'DAY1LATE01', amountMinor: 100n },
      {
        kind: 'totals',
        paymentsCount: 1,
        paymentsMinor: 1000n,
        refundsCount: 2,
        refundsMinor: 1334n,
        feesMilli: -2004n,
      },
    ]);
  });

  test('never changes once it was given out, to the byte', async () => {
    const before = (await world.ask('GET', '/statements/2026-12-01')).body;
    await world.payer.rotateKey();
    world.clock.advanceMs(8 * DAY);
    expect((await world.ask('GET', '/statements/2026-12-01')).body.equals(before)).toBe(true);
  });

  test('of a day without payments has its totals', async () => {
    expect(await linesOf('2026-12-05')).toMatchObject([{ kind: 'totals', paymentsCount: 0, refundsCount: 0 }]);
  });

  test.each(['2026-13-01', '2026-2-1', '20261201', '2026-12-01%27', 'today'])('of %s is malformed', async (day) => {
    expect((await world.ask('GET', `/statements/${day}`)).json['code']).toBe('malformed');
  });

  test('of a day to come is not ready', async () => {
    expect((await world.ask('GET', '/statements/2027-01-01')).json['code']).toBe('statement_not_ready');
  });
});

describe('who pays', () => {
  const wish = async (query: Record<string, string>) =>
    await world.payer.protocol.readWish(new URLSearchParams({ merchant_no: world.shop.merchantNo, ...query }));

  test('is the same to one shop each time, by a code that works once, for five minutes, for this shop', async () => {
    const asked = await wish({ return_url: 'https://shop.example/back?a=1', state: 's&t' });
    if (asked === null) throw new Error('the shop is known');
    const grant = async (name: string): Promise<string> => {
      const url = new URL(await world.payer.protocol.grantWish(world.person(name), asked));
      expect(url.origin).toBe('https://shop.example');
      expect(url.searchParams.get('state')).toBe('s&t');
      return url.searchParams.get('code') ?? '';
    };
    const exchange = async (code: string) => await world.ask('POST', '/payers', { code });
    const code = await grant('zhang');
    const { json } = await exchange(code);
    expect(json['payer_id']).toMatch(/^payer_[\w-]{24}$/);
    expect((await exchange(code)).json['code']).toBe('payer_code_refused');
    expect((await exchange(await grant('zhang'))).json).toEqual(json);
    expect((await exchange(await grant('li'))).json).not.toEqual(json);
    const old = await grant('zhang');
    world.clock.advanceMs(300_000);
    expect((await exchange(old)).json['code']).toBe('payer_code_refused');
  });

  test.each([
    ['no address', {}],
    ['javascript:', { return_url: 'javascript:alert(1)' }],
    ['two slashes', { return_url: '//evil.example' }],
    ['a name in the address', { return_url: 'https://good@evil.example' }],
    ['a long state', { return_url: 'https://shop.example', state: 'x'.repeat(257) }],
    ['another shop', { return_url: 'https://shop.example', merchant_no: 'H00000000000000' }],
  ])('is not asked for %s', async (_what, query) => {
    expect(await wish(query)).toBeNull();
  });
});

test('the line of payment codes is the one of the proofs', () => {
  const at = (minor: bigint) =>
    levelFor({
      kind: 'purchase',
      amount: money('CNY', minor),
      deviceIsNew: false,
      payeeIsNew: false,
      byPaymentCode: true,
    });
  expect([at(CODE_MINOR_MAX), at(CODE_MINOR_MAX + 1n)]).toEqual(['device', 'pin']);
});
