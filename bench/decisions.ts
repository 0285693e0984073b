import { MemoryStorage } from '@openfeature/flagd-core';
import { assert } from '../src/base/assert.ts';
import { NO_BUYER } from '../src/base/buyer.ts';
import { toFacts } from '../src/rollout/context.ts';
import { decideWallets } from '../src/rollout/decide.ts';
import { toFlagd } from '../src/rollout/flag.ts';
import type { Plan } from '../src/rollout/plan.ts';
import { readPlan } from '../src/rollout/read-plan.ts';
import type { RolloutContext } from '../src/rollout/rollouts.ts';
import { ROOM_UNKNOWN } from '../src/rollout/room.ts';
import { buildSnapshot, EMPTY_SNAPSHOT, type RolloutWithFigures } from '../src/rollout/snapshot.ts';
import type { WalletName } from '../src/wallets/wallet.ts';
import {
  type BenchOptions,
  compare,
  describeMachine,
  type Machine,
  measure,
  type Measured,
  type Ratio,
  timeCalls,
} from './harness.ts';

const GOAL = 200_000;
const HUTONG = 'six wallets, two of them staged, Hutong';
const PLAIN = 'six wallets, none staged, Hutong';
const BARE = 'two flags, bare flagd-core';
const WALLETS: readonly WalletName[] = ['unionpay', 'wechatpay', 'alipay', 'jdpay', 'meituanpay', 'hutongwallet'];
const STAGED = ['unionpay', 'jdpay'] as const;
const BOOK = 1;
const NOW = new Date('2026-11-23T04:00:00Z');
/** Calls between two looks at the clock; each is another buyer. */
const CALLS = 500;
const BUYERS = 10_000;

export interface DecisionsBench {
  machine: Machine;
  method: string[];
  measured: Measured[];
  ratios: Ratio[];
  goal: { name: string; value: number; goal: number; reached: boolean };
}

/** Decisions a second of processor time, beside the library that deals the buyers, asked for the same flags. */
export async function benchDecisions({ quick, say }: BenchOptions): Promise<DecisionsBench> {
  const plans = STAGED.map(planOf);
  const snapshot = buildSnapshot(plans.map(running), new Map([[BOOK, 1n]]), EMPTY_SNAPSHOT);
  const staged = { snapshot, isStale: false, room: ROOM_UNKNOWN };
  const plain = { snapshot: EMPTY_SNAPSHOT, isStale: false, room: ROOM_UNKNOWN };
  const contexts = Array.from({ length: BUYERS }, (_, no) => contextOf(no));
  const facts = contexts.map(toFacts);
  const flags = plans.map(bareFlag);
  checkAlike(contexts, staged, plans);

  const secondsEach = quick ? 0.3 : 1;
  let at = 0;
  const next = <T>(list: readonly T[]): T => list[(at = (at + 1) % BUYERS)] as T; // within the list
  const cases = [
    timeCalls(HUTONG, { seconds: secondsEach, calls: CALLS }, () =>
      decideWallets(staged, BOOK, next(contexts), WALLETS, null, NOW),
    ),
    timeCalls(PLAIN, { seconds: secondsEach, calls: CALLS }, () =>
      decideWallets(plain, BOOK, next(contexts), WALLETS, null, NOW),
    ),
    timeCalls(BARE, { seconds: secondsEach, calls: CALLS }, () => {
      const one = next(facts);
      return flags.map((flag) => flag.evaluate(one).variant);
    }),
  ];
  say('warming up');
  for (const one of cases) await one.run();
  const rounds = quick ? 3 : 7;
  const measured = await measure(cases, rounds, say);
  const value = measured.find(({ name }) => name === HUTONG)?.median ?? Number.NaN;
  return {
    machine: describeMachine(),
    method: [
      `One decision answers for all six wallets of a shop and is the object that is kept with the payment. Each staged wallet has a condition, an allow list of two and a held-back control; ${BUYERS} buyers in turn. A second is one of processor time, collecting garbage included; each case runs ${secondsEach} s a round, ${rounds} interleaved rounds after a warm-up.`,
      'Both sides interpret the rules: no code is generated from what people wrote. The bare library is asked for both flags with a context that is ready, and writes no decision.',
    ],
    measured,
    ratios: [compare('Hutong to the bare library', measured, [HUTONG, BARE], 0.5)].filter(
      (ratio) => ratio !== undefined,
    ),
    goal: { name: 'decisions a second of one core', value, goal: GOAL, reached: value >= GOAL },
  };
}

/** What is compared has to be the same work. */
function checkAlike(
  contexts: readonly RolloutContext[],
  staged: Parameters<typeof decideWallets>[0],
  plans: readonly Plan[],
): void {
  const flags = plans.map(bareFlag);
  for (const context of contexts.slice(0, CALLS)) {
    const decision = decideWallets(staged, BOOK, context, WALLETS, null, NOW);
    for (const [no, wallet] of STAGED.entries()) {
      const arm = decision.wallets.find((one) => one.wallet === wallet)?.arm;
      const variant = flags[no]?.evaluate(toFacts(context)).variant;
      assert(arm === (variant === 'listed' ? 'treatment' : variant), 'both deal the same');
    }
  }
}

function planOf(wallet: WalletName): Plan {
  return readPlan({
    key: `wallet.${wallet}`,
    wallet,
    when: { '<=': [{ var: 'amount_minor' }, 50_000] },
    always: { buyers: ['pilot-1', 'pilot-2'] },
    steps: [{ share: '20%' }, { share: '100%' }],
  });
}

function running(plan: Plan, no: number): RolloutWithFigures {
  return {
    book: BOOK,
    id: `rol_${no}`,
    plan,
    dealtAs: plan.key,
    version: 1,
    state: 'running',
    step: 0,
    stepSince: NOW,
    judgedFrom: 1,
    startedAt: NOW,
    completedAt: null,
    createdAt: NOW,
    figures: { money: [], payments: [] },
  };
}

function contextOf(no: number): RolloutContext {
  return {
    merchantId: 'mer_01ARZ3NDEKTSV4RRFFQ69G5FAV',
    paymentId: `pay_${no}`,
    buyer: { ...NO_BUYER, id: `buyer-${no}`, region: 'CN-SH', appVersion: '9.4.1' },
    scene: 'web',
    app: null,
    currency: 'CNY',
    amountMinor: BigInt(1000 + no),
    bank: null,
  };
}

function bareFlag(plan: Plan) {
  const silent = { error() {}, warn() {}, info() {}, debug() {} };
  const storage = new MemoryStorage(silent, { disableDynamicCodeGeneration: true });
  storage.setConfigurations(JSON.stringify({ flags: { [plan.key]: toFlagd(plan, 0) } }));
  const flag = storage.getFlag(plan.key);
  assert(flag !== undefined, 'flagd understands the plan');
  return flag;
}
