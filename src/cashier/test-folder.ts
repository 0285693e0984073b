import { ManualClock } from '../base/clock.ts';
import { systemRandom } from '../base/random.ts';
import { money } from '../money/money.ts';
import type { FailedOutcome, Outcome, SucceededOutcome, WalletCan } from '../wallets/wallet.ts';
import { addSeconds } from './ask-schedule.ts';
import { type DecideDeps, decideOutcome, type OutcomeSource } from './decide-outcome.ts';
import { newEffects } from './effects.ts';
import type { Attempt, Payment, Refund } from './payment.ts';

/* A payment of 10.00 with its attempts, for tests of the one door's rules. */

export const START = new Date('2026-11-11T08:00:00Z');
export const can: WalletCan = {
  scenes: ['web', 'wap', 'app', 'code'],
  currencies: ['CNY'],
  closeUnpaid: false,
  cancelUndoes: false,
  voidPaid: true,
  refundWindowDays: 330,
  askAfterSeconds: [300, 600],
  askRefundAfterSeconds: [1, 2, 4],
  paymentCode: { pattern: /^62\d{17}$/, askAfterSeconds: [5, 10, 20], undoAfterSeconds: 45 },
};

export const paid: SucceededOutcome = {
  kind: 'succeeded',
  walletPaymentId: 'w1',
  amount: money('CNY', 1000n),
  occurredAt: null,
  facts: {},
};
export const failed: FailedOutcome = { kind: 'failed', reason: 'declined', walletCode: '01', walletMessage: 'no' };
export const pending: Outcome = { kind: 'pending' };
export const unknown: Outcome = { kind: 'unknown', reason: 'silence' };

export function setUp(change: Partial<Payment> = {}, attempts: Partial<Attempt>[] = [{}]) {
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
    linkCode: null,
    metadata: {},
    buyer: null,
    buyerKey: null,
    items: null,
    vouchers: null,
    decision: null,
    observed: null,
    complaint: null,
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
  const refunds: Refund[] = [];
  const folder = { payment, attempts: attempts.map((one, index) => newAttempt(payment, index, one)), refunds };
  const effects = newEffects();
  const decide = (outcome: Outcome, source: OutcomeSource = 'notification', index = 0) => {
    const attempt = folder.attempts[index];
    if (attempt === undefined) throw new Error('no such attempt');
    decideOutcome(deps, folder, attempt, outcome, source, effects);
  };
  return { clock, deps, payment, folder, effects, decide, attempt: folder.attempts[0] as Attempt };
}

export function newAttempt(payment: Payment, index: number, change: Partial<Attempt>): Attempt {
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
    discountMinor: 0n,
    offers: null,
    holds: null,
    holdsState: null,
    orderBackMinor: 0n,
    reported: null,
    asksCount: 0,
    expiresAt: payment.expiresAt,
    createdAt: START,
    dueAt: addSeconds(START, 300),
    undoRequestedAt: null,
    ...change,
  };
}

export function newRefund(attempt: Attempt, amountMinor: bigint): Refund {
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
    discountMinor: 0n,
    shares: null,
    items: null,
    reported: null,
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
