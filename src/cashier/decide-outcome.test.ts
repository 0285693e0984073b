import { describe, expect, test } from 'vitest';
import { ManualClock } from '../base/clock.ts';
import { systemRandom } from '../base/random.ts';
import { money } from '../money/money.ts';
import type { Outcome, WalletCan } from '../wallets/wallet.ts';
import { addSeconds, nextAskAt } from './ask-schedule.ts';
import {
  type DecideDeps,
  decideOutcome,
  type Effects,
  type OutcomeSource,
  settlePaymentState,
} from './decide-outcome.ts';
import { decideRefund } from './decide-refund.ts';
import { ATTEMPT_MOVES, checkMove, PAYMENT_MOVES } from './moves.ts';
import type { Attempt, Payment, Refund } from './payment.ts';

const START = new Date('2026-11-11T08:00:00Z');
const can: WalletCan = {
  scenes: ['web', 'wap', 'app'],
  currencies: ['CNY'],
  closeUnpaid: false,
  voidPaid: true,
  refundWindowDays: 330,
  askAfterSeconds: [300, 600],
  askRefundAfterSeconds: [1, 2, 4],
};

const paid: Outcome = {
  kind: 'succeeded',
  walletPaymentId: 'w1',
  amount: money('CNY', 1000n),
  occurredAt: null,
  facts: {},
};
const failed: Outcome = { kind: 'failed', reason: 'declined', walletCode: '01', walletMessage: 'no' };
const pending: Outcome = { kind: 'pending' };
const unknown: Outcome = { kind: 'unknown', reason: 'silence' };

function setUp(change: Partial<Payment> = {}, attempts: Partial<Attempt>[] = [{}]) {
  const clock = new ManualClock(START);
  const deps: DecideDeps = { clock, random: systemRandom, can: () => can };
  const payment: Payment = {
    book: 1,
    id: 'pay_01M83E1H4Q000ND8XG5P3H3Z00',
    merchantId: 'mer_01M83E1H4Q000ND8XG5P3H3Z00',
    orderNo: 'o1',
    currency: 'CNY',
    amountMinor: 1000n,
    subject: 's',
    returnUrl: 'https://a.example/',
    metadata: {},
    livemode: false,
    state: 'requires_action',
    cancellationReason: null,
    cancelRequestedAt: null,
    succeededAttemptId: null,
    paidAt: null,
    expiresAt: addSeconds(START, 900),
    createdAt: START,
    version: 1,
    dueAt: addSeconds(START, 900),
    ...change,
  };
  const folder = { payment, attempts: attempts.map((one, index) => newAttempt(payment, index, one)) };
  const effects: Effects = { postings: [], refunds: [], alerts: [], events: [] };
  const decide = (outcome: Outcome, source: OutcomeSource = 'notification', index = 0) => {
    const attempt = folder.attempts[index];
    if (attempt === undefined) throw new Error('no such attempt');
    decideOutcome(deps, folder, attempt, outcome, source, effects);
  };
  return { clock, deps, payment, folder, effects, decide, attempt: folder.attempts[0] as Attempt };
}

function newAttempt(payment: Payment, index: number, change: Partial<Attempt>): Attempt {
  return {
    book: 1,
    id: `att_01M83E1H4Q000ND8XG5P3H3${index}00`,
    paymentId: payment.id,
    merchantId: payment.merchantId,
    wallet: 'unionpay',
    walletAccountId: 'wa_01M83E1H4Q000ND8XG5P3H3Z00',
    scene: 'app',
    orderNo: `01M83E1H4Q000ND8XG5P3H3${index}00`,
    orderedAt: START,
    currency: payment.currency,
    amountMinor: payment.amountMinor,
    subject: 's',
    outcome: 'pending',
    settled: null,
    failureReason: null,
    failureCode: null,
    failureMessage: null,
    unknownReason: null,
    nextAction: null,
    walletPaymentId: null,
    walletFacts: null,
    occurredAt: null,
    finishedAt: null,
    paidMinor: 0n,
    refundingMinor: 0n,
    refundedMinor: 0n,
    asksCount: 0,
    expiresAt: payment.expiresAt,
    createdAt: START,
    dueAt: addSeconds(START, 300),
    ...change,
  };
}

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

describe('refunds', () => {
  function refunding() {
    const one = setUp();
    one.decide(paid);
    one.decide({ ...paid });
    const { attempt } = one;
    const refund = newRefund(attempt, 400n);
    attempt.refundingMinor = 400n;
    const tell = (told: Outcome, automaticCount = 1) =>
      decideRefund(one.deps, attempt, refund, told, automaticCount, one.effects);
    return { ...one, refund, tell };
  }
  const refunded: Outcome = { ...paid, walletPaymentId: 'r1', amount: money('CNY', 400n) };

  test('success moves the money once', () => {
    const { attempt, refund, effects, tell } = refunding();
    tell(refunded);
    tell(refunded);
    expect([refund.outcome, attempt.refundingMinor, attempt.refundedMinor]).toEqual(['succeeded', 0n, 400n]);
    expect(effects.postings.map((posting) => posting.kind)).toEqual(['payment_received', 'refund_finished']);
  });

  test('failure gives the reserved money back', () => {
    const { attempt, refund, effects, tell } = refunding();
    tell(failed);
    expect([refund.outcome, attempt.refundingMinor, attempt.refundedMinor]).toEqual(['failed', 0n, 0n]);
    expect(effects.postings.at(-1)).toMatchObject({ kind: 'refund_failed', to: 'payable' });
  });

  test('unknown keeps it reserved', () => {
    const { attempt, refund, tell } = refunding();
    tell(unknown);
    expect([refund.outcome, attempt.refundingMinor]).toEqual(['unknown', 400n]);
  });

  test('"no such refund" is not believed while the request may still be on its way', () => {
    const { attempt, refund, clock, tell } = refunding();
    const notFound: Outcome = { ...failed, reason: 'not_found' };
    tell(notFound);
    expect([refund.outcome, attempt.refundingMinor]).toEqual(['unknown', 400n]);
    clock.advanceMs(600_000);
    tell(notFound);
    expect([refund.outcome, attempt.refundingMinor]).toEqual(['failed', 0n]);
  });

  test('another amount than asked is held', () => {
    const { refund, effects, tell } = refunding();
    tell({ ...refunded, amount: money('CNY', 401n) });
    expect(refund.outcome).toBe('unknown');
    expect(effects.alerts.at(-1)?.kind).toBe('amount_differs');
  });

  test('an automatic void that comes too late becomes a refund, and in the end an alert', () => {
    const { attempt, refund, effects, tell } = refunding();
    Object.assign(refund, { automatic: true, method: 'void' });
    tell({ ...failed, reason: 'window_closed' });
    expect(effects.refunds.at(-1)).toMatchObject({ method: 'refund', automatic: true, amountMinor: attempt.paidMinor });
    const last = newRefund(attempt, attempt.paidMinor);
    last.automatic = true;
    decideRefund(setUp().deps, attempt, last, failed, 5, effects);
    expect(effects.alerts.at(-1)?.kind).toBe('automatic_refund_failed');
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

function newRefund(attempt: Attempt, amountMinor: bigint): Refund {
  return {
    book: 1,
    id: 'rf_01M83E1H4Q000ND8XG5P3H3Z00',
    paymentId: attempt.paymentId,
    attemptId: attempt.id,
    merchantId: attempt.merchantId,
    refundNo: 'r1',
    wallet: 'unionpay',
    walletAccountId: attempt.walletAccountId,
    currency: 'CNY',
    amountMinor,
    method: 'refund',
    automatic: false,
    reason: '',
    orderNo: '01M83E1H4Q000ND8XG5P3H3Z00',
    orderedAt: START,
    outcome: 'pending',
    failureReason: null,
    failureCode: null,
    failureMessage: null,
    unknownReason: null,
    walletRefundId: null,
    sentAt: START,
    asksCount: 0,
    createdAt: START,
    finishedAt: null,
    dueAt: START,
  };
}
