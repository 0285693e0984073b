import { describe, expect, test } from 'vitest';
import { explainBreak } from './explain-break.ts';
import { billLine, billOf, bytesOf } from './pretend-wallet.ts';
import { importStatement } from './request-statement.ts';
import type { Break } from './statement.ts';
import { alertKindsOf, breaksOf, sendRefunds } from './test-reads.ts';
import { openTestWorld } from './test-world.ts';

const DAY = '2026-11-11';
/** Ten hours after the day's end, when its bill can be had. */
const BILL_TIME = '2026-11-12T02:00:00Z';
const MINE = 1000n;

describe("a bill's lines of refunds", () => {
  test('refunds that name only their payment are told apart, and counted', async () => {
    const world = await openTestWorld();
    const orderNo = await world.paid(MINE);
    const failed = { kind: 'failed', reason: 'already_undone', walletCode: '', walletMessage: '' } as const; // an outcome
    const undone = await world.attempt(MINE, failed);
    const nameless = (paymentOrderNo: string, amountMinor: bigint) =>
      billLine({ kind: 'refund', orderNo: '', paymentOrderNo, amountMinor });
    const lines = [
      billLine({ orderNo, amountMinor: MINE }),
      nameless(orderNo, 10n),
      nameless(orderNo, 10n),
      nameless(orderNo, 7n),
      nameless(undone, MINE),
    ];
    world.pretend.bills.set(DAY, billOf(lines));
    world.goTo(BILL_TIME);
    await world.settle();
    const statement = await world.statementOf(DAY);
    expect(statement).toMatchObject({ state: 'reconciled', matchedCount: 2 });
    expect(statement.theirs).toMatchObject({ refundsCount: 4, refundsMinor: 1027n });
    const found = await breaksOf(world);
    const left = { kind: 'theirs_only', record: 'refund', cause: 'no_refund_no', state: 'left_for_operator' };
    expect(found).toMatchObject([
      { ...left, orderNo, theirs: { amount_minor: '10', payment_order_no: orderNo } },
      { ...left, orderNo: `${orderNo}#3`, theirs: { amount_minor: '10', payment_order_no: orderNo } },
      { ...left, orderNo: `${orderNo}#4`, theirs: { amount_minor: '7' } },
    ]);
    const words = explainBreak(found[1] as Break); // there are three
    expect(words.en).toMatch(/Line 3 of the bill has a refund of ¥0\.10 that names only the payment/);
    expect(words.zh).toMatch(/第 3 行有一笔退款 ¥0\.10，只写了原付款单号/);
    const [, first, second, ...rest] = lines;
    world.pretend.bills.set(DAY, billOf([...rest, second, first, lines[0]].flatMap((line) => line ?? [])));
    await world.sql`update statements set due_at = ${world.clock.now()} where day = ${DAY}::text::date`;
    await world.settle();
    expect(await alertKindsOf(world), 'the same bill in another order').not.toContain('statement_changed');
  });

  test('a refund that the bill calls submitted is awaited as long as the wallet may take, then told in that word', async () => {
    const world = await openTestWorld({ refundsAre: 'submitted' });
    const orderNo = await world.paid(MINE);
    world.goTo('2026-11-11T15:58:00Z');
    const refund = await world.refund(orderNo, 10n);
    world.pretend.answers.set(refund, { kind: 'pending' });
    await sendRefunds(world);
    expect(await world.outcomeOf(refund, 'refund')).toBe('pending');
    const lines = [
      billLine({ orderNo, amountMinor: MINE }),
      billLine({ kind: 'refund', orderNo: refund, paymentOrderNo: orderNo, amountMinor: 10n }),
    ];
    world.goTo('2026-11-11T16:00:30Z'); // the pretend wallet takes five minutes
    const request = { merchantId: null, walletAccountId: world.walletAccountId, day: DAY };
    expect(await importStatement(world.deps, { ...request, file: bytesOf(billOf(lines)) })).toMatchObject({
      state: 'reconciled',
      matchedCount: 2,
    });
    expect(await breaksOf(world)).toEqual([]);

    const late = await openTestWorld({ refundsAre: 'submitted' });
    const lateNo = await late.paid(MINE);
    const lateRefund = await late.refund(lateNo, 10n);
    late.pretend.answers.set(lateRefund, { kind: 'pending' });
    await sendRefunds(late);
    const line = billLine({ kind: 'refund', orderNo: lateRefund, paymentOrderNo: lateNo, amountMinor: 10n });
    late.pretend.bills.set(DAY, billOf([billLine({ orderNo: lateNo, amountMinor: MINE }), line]));
    late.goTo(BILL_TIME);
    await late.settle();
    const [found] = await breaksOf(late);
    expect(found).toMatchObject({ kind: 'status_differs', record: 'refund', cause: 'not_final', state: 'open' });
    const words = explainBreak(found as Break); // there is one
    expect(words.en).toMatch(/this refund of ¥0\.10 was submitted, our record says pending/);
    expect(words.zh).toMatch(/这笔退款 ¥0\.10 已提交，我方还是 pending/);
  });
});
