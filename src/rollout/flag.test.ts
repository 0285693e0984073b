import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { toFacts } from './context.ts';
import { compileFlag, type FlagAnswer } from './flag.ts';
import type { PlanFile } from './plan-file.ts';
import { armsAt, WHOLE_PPM } from './plan.ts';
import { testContext, testPlan } from './test-plans.ts';
import { showShare } from './units.ts';

function ask(file: Partial<PlanFile>, step: number, ...context: Parameters<typeof testContext>): FlagAnswer {
  const flag = compileFlag(testPlan(file), step);
  if (flag === null) throw new Error('flagd does not understand it');
  return flag(toFacts(testContext(...context)));
}

describe('who sees a staged wallet', () => {
  const nobody = { steps: [{ share: '1ppm' }] };
  const listed = { shown: true, arm: 'treatment', reason: 'TARGETING_MATCH' };
  const elsewhere = { shown: false, arm: 'outside', reason: 'DEFAULT' };

  test('staff and the allow list see it first, whatever the conditions say', () => {
    const file = { ...nobody, when: { '==': [{ var: 'region' }, 'CN-BJ'] }, always: { buyers: ['b1', 'b2'] } };
    expect(ask(file, 0, { id: 'x', isStaff: true })).toEqual(listed);
    expect(ask(file, 0, { id: 'b2' })).toEqual(listed);
    expect(ask(file, 0, { id: 'b3' })).toEqual(elsewhere);
    expect(ask(file, 0)).toEqual(elsewhere);
  });

  test('a rollout of every shop lists its buyers by shop, so that equal names are not mixed up', () => {
    const file = { ...nobody, always: { buyers: ['mer_01ARZ3NDEKTSV4RRFFQ69G5FAV/b/b1'] } };
    expect(ask(file, 0, { id: 'b1' })).toEqual(listed);
    expect(ask(file, 0, { id: 'b1' }, { merchantId: 'mer_01ARZ3NDEKTSV4RRFFQ69G5FAW' }).shown).toBe(false);
  });

  test('staff are like everybody where the plan says so', () => {
    expect(ask({ ...nobody, always: { staff: false } }, 0, { id: 'x', isStaff: true }).reason).toBe('SPLIT');
  });

  test.each([
    ['region', { in: [{ var: 'region' }, ['CN-SH', 'CN-BJ']] }, { region: 'CN-SH' }, {}, true],
    ['another region', { in: [{ var: 'region' }, ['CN-SH', 'CN-BJ']] }, { region: 'CN-GD' }, {}, false],
    ['no region', { in: [{ var: 'region' }, ['CN-SH', 'CN-BJ']] }, {}, {}, false],
    ['app version', { sem_ver: [{ var: 'app_version' }, '>=', '9.4.0'] }, { appVersion: '9.10.1' }, {}, true],
    ['an older app', { sem_ver: [{ var: 'app_version' }, '>=', '9.4.0'] }, { appVersion: '9.3.9' }, {}, false],
    ['no app version', { sem_ver: [{ var: 'app_version' }, '>=', '9.4.0'] }, {}, {}, false],
    ['amount', { '<=': [{ var: 'amount_minor' }, 20_000] }, {}, { amountMinor: 20_000n }, true],
    ['a larger amount', { '<=': [{ var: 'amount_minor' }, 20_000] }, {}, { amountMinor: 20_001n }, false],
    ['bank', { '==': [{ var: 'bank' }, 'ICBC'] }, {}, { bank: 'ICBC' }, true],
    ['scene', { '==': [{ var: 'scene' }, 'jsapi'] }, {}, { scene: 'web' as const }, false],
    ['app', { '==': [{ var: 'app' }, 'unionpay'] }, {}, { app: 'unionpay' }, true],
    ['merchant', { starts_with: [{ var: 'merchant_id' }, 'mer_01A'] }, {}, {}, true],
  ])('a condition by %s', (_, when, buyer, more, isConcerned) => {
    const { reason } = ask({ steps: [{ share: '100%' }], when }, 0, buyer, more);
    expect(reason).toBe(isConcerned ? 'SPLIT' : 'DEFAULT');
  });
});

describe('the split', () => {
  const buyers = Array.from({ length: 20_000 }, (_, no) => `b${no}`);

  function deal(file: Partial<PlanFile>, step: number): FlagAnswer['arm'][] {
    const flag = compileFlag(testPlan(file), step);
    return buyers.map((id) => flag?.(toFacts(testContext({ id }))).arm ?? 'outside');
  }

  test('growing takes the wallet from nobody, and nobody who had it is ever held back', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 1, max: WHOLE_PPM }), { minLength: 2, maxLength: 6 }),
        fc.integer({ min: 1, max: WHOLE_PPM }),
        fc.array(fc.string({ minLength: 1, maxLength: 64 }), { minLength: 30, maxLength: 30 }),
        (shares, holdback, ids) => {
          const steps = shares.toSorted((a, b) => a - b).map((ppm) => ({ share: showShare(ppm) }));
          const plan = testPlan({ steps, holdback: showShare(holdback) });
          const flags = steps.map((_, at) => compileFlag(plan, at));
          for (const id of ids) {
            const arms = flags.map((flag) => flag?.(toFacts(testContext({ id }))).arm);
            const first = arms.indexOf('treatment');
            if (first >= 0) expect(arms.slice(first).every((arm) => arm === 'treatment')).toBe(true);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  test.each([
    ['1‰', 0.001],
    ['1%', 0.01],
    ['5%', 0.05],
    ['20%', 0.2],
    ['50%', 0.5],
  ])('at %s as many see it as are held back, and as many as it says', (share, part) => {
    const arms = deal({ steps: [{ share }, { share: '100%' }] }, 0);
    const slack = 4.5 * Math.sqrt((part * (1 - part)) / buyers.length); // 4.5 sigma: the keys are fixed, so it holds for ever
    for (const arm of ['treatment', 'control'])
      expect(Math.abs(arms.filter((one) => one === arm).length / buyers.length - part)).toBeLessThan(slack);
  });

  test('two rollouts deal independently: sharing a buyer is no more likely than by chance', () => {
    const one = deal({ key: 'wallet.unionpay', steps: [{ share: '20%' }] }, 0);
    const two = deal({ key: 'wallet.jdpay', wallet: 'jdpay', steps: [{ share: '20%' }] }, 0);
    const both = buyers.filter((_, at) => one[at] === 'treatment' && two[at] === 'treatment').length;
    expect(both / buyers.length).toBeGreaterThan(0.035);
    expect(both / buyers.length).toBeLessThan(0.045);
  });

  test('the last step keeps held back what the plan keeps, and no more', () => {
    const arms = deal({ keep_holdback: '2%' }, 2);
    expect(arms).not.toContain('outside');
    expect(arms.filter((arm) => arm === 'control').length / buyers.length).toBeCloseTo(0.02, 2);
    expect(deal({}, 2).every((arm) => arm === 'treatment')).toBe(true);
  });

  test('the control is at most as large as the treatment, and both fit', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: WHOLE_PPM }), fc.integer({ min: 1, max: WHOLE_PPM }), (ppm, holdback) => {
        const plan = testPlan({ steps: [{ share: showShare(ppm) }], holdback: showShare(holdback) });
        const { treatmentPpm, controlPpm } = armsAt(plan, 0);
        expect(controlPpm).toBeLessThanOrEqual(Math.min(treatmentPpm, holdback));
        expect(treatmentPpm + controlPpm).toBeLessThanOrEqual(WHOLE_PPM);
      }),
    );
  });
});
