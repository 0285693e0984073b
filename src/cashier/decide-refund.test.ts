import { describe, expect, test } from 'vitest';
import { money } from '../money/money.ts';
import type { Outcome } from '../wallets/wallet.ts';
import { decideRefund } from './decide-refund.ts';
import { failed, newRefund, paid, setUp, unknown } from './test-folder.ts';

describe('refunds', () => {
  function refunding() {
    const one = setUp();
    one.decide(paid);
    one.decide({ ...paid });
    const { attempt } = one;
    const refund = newRefund(attempt, 400n);
    attempt.refundingMinor = attempt.orderBackMinor = 400n;
    const tell = (told: Outcome) => decideRefund(one.deps, attempt, refund, told, 'poll', [refund], one.effects);
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
    const refunds = Array.from({ length: 5 }, () => last);
    decideRefund(setUp().deps, attempt, last, failed, 'poll', refunds, effects);
    expect(effects.alerts.at(-1)?.kind).toBe('automatic_refund_failed');
  });
});
