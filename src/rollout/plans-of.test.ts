import { afterEach, describe, expect, test } from 'vitest';
import { ROLLOUT_LINES_MAX } from '../base/link-limits.ts';
import { toFacts } from './context.ts';
import { explainDecision } from './explain-decision.ts';
import type { PlanFile } from './plan-file.ts';
import { isCompared, plansOf } from './plans-of.ts';
import { findPlans, replayDecision } from './replay-decision.ts';
import type { PaymentDecision } from './rollouts.ts';
import { showRolloutInFull } from './show-rollout.ts';
import { testContext, testPlan } from './test-plans.ts';
import { BOOK, openRolloutsWorld } from './test-world.ts';

const world = await openRolloutsWorld();
const { rollouts } = world;
const running: string[] = [];

async function started(file: Partial<PlanFile> = {}): Promise<string> {
  const id = await world.create(testPlan(file));
  running.push(id);
  await world.act(id, 'start');
  return id;
}

afterEach(async () => {
  for (const id of running.splice(0)) {
    if ((await world.report(id)).rollout.state !== 'rolled_back') await world.act(id, 'roll_back');
    await world.act(id, 'retire');
  }
});

const contextOf = (id: string) => testContext({ id }, { merchantId: world.shop });
const decide = (buyer: string): PaymentDecision =>
  rollouts.decide(BOOK, contextOf(buyer), ['unionpay', 'wechatpay'], null);
const unionpay = (decision: PaymentDecision) => decision.wallets.find((one) => one.wallet === 'unionpay');
const all = { steps: [{ share: '100%' }] };

describe('where a rollout of every shop and the shop’s own concern a wallet', () => {
  const own = { ...all, merchant: world.shop, key: 'wallet.own' };

  test('a shop at 100 % does not pass by the 1 ppm of the operator, and both are told', async () => {
    const common = await started({ steps: [{ share: '1ppm' }], always: { staff: false } });
    const mine = await started(own);
    const found = unionpay(decide('b1'));
    expect(found).toMatchObject({
      shown: false,
      arm: 'outside',
      reason: 'SPLIT',
      rollout: { id: common },
      also: { shown: true, arm: 'treatment', rollout: { id: mine } },
    });
    expect(found && explainDecision(found).en).toMatch(
      new RegExp(`^hidden: not reached yet.*${common}.*; and shown: the buyer is among the 100%.*${mine}`),
    );
  });

  test.each([
    ['both show it', '100%', '100%', true],
    ['only the operator’s does', '100%', '1ppm', false],
    ['only the shop’s does', '1ppm', '100%', false],
    ['neither does', '1ppm', '1ppm', false],
  ])('it is seen only where both show it: %s', async (_, everywhere, here, shown) => {
    await started({ steps: [{ share: everywhere }] });
    await started({ ...own, steps: [{ share: here }] });
    expect(unionpay(decide('b1'))?.shown).toBe(shown);
    expect(rollouts.evaluate(BOOK, world.shop, 'wallet.unionpay', toFacts(contextOf('b1')))?.shown).toBe(shown);
    expect(rollouts.evaluate(BOOK, world.shop, 'wallet.own', toFacts(contextOf('b1')))?.shown).toBe(shown);
  });

  test.each(['common', 'mine'] as const)(
    'a halt of either hides it (%s), also from who was shown it before',
    async (which) => {
      const ids = { common: await started(all), mine: await started(own) };
      const before = decide('b1');
      expect(unionpay(before)).toMatchObject({
        shown: true,
        rollout: { id: ids.mine },
        also: { rollout: { id: ids.common } },
      });
      await world.act(ids[which], 'halt');
      const halted = { shown: false, reason: 'HALTED', rollout: { id: ids[which] }, also: { shown: true } };
      expect(unionpay(decide('b1'))).toMatchObject(halted);
      expect(unionpay(rollouts.recheck(BOOK, before, null))).toMatchObject(halted);
      expect(unionpay(rollouts.recheck(BOOK, before, 'unionpay'))).toMatchObject(halted);
    },
  );

  test('an attempt holds the money at risk of both', async () => {
    const common = await started({ ...all, at_risk: { money: '100.00', payments: 9 } });
    const mine = await started({ ...own, at_risk: { money: '500.00', payments: 3 } });
    const found = unionpay(decide('b1'));
    const lines = found === undefined ? [] : rollouts.riskLines(BOOK, found, { currency: 'CNY', minor: 1234n });
    expect(Object.fromEntries(lines.map(({ limit, amount }) => [limit, amount]))).toEqual({
      [`${common}/money`]: 1234n,
      [`${common}/payments`]: 1n,
      [`${mine}/money`]: 1234n,
      [`${mine}/payments`]: 1n,
    });
    expect(lines, 'offers leave room for so many').toHaveLength(ROLLOUT_LINES_MAX);
  });

  test('the same key deals both independently, so that each compares a fair draw of those whom the other shows it to', async () => {
    await started({ steps: [{ share: '20%' }] });
    await started({ steps: [{ share: '20%' }], merchant: world.shop });
    const compared: string[] = [];
    for (let no = 0; no < 4000; no++) {
      const found = unionpay(decide(`b${no}`));
      const plans = found === undefined ? [] : plansOf(found);
      for (const plan of plans)
        if (isCompared(plan, plans))
          compared.push(`${plan.rollout.dealtAs === undefined ? 'common' : 'own'} ${plan.arm}`);
    }
    for (const name of ['common treatment', 'common control', 'own treatment', 'own control']) {
      const share = compared.filter((one) => one === name).length / 4000;
      expect([name, Math.abs(share - 0.04) < 0.012]).toEqual([name, true]); // a fifth of a fifth; 4 sigma, the names are fixed
    }
  });

  test('each tells of the other, with where it stands', async () => {
    const common = await started({ steps: [{ share: '1%' }] });
    const mine = await started(own);
    expect((await world.report(mine)).beside.map(({ id }) => id)).toEqual([common]);
    expect((await world.report(common)).beside.map(({ id }) => id)).toEqual([mine]);
    expect(showRolloutInFull(await world.report(mine)).beside).toMatchObject([{ id: common, share_ppm: 10_000 }]);
  });

  test('made again, it is the same for each', async () => {
    await started({ steps: [{ share: '40%' }] });
    await started({ steps: [{ share: '40%' }], merchant: world.shop });
    for (let no = 0; no < 60; no++) {
      const kept: PaymentDecision = JSON.parse(JSON.stringify(decide(`b${no}`))); // as the table keeps it
      const planOf = await findPlans(kept, (id, version) => rollouts.planOf(BOOK, id, version));
      expect(replayDecision(kept, planOf).find(({ wallet }) => wallet === 'unionpay')?.result).toBe('same');
    }
  });
});
