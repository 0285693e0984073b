import { describe, expect, test } from 'vitest';
import type { HoldLine } from '../ledger/holds.ts';
import type { Attempt } from './payment.ts';
import { failed, paid, pending, setUp, unknown } from './test-folder.ts';

/* What becomes of what a payment's attempts hold of limits. */

const SLOT: HoldLine = {
  limit: 'vch_1',
  unit: 'count',
  currency: 'CNY',
  figures: [1n],
  amount: 1n,
  onSuccess: 'commit',
};
const RISK: HoldLine = { ...SLOT, limit: 'rol_1/payments', onSuccess: 'release' };
const held: Partial<Attempt> = { holds: [SLOT], holdsState: 'held' };
const staged: Partial<Attempt> = { holds: [SLOT, RISK], holdsState: 'held' };
const given: Partial<Attempt> = { holds: [SLOT], holdsState: 'released' };

function endsOf(attempts: Partial<Attempt>[], payment: Parameters<typeof setUp>[0] = {}) {
  const world = setUp(payment, attempts);
  const ends = (): string[] =>
    world.effects.holdsEnds.map(({ attempt, to }) => `${world.folder.attempts.indexOf(attempt)} ${to}`);
  return { ...world, ends };
}

describe('a payment that has been paid', () => {
  test('gives back what its other open tries hold, before anything is used', () => {
    const { decide, ends } = endsOf([held, staged, held]);
    decide(paid, 'notification', 2);
    expect(ends()).toEqual(['0 release', '1 release', '2 commit']);
  });

  test('by a try that had been given up first takes the place back that a later one took over, also at a staged wallet', () => {
    const { decide, ends } = endsOf([given, staged]);
    decide(paid);
    expect(ends()).toEqual(['1 release', '0 late']);
  });

  test('without any offer leaves nothing held either', () => {
    const { decide, ends } = endsOf([{}, held]);
    decide(paid);
    expect(ends()).toEqual(['1 release']);
  });

  test('keeps what a try holds of which nobody knows, until a wallet says that it is not paid', () => {
    const { decide, ends } = endsOf([held, { ...staged, outcome: 'unknown' }]);
    decide(paid);
    expect(ends()).toEqual(['0 commit']);
    decide(unknown, 'poll', 1);
    expect(ends()).toEqual(['0 commit']);
    // A wallet that cannot close an order may say so for ever.
    decide(pending, 'poll', 1);
    expect(ends()).toEqual(['0 commit', '1 release']);
    decide(failed, 'poll', 1);
    expect(ends()).toHaveLength(2);
  });
});

test('a canceled payment gives back what its open tries hold, whenever they are known to be open', () => {
  const { decide, ends } = endsOf([{ ...held, outcome: 'unknown' }], { state: 'canceled' });
  decide(pending, 'poll');
  expect(ends()).toEqual(['0 release']);
});
