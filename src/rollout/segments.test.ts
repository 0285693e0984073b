import fc from 'fast-check';
import { expect, test } from 'vitest';
import { armsAt, WHOLE_PPM } from './plan.ts';
import { segmentsAt } from './segments.ts';
import { testPlan } from './test-plans.ts';
import { showShare } from './units.ts';

const told = (steps: readonly string[], at: number, over: object = {}) =>
  segmentsAt(testPlan({ steps: steps.map((share) => ({ share })), ...over }), at).map(
    ({ arm, ppm, entered }) => `${arm} ${ppm / 10_000}%${entered === null ? '' : ` since step ${entered + 1}`}`,
  );

test.each<[string, string[], string[]]>([
  ['the first step has nothing behind it', ['10%'], ['treatment 10%', 'outside 80%', 'control 10%']],
  [
    'who came in before is told apart from who comes in now, in both arms',
    ['10%', '30%'],
    ['treatment 10% since step 1', 'treatment 20%', 'outside 40%', 'control 20%', 'control 10% since step 1'],
  ],
  [
    'who was held back and sees it now has been in an arm all along',
    ['50%', '80%'],
    ['treatment 80% since step 1', 'control 20% since step 1'],
  ],
  ['all see it', ['10%', '100%'], ['treatment 10% since step 1', 'treatment 80%', 'treatment 10% since step 1']],
])('%s', (_, steps, segments) => {
  expect(told(steps, steps.length - 1)).toEqual(segments);
});

test('whatever the plan, both arms are as large as it says, and nobody is told to have come in before there was such a step', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.integer({ min: 1, max: WHOLE_PPM }), { minLength: 1, maxLength: 6 }),
      fc.integer({ min: 1, max: WHOLE_PPM }),
      (shares, holdback) => {
        const steps = shares.toSorted((a, b) => a - b).map((ppm) => ({ share: showShare(ppm) }));
        const plan = testPlan({ steps, holdback: showShare(holdback) });
        for (const at of steps.keys()) {
          const segments = segmentsAt(plan, at);
          const sum = (arm: string) => segments.filter((one) => one.arm === arm).reduce((all, { ppm }) => all + ppm, 0);
          expect([sum('treatment'), sum('control')]).toEqual(Object.values(armsAt(plan, at)));
          expect(sum('treatment') + sum('control') + sum('outside')).toBe(WHOLE_PPM);
          for (const { arm, entered } of segments)
            if (entered !== null) expect([arm !== 'outside', entered < at]).toEqual([true, true]);
        }
      },
    ),
    { numRuns: 100 },
  );
});
