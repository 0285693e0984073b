import { afterEach, describe, expect, test } from 'vitest';
import { chargeCode } from './payment-codes.ts';
import { refuseAtOnce } from './payments.ts';
import { takeRefund } from './refunds.ts';
import { Spread } from './spread.ts';
import { newOrder, startTestWallet, type TestWallet } from './test-wallet.ts';

const running: { stop(): Promise<void> }[] = [];

afterEach(async () => {
  for (const one of running.splice(0)) await one.stop();
});

async function start(): Promise<TestWallet> {
  const wallet = await startTestWallet();
  running.push(wallet);
  return wallet;
}

describe('a share', () => {
  test.each([
    [1, 100, 1],
    [20, 5, 1],
    [30, 10, 3],
    [33, 100, 33],
    [50, 2, 1],
    [100, 1, 1],
  ])('of %i %% strikes in every block of %i calls exactly %i', (share, block, struck) => {
    const spread = new Spread(share, 3);
    for (let round = 0; round < 5; round++) {
      const hits = Array.from({ length: block }, () => spread.next()).filter(Boolean);
      expect(hits).toHaveLength(struck);
    }
    expect([spread.calls, spread.struck]).toEqual([5 * block, 5 * struck]);
  });

  test('strikes the same calls again by the same seed, and others by another', () => {
    const pattern = (seed: number) => {
      const spread = new Spread(20, seed);
      return Array.from({ length: 50 }, () => (spread.next() ? 'x' : '.')).join('');
    };
    expect(pattern(1)).toBe(pattern(1));
    expect(new Set([1, 2, 3, 4].map(pattern)).size).toBe(4);
    expect(new Set(pattern(1).match(/.{5}/g)).size, 'not always the same place').toBeGreaterThan(1);
  });

  test.each([0, 101, 2.5, -1])('of %d is none', (share) => {
    expect(() => new Spread(share, 1)).toThrow(RangeError);
  });

  test('of a fault is for every kind, counts down only where it strikes, and lets another fault through', async () => {
    const { faults } = (await start()).ground;
    faults.set({ operation: 'query', kind: 'silent', share: 50, times: 2 });
    faults.set({ operation: 'query', kind: 'slow' });
    expect(faults.list()[0]).toEqual({
      operation: 'query',
      kind: 'silent',
      share: 50,
      seed: 1,
      times: 2,
      calls: 0,
      struck: 0,
    });
    const kinds = Array.from({ length: 6 }, () => faults.take('query', undefined)?.kind);
    expect(kinds.filter((kind) => kind === 'silent')).toHaveLength(2);
    expect(kinds.slice(4), 'used up').toEqual(['slow', 'slow']);
    expect(faults.list()).toEqual([{ operation: 'query', kind: 'slow' }]);
  });

  test('is set over HTTP with its seed, and refused where it is none', async () => {
    const wallet = await start();
    const post = (body: object) =>
      fetch(`${wallet.controlUrl}/faults`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    expect((await post({ operation: 'query', kind: 'silent', share: 20, seed: 9 })).status).toBe(200);
    expect(wallet.ground.faults.list()).toMatchObject([{ share: 20, seed: 9 }]);
    expect((await post({ operation: 'query', kind: 'silent', share: 0 })).status).toBe(400);
    expect((await post({ operation: 'query', kind: 'silent', seed: 9 })).status).toBe(409);
    expect((await post({ operation: 'query', kind: 'declined' })).status).toBe(409);
  });
});

describe('a payment is declined for good', () => {
  test('when its order comes in: told at once, or to its buyer when confirming', async () => {
    const wallet = await start();
    wallet.setFault({ operation: 'pay', kind: 'declined' });
    const told = wallet.order('A1');
    wallet.order('A2');
    wallet.clearFaults();
    expect(refuseAtOnce(wallet.ground, told)).toBe('NOTENOUGH');
    expect(told.state).toBe('failed');
    expect(wallet.pay('A2')).toBe('NOTENOUGH');
    expect(wallet.orders({ orderNo: 'A2' })).toMatchObject([{ state: 'failed', code: 'NOTENOUGH' }]);
    expect(() => wallet.pay('A2')).toThrow('is over');
    expect(refuseAtOnce(wallet.ground, wallet.order('A3'))).toBeNull();
  });

  test('when its buyer confirms, on the page and at the command line alike', async () => {
    const wallet = await start();
    wallet.setFault({ operation: 'outcome', kind: 'declined', value: 'RULELIMIT' });
    wallet.order('A1');
    expect(wallet.pay('A1')).toBe('RULELIMIT');
    const order = wallet.order('A2');
    const body = new URLSearchParams({ order: order.token, action: 'pay', card: '0', pin: '123456', lang: 'en' });
    const page = await (await fetch(`${wallet.url}/pay`, { method: 'POST', body })).text();
    expect(page).toContain('code RULELIMIT');
    expect(order.state).toBe('failed');
  });

  test('when its code is charged, also where the PIN would be asked for', async () => {
    const wallet = await start();
    for (const operation of ['pay', 'outcome'])
      wallet.setFault({ operation, kind: 'declined', times: 1, ...(operation === 'pay' ? { orderNo: 'A2' } : {}) });
    expect(chargeCode(wallet.ground, wallet.order('A1'), wallet.paymentCode('pays'))).toBe('NOTENOUGH');
    expect(chargeCode(wallet.ground, wallet.order('A2'), wallet.paymentCode('asks_pin'))).toBe('NOTENOUGH');
    expect(wallet.orders().map((order) => order.state)).toEqual(['failed', 'failed']);
  });

  test('one of each five, and no refund ever', async () => {
    const wallet = await start();
    wallet.setFault({ operation: 'outcome', kind: 'declined', share: 20 });
    for (let count = 1; count <= 20; count++) {
      wallet.order(`A${count}`);
      wallet.pay(`A${count}`);
    }
    const later = new Date(wallet.clock.now().getTime() + 1);
    const [original] = wallet.ground.books.listSettled('M1', new Date(0), later);
    if (original === undefined) throw new Error('nothing was paid');
    expect(wallet.orders().filter((order) => order.state === 'failed')).toHaveLength(4);
    for (let count = 1; count <= 10; count++) {
      const key = `refund ${count}`;
      const request = newOrder(`R${count}`, { key, kind: 'refund', amountFen: '1', via: 'refund', wire: {} });
      takeRefund(wallet.ground, request, original, { walletId: null, atOnce: true });
    }
    const refunds = wallet.orders().filter((order) => order.kind === 'refund');
    expect(refunds.map((refund) => refund.state)).toEqual(Array.from({ length: 10 }, () => 'succeeded'));
  });
});
