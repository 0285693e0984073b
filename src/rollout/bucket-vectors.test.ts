import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { armsAt, WHOLE_PPM } from './plan.ts';
import { compileFlag } from './flag.ts';
import { testPlan } from './test-plans.ts';
import { showShare } from './units.ts';

/*
 * Flag, targeting key, and the bucket of a million into which they fall: murmur3 (x86, 32 bits, seed 0) of one behind the other, scaled. They were
 * computed without the library. If this test fails after an upgrade, the new version deals every buyer of every rollout anew: between
 * 1.2.0 and 4.0.1 of flagd-core half of all buyers who had a flag lost it.
 */
const vectors: [string, string, number][] = JSON.parse(
  readFileSync(new URL('./bucket-vectors.json', import.meta.url), 'utf8'),
); // our own file

test('three hundred buyers fall where they always fell: each sees it from its own share on, to the millionth', () => {
  expect(vectors).toHaveLength(300);
  for (const [key, targetingKey, bucket] of vectors) {
    const steps = [bucket, bucket + 1].filter((ppm) => ppm > 0).map((ppm) => ({ share: showShare(ppm) }));
    const plan = testPlan({ key, steps, always: { staff: false } });
    const arms = steps.map((_, at) => compileFlag(plan, at)?.({ targetingKey }).arm);
    expect([key, targetingKey, arms.at(-1)]).toEqual([key, targetingKey, 'treatment']);
    if (arms.length === 2) expect(arms[0]).not.toBe('treatment');
  }
});

test('the control is cut from the top, to the millionth', () => {
  for (const [key, targetingKey, bucket] of vectors.slice(0, 50)) {
    const plan = testPlan({ key, steps: [{ share: showShare(Math.max(1, Math.floor(bucket / 2))) }] });
    const { controlPpm } = armsAt(plan, 0);
    const arm = compileFlag(plan, 0)?.({ targetingKey }).arm;
    expect(arm === 'control').toBe(bucket >= WHOLE_PPM - controlPpm);
  }
});

test('a name that is not of this alphabet falls somewhere, and always there', () => {
  const flag = compileFlag(testPlan({ steps: [{ share: '50%' }] }), 0);
  const arms = ['买家一号', '买家二号', '😀'].map((targetingKey) => flag?.({ targetingKey }).arm);
  expect(arms).toEqual(arms.map((arm) => (arm === 'treatment' ? 'treatment' : 'control')));
});
