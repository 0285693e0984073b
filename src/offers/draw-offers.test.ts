import fc from 'fast-check';
import { expect, test } from 'vitest';
import { systemRandom } from '../base/random.ts';
import { chanceOfOrder, drawBelow, drawOffers } from './draw-offers.ts';
import { createKeyring } from '../vault/seal.ts';
import { Secret } from '../base/secret.ts';
import type { AppliedOffer } from './offers.ts';

const random: AppliedOffer = {
  offerId: 'off_1',
  version: 1,
  name: { 'zh-CN': '随机立减', en: 'Random' },
  kind: 'random',
  by: 'hutong',
  minor: 10n,
  mostMinor: 20n,
  parts: [
    { funder: 'merchant', owner: 'mer_1', minor: 7n },
    { funder: 'platform', owner: 'platform', minor: 3n },
  ],
  sharesPerMille: [667, 333],
  items: [],
  holds: [
    { limit: 'off_1/count', unit: 'count', currency: 'CNY', figures: [9n], amount: 1n, onSuccess: 'commit' },
    { limit: 'off_1/money', unit: 'money', currency: 'CNY', figures: [99n], amount: 20n, onSuccess: 'commit' },
  ],
  voucherId: null,
};

test('what is drawn lies between what was shown and the most, and all amounts come alike', () => {
  const draws = 11_000;
  const seen = new Map<bigint, number>();
  for (let count = 0; count < draws; count++) {
    const [drawn] = drawOffers(() => systemRandom, [random]);
    seen.set(drawn?.minor ?? 0n, (seen.get(drawn?.minor ?? 0n) ?? 0) + 1);
  }
  expect([...seen.keys()].sort((a, b) => Number(a - b))).toEqual(
    Array.from({ length: 11 }, (_, at) => BigInt(10 + at)),
  );
  const expected = draws / 11;
  const chiSquare = [...seen.values()].reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  expect(chiSquare).toBeLessThan(45); // 10 degrees of freedom: one fair run in half a million exceeds it
});

test('each order has a chance of its own, the same however often it is asked', () => {
  const keyring = createKeyring({ random: systemRandom }, [new Secret('a master secret of thirty-two letters')]);
  const draw = (order: string) => drawOffers(chanceOfOrder(keyring, order), [random])[0]?.minor;
  const drawn = Array.from({ length: 500 }, (_, no) => draw(`pay_${no}`));
  expect(new Set(drawn).size).toBe(11);
  expect(Array.from({ length: 500 }, (_, no) => draw(`pay_${no}`))).toEqual(drawn);
});

test('what was drawn for an order stays, as long as the terms allow it', () => {
  const before = { ...random, minor: 13n, mostMinor: 13n };
  for (let count = 0; count < 50; count++) {
    const [again] = drawOffers(() => systemRandom, [random], [{ ...before, offerId: 'off_2', minor: 19n }, before]);
    expect(again).toMatchObject({ minor: 13n, mostMinor: 13n, holds: [{ amount: 1n }, { amount: 13n }] });
    expect(again?.parts.reduce((sum, part) => sum + part.minor, 0n)).toBe(13n);
    const [less] = drawOffers(() => systemRandom, [{ ...random, mostMinor: 12n }], [before]);
    expect(less?.minor).toBeLessThanOrEqual(12n);
  }
});

test('the parts sum to what was drawn, and the money that is held is exactly that', () => {
  fc.assert(
    fc.property(
      fc.bigInt(0n, 10_000n),
      fc.bigInt(1n, 10_000n),
      fc.integer({ min: 1, max: 999 }),
      (least, more, share) => {
        const offer = { ...random, minor: least, mostMinor: least + more, sharesPerMille: [share, 1000 - share] };
        const [drawn] = drawOffers(() => systemRandom, [offer]);
        expect(drawn?.minor).toBeGreaterThanOrEqual(least);
        expect(drawn?.minor).toBeLessThanOrEqual(least + more);
        expect(drawn?.mostMinor).toBe(drawn?.minor);
        expect(drawn?.parts.reduce((sum, part) => sum + part.minor, 0n)).toBe(drawn?.minor);
        expect(drawn?.holds.map(({ amount }) => amount)).toEqual([1n, drawn?.minor]);
      },
    ),
  );
});

test("what is sure, and a wallet's own estimate, stay as they are", () => {
  const sure = { ...random, mostMinor: random.minor };
  const estimate = { ...random, by: 'wallet' as const };
  expect(drawOffers(() => systemRandom, [sure, estimate])).toEqual([sure, estimate]);
});

test('a draw that would favour small numbers is thrown away', () => {
  const bytes = [Buffer.alloc(8, 0xff), Buffer.alloc(8, 0)];
  const given: number[] = [];
  const scripted = { bytes: (count: number) => (given.push(count), bytes.shift() ?? Buffer.alloc(8)) };
  expect(drawBelow(scripted, 3n)).toBe(0n);
  expect(given).toEqual([8, 8]);
});
