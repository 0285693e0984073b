import { describe, expect, test } from 'vitest';
import { decideWallets } from './decide.ts';
import { explainDecision } from './explain-decision.ts';
import type { PlanFile } from './plan-file.ts';
import type { Plan } from './plan.ts';
import { replayDecision } from './replay-decision.ts';
import type { RolloutState } from './rollout.ts';
import { ROOM_UNKNOWN } from './room.ts';
import type { PaymentDecision } from './rollouts.ts';
import { buildSnapshot, EMPTY_SNAPSHOT } from './snapshot.ts';
import { testContext, testPlan } from './test-plans.ts';

const NOW = new Date('2026-11-23T02:00:00Z');

function decide(plan: Plan, how: { state?: RolloutState; isStale?: boolean; buyer?: object } = {}): PaymentDecision {
  const snapshot = buildSnapshot(
    [
      {
        book: 1,
        id: 'rol_1',
        plan,
        dealtAs: plan.key,
        version: 3,
        state: how.state ?? 'running',
        step: 0,
        stepSince: NOW,
        judgedFrom: 1,
        startedAt: NOW,
        completedAt: NOW,
        createdAt: NOW,
        figures: { money: [], payments: [] },
      },
    ],
    new Map(),
    EMPTY_SNAPSHOT,
  );
  const decision = decideWallets(
    { snapshot, isStale: how.isStale ?? false, room: ROOM_UNKNOWN },
    1,
    testContext({ id: 'b1', ...how.buyer }),
    ['unionpay', 'wechatpay'],
    null,
    NOW,
  );
  const kept: PaymentDecision = JSON.parse(JSON.stringify(decision)); // as the table keeps it
  return kept;
}

const all: Partial<PlanFile> = { steps: [{ share: '100%' }] };
const nobody: Partial<PlanFile> = { steps: [{ share: '1ppm' }] };

describe('why a buyer sees a wallet', () => {
  test.each([
    ['is among those who see it', testPlan(all), {}, /^shown: the buyer is among the 100% that see it/],
    ['is staff', testPlan(nobody), { buyer: { isStaff: true } }, /^shown: staff/],
    ['is not reached', testPlan(nobody), {}, /^hidden: not reached yet, 1ppm see it/],
    ['is held back', testPlan({ ...all, keep_holdback: '99%' }), {}, /^hidden: the buyer is held back/],
    [
      'is not concerned',
      testPlan({ ...all, when: { '==': [{ var: 'region' }, 'CN-SH'] } }),
      {},
      /conditions do not concern/,
    ],
    ['comes after a halt', testPlan(all), { state: 'halted' as const }, /^hidden: the rollout was stopped/],
    ['comes while nothing is known', testPlan(all), { isStale: true }, /^hidden: the rollout had not been heard of/],
  ])('who %s is told so, in both languages', (_, plan, how, told) => {
    const [unionpay, wechatpay] = decide(plan, how).wallets;
    if (unionpay === undefined || wechatpay === undefined) throw new Error('two wallets were asked for');
    const words = explainDecision(unionpay);
    expect(words.en).toMatch(told);
    expect(words.en).toMatch(/rollout rol_1, version 3, step 1/);
    expect(words['zh-CN']).toMatch(/展示.*灰度 rol_1 第 3 版第 1 步/);
    expect(JSON.stringify(words)).not.toContain('b1');
    expect(explainDecision(wechatpay).en).toMatch(/^it is open to everybody/);
  });
});

describe('a kept decision that is made again', () => {
  const plan = testPlan({ steps: [{ share: '30%' }] });

  test('is the same by the kept facts and the kept version', () => {
    for (let no = 0; no < 100; no++) {
      const decision = decide(plan, { buyer: { id: `b${no}` } });
      expect(replayDecision(decision, () => plan).map((one) => one.result)).toEqual(['same', 'not_dealt']);
    }
  });

  test('says when it differs, when the version is missing and when nothing was dealt', () => {
    const decision = decide(testPlan(all));
    expect(replayDecision(decision, () => testPlan(nobody))[0]).toMatchObject({ result: 'differs' });
    expect(replayDecision(decision, () => null)[0]).toMatchObject({ result: 'version_missing' });
    expect(replayDecision(decide(plan, { isStale: true }), () => plan)[0]).toMatchObject({ result: 'not_dealt' });
  });
});
