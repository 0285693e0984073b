import { describe, expect, test } from 'vitest';
import { Refusal } from '../base/refusal.ts';
import { readPlan } from './read-plan.ts';
import { showPlan } from './show-plan.ts';
import { testPlan } from './test-plans.ts';

const short = { key: 'wallet.unionpay', wallet: 'unionpay', steps: [{ share: '1‰' }, { share: '100%' }] };

function refusalOf(file: unknown): Refusal {
  try {
    readPlan(file);
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  throw new Error('it was taken');
}

describe('a plan', () => {
  test('as short as it can be has usual figures for all the rest', () => {
    expect(readPlan(short)).toEqual({
      key: 'wallet.unionpay',
      wallet: 'unionpay',
      merchantId: null,
      when: null,
      always: { staff: true, buyers: [] },
      steps: [
        { sharePpm: 1000, dwellMs: 600_000, payments: 100, isGate: false },
        { sharePpm: 1_000_000, dwellMs: 600_000, payments: 100, isGate: false },
      ],
      holdbackPpm: 500_000,
      keepHoldbackPpm: 0,
      freeze: [],
      atRisk: { money: null, payments: null },
      slowMs: 3000,
      guardrails: ['failed', 'slow', 'unknown', 'duplicate', 'refunded'].map((metric) => ({
        metric,
        tolerated: 0.01,
        alpha: 0.01,
      })),
      floor: { failures: 20, of: 30 },
      lateDays: 14,
      onBreach: 'halt',
    });
  });

  const full = {
    ...short,
    merchant: 'mer_01ARZ3NDEKTSV4RRFFQ69G5FAV',
    when: { and: [{ '==': [{ var: 'region' }, 'CN-SH'] }, { '<': [{ var: 'amount_minor' }, 50_000] }] },
    always: { staff: false, buyers: ['b1'] },
    steps: [
      { share: '0.1%', for: '30m', payments: 200 },
      { share: '5%', for: '2h', payments: 1000, gate: true },
      { share: '100%' },
    ],
    holdback: '10%',
    keep_holdback: '1%',
    freeze: [
      { days: ['fri', 'sat'], from: '18:00', until: '09:00' },
      { first_day: '2026-11-10', last_day: '2026-11-12' },
    ],
    at_risk: { money: '50000.00', payments: 200 },
    slow: '5s',
    guardrails: [{ metric: 'failed', tolerated: '2%', alpha: '3%' }, { metric: 'complained' }],
    alpha: '4%',
    floor: { failures: 10, of: 20 },
    late_days: 30,
    on_breach: 'roll_back',
  };

  test('is told with all that it says', () => {
    expect(readPlan(full)).toMatchObject({
      freeze: [
        { days: [5, 6], fromMinute: 1080, untilMinute: 540, firstDay: null, lastDay: null },
        { days: [], fromMinute: 0, untilMinute: 1440, firstDay: '2026-11-10', lastDay: '2026-11-12' },
      ],
      atRisk: { money: { currency: 'CNY', minor: 5_000_000n }, payments: 200 },
      guardrails: [
        { metric: 'failed', tolerated: 0.02, alpha: 0.03 },
        { metric: 'complained', tolerated: 0.01, alpha: 0.01 },
      ],
    });
  });

  test.each([
    ['short', short],
    ['full', full],
    ['without a floor', { ...full, floor: null }],
    ['of no wallet', { key: 'checkout.new', steps: [{ share: '5ppm' }], when: { '==': [{ var: 'plan' }, 'gold'] } }],
    ['in yen', { ...short, at_risk: { currency: 'JPY', money: '5000' } }],
  ])('written out whole and read again is the same plan (%s)', (_, file) => {
    const plan = readPlan(file);
    expect(readPlan(JSON.parse(JSON.stringify(showPlan(plan))))).toEqual(plan);
  });
});

describe('what is no plan is refused by the field', () => {
  const steps = (...list: object[]) => ({ ...short, steps: list });
  test.each([
    ['nothing', null, 'plan'],
    ['a list', [], 'plan'],
    ['no key', { steps: [{ share: '1%' }] }, 'plan'],
    ['a strange key', { ...short, key: 'Wallet UnionPay' }, 'key'],
    ['an unknown field', { ...short, step: [] }, 'step'],
    ['an unknown field of a step', steps({ share: '1%', dwell: '3m' }), 'steps[0].dwell'],
    ['an unknown wallet', { ...short, wallet: 'paypal' }, 'wallet'],
    ['no step', steps(), 'steps'],
    ['a bare number, which might be anything', steps({ share: 5 }), 'steps[0].share'],
    ['more than all', steps({ share: '101%' }), 'steps[0].share'],
    ['nobody', steps({ share: '0%' }), 'steps[0].share'],
    ['finer than a millionth', steps({ share: '0.5ppm' }), 'steps[0].share'],
    ['a step that shrinks', steps({ share: '5%' }, { share: '1%' }), 'steps[1].share'],
    ['a step that stands still', steps({ share: '5%' }, { share: '50‰' }), 'steps[1].share'],
    ['a dwell without a unit', steps({ share: '5%', for: '30' }), 'steps[0].for'],
    ['a step without payments', steps({ share: '5%', payments: 0 }), 'steps[0].payments'],
    ['kept back at less than all', { ...steps({ share: '5%' }), keep_holdback: '1%' }, 'keep_holdback'],
    [
      'kept back from who had it',
      { ...steps({ share: '99%' }, { share: '100%' }), keep_holdback: '2%' },
      'keep_holdback',
    ],
    ['nobody to compare with', { ...short, holdback: '0%' }, 'holdback'],
    ['alpha of a third', { ...short, alpha: '33%' }, 'alpha'],
    ['more alpha than there is', { ...short, guardrails: [{ metric: 'failed', alpha: '6%' }] }, 'alpha'],
    ['one metric twice', { ...short, guardrails: [{ metric: 'failed' }, { metric: 'failed' }] }, 'guardrails'],
    ['more failures than attempts', { ...short, floor: { failures: 30, of: 20 } }, 'floor'],
    ['no such day', { ...short, freeze: [{ first_day: '2026-02-30' }] }, 'freeze[0].first_day'],
    [
      'days in the wrong order',
      { ...short, freeze: [{ first_day: '2026-03-02', last_day: '2026-03-01' }] },
      'freeze[0].last_day',
    ],
    ['a freeze without end', { ...short, freeze: [{}] }, 'freeze'],
    ['too exact money', { ...short, at_risk: { money: '1.234' } }, 'at_risk.money'],
    ['two operators at once', { ...short, when: { '==': [1, 1], '!=': [1, 2] } }, 'when'],
    ['an unknown operator', { ...short, when: { near: [{ var: 'region' }, 'CN-SH'] } }, 'when'],
    ['a walk over lists', { ...short, when: { some: [[1, 2], { '==': [{ var: '' }, 1] }] } }, 'when'],
    ['a slip of the pen', { ...short, when: { '==': [{ var: 'regoin' }, 'CN-SH'] } }, 'when'],
    ['the time of day', { ...short, when: { '>': [{ var: '$flagd.timestamp' }, 1] } }, 'when'],
    ['an operator without its operands', { ...short, when: { '==': [{ var: 'region' }] } }, 'when'],
    [
      'a walk over lists for where a fact is missing',
      { ...short, when: { '==': [{ var: ['bank', { map: [[1, 2], { var: '' }] }] }, 1] } },
      'when',
    ],
    ['a list for where a fact is missing', { ...short, when: { in: ['ICBC', { var: ['bank', ['ICBC']] }] } }, 'when'],
    ['a draw within the rule', { ...short, when: { fractional: [['a', 1]] } }, 'when'],
    [
      'a rule that is too long',
      { ...short, when: { in: [{ var: 'buyer_id' }, Array(900).fill('0123456789')] } },
      'when',
    ],
  ])('%s', (_, file, param) => {
    const refusal = refusalOf(file);
    expect([refusal.code, refusal.facts.param]).toEqual(['invalid_request', param]);
  });
});

test('a test plan is a plan', () => {
  expect(testPlan().steps).toHaveLength(3);
});
