import { describe, expect, test } from 'vitest';
import { money } from '../money/money.ts';
import type { Outcome } from '../wallets/wallet.ts';
import { addSeconds, nextAskAt } from './ask-schedule.ts';
import { type OutcomeSource, settlePaymentState } from './decide-outcome.ts';
import { ATTEMPT_MOVES, checkMove, PAYMENT_MOVES } from './moves.ts';
import type { Attempt, Payment } from './payment.ts';
import { can, failed, paid, pending, setUp, START, unknown } from './test-folder.ts';

describe('one outcome on an open payment', () => {
  const rows: [string, Outcome, OutcomeSource, Payment['state'], Attempt['outcome'], string[], string[]][] = [
    ['success pays it', paid, 'notification', 'succeeded', 'succeeded', ['payment_received'], ['payment.succeeded']],
    [
      'success by asking is as good',
      paid,
      'poll',
      'succeeded',
      'succeeded',
      ['payment_received'],
      ['payment.succeeded'],
    ],
    ['failure lets the buyer choose again', failed, 'reply', 'requires_payment_method', 'failed', [], []],
    ['pending leaves it with the buyer', pending, 'reply', 'requires_action', 'pending', [], []],
    ['unknown is being cleared up', unknown, 'reply', 'processing', 'unknown', [], []],
    [
      'another amount is held, never final',
      { ...paid, amount: money('CNY', 999n) },
      'notification',
      'processing',
      'unknown',
      [],
      [],
    ],
    [
      'another currency is held, never final',
      { ...paid, amount: money('USD', 1000n) },
      'notification',
      'processing',
      'unknown',
      [],
      [],
    ],
  ];
  test.each(rows)('%s', (_name, outcome, source, state, attemptOutcome, postings, events) => {
    const { payment, attempt, effects, decide } = setUp();
    decide(outcome, source);
    expect([payment.state, attempt.outcome]).toEqual([state, attemptOutcome]);
    expect(effects.postings.map((posting) => posting.kind)).toEqual(postings);
    expect(effects.events.map((event) => event.type)).toEqual(events);
  });

  test('told again, it changes nothing', () => {
    for (const outcome of [paid, failed]) {
      const { payment, attempt, effects, decide } = setUp();
      decide(outcome);
      const once = [structuredClone(payment), structuredClone(attempt), effects.postings.length, effects.events.length];
      decide(outcome);
      expect([payment, attempt, effects.postings.length, effects.events.length]).toEqual(once);
    }
  });
});

describe('final states never change', () => {
  test.each([failed, pending, unknown, { ...paid, walletPaymentId: 'w2' } as Outcome])(
    'a payment that has succeeded stays so: %o',
    (later) => {
      const { payment, attempt, effects, decide } = setUp();
      decide(paid);
      const before = [payment.state, payment.paidAt, payment.version, attempt.outcome, attempt.walletPaymentId];
      decide(later);
      expect([payment.state, payment.paidAt, payment.version, attempt.outcome, attempt.walletPaymentId]).toEqual(
        before,
      );
      expect(effects.postings).toHaveLength(1);
    },
  );

  test('a contradiction is put before the operator', () => {
    const { effects, decide } = setUp();
    decide(paid);
    decide(failed);
    expect(effects.alerts.map((alert) => alert.kind)).toEqual(['outcome_contradicts']);
  });

  test('attempt A expires after attempt B paid: the order stays paid', () => {
    const { payment, decide, clock } = setUp({}, [{}, {}]);
    decide(paid, 'notification', 1);
    clock.advanceMs(1_000_000);
    decide(failed, 'poll', 0);
    expect(payment.state).toBe('succeeded');
  });
});

describe('money that is not wanted goes back', () => {
  test('a second success is surplus and is refunded whole', () => {
    const { payment, folder, effects, decide } = setUp({}, [{}, {}]);
    decide(paid, 'notification', 0);
    decide({ ...paid, walletPaymentId: 'w2' }, 'notification', 1);
    expect(payment.succeededAttemptId).toBe(folder.attempts[0]?.id);
    expect(folder.attempts.map((attempt) => attempt.settled)).toEqual(['accepted', 'surplus']);
    expect(effects.postings.map((posting) => posting.kind)).toEqual([
      'payment_received',
      'surplus_received',
      'refund_started',
    ]);
    expect(effects.refunds).toMatchObject([
      { automatic: true, amountMinor: 1000n, method: 'void', attemptId: folder.attempts[1]?.id },
    ]);
  });

  test('so does what comes after the payment was canceled', () => {
    const { payment, attempt, effects, decide } = setUp({ cancelRequestedAt: START });
    decide(pending, 'cancel');
    expect([payment.state, payment.cancellationReason]).toEqual(['canceled', 'requested_by_merchant']);
    decide(paid);
    expect([payment.state, attempt.settled]).toEqual(['canceled', 'surplus']);
    expect(effects.refunds).toHaveLength(1);
  });

  test('what an attempt that had failed brings after all is taken while the payment is open', () => {
    const { payment, attempt, decide } = setUp();
    decide(failed);
    decide(paid);
    expect([payment.state, attempt.settled, attempt.failureReason]).toEqual(['succeeded', 'accepted', null]);
  });
});

describe('an order that the wallet gave up', () => {
  const nextAction = { type: 'app_order', orderString: 'tn', sdkMode: '01' } as const;

  test('is asked about three times more, in case it was paid after all and nobody said so', () => {
    const { attempt, clock, decide } = setUp({}, [{ nextAction }]);
    clock.advanceMs(903_000);
    decide(failed, 'poll');
    const asked: number[] = [];
    while (attempt.dueAt !== null) {
      asked.push((attempt.dueAt.getTime() - attempt.expiresAt.getTime()) / 1000);
      clock.advanceMs(attempt.dueAt.getTime() - clock.now().getTime());
      decide(asked.length === 2 ? unknown : failed, 'poll');
    }
    expect(asked).toEqual([600, 3600, 86_400]);
    expect(attempt.outcome).toBe('failed');
  });

  test('was paid after all: the money goes back', () => {
    const { payment, attempt, clock, effects, decide } = setUp({}, [{ nextAction }]);
    clock.advanceMs(903_000);
    decide(failed, 'poll');
    decide(paid, 'poll');
    expect([payment.state, attempt.settled, attempt.dueAt]).toEqual(['canceled', 'surplus', null]);
    expect(effects.refunds).toHaveLength(1);
  });

  test('is not asked about when it never was open there', () => {
    const { attempt, decide } = setUp();
    decide({ ...failed, reason: 'not_sent' }, 'reply');
    expect(attempt.dueAt).toBeNull();
  });
});

describe('canceling and expiring', () => {
  test('a wallet that does not answer keeps the payment open, also when the merchant wants it gone', () => {
    const { payment, decide } = setUp({ cancelRequestedAt: START });
    decide(unknown, 'cancel');
    expect(payment.state).toBe('processing');
    decide(failed, 'cancel');
    expect([payment.state, payment.cancellationReason]).toEqual(['canceled', 'requested_by_merchant']);
  });

  test('the buyer who was faster than the cancel has paid', () => {
    const { payment, decide } = setUp({ cancelRequestedAt: START });
    decide(paid, 'cancel');
    expect(payment.state).toBe('succeeded');
  });

  test('with nothing open it expires, with something open it waits for the last word', () => {
    const idle = setUp({ state: 'requires_payment_method' }, []);
    idle.clock.advanceMs(900_000);
    settlePaymentState(idle.deps, idle.folder, idle.effects);
    expect([idle.payment.state, idle.payment.cancellationReason]).toEqual(['canceled', 'expired']);

    const busy = setUp();
    busy.clock.advanceMs(900_001);
    settlePaymentState(busy.deps, busy.folder, busy.effects);
    expect(busy.payment.state).toBe('requires_action');
    busy.decide(failed, 'poll');
    expect([busy.payment.state, busy.payment.cancellationReason]).toEqual(['canceled', 'expired']);
  });
});

describe('a payment code', () => {
  const charged = (change: Partial<Attempt> = {}) =>
    setUp({}, [{ scene: 'code', expiresAt: addSeconds(START, 45), ...change }]);

  test('is asked about at the till’s pace, and then no later than its own end', () => {
    const { attempt, decide, clock } = charged();
    decide(pending, 'reply');
    expect(attempt.dueAt).toEqual(addSeconds(START, 5));
    clock.advanceMs(20_000);
    decide(pending, 'poll');
    expect(attempt.dueAt).toEqual(addSeconds(START, 48));
  });

  test('that is being undone is not paid, whoever says so; only the undoing itself may say that it could not be undone', () => {
    for (const source of ['reply', 'notification', 'poll'] as const) {
      const { attempt, payment, effects, decide } = charged({ undoRequestedAt: START });
      decide(paid, source);
      expect([attempt.outcome, payment.state], source).toEqual(['unknown', 'processing']);
      expect(effects.postings).toEqual([]);
      decide(failed, 'cancel');
      expect([attempt.outcome, payment.state]).toEqual(['failed', 'requires_payment_method']);
      decide(paid, 'notification');
      expect([attempt.outcome, payment.state], 'a late word changes nothing').toEqual([
        'failed',
        'requires_payment_method',
      ]);
      expect(attempt.dueAt, 'but it is undone once more, for the case that the money came late').not.toBeNull();
    }
    const kept = charged({ undoRequestedAt: START });
    kept.decide(paid, 'cancel');
    expect([kept.attempt.outcome, kept.payment.state]).toEqual(['succeeded', 'succeeded']);
  });

  test('that was paid after it had been undone is undone again until that is done, not once', () => {
    const late = charged({ undoRequestedAt: START });
    late.decide(failed, 'cancel');
    late.decide(paid, 'notification');
    for (const source of ['cancel', 'poll'] as const)
      for (const outcome of [unknown, pending]) {
        late.decide(outcome, source);
        expect(late.attempt.dueAt, `${source}: ${outcome.kind}`).not.toBeNull();
      }
    const owedAt = late.attempt.dueAt;
    for (const outcome of [failed, pending, unknown]) {
      late.decide(outcome, 'notification');
      expect(late.attempt.dueAt, `a word on its way: ${outcome.kind}`).toEqual(owedAt);
    }
    late.decide(failed, 'cancel');
    expect([late.attempt.outcome, late.attempt.dueAt]).toEqual(['failed', null]);
  });

  test('that the wallet has not undone yet keeps the payment closed to other tries', () => {
    const { payment, attempt, decide } = charged({ undoRequestedAt: START });
    for (const outcome of [pending, unknown, pending]) {
      decide(outcome, 'cancel');
      expect([payment.state, attempt.outcome]).toEqual(['processing', 'unknown']);
    }
    expect(attempt.dueAt).not.toBeNull();
  });
});

describe('when to ask', () => {
  const facts = { outcome: 'pending' as const, asksCount: 0, startedAt: START, expiresAt: addSeconds(START, 900) };
  const after = (seconds: number, change: object = {}) =>
    (nextAskAt(can.askAfterSeconds, { ...facts, now: addSeconds(START, seconds), ...change }).getTime() -
      START.getTime()) /
    1000;

  test('the documented times come first, then once right after expiry, then ever rarer', () => {
    expect([after(0), after(300), after(600), after(903, { asksCount: 3 }), after(2000, { asksCount: 30 })]).toEqual([
      300, 600, 903, 911, 5600,
    ]);
  });

  test('unknown is asked at once, at doubling pauses', () => {
    const at = (asksCount: number) => after(0, { outcome: 'unknown', asksCount });
    expect([at(0), at(1), at(2), at(5), at(20)]).toEqual([1, 2, 4, 32, 300]);
  });
});

test('a move that the table does not allow is a bug of ours', () => {
  expect(() => checkMove(PAYMENT_MOVES, 'succeeded', 'canceled')).toThrow('no move');
  expect(() => checkMove(PAYMENT_MOVES, 'canceled', 'succeeded')).toThrow('no move');
  expect(() => checkMove(ATTEMPT_MOVES, 'succeeded', 'failed')).toThrow('no move');
  expect(() => checkMove(PAYMENT_MOVES, 'succeeded', 'succeeded')).not.toThrow();
});
