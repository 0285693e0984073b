import { describe, expect, test } from 'vitest';
import { explainNotUsed } from './explain-offers.ts';
import type { HeldVoucher, Room } from './quote-input.ts';
import { limitsOfQuote } from './quote-offers.ts';
import { ENDLESS_ROOM, FLAT, MERCHANT, offerId, offerOf, quoteOf, requestOf } from './test-quotes.ts';

const buyerHash = /[0-9a-f]{32}/;

describe('limits', () => {
  const limits = {
    count: { day: 10, campaign: 100 },
    money: { campaign: '500.00' },
    per_user: { day: 1, week: 2, month: 3 },
    per_device: { campaign: 1 },
    per_merchant: { day: 5 },
  };
  const request = requestOf(10_000n, { buyer: { id: 'u1', device: 'd1' } });

  test('are lines by names that stay, with what this use needs', () => {
    const offer = offerOf(1, { ...FLAT, limits });
    const [applied] = quoteOf([offer], request).applied;
    const id = offerId(1);
    expect(
      applied?.holds.map(({ limit, unit, figures, amount }) => [limit.replace(buyerHash, '#'), unit, figures, amount]),
    ).toEqual([
      [`${id}/user/day/2026-11-23/#`, 'count', [1n], 1n],
      [`${id}/user/week/2026-W48/#`, 'count', [2n], 1n],
      [`${id}/user/month/2026-11/#`, 'count', [3n], 1n],
      [`${id}/device/campaign/#`, 'count', [1n], 1n],
      [`${id}/count/day/2026-11-23`, 'count', [10n], 1n],
      [`${id}/count`, 'count', [100n], 1n],
      [`${id}/merchant/day/2026-11-23/${MERCHANT}`, 'count', [5n], 1n],
      [`${id}/money`, 'money', [50_000n], 500n],
    ]);
    expect(
      limitsOfQuote([offer], [], request)
        .map(({ limit }) => limit)
        .toSorted(),
    ).toEqual(applied?.holds.map(({ limit }) => limit).toSorted());
    expect(applied?.holds.every(({ limit }) => limit.length <= 200 && !limit.includes('u1'))).toBe(true);
  });

  test('of one buyer are other ones at another shop, on another day and for another buyer', () => {
    const names = [
      request,
      requestOf(10_000n, { buyer: { id: 'u2' } }),
      requestOf(10_000n, { buyer: { id: 'u1' }, merchantId: 'mer_01KE0000000000000000000002' }),
      requestOf(10_000n, { buyer: { id: 'u1' }, at: new Date('2026-11-24T00:00:00+08:00') }),
    ].map((each) => {
      const offer = offerOf(1, { ...FLAT, limits: { per_user: { day: 1 } } }, { merchantId: null });
      return limitsOfQuote([offer], [], each)
        .map(({ limit }) => limit)
        .join();
    });
    expect(new Set(names).size).toBe(4);
  });

  test.each([
    [
      'user/day',
      'used_by_buyer',
      '每人每日限1次，已用完，11月24日可再用',
      'each buyer gets it once a day, and has; again from 24 Nov',
    ],
    [
      'user/week',
      'used_by_buyer',
      '每人每周限2次，已用完，11月30日可再用',
      'each buyer gets it 2 times a week, and has; again from 30 Nov',
    ],
    [
      'user/month',
      'used_by_buyer',
      '每人每月限3次，已用完，12月1日可再用',
      'each buyer gets it 3 times a month, and has; again from 1 Dec',
    ],
    ['device/campaign', 'used_by_buyer', '每台设备限1次，已用完', 'each device gets it once in all, and has'],
    ['count/day', 'budget_gone', '今日已抢完，11月24日再来', 'is gone for now; again from 24 Nov'],
    [`${offerId(1)}/count`, 'budget_gone', '已抢完', 'is gone'],
    ['merchant/day', 'budget_gone', '今日已抢完，11月24日再来', 'is gone for now; again from 24 Nov'],
  ])('%s used up: %s', (name, code, zh, en) => {
    const room: Room = ({ limit }) => (limit.includes(`/${name}`) || limit === name ? 0n : 1_000_000n);
    const [reason] = quoteOf([offerOf(1, { ...FLAT, limits })], request, [], room).notUsed;
    expect(reason?.code).toBe(code);
    expect(reason && explainNotUsed(reason, 'CNY')).toEqual({ 'zh-CN': zh, en });
  });

  test('of money ask room for the most that a draw can cost, and hold it', () => {
    const offer = offerOf(1, {
      kind: 'random',
      off_from: '1.00',
      off_to: '8.00',
      limits: { money: { campaign: '100.00' } },
    });
    const left =
      (minor: bigint): Room =>
      () =>
        minor;
    expect(quoteOf([offer], request, [], left(799n)).notUsed.map(({ code }) => code)).toEqual(['budget_gone']);
    const { applied, toPayMinor, maySaveMinor } = quoteOf([offer], request, [], left(800n));
    expect(applied[0]?.holds.map(({ amount }) => amount)).toEqual([800n]);
    expect({ toPayMinor, maySaveMinor }).toEqual({ toPayMinor: 9_900n, maySaveMinor: 700n });
  });

  test("of a wallet's own offer are the wallet's to count", () => {
    const offer = offerOf(1, {
      ...FLAT,
      by: 'wallet',
      conditions: { wallets: ['unionpay'] },
      limits: { per_user: { day: 1 } },
    });
    const quote = quoteOf([offer], requestOf(10_000n), [], () => 0n);
    expect(quote).toMatchObject({
      toPayMinor: 10_000n,
      maySaveMinor: 500n,
      applied: [{ minor: 0n, mostMinor: 500n, holds: [] }],
    });
    expect(limitsOfQuote([offer], [], requestOf(10_000n))).toEqual([]);
  });

  test('of a first use are one for each buyer, so that two orders at once are not both the first', () => {
    const offer = offerOf(1, { ...FLAT, conditions: { first_use: 'merchant' } });
    const first = requestOf(10_000n, { buyer: { id: 'u1' }, firstUse: { merchant: true, wallets: [] } });
    expect(quoteOf([offer], first).applied[0]?.holds).toMatchObject([{ figures: [1n], amount: 1n }]);
    expect(quoteOf([offer], first, [], () => 0n).notUsed.map(({ code }) => code)).toEqual(['used_by_buyer']);
  });
});

describe('vouchers', () => {
  const offer = offerOf(1, { kind: 'voucher', value: FLAT });
  const voucher = (number: number, rest: Partial<HeldVoucher> = {}): HeldVoucher => ({
    id: `vch_${number}`,
    offerId: offerId(1),
    buyerId: null,
    until: null,
    ...rest,
  });
  const soon = new Date('2026-11-24T00:00:00+08:00');
  const past = new Date('2026-11-23T00:00:00+08:00');

  test.each([
    ['bearer', [voucher(1)], 'vch_1'],
    ['the one that ends first', [voucher(1), voucher(2, { until: soon })], 'vch_2'],
    ['the older of two alike', [voucher(2), voucher(1)], 'vch_1'],
    ['their own', [voucher(1, { buyerId: 'u1' })], 'vch_1'],
    ['one that is not over', [voucher(1, { until: past }), voucher(2)], 'vch_2'],
  ])('is used: %s', (_, vouchers, id) => {
    const [applied] = quoteOf([offer], requestOf(10_000n, { buyer: { id: 'u1' } }), vouchers).applied;
    expect(applied).toMatchObject({ voucherId: id, minor: 500n, holds: [{ limit: id, figures: [1n], amount: 1n }] });
  });

  test.each([
    ["another buyer's", [voucher(1, { buyerId: 'u2' })], ENDLESS_ROOM, 'voucher_missing'],
    ['over', [voucher(1, { until: past })], ENDLESS_ROOM, 'ended'],
    ['used', [voucher(1)], () => 0n, 'voucher_used'],
  ])('is not used: %s', (_, vouchers, room, code) => {
    const { applied, notUsed } = quoteOf([offer], requestOf(10_000n, { buyer: { id: 'u1' } }), vouchers, room);
    expect([applied.length, notUsed.map((each) => each.code)]).toEqual([0, [code]]);
  });

  test('of which one is used is followed by the next', () => {
    const room: Room = ({ limit }) => (limit === 'vch_1' ? 0n : 1n);
    const [applied] = quoteOf([offer], requestOf(10_000n), [voucher(1), voucher(2)], room).applied;
    expect(applied?.voucherId).toBe('vch_2');
  });
});
