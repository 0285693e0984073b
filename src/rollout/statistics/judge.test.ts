import { describe, expect, test } from 'vitest';
import type { Metric } from '../rollouts.ts';
import type { RolloutCounts, Stratum } from './counts.ts';
import { judge, type JudgedPlan } from './judge.ts';

const PLAN: JudgedPlan = {
  guardrails: [
    { metric: 'failed', tolerated: 0.01, alpha: 0.02 },
    { metric: 'slow', tolerated: 0.05, alpha: 0.01 },
    { metric: 'duplicate', tolerated: 0.001, alpha: 0.01 },
    { metric: 'complained', tolerated: 0.002, alpha: 0.01 },
  ],
  floor: { failures: 20, of: 30 },
  steps: [
    { sharePpm: 1000, dwellMs: 0, payments: 200, isGate: false },
    { sharePpm: 500_000, dwellMs: 0, payments: 200, isGate: false },
  ],
};
const AT = { version: 1, step: 0 };

type Arm = [begun: number, bad?: number, metric?: Metric];

function stratum(treatment: Arm, control: Arm, over: Partial<Stratum> = {}): Stratum {
  const arm = ([begun, bad = 0, metric = 'first_failed']: Arm) => ({ begun, [metric]: bad });
  return {
    version: 1,
    step: 0,
    treatmentPpm: 1000,
    controlPpm: 1000,
    treatment: arm(treatment),
    control: arm(control),
    cohorts: [{ entered: over.step ?? 0, treatment: arm(treatment), control: arm(control) }],
    ...over,
  };
}

function counts(strata: Stratum[], recent = ''): RolloutCounts {
  return { strata, recent };
}

describe('the verdict, in order of precedence', () => {
  test.each<[string, RolloutCounts, string, string | null]>([
    [
      'twenty failures of the last thirty, and hardly any payment',
      counts([stratum([25, 20], [10])], '11111' + '0'.repeat(20)),
      'halt',
      'floor',
    ],
    ['the floor before the guardrail', counts([stratum([500, 400], [500, 10])], '0'.repeat(64)), 'halt', 'floor'],
    ['a proven drop', counts([stratum([500, 115], [500, 15])]), 'halt', 'failed'],
    [
      'a proven drop though the split is wrong: the wallet may be why',
      counts([stratum([500, 115], [900, 25])]),
      'halt',
      'failed',
    ],
    [
      'a drop proven at a step that is over',
      counts([stratum([500, 115], [500, 15]), stratum([0], [0], { step: 1 })]),
      'halt',
      'failed',
    ],
    ['payments made twice', counts([stratum([2000, 40, 'duplicate'], [2000, 0, 'duplicate'])]), 'halt', 'duplicate'],
    [
      'complaints that come late',
      counts([stratum([2000, 60, 'complained'], [2000, 2, 'complained'])]),
      'halt',
      'complained',
    ],
    ['a split that is not as planned', counts([stratum([2000, 60], [1000, 30])]), 'hold', 'srm'],
    ['the same, by decisions', counts([wrongByDecisions()]), 'hold', 'srm'],
    ['the split before too few payments', counts([stratum([150], [1500])]), 'hold', 'srm'],
    ['too few payments', counts([stratum([199], [199])]), 'not_enough', null],
    ['enough, but it looks like a drop', counts([stratum([300, 28], [300, 9])]), 'hold', 'failed'],
    ['enough', counts([stratum([200, 6], [200, 6])]), 'go_on', null],
    ['enough, with as much worse as is tolerated', counts([stratum([2000, 80], [2000, 60])]), 'go_on', null],
    [
      'enough, and nobody held back',
      counts([stratum([200, 20], [0], { treatmentPpm: 1_000_000, controlPpm: 0 })]),
      'go_on',
      null,
    ],
    ['better than control', counts([stratum([500, 5], [500, 60])]), 'go_on', null],
  ])('%s', (_, given, verdict, by) => {
    expect(judge(PLAN, given, AT)).toMatchObject({ verdict, by });
  });

  function wrongByDecisions(): Stratum {
    const one = stratum([500], [500]);
    return { ...one, treatment: { ...one.treatment, decided: 3000 }, control: { ...one.control, decided: 2000 } };
  }
});

test('no traffic is never enough and never a failure', () => {
  for (const given of [counts([]), counts([stratum([0], [0])])])
    expect(
      judge({ ...PLAN, steps: [{ sharePpm: 1000, dwellMs: 0, payments: 0, isGate: false }] }, given, AT),
    ).toMatchObject({
      verdict: 'not_enough',
      by: null,
    });
});

test('payments of an earlier step do not make this one enough', () => {
  const given = counts([stratum([900], [900]), stratum([3], [3], { step: 1 })]);
  expect(judge(PLAN, given, { version: 1, step: 1 }).verdict).toBe('not_enough');
});

test('a wallet that more buyers go on to pay with is no wrong split, where decisions are counted', () => {
  const one = stratum([1200], [1000]);
  const decided = { treatment: { ...one.treatment, decided: 3000 }, control: { ...one.control, decided: 3000 } };
  expect(judge(PLAN, counts([{ ...one, ...decided }]), AT).verdict).toBe('go_on');
});

describe('the hard floor', () => {
  test('one error in three requests never halts, in whatever order', () => {
    for (const pattern of ['0', '01', '011', '110', '101'])
      for (let n = 0; n <= 64; n++) {
        const recent = pattern.padEnd(n, '101');
        if (recent.length >= 3) expect(judge(PLAN, counts([], recent), AT).by).toBeNull();
      }
  });

  test('it counts only the last of them, so what was repaired is forgotten', () => {
    expect(judge(PLAN, counts([], '0'.repeat(20)), AT).by).toBe('floor');
    expect(judge(PLAN, counts([], '0'.repeat(20) + '1'.repeat(10)), AT).by).toBe('floor');
    expect(judge(PLAN, counts([], '0'.repeat(20) + '1'.repeat(11)), AT).by).toBeNull();
  });

  test('a plan without one has none', () => {
    const { verdict, figures } = judge({ ...PLAN, floor: null }, counts([], '0'.repeat(64)), AT);
    expect([verdict, figures.floor]).toEqual(['not_enough', null]);
  });
});

test('the reason is a sentence in both languages, with the numbers that it stands on', () => {
  const { reason } = judge(PLAN, counts([stratum([500, 115], [500, 15])]), AT);
  expect(reason.en).toContain('23.00% (115/500) with the wallet against 3.00% (15/500) held back');
  expect(reason['zh-CN']).toContain('看到该钱包的买家 23.00% (115/500)');
  const floor = judge(PLAN, counts([], '0'.repeat(21)), AT).reason;
  expect(floor.en).toBe("21 of the wallet's last 21 attempts failed; 20 halt it.");
});

test('more bad payments than payments are not counted twice', () => {
  const { figures } = judge(PLAN, counts([stratum([10, 25], [10, 0])]), AT);
  expect(figures.guardrails[0]).toMatchObject({ treatment: { n: 10, bad: 10 } });
});

test('who came in earlier is compared apart: those who are left of them are not like those who have just come in', () => {
  const share = (begun: number, first_failed: number) => ({ begun, first_failed });
  const cohorts = [
    { entered: 0, treatment: share(300, 0), control: share(3000, 0) },
    { entered: 1, treatment: share(3000, 300), control: share(300, 30) },
  ];
  const mixed = { entered: 1, treatment: share(3300, 300), control: share(3300, 30) };
  const over = { step: 1, treatmentPpm: 500_000, controlPpm: 500_000 };
  const verdict = (one: Partial<Stratum>) =>
    judge(PLAN, counts([stratum([3300], [3300], { ...over, ...one })]), { version: 1, step: 1 }).verdict;
  expect(verdict({ cohorts })).toBe('go_on');
  expect(verdict({ cohorts: [mixed] })).toBe('halt');
});

test('a step is as far as all its payments are, also of buyers who had been counted before', () => {
  const one = stratum([500], [500], { cohorts: [] });
  expect(judge(PLAN, counts([one]), AT)).toMatchObject({ verdict: 'go_on', figures: { payments: { seen: 500 } } });
});
