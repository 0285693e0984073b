import { describe, expect, test } from 'vitest';
import type { PlanFile } from '../plan-file.ts';
import { readPlan } from '../read-plan.ts';
import { createSeededChance } from '../statistics/seeded-chance.ts';
import { drawBinomial, drawGap, drawWaiting } from './draw.ts';
import { RecentFailures } from './recent-failures.ts';
import { simulate, type SimulateOptions, wilson } from './simulate.ts';
import { simulateRollout } from './simulate-rollout.ts';

const START = new Date('2026-11-23T02:00:00Z');
const STEPS: PlanFile['steps'] = [
  { share: '1‰', for: '30m', payments: 200 },
  { share: '1%', for: '30m', payments: 500 },
  { share: '5%', for: '1h', payments: 1000, gate: true },
  { share: '20%', for: '1h', payments: 1000 },
  { share: '50%', for: '1h', payments: 1000 },
  { share: '100%' },
];
const METRICS = ['failed', 'slow', 'unknown', 'duplicate', 'refunded', 'complained'] as const;

function options(drops: readonly number[], runs: number, file: Partial<PlanFile> = {}): SimulateOptions {
  return {
    plan: readPlan({ key: 'wallet.unionpay', wallet: 'unionpay', steps: STEPS, ...file }),
    runs,
    drops,
    basePercent: 97,
    paymentsPerSecond: 5,
    chosenPercent: 100,
    paymentsPerBuyer: 1,
    unluckyPercent: 100,
    seed: 20_261_123,
    start: START,
    onProgress: () => {},
  };
}

describe('a rollout that does no harm is halted at most five times in a hundred, over all its steps, looks and guardrails', () => {
  // Where nothing is put up with, the whole of alpha can be used up: the hardest case.
  test.each<[string, Partial<PlanFile>, Partial<SimulateOptions>]>([
    ['with all guardrails', { guardrails: METRICS.map((metric) => ({ metric, tolerated: '0%' })) }, {}],
    ['with one guardrail that has all of alpha', { guardrails: [{ metric: 'failed', tolerated: '0%' }] }, {}],
    ['with few held back', { holdback: '2%', guardrails: [{ metric: 'failed', tolerated: '0%' }] }, {}],
    ['where little ever fails', { guardrails: [{ metric: 'failed', tolerated: '0%' }] }, { basePercent: 99.9 }],
    ['where one of four fails', { guardrails: [{ metric: 'failed', tolerated: '0%' }] }, { basePercent: 75 }],
    [
      'with one large step',
      { steps: [{ share: '50%', for: '2d' }], guardrails: [{ metric: 'failed', tolerated: '0%' }] },
      {},
    ],
  ])('%s', async (_, file, over) => {
    const [summary] = await simulate({ ...options([0], 400, file), ...over });
    expect(summary?.haltedShare.estimate).toBeLessThanOrEqual(0.05);
    expect(summary?.completed).toBe(400 - (summary?.halted ?? 0)); // and nothing is stuck
  });
});

describe('a rollout that does no harm, where the same few buyers come back and fail again and again', () => {
  const nothing: Partial<PlanFile> = { guardrails: [{ metric: 'failed', tolerated: '0%' }] };
  test.each<[string, Partial<PlanFile>, Partial<SimulateOptions>]>([
    ['three payments each, failures among one in ten', nothing, { paymentsPerBuyer: 3, unluckyPercent: 10 }],
    [
      'three payments each, all guardrails',
      { guardrails: METRICS.map((metric) => ({ metric, tolerated: '0%' })) },
      { paymentsPerBuyer: 3, unluckyPercent: 10 },
    ],
    ['ten payments each, failures among six in a hundred', nothing, { paymentsPerBuyer: 10, unluckyPercent: 6 }],
    [
      'three payments each, few held back at a large share',
      {
        ...nothing,
        steps: [
          { share: '5%', for: '1h', payments: 300 },
          { share: '80%', for: '4h' },
        ],
        holdback: '10%',
      },
      { paymentsPerBuyer: 3, unluckyPercent: 10 },
    ],
  ])('%s', async (_, file, over) => {
    const [summary] = await simulate({ ...options([0], 200, file), ...over });
    expect(summary?.haltedShare.estimate).toBeLessThanOrEqual(0.05);
    expect(summary?.completed).toBe(200 - (summary?.halted ?? 0));
  });

  test('would be halted far more often if every payment were compared', async () => {
    const over = { paymentsPerBuyer: 3, unluckyPercent: 10, compared: 'every payment' as const };
    const [summary] = await simulate({ ...options([0], 200, nothing), ...over });
    expect(summary?.haltedShare.low).toBeGreaterThan(0.05);
  });

  test('a drop is found all the same', async () => {
    const [summary] = await simulate({ ...options([20], 50), paymentsPerBuyer: 3, unluckyPercent: 10 });
    expect(summary).toMatchObject({ halted: 50, completed: 0 });
  });
});

test('97 to 77 is always found, before the second step in most runs, and few buyers are hurt', {
  timeout: 60_000,
}, async () => {
  const [summary] = await simulate(options([20], 300));
  expect(summary).toMatchObject({ halted: 300, completed: 0 });
  expect(summary?.untilHalt?.payments.median).toBeLessThan(200);
  expect(summary?.untilHalt?.hurt.p90).toBeLessThan(50);
});

test('a greater drop is found sooner', async () => {
  const medians = (await simulate(options([5, 10, 20, 60], 100))).map(
    (one) => one.untilHalt?.payments.median ?? Infinity,
  );
  expect(medians.toSorted((a, b) => b - a)).toEqual(medians);
  expect(Number.isFinite(medians[0])).toBe(true);
});

test('a drop that is tolerated lets the rollout go on', async () => {
  const guardrails = [{ metric: 'failed' as const, tolerated: '3%' }];
  const [summary] = await simulate(options([2], 50, { guardrails }));
  expect(summary?.completed).toBeGreaterThanOrEqual(48); // at most 5 in 100 are halted wrongly
});

test('a disaster is halted by the floor when few are held back to compare with', async () => {
  const [summary] = await simulate(options([95], 50, { holdback: '1ppm' }));
  expect(summary?.by).toEqual({ floor: 50 });
  expect(summary?.untilHalt?.payments.p90).toBeLessThan(30);
});

test('the same seed gives the same runs, another seed others', async () => {
  const given = options([10], 20);
  expect(await simulate(given)).toEqual(await simulate(given));
  expect(await simulate(given)).not.toEqual(await simulate({ ...given, seed: 1 }));
});

test('a freeze is waited out', () => {
  const freeze = [{ days: ['mon' as const, 'tue' as const] }];
  const plan = options([0], 1, { freeze }).plan;
  const world = {
    paymentsPerSecond: 5,
    chosen: 1,
    drop: 0,
    paymentsPerBuyer: 1,
    unlucky: 1,
    compared: 'first payments' as const,
    bad: { failed: 0, slow: 0, unknown: 0, duplicate: 0, refunded: 0, complained: 0 },
  };
  const run = simulateRollout(plan, world, START, createSeededChance(3)); // a Monday
  expect(run.end).toBe('completed');
  expect(run.elapsedMs).toBeGreaterThan(36 * 3_600_000);
});

describe('draws', () => {
  const chance = createSeededChance(5);
  const mean = (draws: number, draw: () => number): number =>
    Array.from({ length: draws }, draw).reduce((a, b) => a + b, 0) / draws;

  test.each([
    [10, 0.03],
    [500, 0.97],
    [40_000, 0.03],
    [100_000, 0.5],
  ])('of %i with a chance of %d', (n, probability) => {
    const drawn = Array.from({ length: 2000 }, () => drawBinomial(chance, n, probability));
    const average = drawn.reduce((a, b) => a + b, 0) / drawn.length;
    const spread = drawn.reduce((sum, one) => sum + (one - n * probability) ** 2, 0) / drawn.length;
    const variance = n * probability * (1 - probability);
    expect(Math.abs(average - n * probability)).toBeLessThan(4 * Math.sqrt(variance / 2000));
    expect(spread / variance).toBeGreaterThan(0.85);
    expect(spread / variance).toBeLessThan(1.15);
    expect(drawn.every((one) => Number.isInteger(one) && one >= 0 && one <= n)).toBe(true);
  });

  test('gaps and waiting have their means', () => {
    expect(mean(5000, () => drawGap(chance, 0.1))).toBeCloseTo(10, -0.5);
    expect(mean(2000, () => drawWaiting(chance, 5))).toBeCloseTo(5, 0);
    expect(mean(2000, () => drawWaiting(chance, 1000)) / 1000).toBeCloseTo(1, 2);
    expect([drawGap(chance, 0), drawGap(chance, 1)]).toEqual([Infinity, 1]);
  });

  test('the last attempts as text agree with how many failed, and stop where the floor is reached', () => {
    const recent = new RecentFailures(createSeededChance(11), 0.4, { failures: 12, of: 20 }, 64);
    let text = '';
    for (let no = 0; no < 5000; no++) {
      const { happened, failed } = recent.run(1);
      expect(happened).toBe(1);
      text = (text + (failed === 1 ? '0' : '1')).slice(-64);
      expect(recent.outcomes()).toBe(text);
    }
    const stopped = recent.run(1_000_000);
    expect(stopped.happened).toBeLessThan(1_000_000);
    expect(recent.outcomes().slice(-20).split('0')).toHaveLength(13);
  });

  test('the interval of a share, computed apart', () => {
    const { low, high } = wilson(10, 400);
    expect(low).toBeCloseTo(0.01364, 4);
    expect(high).toBeCloseTo(0.04541, 4);
    expect(wilson(0, 100).low).toBe(0);
  });
});
