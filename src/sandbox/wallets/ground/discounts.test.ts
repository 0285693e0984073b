import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { DISCOUNT_FUNDERS, type GivenDiscount, sumOf } from './discounts.ts';
import type { Order } from './order.ts';
import { buyersPart, merchantsPart } from './payments.ts';
import { takeRefund } from './refunds.ts';
import { shareRefund } from './share-refund.ts';
import { newOrder, startTestWallet, type TestWallet } from './test-wallet.ts';

const running: { stop(): Promise<void> }[] = [];

afterEach(async () => {
  for (const one of running.splice(0)) await one.stop();
});

async function start(dataDir: string | null = null): Promise<TestWallet> {
  const wallet = await startTestWallet(dataDir);
  running.push(wallet);
  return wallet;
}

function paid(wallet: TestWallet, orderNo: string, amountFen: string): Order {
  const order = wallet.order(orderNo, { amountFen });
  wallet.pay(orderNo);
  return order;
}

function refunded(wallet: TestWallet, original: Order, refundNo: string, amountFen: string): Order {
  const request = newOrder(refundNo, { key: `refund ${refundNo}`, kind: 'refund', amountFen, via: 'refund', wire: {} });
  return takeRefund(wallet.ground, request, original, { walletId: null, atOnce: true });
}

describe('a pretend discount', () => {
  test('comes off the payments that follow, from its least amount on, and leaves a fen to pay', async () => {
    const wallet = await start();
    paid(wallet, 'A0', '10000');
    wallet.setDiscount({ offFen: 500, minFen: 5000 });
    const rows: [string, bigint][] = [
      ['4999', 4999n],
      ['5000', 4500n],
      ['10000', 9500n],
    ];
    for (const [amountFen, buyers] of rows) {
      expect(buyersPart(paid(wallet, `A${amountFen}`, amountFen)).minor).toBe(buyers);
    }
    wallet.clearDiscounts();
    wallet.setDiscount({ offFen: 20_000 });
    expect(buyersPart(paid(wallet, 'A2', '10000')).minor).toBe(1n);
    expect(wallet.totals()).toMatchObject([{ paid_fen: '39999', discounts_fen: '10999', owed_fen: '39999' }]);
  });

  test('is shared by its funders, and only what the merchant pays is not settled', async () => {
    const wallet = await start();
    wallet.setDiscount({ offFen: 501, funders: ['merchant', 'bank'] });
    const order = paid(wallet, 'A1', '10000');
    expect(order.discounts).toMatchObject([
      {
        kind: 'flat',
        fen: 501n,
        parts: [
          { funder: 'merchant', fen: 251n },
          { funder: 'bank', fen: 250n },
        ],
      },
    ]);
    expect([buyersPart(order).minor, merchantsPart(order).minor]).toEqual([9499n, 9749n]);
    wallet.clearDiscounts();
    wallet.setDiscount({ offFen: 500, funders: ['merchant'], isPrefunded: true });
    expect(merchantsPart(paid(wallet, 'A2', '10000')).minor, 'paid beforehand').toBe(10_000n);
  });

  test('may hide who pays a part of it', async () => {
    const wallet = await start();
    wallet.setDiscount({ offFen: 511, gapFen: 311 });
    const order = paid(wallet, 'A1', '10000');
    expect(order.discounts).toMatchObject([{ fen: 511n, parts: [{ funder: 'wallet', fen: 511n, toldFen: 200n }] }]);
  });

  test('drawn by chance is something from a fen to the most', async () => {
    const wallet = await start();
    wallet.setDiscount({ offFen: 3, kind: 'random' });
    const offs = Array.from({ length: 40 }, (_, count) => sumOf(paid(wallet, `A${count}`, '10000').discounts));
    expect(new Set(offs)).toEqual(new Set([1n, 2n, 3n]));
  });

  test.each([
    [{ offFen: 0 }, 'whole fen'],
    [{ offFen: 1.5 }, 'whole fen'],
    [{ offFen: 5, funders: [] }, 'somebody pays'],
    [{ offFen: 5, funders: ['bank', 'bank'] as const }, 'nobody twice'],
    [{ offFen: 5, gapFen: 6 }, 'a part of the discount'],
  ])('that makes no sense is refused: %j', async (discount, complaint) => {
    const wallet = await start();
    expect(() => wallet.setDiscount(discount)).toThrow(complaint);
  });

  test('is shown to the buyer: the price struck through, and what is paid', async () => {
    const wallet = await start();
    wallet.setDiscount({ offFen: 500 });
    const { token } = wallet.order('A1', { amountFen: '10000' });
    const page = await (await fetch(`${wallet.url}/pay?order=${token}&lang=en`)).text();
    for (const text of ['<del>¥100.00</del>', 'Pay ¥95.00', 'Off −¥5.00']) expect(page).toContain(text);
    wallet.pay('A1');
    const result = await (await fetch(`${wallet.url}/pay/result?order=${token}&lang=en`)).text();
    for (const text of ['<del>¥100.00</del>', '¥95.00', 'Off −¥5.00']) expect(result).toContain(text);
  });

  test('by chance is shown as what it can be at most', async () => {
    const wallet = await start();
    wallet.setDiscount({ offFen: 500, kind: 'random' });
    const { token } = wallet.order('A1', { amountFen: '10000' });
    const page = await (await fetch(`${wallet.url}/pay?order=${token}&lang=en`)).text();
    expect(page).toContain('Random up to −¥5.00');
    expect(page).toContain('Pay ¥100.00');
  });

  test('is set, listed and cleared over HTTP', async () => {
    const wallet = await start();
    const ask = async (method: string, body?: object) => {
      const headers = body === undefined ? {} : { 'content-type': 'application/json' };
      const reply = await fetch(`${wallet.controlUrl}/discounts`, {
        method,
        headers,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return { status: reply.status, text: await reply.text() };
    };
    const asked = { off_fen: 500, funders: ['bank'], min_fen: 5000, gap_fen: 100, kind: 'coupon', prefunded: true };
    const set: { data: object[] } = JSON.parse((await ask('POST', asked)).text);
    expect(set.data).toMatchObject([asked]);
    expect((await ask('POST', { off_fen: 500, funders: ['nobody'] })).status).toBe(400);
    expect((await ask('POST', { off_fen: 500, gap_fen: 501 })).status).toBe(409);
    expect(JSON.parse((await ask('DELETE')).text)).toEqual({ data: [] });
  });

  test('and what was given stay in the books after a restart', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'hutong-discounts-'));
    try {
      const before = await start(dataDir);
      before.setDiscount({ offFen: 500, funders: ['wallet', 'merchant'], gapFen: 7 });
      const order = paid(before, 'A1', '10000');
      refunded(before, order, 'R1', '3333');
      const [totals, discounts] = [before.totals(), order.discounts];
      await before.stop();
      const after = await start(dataDir);
      expect(after.totals()).toEqual(totals);
      expect(after.ground.books.listByOrderNo('A1')[0]?.discounts).toEqual(discounts);
    } finally {
      rmSync(dataDir, { recursive: true });
    }
  });
});

describe('a refund of a discounted payment', () => {
  test('gives the discount back in proportion, and the last one what is left', async () => {
    const wallet = await start();
    wallet.setDiscount({ offFen: 1000, funders: ['merchant'] });
    const order = paid(wallet, 'A1', '10000');
    const backs = ['3333', '3333', '3334'].map((fen, count) => refunded(wallet, order, `R${count}`, fen));
    expect(backs.map((back) => buyersPart(back).minor)).toEqual([3000n, 3000n, 3000n]);
    expect(wallet.totals()).toMatchObject([{ discounts_fen: '1000', discounts_back_fen: '1000', owed_fen: '0' }]);
  });

  test('that fails gives its part back to those that follow', async () => {
    const wallet = await start();
    wallet.setDiscount({ offFen: 1 });
    const order = paid(wallet, 'A1', '2');
    wallet.setFault({ operation: 'outcome', kind: 'code', value: 'RULELIMIT', times: 1 });
    refunded(wallet, order, 'R1', '1');
    const backs = ['R2', 'R3'].map((no) => refunded(wallet, order, no, '1'));
    expect(sumOf(backs.flatMap((back) => back.discounts))).toBe(1n);
  });

  test('never gives back more than is left of anybody’s part, and all of them together everything', () => {
    const discount = (id: number) =>
      fc
        .array(fc.constantFrom(...DISCOUNT_FUNDERS), { minLength: 1, maxLength: 4 })
        .chain((all) =>
          fc
            .array(fc.bigInt(0n, 3000n), { minLength: new Set(all).size, maxLength: new Set(all).size })
            .map((fens) => ({
              funders: [...new Set(all)],
              fens,
            })),
        )
        .map(({ funders, fens }): GivenDiscount => {
          const parts = funders.map((funder, at) => ({ funder, fen: fens[at] ?? 0n, toldFen: (fens[at] ?? 0n) / 2n }));
          const fen = parts.reduce((sum, part) => sum + part.fen, 0n);
          return { id: String(id), kind: 'flat', isPrefunded: false, fen, parts };
        });
    const cases = fc.record({
      discounts: fc.tuple(discount(1), discount(2)),
      buyersFen: fc.bigInt(1n, 3000n),
      refunds: fc.array(fc.bigInt(1n, 2000n), { maxLength: 12 }),
    });
    fc.assert(
      fc.property(cases, ({ discounts: all, buyersFen, refunds }) => {
        const discounts = all.filter(({ fen }) => fen > 0n);
        const payment = { amountFen: buyersFen + sumOf(discounts), discounts };
        const backs: { amountFen: bigint; discounts: readonly GivenDiscount[] }[] = [];
        let restFen = payment.amountFen;
        for (const wanted of [...refunds, payment.amountFen]) {
          const amountFen = wanted < restFen ? wanted : restFen;
          if (amountFen === 0n) break;
          const shares = shareRefund(payment, backs, amountFen);
          expect(sumOf(shares) <= amountFen).toBe(true);
          for (const share of shares) {
            expect(share.parts.reduce((sum, part) => sum + part.fen, 0n)).toBe(share.fen);
            expect(share.parts.every((part) => part.fen >= 0n && part.toldFen >= 0n && part.toldFen <= part.fen)).toBe(
              true,
            );
          }
          backs.push({ amountFen, discounts: shares });
          restFen -= amountFen;
        }
        const taken = backs.flatMap((back) => back.discounts);
        const back = (pick: (part: GivenDiscount['parts'][number]) => bigint, from: readonly GivenDiscount[]) =>
          from.flatMap(({ parts }) => parts).reduce((sum, part) => sum + pick(part), 0n);
        expect(sumOf(taken)).toBe(sumOf(discounts));
        expect(back((part) => part.toldFen, taken)).toBe(back((part) => part.toldFen, discounts));
      }),
      { seed: 20_261_123 },
    );
  });
});
