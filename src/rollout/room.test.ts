import { describe, expect, test } from 'vitest';
import { newId } from '../base/id.ts';
import { silentLog } from '../base/log.ts';
import { systemRandom } from '../base/random.ts';
import { reserveHolds, settleHolds } from '../ledger/holds.ts';
import { createLedger } from '../ledger/ledger.ts';
import { explainDecision } from './explain-decision.ts';
import { plansOf } from './plans-of.ts';
import type { PaymentDecision, WalletDecision } from './rollouts.ts';
import { testContext, testPlan } from './test-plans.ts';
import { BOOK, openRolloutsWorld } from './test-world.ts';

const world = await openRolloutsWorld();
const { rollouts, sql, clock } = world;
const ledger = createLedger({ sql, clock, log: silentLog, book: BOOK });
const id = await world.create(
  testPlan({ steps: [{ share: '40%' }], at_risk: { money: '20.00', payments: 3 }, always: { buyers: ['vip'] } }),
);
await world.act(id, 'start');

function decide(buyer: string, amountMinor = 500n, chosen: 'unionpay' | null = null): PaymentDecision {
  const context = testContext({ id: buyer }, { merchantId: world.shop, amountMinor });
  return rollouts.decide(BOOK, context, ['unionpay', 'wechatpay'], chosen);
}

function unionpay({ wallets }: PaymentDecision): WalletDecision {
  const found = wallets.find((one) => one.wallet === 'unionpay');
  if (found === undefined) throw new Error('the wallet was asked for');
  return found;
}

const buyers = Array.from({ length: 40 }, (_, no) => `b${no}`);
const dealt = new Map(buyers.map((buyer) => [buyer, unionpay(decide(buyer)).arm]));
const of = (arm: string): string => buyers.find((buyer) => dealt.get(buyer) === arm) ?? '';

/** Holds as an attempt does, and lets the node read again; answers how to give it back. */
async function hold(minor: bigint): Promise<() => Promise<void>> {
  const attempt = newId('att', { clock, random: systemRandom }, BOOK);
  const lines = rollouts.riskLines(BOOK, unionpay(decide('vip', 1n, 'unionpay')), { currency: 'CNY', minor });
  await sql.begin((tx) => reserveHolds(tx, ledger, BOOK, [{ id: attempt, lines }]));
  await rollouts.load();
  return async () => {
    await sql.begin((tx) => settleHolds(tx, ledger, BOOK, [{ id: attempt, lines, to: 'release' }]));
    await rollouts.load();
  };
}

describe('what is used up of money at risk', () => {
  test('hides the wallet from who is to see it now, says so, and shows it again to whom it was shown', async () => {
    const before = decide(of('treatment'));
    expect(unionpay(before)).toMatchObject({ shown: true, reason: 'SPLIT' });
    const giveBack = await hold(1800n);
    const held = unionpay(decide(of('treatment')));
    expect(held).toMatchObject({ shown: false, arm: 'outside', reason: 'HELD', rollout: { id } });
    expect(explainDecision(held).en).toMatch(
      /^hidden: as much is unresolved as may be at risk.*not available just now/,
    );
    expect(unionpay(rollouts.recheck(BOOK, before, null))).toMatchObject({ shown: false, reason: 'HELD' });
    await giveBack();
    expect(rollouts.recheck(BOOK, before, null)).toEqual(before);
    expect(unionpay(decide(of('treatment'))).shown).toBe(true);
  });

  test('counts by the order: a smaller one still finds room', async () => {
    const giveBack = await hold(1800n);
    expect(unionpay(decide('vip', 200n)).shown).toBe(true);
    expect(unionpay(decide('vip', 201n))).toMatchObject({ shown: false, reason: 'HELD' });
    await giveBack();
  });

  test('counts payments, too', async () => {
    const holds = [await hold(1n), await hold(1n)];
    expect(unionpay(decide('vip', 1n)).shown).toBe(true);
    holds.push(await hold(1n));
    expect(unionpay(decide('vip', 1n))).toMatchObject({ shown: false, reason: 'HELD' });
    for (const giveBack of holds) await giveBack();
  });

  test('leaves both arms out alike, and nobody who is outside hears of it', async () => {
    const giveBack = await hold(2000n);
    const now = buyers.map((buyer) => unionpay(decide(buyer)));
    for (const [at, one] of now.entries()) {
      const isDealt = dealt.get(buyers[at] ?? '') !== 'outside';
      expect(one).toMatchObject({ shown: false, arm: 'outside', reason: isDealt ? 'HELD' : 'SPLIT' });
    }
    expect(new Set(dealt.values())).toEqual(new Set(['treatment', 'control', 'outside']));
    await giveBack();
  });

  test('is the ledger’s to say for the wallet that is being paid with, not memory’s', async () => {
    const before = decide(of('treatment'));
    const giveBack = await hold(2000n);
    expect(unionpay(decide(of('treatment'), 500n, 'unionpay'))).toMatchObject({ shown: true, arm: 'treatment' });
    expect(rollouts.recheck(BOOK, before, 'unionpay')).toEqual(before);
    await giveBack();
  });

  test('of the shop’s own rollout hides it as well, and the other one’s answer stays beside it', async () => {
    const own = await world.create(
      testPlan({ steps: [{ share: '100%' }], merchant: world.shop, at_risk: { money: '3.00' } }),
    );
    await world.act(own, 'start');
    const found = unionpay(decide('vip', 500n));
    expect(found).toMatchObject({ shown: false, reason: 'HELD', rollout: { id: own } });
    expect(plansOf(found)[1]).toMatchObject({ shown: true, reason: 'TARGETING_MATCH', rollout: { id } });
    expect(unionpay(decide('vip', 300n)).shown).toBe(true);
    await world.act(own, 'roll_back');
    await world.act(own, 'retire');
  });
});
