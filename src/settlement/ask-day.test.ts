import { describe, expect, test } from 'vitest';
import { applyRefundOutcome } from '../cashier/send-refund.ts';
import { explainBreak } from './explain-break.ts';
import { pageBreaks } from './read-statements.ts';
import { succeeded } from './pretend-wallet.ts';
import { BOOK, openTestWorld, type TestWorld } from './test-world.ts';

const DAY = '2026-11-11';
const ASK_TIME = '2026-11-11T17:00:00Z'; // an hour after midnight in Shanghai

describe('a wallet without a bill', () => {
  test('is asked about every payment and refund of the day, whatever became of it here', async () => {
    const world = await openTestWorld({ hasBill: false });
    const agreed = await world.paid(100n);
    const pending = await world.attempt(200n, null);
    const failed = await world.attempt(300n, {
      kind: 'failed',
      reason: 'declined',
      walletCode: '01',
      walletMessage: 'no',
    });
    const otherAmount = await world.paid(400n);
    const denied = await world.paid(500n);
    const silent = await world.paid(600n);
    const refund = await world.refund(agreed, 40n);
    await refundSucceeded(world, refund);
    const at = world.clock.now();
    world.pretend.answers
      .set(agreed, succeeded(100n, 'A', at))
      .set(pending, succeeded(200n, 'P', at))
      .set(failed, { kind: 'failed', reason: 'declined', walletCode: '01', walletMessage: 'no' })
      .set(otherAmount, succeeded(401n, 'O', at))
      .set(denied, { kind: 'failed', reason: 'not_found', walletCode: '34', walletMessage: 'no such order' })
      .set(refund, succeeded(40n, 'R', at));
    world.goTo(ASK_TIME);
    await world.settle();

    expect(new Set(world.pretend.asked)).toEqual(
      new Set([agreed, pending, failed, otherAmount, denied, silent, refund]),
    );
    const statement = await world.statementOf(DAY);
    expect(statement).toMatchObject({
      source: 'asking',
      state: 'reconciled',
      fileId: null,
      theirs: { paymentsCount: 3, paymentsMinor: 701n, refundsCount: 1, refundsMinor: 40n },
      ours: { paymentsCount: 4, refundsCount: 1 },
      matchedCount: 2,
      feesMilli: null,
      feesPostedMinor: null,
    });
    expect(await breaksOf(world)).toMatchObject([
      { order_no: pending, kind: 'status_differs', state: 'resolved', resolution: 'record_brought_up_to_date' },
      { order_no: otherAmount, kind: 'amount_differs', state: 'left_for_operator' },
      { order_no: denied, kind: 'ours_only', state: 'left_for_operator', evidence: { answer: 'failed' } },
      { order_no: silent, kind: 'ours_only', state: 'open', evidence: { answer: 'unknown' } },
    ]);
    expect(await world.outcomeOf(pending)).toBe('succeeded');

    // It answers in the end: nothing has to wait for another day's bill.
    world.pretend.answers.set(silent, succeeded(600n, 'S', at));
    world.clock.advanceMs(60_000);
    await world.settle();
    expect((await breaksOf(world))[3]).toMatchObject({ state: 'resolved', resolution: 'wallet_confirmed' });
  });

  test('goes on where it stopped', async () => {
    const world = await openTestWorld({ hasBill: false });
    const orders: string[] = [];
    for (let count = 0; count < 205; count++) orders.push(await world.attempt(100n, null));
    const paid = orders.filter((_, index) => index % 2 === 0);
    for (const orderNo of paid) world.pretend.answers.set(orderNo, succeeded(100n, `W${orderNo}`));
    world.goTo(ASK_TIME);
    await world.settle();
    expect(world.pretend.asked.slice(0, 205).sort(), 'each once').toEqual(orders);
    const lines = await world.sql<{ line_no: number; order_no: string }[]>`
      select line_no, order_no from statement_lines order by line_no`;
    expect(lines.map(({ order_no }) => order_no)).toEqual(paid);
    expect(lines.map(({ line_no }) => line_no)).toEqual(paid.map((_, index) => index + 1));
    expect((await world.statementOf(DAY)).askedThrough).toBe(`att_${orders.at(-1)}`);
  });

  test('has its breaks explained like any other', async () => {
    const world = await openTestWorld({ hasBill: false });
    await world.paid(100n);
    world.goTo(ASK_TIME);
    await world.settle();
    const [found] = await world.sql<Parameters<typeof explainBreak>[0][]>`
      select cause, record, ours, theirs, evidence from statement_breaks`;
    if (found === undefined) throw new Error('one break');
    expect(explainBreak(found).en).toMatch(/We have a payment of ¥1\.00 that succeeded.+the wallet said: unknown/);
  });
});

async function breaksOf(world: TestWorld) {
  const { id } = await world.statementOf(DAY);
  const request = { statementId: id, kind: null, state: null, after: null, itemsMax: 100 };
  const { data } = await pageBreaks(world.deps, { book: BOOK, merchantId: world.merchantId }, request);
  return data.sort((a, b) => (a.order_no < b.order_no ? -1 : 1));
}

async function refundSucceeded(world: TestWorld, refundNo: string): Promise<void> {
  const [row] = await world.sql<{ payment_id: string }[]>`select payment_id from refunds where order_no = ${refundNo}`;
  const refund = { book: BOOK, id: `rf_${refundNo}`, paymentId: row?.payment_id } as Parameters<
    typeof applyRefundOutcome
  >[1]; // all that the door looks at
  await applyRefundOutcome(world.cashier, refund, succeeded(40n, 'R'), 'poll');
}
