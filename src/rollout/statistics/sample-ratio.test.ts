import { describe, expect, test } from 'vitest';
import { createSeededChance } from './seeded-chance.ts';
import { logGamma } from './log-gamma.ts';
import { MISMATCH_EVIDENCE, sampleRatioEvidence, type Split } from './sample-ratio.ts';

function split(treatment: number, control: number, shares: [number, number] = [1, 1]): Split {
  return { treatment: { n: treatment, share: shares[0] }, control: { n: control, share: shares[1] } };
}

// From the C library's lgamma.
test.each([
  [0.5, 0.5723649429247004],
  [1, 0],
  [2.5, 0.2846828704729196],
  [10, 12.801827480081467],
  [100.25, 360.2845596377643],
  [1e6, 12815504.569147611],
  [1e8, 1742068066.1038349],
])('the logarithm of gamma of %d', (x, value) => {
  expect(Math.abs(logGamma(x) - value)).toBeLessThan(1e-12 * Math.max(1, value));
});

describe('the evidence against a planned split', () => {
  // The Bayes factors were computed apart, in exact fractions by rising factorials. One step: the mean of the factor and (factor + 1) / 2.
  test.each([
    ['as planned', split(100, 100), 0.815816474454312],
    ['two to one instead of one to one', split(400, 200), 98.95840524328685],
    ['as planned, ten to one', split(1000, 100, [500_000, 50_000]), 0.5129085894162835],
    ['too many held back', split(1000, 240, [500_000, 50_000]), 76349.0769234532],
  ])('%s', (_, one, factor) => {
    expect(sampleRatioEvidence([one]) / ((factor + (factor + 1) / 2) / 2)).toBeCloseTo(1, 9);
  });

  test('nothing counted is no evidence, nor is a step where nobody is held back', () => {
    expect(sampleRatioEvidence([])).toBe(1);
    expect(sampleRatioEvidence([split(0, 0)])).toBeCloseTo(1, 12);
    expect(sampleRatioEvidence([split(100_000, 0, [1_000_000, 0])])).toBe(1);
  });

  test('a mismatch at the fifth step is found though four steps were right', () => {
    const right = [1, 2, 3, 4].map(() => split(2000, 2000));
    expect(sampleRatioEvidence([...right, split(2000, 1350)])).toBeGreaterThan(MISMATCH_EVIDENCE);
  });

  test('a right split is not called wrong, looked at a thousand times in each of five hundred rollouts', () => {
    const chance = createSeededChance(20_261_123);
    let wrong = 0;
    for (let run = 0; run < 500; run++) {
      let treatment = 0;
      for (let n = 1; n <= 20_000; n++) {
        if (chance() < 0.5) treatment++;
        if (n % 20 === 0 && sampleRatioEvidence([split(treatment, n - treatment)]) >= MISMATCH_EVIDENCE) {
          wrong++;
          break;
        }
      }
    }
    expect(wrong).toBeLessThanOrEqual(2);
  });

  test('nor where each buyer pays several times', () => {
    const chance = createSeededChance(7);
    let wrong = 0;
    for (let run = 0; run < 300; run++) {
      const seen = [0, 0];
      for (let buyers = 0; buyers < 3000; buyers++) {
        const arm = chance() < 0.5 ? 0 : 1;
        seen[arm] = (seen[arm] ?? 0) + 1 + Math.floor(chance() * 5); // three on average
        if (sampleRatioEvidence([split(seen[0] ?? 0, seen[1] ?? 0)]) < MISMATCH_EVIDENCE) continue;
        wrong++;
        break;
      }
    }
    expect(wrong).toBeLessThanOrEqual(2);
  });

  test('more than a float can hold is still more than the limit', () => {
    expect(sampleRatioEvidence([split(1e8, 1), split(1e8, 1)])).toBeGreaterThan(MISMATCH_EVIDENCE);
  });
});
