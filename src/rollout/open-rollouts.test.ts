import { afterEach, describe, expect, test } from 'vitest';
import type { Act } from './apply-action.ts';
import type { PlanFile } from './plan-file.ts';
import type { PaymentDecision } from './rollouts.ts';
import { testContext, testPlan } from './test-plans.ts';
import { BOOK, openRolloutsWorld } from './test-world.ts';

const world = await openRolloutsWorld();
const { rollouts, sql } = world;
const WALLETS = ['unionpay', 'wechatpay'] as const;
const ids: string[] = [];

async function started(file: Partial<PlanFile> = {}): Promise<string> {
  const id = await world.create(testPlan(file));
  ids.push(id);
  await world.act(id, 'start');
  return id;
}

afterEach(async () => {
  for (const id of ids.splice(0)) {
    const { state } = (await world.report(id)).rollout;
    if (state === 'retired') continue;
    if (state !== 'rolled_back' && state !== 'draft') await world.act(id, 'roll_back');
    await world.act(id, 'retire');
  }
});

const decide = (buyer: string, node = rollouts): PaymentDecision =>
  node.decide(BOOK, testContext({ id: buyer }, { merchantId: world.shop }), WALLETS, null);
const unionpay = (decision: PaymentDecision) => decision.wallets.find((one) => one.wallet === 'unionpay');
const all = { steps: [{ share: '100%' }] };

describe('one shop among all', () => {
  test('has so many rollouts and no more, as the loop looks at each as often as at every other shop’s', async () => {
    const of = (no: number) => testPlan({ merchant: world.shop, key: `flag-${no}` });
    for (let no = 1; no <= 20; no++) ids.push(await world.create(of(no)));
    await expect(world.create(of(21))).rejects.toMatchObject({ code: 'rollouts_max', facts: { rollouts_max: 20 } });
    await world.act(ids[0] ?? '', 'retire');
    ids.push(await world.create(of(21)));
  });

  test('cannot make versions without end; what stops harm makes none', async () => {
    const id = await started(all);
    await sql`
      insert into rollout_versions (book, rollout_id, version, plan, created_at, created_by)
      select book, rollout_id, no, plan, created_at, created_by
      from rollout_versions
      cross join generate_series(2, 200) as no
      where rollout_id = ${id}`;
    await sql`update rollouts set version = 200 where id = ${id}`;
    await expect(world.act(id, { action: 'jump', step: 0 })).rejects.toMatchObject({ code: 'versions_max' });
    await world.act(id, 'halt');
    await expect(world.act(id, 'resume')).rejects.toMatchObject({ code: 'versions_max' });
  });
});

describe('a decision', () => {
  test('a wallet without a rollout is simply shown, and a draft changes nothing', async () => {
    ids.push(await world.create(testPlan(all)));
    await rollouts.load();
    expect(rollouts.isPlain(BOOK, world.shop, WALLETS)).toBe(true);
    expect(decide('b1').wallets).toEqual(
      WALLETS.map((wallet) => ({ wallet, shown: true, arm: 'outside', reason: 'STATIC', rollout: null })),
    );
  });

  test('tells the rollout, its version, step and share, and keeps the facts without any phone', async () => {
    const id = await started(all);
    expect(rollouts.isPlain(BOOK, world.shop, WALLETS)).toBe(false);
    expect(rollouts.isPlain(BOOK, world.shop, ['wechatpay'])).toBe(true);
    const context = testContext({ id: 'b1', phone: 'hash', region: 'CN-SH' }, { merchantId: world.shop });
    const decision = rollouts.decide(BOOK, context, WALLETS, null);
    expect(unionpay(decision)).toEqual({
      wallet: 'unionpay',
      shown: true,
      arm: 'treatment',
      reason: 'SPLIT',
      rollout: { id, version: 1, step: 0, sharePpm: 1_000_000 },
    });
    expect(decision.targetingKey).toBe(`${world.shop}/b/b1`);
    expect(JSON.stringify(decision)).not.toContain('hash');
    expect(JSON.parse(JSON.stringify(decision))).toEqual(decision);
  });

  test('the same buyer gets the same arm however often, on whatever device, order and node, also after a restart', async () => {
    await started({ steps: [{ share: '30%' }] });
    const other = await world.node();
    for (let no = 0; no < 200; no++) {
      const arms = [
        decide(`b${no}`),
        decide(`b${no}`, other),
        rollouts.decide(
          BOOK,
          testContext({ id: `b${no}`, device: `d${no % 7}` }, { merchantId: world.shop, paymentId: `pay_${no}` }),
          WALLETS,
          null,
        ),
      ].map((decision) => unionpay(decision)?.arm);
      expect(new Set(arms).size).toBe(1);
    }
  });

  test('without a buyer the device decides, and without either the payment', async () => {
    await started(all);
    const key = (buyer: object) =>
      rollouts.decide(BOOK, testContext(buyer, { merchantId: world.shop, paymentId: 'pay_1' }), WALLETS, null)
        .targetingKey;
    expect(key({ device: 'd1' })).toBe(`${world.shop}/d/d1`);
    expect(key({})).toBe('pay_1');
  });

  test('money at risk is counted in one currency, and other currencies do not see the wallet', async () => {
    const id = await started({ ...all, at_risk: { money: '100.00', payments: 5 } });
    const decision = unionpay(decide('b1'));
    if (decision === undefined) throw new Error('there is a decision');
    expect(rollouts.riskLines(BOOK, decision, { currency: 'CNY', minor: 1234n })).toEqual([
      { limit: `${id}/money`, unit: 'money', currency: 'CNY', figures: [10_000n], amount: 1234n, onSuccess: 'release' },
      { limit: `${id}/payments`, unit: 'count', currency: 'CNY', figures: [5n], amount: 1n, onSuccess: 'release' },
    ]);
    const yen = rollouts.decide(BOOK, testContext({}, { merchantId: world.shop, currency: 'JPY' }), WALLETS, null);
    expect(unionpay(yen)).toMatchObject({ shown: false, arm: 'outside', reason: 'DEFAULT' });
  });

  test('what may be at risk keeps every figure that it had, in order', async () => {
    const id = await started({ ...all, at_risk: { payments: 5 } });
    await world.act(id, { action: 'change', plan: testPlan({ ...all, at_risk: { payments: 9 } }) });
    await world.act(id, { action: 'change', plan: testPlan({ ...all, at_risk: { payments: 5 }, slow: '9s' }) });
    const decision = unionpay(decide('b1'));
    expect(decision && rollouts.riskLines(BOOK, decision, { currency: 'CNY', minor: 1n })[0]?.figures).toEqual([
      5n,
      9n,
      5n,
    ]);
    expect(rollouts.slowMs(BOOK, id)).toBe(9000);
  });
});

describe('a kept decision', () => {
  test('hides what was stopped since, keeps its arm, and shows nothing that it did not', async () => {
    const id = await started({ steps: [{ share: '50%' }] });
    const decisions = Array.from({ length: 40 }, (_, no) => decide(`b${no}`));
    expect(decisions.map((one) => rollouts.recheck(BOOK, one, null))).toEqual(decisions);
    await world.act(id, 'halt');
    for (const before of decisions) {
      const now = unionpay(rollouts.recheck(BOOK, before, null));
      expect(now?.shown).toBe(false);
      expect(now?.arm).toBe(unionpay(before)?.arm);
    }
    await world.act(id, 'resume');
    expect(decisions.map((one) => rollouts.recheck(BOOK, one, null))).toEqual(decisions);
  });

  test('made before a rollout began, it is hidden when that one is stopped', async () => {
    const before = decide('b1');
    const id = await started(all);
    expect(unionpay(rollouts.recheck(BOOK, before, null))?.shown).toBe(true);
    await world.act(id, 'halt');
    expect(unionpay(rollouts.recheck(BOOK, before, null))).toMatchObject({ shown: false, reason: 'HALTED' });
  });
});

describe('what people do', () => {
  const moved = (id: string, act: Act['action'] | Act) => world.act(id, act);

  test('jumps to a step as a new version, and a changed plan goes on where nobody loses the wallet', async () => {
    const id = await started();
    await moved(id, { action: 'jump', step: 1 });
    expect((await world.report(id)).rollout).toMatchObject({ step: 1, version: 2, state: 'running' });
    const steps = [{ share: '2%' }, { share: '5%' }, { share: '20%' }, { share: '100%' }];
    await moved(id, { action: 'change', plan: testPlan({ steps }) });
    expect((await world.report(id)).rollout).toMatchObject({ step: 2, version: 3, judgedFrom: 1 });
    await expect(moved(id, { action: 'change', plan: testPlan({ steps: [{ share: '3%' }] }) })).rejects.toMatchObject({
      code: 'invalid_request',
    });
    await expect(moved(id, { action: 'change', plan: testPlan({ key: 'wallet.other' }) })).rejects.toMatchObject({
      facts: { param: 'key' },
    });
    await expect(moved(id, { action: 'jump', step: 4 })).rejects.toMatchObject({ facts: { param: 'step' } });
  });

  test.each([
    ['pause', 'resume', 'running'],
    ['halt', 'resume', 'running'],
    ['halt', 'roll_back', 'rolled_back'],
    ['roll_back', 'start', 'running'],
  ] as const)('%s, then %s', async (first, second, state) => {
    const id = await started();
    await moved(id, first);
    await moved(id, second);
    expect((await world.report(id)).rollout.state).toBe(state);
  });

  test.each([
    [[], 'start'],
    [[], 'approve'],
    [[], 'resume'],
    [['halt'], 'pause'],
    [['halt'], 'start'],
    [['roll_back'], 'resume'],
    [['roll_back'], 'halt'],
    [['roll_back', 'retire'], 'start'],
  ] as const)('after %o, "%s" is refused and changes nothing', async (first, second) => {
    const id = await started();
    for (const action of first) await moved(id, action);
    const before = await world.report(id);
    await expect(moved(id, second)).rejects.toMatchObject({ code: 'rollout_state' });
    expect((await world.report(id)).moves).toEqual(before.moves);
  });

  test('two of the same wallet never run at once; one that is rolled back gives way', async () => {
    const first = await started();
    const second = await world.create(testPlan({ key: 'wallet.unionpay.again' }));
    ids.push(second);
    await expect(moved(second, 'start')).rejects.toMatchObject({ code: 'rollout_exists', facts: { rollout: first } });
    await moved(first, 'roll_back');
    await moved(second, 'start');
    expect((await world.report(first)).rollout.state).toBe('retired');
  });

  test('two that start at the same moment are one that runs and one that is refused', async () => {
    const both = await Promise.all([world.create(testPlan()), world.create(testPlan({ key: 'wallet.twin' }))]);
    ids.push(...both);
    const results = await Promise.allSettled(both.map((id) => moved(id, 'start')));
    expect(results.map((one) => one.status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(results.find((one) => one.status === 'rejected')?.reason).toMatchObject({ code: 'rollout_exists' });
  });

  test('a merchant moves its own only, and sees no other', async () => {
    const id = await started();
    const at = { book: BOOK, id, merchantId: world.shop };
    const because = { by: 'key_1', reason: 'mine?' };
    await expect(sql.begin((tx) => rollouts.act(tx, at, { action: 'halt' }, because))).rejects.toMatchObject({
      code: 'not_found',
    });
    await expect(rollouts.report(at)).rejects.toMatchObject({ code: 'not_found' });
  });

  test('nothing is done without a reason, and nothing that was done can be rewritten', async () => {
    const id = await started();
    await expect(world.act(id, 'halt', ' ')).rejects.toMatchObject({ facts: { param: 'reason' } });
    await expect(sql`update rollout_moves set moved_by = 'nobody'`).rejects.toMatchObject({ code: '23001' });
    await expect(sql`delete from rollout_versions`).rejects.toMatchObject({ code: '23001' });
  });
});
