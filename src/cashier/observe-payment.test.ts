import { describe, expect, test } from 'vitest';
import type { DecisionReason, Observation } from '../rollout/rollouts.ts';
import { decideTogether } from '../rollout/plans-of.ts';
import { observePayment, observeSlow } from './observe-payment.ts';
import type { Attempt, Payment } from './payment.ts';
import { newAttempt, setUp } from './test-folder.ts';

const ROLLOUT = { id: 'rol_1', version: 2, step: 1, sharePpm: 500_000 };

function decision(arm: 'treatment' | 'control' | 'outside', reason: DecisionReason): NonNullable<Payment['decision']> {
  const wallets = [{ wallet: 'unionpay' as const, shown: arm === 'treatment', arm, reason, rollout: ROLLOUT }];
  return { decidedAt: '2026-11-11T08:00:00Z', targetingKey: 'k', context: {}, wallets };
}

/** The same, with what a second rollout says of the wallet. */
function decidedByBoth(
  arm: 'treatment' | 'control',
  other: { shown: boolean; arm: 'treatment' | 'control' | 'outside'; reason: DecisionReason },
): NonNullable<Payment['decision']> {
  const one = { shown: arm === 'treatment', arm, reason: 'SPLIT' as const, rollout: ROLLOUT };
  const two = { ...other, rollout: { ...ROLLOUT, id: 'rol_2' } };
  const wallets = [decideTogether('unionpay', [one, two])];
  return { decidedAt: '2026-11-11T08:00:00Z', targetingKey: 'k', context: {}, wallets };
}

/** A payment and what its rollouts counted, change by change. */
function open(from: Partial<Payment> = {}, attempts: Partial<Attempt>[] = []) {
  const { payment } = setUp(from, []);
  const folder = { payment, attempts: attempts.map((one, index) => newAttempt(payment, index, one)), refunds: [] };
  const counted = (observations: readonly Observation[]) => observations.map(({ arm, metric }) => `${arm} ${metric}`);
  return {
    payment,
    /** The same for decisions of two rollouts: with the name of each. */
    changeOfBoth(change: (attempts: Attempt[]) => void): string[] {
      const before = { payment: { ...payment }, attempts: folder.attempts.map((one) => ({ ...one })), refunds: [] };
      change(folder.attempts);
      const observations: Observation[] = [];
      observePayment(before, folder, observations);
      return observations.map(({ rolloutId, arm, metric }) => `${rolloutId} ${arm} ${metric}`).toSorted();
    },
    change(change: (attempts: Attempt[]) => void): string[] {
      const before = {
        payment: { ...payment },
        attempts: folder.attempts.map((attempt) => ({ ...attempt })),
        refunds: [],
      };
      change(folder.attempts);
      const observations: Observation[] = [];
      observePayment(before, folder, observations);
      for (const one of observations) expect(one).toMatchObject({ rolloutId: 'rol_1', version: 2, step: 1 });
      return counted(observations);
    },
    slow(tookMs: number): string[] {
      const observations: Observation[] = [];
      observeSlow(payment, tookMs, () => 3000, observations);
      return counted(observations);
    },
    attempt: (change: Partial<Attempt> = {}) => newAttempt(payment, folder.attempts.length, change),
  };
}

test('a payment is counted when it is decided, when it begins and when its first attempt ends, each once', () => {
  const one = open();
  expect(one.change(() => void (one.payment.decision = decision('treatment', 'SPLIT')))).toEqual(['treatment decided']);
  expect(one.change(() => {})).toEqual([]);
  expect(one.change((attempts) => void attempts.push(one.attempt()))).toEqual(['treatment begun']);
  expect(one.slow(2000)).toEqual([]);
  expect(one.slow(4000)).toEqual(['treatment slow']);
  expect(one.slow(4000)).toEqual([]);
  expect(one.change(([first]) => void (first && (first.outcome = 'failed')))).toEqual([
    'treatment first_failed',
    'treatment wallet_failed',
  ]);
  expect(one.change((attempts) => void attempts.push(one.attempt({ wallet: 'wechatpay' })))).toEqual([]);
  expect(one.change(([, second]) => void (second && (second.outcome = 'succeeded')))).toEqual([]);
});

test('decided and begun in one go are counted both, also for those held back', () => {
  const one = open();
  const counted = one.change((attempts) => {
    one.payment.decision = decision('control', 'SPLIT');
    attempts.push(one.attempt({ wallet: 'wechatpay' }));
  });
  expect(counted).toEqual(['control decided', 'control begun']);
});

test('who is on an allow list is compared with nobody, but what the wallet does to them is seen', () => {
  const one = open();
  expect(one.change(() => void (one.payment.decision = decision('treatment', 'TARGETING_MATCH')))).toEqual([]);
  expect(one.change((attempts) => void attempts.push(one.attempt()))).toEqual([]);
  expect(one.slow(4000)).toEqual([]);
  expect(one.change(([first]) => void (first && (first.outcome = 'failed')))).toEqual(['treatment wallet_failed']);
});

test('whom the rollout has not reached is not counted', () => {
  const one = open();
  expect(one.change(() => void (one.payment.decision = decision('outside', 'SPLIT')))).toEqual([]);
  expect(one.change((attempts) => void attempts.push(one.attempt()))).toEqual([]);
});

test('a payment that was tried before the rollout began is left out to its end', () => {
  const one = open({}, [{ wallet: 'unionpay' }]);
  expect(one.change(() => void (one.payment.decision = decision('treatment', 'SPLIT')))).toEqual([]);
  expect(one.change(([first]) => void (first && (first.outcome = 'failed')))).toEqual([]);
});

test('however often one buyer tries, a payment speaks against a wallet once', () => {
  const one = open();
  one.change(() => void (one.payment.decision = decision('treatment', 'SPLIT')));
  const fail = () => {
    one.change((attempts) => void attempts.push(one.attempt()));
    return one.change((attempts) => attempts.forEach((attempt) => (attempt.outcome = 'failed')));
  };
  expect(fail()).toEqual(['treatment first_failed', 'treatment wallet_failed']);
  expect([fail(), fail(), fail()]).toEqual([[], [], []]);
  one.change((attempts) => void attempts.push(one.attempt(), one.attempt()));
  expect(one.change((attempts) => void (attempts[4] && (attempts[4].outcome = 'succeeded')))).toEqual([
    'treatment wallet_succeeded',
  ]);
  expect(one.change((attempts) => void (attempts[5] && (attempts[5].outcome = 'failed')))).toEqual([]);
});

test('two tries that fail at the same moment count once', () => {
  const one = open({}, [{}, {}]);
  one.payment.decision = decision('treatment', 'SPLIT');
  one.payment.observed = ['decided', 'begun'];
  expect(one.change((attempts) => attempts.forEach((attempt) => (attempt.outcome = 'failed')))).toEqual([
    'treatment first_failed',
    'treatment wallet_failed',
  ]);
});

describe('where two rollouts concern a wallet, each compares only whom the other one lets see it', () => {
  const shown = { shown: true, arm: 'treatment' as const, reason: 'SPLIT' as const };
  test.each([
    ['both show it', 'treatment', shown, ['rol_1 treatment decided', 'rol_2 treatment decided']],
    ['held back by one, shown by the other', 'control', shown, ['rol_1 control decided']],
    ['shown to staff by the other', 'treatment', { ...shown, reason: 'TARGETING_MATCH' }, ['rol_1 treatment decided']],
    [
      'held back by the other',
      'treatment',
      { shown: false, arm: 'control', reason: 'SPLIT' },
      ['rol_2 control decided'],
    ],
    ['held back by both', 'control', { shown: false, arm: 'control', reason: 'SPLIT' }, []],
    ['not reached by the other', 'treatment', { shown: false, arm: 'outside', reason: 'SPLIT' }, []],
    ['the other has no room', 'control', { shown: false, arm: 'outside', reason: 'HELD' }, []],
    ['the other is stopped', 'treatment', { shown: false, arm: 'outside', reason: 'HALTED' }, []],
  ] as const)('%s', (_, arm, other, counted) => {
    const one = open();
    expect(one.changeOfBoth(() => void (one.payment.decision = decidedByBoth(arm, other)))).toEqual(counted);
  });

  test('and what the wallet itself does is seen by both', () => {
    const one = open();
    one.changeOfBoth(() => void (one.payment.decision = decidedByBoth('treatment', shown)));
    one.changeOfBoth((attempts) => void attempts.push(one.attempt()));
    expect(one.changeOfBoth(([first]) => void (first && (first.outcome = 'failed')))).toEqual([
      'rol_1 treatment first_failed',
      'rol_1 treatment wallet_failed',
      'rol_2 treatment first_failed',
      'rol_2 treatment wallet_failed',
    ]);
  });
});

test('whose payment it is goes along, so that a buyer who comes back counts once; nobody in particular is always another one', () => {
  const one = open();
  const observations: Observation[] = [];
  const before = { payment: { ...one.payment }, attempts: [], refunds: [] };
  one.payment.decision = { ...decision('treatment', 'SPLIT'), targetingKey: 'mer_1/b/anna' };
  observePayment(before, { payment: one.payment, attempts: [], refunds: [] }, observations);
  expect(observations).toMatchObject([
    { since: 1, entered: 1, payer: { targetingKey: 'mer_1/b/anna', paymentId: one.payment.id } },
  ]);
  const stranger = open();
  const more: Observation[] = [];
  const earlier = { payment: { ...stranger.payment }, attempts: [], refunds: [] };
  stranger.payment.decision = { ...decision('treatment', 'SPLIT'), targetingKey: stranger.payment.id };
  observePayment(earlier, { payment: stranger.payment, attempts: [], refunds: [] }, more);
  expect(more).toMatchObject([{ payer: null }]);
});
