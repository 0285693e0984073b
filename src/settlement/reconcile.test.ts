import { beforeEach, describe, expect, test } from 'vitest';
import { explainBreak } from './explain-break.ts';
import { billLine, billOf, succeeded } from './pretend-wallet.ts';
import type { Break } from './statement.ts';
import { alertKindsOf, balanceOf, breaksOf, everythingOf, sendRefunds } from './test-reads.ts';
import { openTestWorld, type TestWorld } from './test-world.ts';

const DAY = '2026-11-11';
const NEXT_DAY = '2026-11-12';
/** Ten hours after the day's end, when its bill can be had. */
const BILL_TIME = '2026-11-12T02:00:00Z';
const NEXT_BILL_TIME = '2026-11-13T02:00:00Z';

let world: TestWorld;
beforeEach(async () => {
  world = await openTestWorld();
});

describe('a day that agrees', () => {
  test('leaves no break, and its fees are booked once', async () => {
    const [first, second] = [await world.paid(1234n), await world.paid(100n)];
    const refund = await world.refund(first, 34n);
    world.pretend.answers.set(refund, succeeded(34n, 'R1'));
    await sendRefunds(world);
    expect(await world.outcomeOf(refund, 'refund')).toBe('succeeded');
    world.pretend.bills.set(
      DAY,
      billOf([
        billLine({ orderNo: first, amountMinor: 1234n, feeMilli: 4689n }),
        billLine({ orderNo: second, amountMinor: 100n, feeMilli: 380n }),
        billLine({ kind: 'refund', orderNo: refund, paymentOrderNo: first, amountMinor: 34n, feeMilli: -129n }),
      ]),
    );
    world.goTo(BILL_TIME);
    await world.settle();
    const sums = { paymentsCount: 2, paymentsMinor: 1334n, refundsCount: 1, refundsMinor: 34n };
    expect(await world.statementOf(DAY)).toMatchObject({
      state: 'reconciled',
      theirs: sums,
      ours: sums,
      booked: sums,
      matchedCount: 3,
      feesMilli: 4940n,
      feesPostedMinor: 5n,
    });
    expect(await breaksOf(world)).toEqual([]);
    expect(await balanceOf(world, 'wallet_fees')).toBe(5n);
    expect(await balanceOf(world, 'wallet_receivable')).toBe(1334n - 34n - 5n);
  });

  test('changes nothing when it is settled again, also when the same bill is fetched anew', async () => {
    const orderNo = await world.paid(500n);
    const line = billLine({ orderNo, amountMinor: 500n, feeMilli: 1900n });
    world.pretend.bills.set(DAY, billOf([line]));
    world.goTo(BILL_TIME);
    await world.settle();
    const before = await everythingOf(world);
    await world.settle();
    await world.sql`update statements set due_at = ${world.clock.now()}`;
    await world.settle();
    expect(await everythingOf(world)).toEqual(before);
  });
});

describe('every kind of break', () => {
  const MINE = 1000n;

  test.each<{
    name: string;
    line: (orderNo: string) => Parameters<typeof billLine>[0] | null;
    feeBps?: number;
    expected: Partial<Break>;
    zh: RegExp;
    en: RegExp;
  }>([
    {
      name: 'ours only',
      line: () => null,
      expected: { kind: 'ours_only', state: 'open', cause: 'not_in_bill', theirs: null },
      zh: /我方有一笔成功的付款 ¥10\.00，钱包当日账单里没有/,
      en: /We have a payment of ¥10\.00 that succeeded; the wallet's bill of the day does not/,
    },
    {
      name: 'theirs only, under a number of another system',
      line: () => ({ orderNo: 'SHOP-77', amountMinor: 77n }),
      expected: { kind: 'theirs_only', state: 'left_for_operator', cause: 'foreign_order_no', ours: null },
      zh: /单号不是本系统的/,
      en: /a number that is not ours/,
    },
    {
      name: 'theirs only, under a number of ours that is gone',
      line: () => ({ orderNo: '01M83E1H4Q000ND8XG5P3H3Z00', amountMinor: 77n }),
      expected: { kind: 'theirs_only', state: 'left_for_operator', cause: 'no_record', ours: null },
      zh: /旧备份/,
      en: /restoring an old backup/,
    },
    {
      name: 'amount differs',
      line: (orderNo) => ({ orderNo, amountMinor: MINE + 1n }),
      expected: { kind: 'amount_differs', state: 'left_for_operator', cause: 'amount' },
      zh: /我方记 ¥10\.00，钱包账单记 ¥10\.01/,
      en: /we have ¥10\.00, the bill has ¥10\.01/,
    },
    {
      name: 'fee differs',
      line: (orderNo) => ({ orderNo, amountMinor: MINE, feeMilli: 7000n }),
      feeBps: 60,
      expected: { kind: 'fee_differs', state: 'left_for_operator', cause: 'fee' },
      zh: /按约定费率 60 个基点应为 6，账单为 7/,
      en: /at the agreed 60 basis points it is 6, in the bill 7/,
    },
  ])('$name', async ({ line, feeBps, expected, zh, en }) => {
    if (feeBps !== undefined) await world.sql`update wallet_accounts set fee_bps = ${feeBps}`;
    const orderNo = await world.paid(MINE);
    const wanted = line(orderNo);
    const lines = wanted === null || wanted.orderNo === orderNo ? [] : [billLine({ orderNo, amountMinor: MINE })];
    if (wanted !== null) lines.push(billLine(wanted));
    world.pretend.bills.set(DAY, billOf(lines));
    world.goTo(BILL_TIME);
    await world.settle();
    const [found, ...others] = await breaksOf(world);
    expect(others).toEqual([]);
    expect(found).toMatchObject(expected);
    const words = explainBreak(found as Break); // there is one
    expect(words.zh).toMatch(zh);
    expect(words.en).toMatch(en);
    expect((await world.statementOf(DAY)).state).toBe('reconciled');
  });

  test('status differs: they say paid, we do not; their signed answer settles it through the one door', async () => {
    const pending = await world.attempt(MINE, null);
    const failed = await world.attempt(MINE, {
      kind: 'failed',
      reason: 'declined',
      walletCode: '01',
      walletMessage: 'no',
    });
    world.pretend.bills.set(
      DAY,
      billOf([billLine({ orderNo: pending, amountMinor: MINE }), billLine({ orderNo: failed, amountMinor: MINE })]),
    );
    world.goTo(BILL_TIME);
    world.pretend.answers.set(pending, succeeded(MINE, 'W-late'));
    await world.settle();
    const [first, second] = await breaksOf(world);
    expect(first).toMatchObject({
      kind: 'status_differs',
      cause: 'not_final',
      state: 'resolved',
      resolution: 'record_brought_up_to_date',
      evidence: { answer: 'succeeded', wallet_id: 'W-late', amount_minor: '1000' },
    });
    expect(await world.outcomeOf(pending)).toBe('succeeded');
    // The wallet is silent about the other: the line alone changes nothing.
    expect(second).toMatchObject({
      kind: 'status_differs',
      cause: 'failed',
      state: 'open',
      evidence: { answer: 'unknown' },
    });
    expect(await world.outcomeOf(failed)).toBe('failed');
    expect(explainBreak(second as Break).en).toMatch(/our record says failed\. .+ the wallet said: unknown/);
    world.pretend.answers.set(failed, succeeded(MINE, 'W-later'));
    world.clock.advanceMs(60_000);
    await world.settle();
    expect((await breaksOf(world))[1]).toMatchObject({ state: 'resolved', resolution: 'record_brought_up_to_date' });
    expect(await world.outcomeOf(failed)).toBe('succeeded');
  });

  test('status differs, and no answer comes: left for a person in the end, with an alert', async () => {
    const pending = await world.attempt(MINE, null);
    world.pretend.bills.set(DAY, billOf([billLine({ orderNo: pending, amountMinor: MINE })]));
    world.goTo(BILL_TIME);
    for (let tryNo = 0; tryNo < 8; tryNo++) {
      await world.settle();
      world.clock.advanceMs(86_400_000);
    }
    expect(await breaksOf(world)).toMatchObject([{ state: 'left_for_operator', triesCount: 7 }]);
    expect(await world.outcomeOf(pending)).toBe('pending');
    expect(await alertKindsOf(world)).toContain('statement_breaks');
  });

  test('a payment code that was taken back agrees: on the same day, and on a later one', async () => {
    const failed = { kind: 'failed', reason: 'already_undone', walletCode: '', walletMessage: '' } as const; // an outcome
    const [same, later] = [await world.attempt(MINE, failed), await world.attempt(MINE, failed)];
    const undone = (orderNo: string) =>
      billLine({ kind: 'refund', orderNo, paymentOrderNo: orderNo, amountMinor: MINE, walletPaymentId: `U${orderNo}` });
    world.pretend.bills.set(
      DAY,
      billOf([
        billLine({ orderNo: same, amountMinor: MINE }),
        undone(same),
        billLine({ orderNo: later, amountMinor: MINE }),
      ]),
    );
    world.goTo(BILL_TIME);
    await world.settle();
    expect(await breaksOf(world)).toMatchObject([
      { orderNo: same, state: 'resolved', resolution: 'undone_at_wallet', evidence: { undone_on: DAY, line_no: '2' } },
      { orderNo: later, kind: 'status_differs', state: 'open' },
    ]);
    world.pretend.bills.set(NEXT_DAY, billOf([undone(later)]));
    world.goTo(NEXT_BILL_TIME);
    await world.settle();
    const [, second] = await breaksOf(world);
    expect(second).toMatchObject({ state: 'resolved', resolution: 'undone_at_wallet' });
    expect(explainBreak(second as Break).en).toMatch(/taken back: both sides agree/);
    expect(await world.statementOf(NEXT_DAY)).toMatchObject({ matchedCount: 1 });
  });

  test('a refund that we did not ask for, of a payment that we hold as paid, is for a person', async () => {
    const orderNo = await world.paid(MINE);
    const refund = billLine({ kind: 'refund', orderNo: 'X1', paymentOrderNo: orderNo, amountMinor: MINE });
    world.pretend.bills.set(DAY, billOf([billLine({ orderNo, amountMinor: MINE }), refund]));
    world.goTo(BILL_TIME);
    await world.settle();
    expect(await breaksOf(world)).toMatchObject([
      { kind: 'theirs_only', record: 'refund', state: 'left_for_operator' },
    ]);
  });

  test('an amount that differs is never settled by itself, whatever the wallet answers', async () => {
    const pending = await world.attempt(MINE, null);
    world.pretend.bills.set(DAY, billOf([billLine({ orderNo: pending, amountMinor: 2n })]));
    world.pretend.answers.set(pending, succeeded(2n, 'W'));
    world.goTo(BILL_TIME);
    await world.settle();
    world.goTo(NEXT_BILL_TIME);
    await world.settle();
    expect(await breaksOf(world)).toMatchObject([{ kind: 'amount_differs', state: 'left_for_operator' }]);
    expect(world.pretend.asked).toEqual([]);
    expect(await world.outcomeOf(pending)).toBe('pending');
  });

  test('ledger differs: a record without its transfer, and a transfer without its record', async () => {
    const orderNo = await world.paid(MINE);
    world.pretend.bills.set(DAY, billOf([billLine({ orderNo, amountMinor: MINE })]));
    await world.sql`update attempts set paid_minor = 0, settled = null, outcome = 'pending' where order_no = ${orderNo}`;
    const unbooked = await world.attempt(MINE, null);
    await world.sql`
      update attempts
      set outcome = 'succeeded', settled = 'surplus', paid_minor = amount_minor, occurred_at = ${world.clock.now()}
      where order_no = ${unbooked}`;
    world.goTo(BILL_TIME);
    await world.settle();
    const found = (await breaksOf(world)).filter((one) => one.kind === 'ledger_differs');
    expect(found).toMatchObject([
      { orderNo, cause: 'booked_without_record', state: 'left_for_operator' },
      { orderNo: unbooked, cause: 'not_booked', state: 'left_for_operator' },
    ]);
    expect(explainBreak(found[0] as Break).zh).toMatch(/没有对应的成功记录/);
    expect(explainBreak(found[1] as Break).en).toMatch(/not in the ledger/);
  });
});

describe('the end of the day', () => {
  test('carries what happened just before it, and the next bill resolves it', async () => {
    world.goTo('2026-11-11T15:30:00Z'); // 23:30 in Shanghai
    const orderNo = await world.paid(700n);
    world.pretend.bills.set(DAY, { kind: 'empty' });
    world.goTo(BILL_TIME);
    await world.settle();
    expect(await breaksOf(world)).toMatchObject([
      { kind: 'ours_only', cause: 'near_cut_off', state: 'carried', dueAt: null },
    ]);
    expect(world.pretend.asked).toEqual([]);
    world.pretend.bills.set(NEXT_DAY, billOf([billLine({ orderNo, amountMinor: 700n })]));
    world.goTo(NEXT_BILL_TIME);
    await world.settle();
    expect(await breaksOf(world)).toMatchObject([
      { state: 'resolved', resolution: 'told_in_later_bill', evidence: { told_on: NEXT_DAY, line_no: '1' } },
    ]);
    expect(await world.statementOf(NEXT_DAY)).toMatchObject({ state: 'reconciled', matchedCount: 1 });
  });

  test('asks about what the next bill does not have either', async () => {
    world.goTo('2026-11-11T15:30:00Z');
    const orderNo = await world.paid(700n);
    world.pretend.bills.set(DAY, { kind: 'empty' }).set(NEXT_DAY, { kind: 'empty' });
    world.goTo(NEXT_BILL_TIME);
    world.pretend.answers.set(orderNo, {
      kind: 'failed',
      reason: 'not_found',
      walletCode: '34',
      walletMessage: '无此交易',
    });
    await world.settle();
    expect(await breaksOf(world)).toMatchObject([
      { state: 'left_for_operator', evidence: { answer: 'failed', detail: '34 无此交易' } },
    ]);
    expect(await world.outcomeOf(orderNo), 'final states never change').toBe('succeeded');
  });

  test('carries what the wallet confirms although its bill lacks it', async () => {
    const orderNo = await world.paid(700n);
    world.pretend.bills.set(DAY, { kind: 'empty' });
    world.pretend.answers.set(orderNo, succeeded(700n, 'W1'));
    world.goTo(BILL_TIME);
    await world.settle();
    expect(await breaksOf(world)).toMatchObject([{ state: 'carried', evidence: { answer: 'succeeded' } }]);
    world.pretend.bills.set(NEXT_DAY, { kind: 'empty' });
    world.goTo(NEXT_BILL_TIME);
    await world.settle();
    expect(await breaksOf(world), 'told in no bill').toMatchObject([{ state: 'left_for_operator' }]);
  });

  test('a payment that the wallet took late, after we had given it up, comes in the next bill and goes back', async () => {
    const orderNo = await world.attempt(700n, {
      kind: 'failed',
      reason: 'expired',
      walletCode: '',
      walletMessage: '',
    });
    await world.sql`
      update payments
      set state = 'canceled', cancellation_reason = 'expired', due_at = null`;
    world.pretend.bills.set(DAY, { kind: 'empty' }).set(NEXT_DAY, billOf([billLine({ orderNo, amountMinor: 700n })]));
    world.pretend.answers.set(orderNo, succeeded(700n, 'W-late'));
    world.goTo(NEXT_BILL_TIME);
    await world.settle();
    expect(await breaksOf(world)).toMatchObject([{ kind: 'status_differs', state: 'resolved' }]);
    const [refund] = await world.sql<{ automatic: boolean; amount_minor: bigint }[]>`
      select automatic, amount_minor from refunds`;
    expect(refund).toEqual({ automatic: true, amount_minor: 700n });
  });

  test('is at 23:00 for a wallet that ends its day there', async () => {
    const late = await openTestWorld({ dayEndsAt: '23:00' });
    late.goTo('2026-11-11T14:59:00Z'); // 22:59 in Shanghai
    const before = await late.paid(100n);
    late.goTo('2026-11-11T15:30:00Z'); // 23:30
    const after = await late.paid(200n);
    late.pretend.bills.set(DAY, { kind: 'empty' });
    late.goTo('2026-11-12T01:00:00Z');
    await late.settle();
    const statement = await late.statementOf(DAY);
    expect(statement).toMatchObject({ state: 'reconciled', ours: { paymentsCount: 1, paymentsMinor: 100n } });
    expect(await breaksOf(late)).toMatchObject([{ orderNo: before, state: 'carried' }]);
    late.pretend.bills.set(
      NEXT_DAY,
      billOf([billLine({ orderNo: before, amountMinor: 100n }), billLine({ orderNo: after, amountMinor: 200n })]),
    );
    late.goTo('2026-11-13T01:00:00Z');
    await late.settle();
    expect(await breaksOf(late)).toMatchObject([{ state: 'resolved', resolution: 'told_in_later_bill' }]);
    expect(await late.statementOf(NEXT_DAY)).toMatchObject({ matchedCount: 2, ours: { paymentsCount: 1 } });
  });
});
