import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { oneSidedDrop, type Pair, sequenceHalfWidth } from './one-sided-drop.ts';

const OPTIONS = { alpha: 0.02, tuningPayments: 1000, tolerated: 0.01 };

function pair(treatment: [bad: number, n: number], control: [bad: number, n: number]): Pair {
  return { treatment: { bad: treatment[0], n: treatment[1] }, control: { bad: control[0], n: control[1] } };
}

describe('half the width of the sequence', () => {
  // Computed apart from this code, from equations 134 and 161 written the way the paper has them (rho, not its square).
  test.each([
    [100, 0.05, 1000, 0.3679070009786113],
    [1000, 0.05, 1000, 0.08788267615834675],
    [5000, 0.05, 5000, 0.03930232758693268],
    [100_000, 0.01, 1000, 0.0121445251155784],
    [250, 0.2, 1000, 0.1667612415979361],
  ])('at %i payments, alpha %d, tuned to %i', (n, alpha, tuningPayments, halfWidth) => {
    expect(sequenceHalfWidth(n, { alpha, tuningPayments })).toBeCloseTo(halfWidth, 12);
  });

  test('it is wider than what an ordinary one-sided test allows, at every number of payments', () => {
    for (let n = 10; n < 1e7; n *= 1.7)
      expect(sequenceHalfWidth(n, { alpha: 0.05, tuningPayments: 1000 })).toBeGreaterThan(1.6449 / Math.sqrt(n));
  });
});

test.each([
  ['one step', [pair([100, 500], [15, 500])], 0.17, 0.10693780727598032],
  [
    'two steps with other shares',
    [pair([23, 100], [3, 100]), pair([200, 1000], [20, 500])],
    0.16521739130434782,
    0.10894472422803009,
  ],
])('the drop is put together as computed apart: %s', (_, pairs, worse, atLeast) => {
  const drop = oneSidedDrop(pairs, OPTIONS);
  expect(drop.worse).toBeCloseTo(worse, 12);
  expect(drop.atLeast).toBeCloseTo(atLeast, 12);
  expect(drop.isProven).toBe(true);
});

test('a bad hour at the step where most see the wallet makes no difference between the arms', () => {
  // 2 % go wrong at the first step and 10 % at the second, in both arms alike; added up it looks like 9.2 % against 4.7 %.
  const drop = oneSidedDrop([pair([20, 1000], [20, 1000]), pair([900, 9000], [50, 500])], OPTIONS);
  expect(drop.worse).toBeCloseTo(0, 12);
  expect(drop.isProven).toBe(false);
});

test('a drop that is tolerated is not proven, however many payments there are', () => {
  expect(
    oneSidedDrop([pair([40_000, 1_000_000], [30_000, 1_000_000])], { ...OPTIONS, tolerated: 0.011 }).isProven,
  ).toBe(false);
  expect(
    oneSidedDrop([pair([40_000, 1_000_000], [30_000, 1_000_000])], { ...OPTIONS, tolerated: 0.005 }).isProven,
  ).toBe(true);
});

test('without payments in both arms of a step nothing is known', () => {
  expect(oneSidedDrop([], OPTIONS)).toEqual({ worse: null, atLeast: null, isProven: false });
  expect(oneSidedDrop([pair([50, 50], [0, 0]), pair([0, 0], [0, 50])], OPTIONS).worse).toBeNull();
});

test('a few payments that all went well in control do not make the first failures a proof', () => {
  for (let bad = 0; bad <= 5; bad++) expect(oneSidedDrop([pair([bad, 5], [0, 5])], OPTIONS).isProven).toBe(false);
});

const share = fc
  .tuple(fc.nat(5000), fc.double({ min: 0, max: 1, noNaN: true }))
  .map(([n, rate]) => ({ n, bad: Math.floor(n * rate) }));
const pairs = fc.array(fc.record({ treatment: share, control: share }), { maxLength: 6 });

test('any counts: the bound lies below the estimate, and more bad payments never make it look better', () => {
  fc.assert(
    fc.property(pairs, (list) => {
      const drop = oneSidedDrop(list, OPTIONS);
      if (drop.worse === null || drop.atLeast === null) return;
      expect(drop.atLeast).toBeLessThan(drop.worse);
      expect(Math.abs(drop.worse)).toBeLessThanOrEqual(1 + 1e-9);
      const worst = list.map((one) => ({ ...one, treatment: { ...one.treatment, bad: one.treatment.n } }));
      expect(oneSidedDrop(worst, OPTIONS).worse).toBeGreaterThanOrEqual(drop.worse - 1e-9);
    }),
  );
});

test('the order of the steps makes no difference', () => {
  fc.assert(
    fc.property(pairs, (list) => {
      const [one, other] = [oneSidedDrop(list, OPTIONS), oneSidedDrop([...list].reverse(), OPTIONS)];
      expect(one.isProven).toBe(other.isProven);
      expect(one.worse ?? 0).toBeCloseTo(other.worse ?? 0, 9);
    }),
  );
});
