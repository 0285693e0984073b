import { describe, expect, test } from 'vitest';
import type { MoneyRecord } from '../cashier/day-records.ts';
import { toTransfers } from '../cashier/postings.ts';
import { legId } from '../base/id.ts';
import { BOOKED_LEG } from './check-ledger.ts';
import { compareLine, compareMissing, isUndone, recordIdOf } from './compare-line.ts';
import { roundMilli } from './post-fees.ts';
import { billLine } from './pretend-wallet.ts';

const LETTERS = '01M83E1H4Q000ND8XG5P3H3Z00';
const ours: MoneyRecord = {
  record: 'payment',
  id: `att_${LETTERS}`,
  paymentId: `pay_${LETTERS}`,
  walletAccountId: 'wa_1',
  orderNo: LETTERS,
  outcome: 'succeeded',
  currency: 'CNY',
  amountMinor: 1000n,
  walletId: 'W1',
  settledMinor: null,
  startedAt: new Date('2026-11-11T02:00:00Z'),
  happenedAt: new Date('2026-11-11T02:00:00Z'),
};
const line = billLine({ orderNo: LETTERS, amountMinor: 1000n });
const terms = { walletAccountId: 'wa_1', feeBps: null, toldOn: null, submitted: null };

describe('a line beside our record', () => {
  test('that says the same is no finding, and costs no words', () => {
    expect(compareLine(line, ours, terms)).toEqual([]);
  });

  // In order of precedence: each case has what is worse than the one before, and all that the others have.
  test.each([
    ['fee_differs', 'fee', { feeMilli: 99_000n }, {}, { feeBps: 60 }],
    ['amount_differs', 'settled', { feeMilli: 5400n, settledMinor: 900n }, { settledMinor: 1000n }, { feeBps: 60 }],
    ['status_differs', 'not_final', { settledMinor: 900n, feeMilli: 99_000n }, { outcome: 'pending' }, { feeBps: 60 }],
    ['status_differs', 'not_final', {}, { outcome: 'unknown' }, {}],
    ['status_differs', 'failed', {}, { outcome: 'failed' }, {}],
    ['amount_differs', 'amount', { amountMinor: 999n }, { outcome: 'pending' }, {}],
    ['amount_differs', 'amount', { currency: 'HKD' }, {}, {}],
    ['theirs_only', 'other_account', { amountMinor: 999n }, { walletAccountId: 'wa_2' }, {}],
    ['theirs_only', 'told_before', { amountMinor: 999n }, {}, { toldOn: '2026-11-10' }],
  ] as const)('%s: %s', (kind, cause, ofLine, ofOurs, ofTerms) => {
    const findings = compareLine({ ...line, ...ofLine }, { ...ours, ...ofOurs }, { ...terms, ...ofTerms });
    const isAsked = kind === 'status_differs' || cause === 'settled';
    expect(findings).toMatchObject([{ kind, cause, state: isAsked ? 'open' : 'left_for_operator' }]);
  });

  test('that settles less and keeps another fee of it says two things, each of which ends by itself', () => {
    const told = { ...line, settledMinor: 900n, feeMilli: 6500n };
    const findings = compareLine(told, { ...ours, settledMinor: 1000n }, { ...terms, feeBps: 60 });
    expect(findings).toMatchObject([
      { kind: 'amount_differs', cause: 'settled', state: 'open', theirs: { settled_minor: '900' } },
      // Nine tenths of 6000, as a fee is of what is settled: of the whole 6500 would be right.
      { kind: 'fee_differs', cause: 'fee', state: 'left_for_operator', ours: { fee_milli: '5400', fee_bps: '60' } },
    ]);
  });

  test('agrees on what is settled by the discounts that were told, and its fee is of that', () => {
    const discounted = { ...ours, settledMinor: 800n };
    expect(compareLine({ ...line, settledMinor: 800n, feeMilli: 4800n }, discounted, { ...terms, feeBps: 60 })).toEqual(
      [],
    );
    // Nobody knows what is settled of a report with a gap, and some bills do not say it.
    expect(compareLine({ ...line, settledMinor: 800n }, { ...ours, settledMinor: null }, terms)).toEqual([]);
    expect(compareLine(line, discounted, terms)).toEqual([]);
    expect(compareLine({ ...line, settledMinor: 700n }, discounted, terms)).toMatchObject([
      { ours: { settled_minor: '800' }, theirs: { settled_minor: '700' } },
    ]);
  });

  test.each([
    [LETTERS, 'no_record'],
    ['SHOP-1', 'foreign_order_no'],
  ])('without one, under the number %s, is theirs only: %s', (orderNo, cause) => {
    const findings = compareLine({ ...line, orderNo }, undefined, terms);
    expect(findings).toMatchObject([{ kind: 'theirs_only', cause, ours: null, theirs: { amount_minor: '1000' } }]);
  });
});

describe('a refund whose line says no more than that it was submitted', () => {
  const refund = { ...ours, record: 'refund' as const, id: `rf_${LETTERS}` as const, outcome: 'pending' as const }; // of the unions
  const told = { ...line, kind: 'refund' as const }; // one of the two kinds
  const after = (seconds: number) => ({
    ...terms,
    submitted: { underWaySeconds: 100, now: new Date(refund.startedAt.getTime() + seconds * 1000) },
  });

  test('agrees with one of ours that is under way, as long as the wallet may take', () => {
    expect(compareLine(told, refund, after(99))).toEqual([]);
    const late = compareLine(told, refund, after(100));
    expect(late).toMatchObject([{ kind: 'status_differs', cause: 'not_final', theirs: { says: 'submitted' } }]);
    expect(compareLine(told, { ...refund, outcome: 'succeeded' }, after(100))).toEqual([]);
  });

  test('agrees with nothing else', () => {
    expect(compareLine(told, refund, terms), 'where lines say that it is done').toMatchObject([{ cause: 'not_final' }]);
    expect(compareLine(line, { ...ours, outcome: 'pending' }, after(1)), 'a payment').toMatchObject([
      { cause: 'not_final' },
    ]);
    expect(compareLine({ ...told, amountMinor: 1n }, refund, after(1))).toMatchObject([{ kind: 'amount_differs' }]);
    expect(compareLine(told, { ...refund, outcome: 'failed' }, after(1))).toMatchObject([{ cause: 'failed' }]);
    expect(compareLine(told, { ...refund, outcome: 'unknown' }, after(1))).toMatchObject([{ cause: 'not_final' }]);
  });
});

describe('a fee', () => {
  const feeOf = (told: bigint | null, feeBps: number | null, kind: 'payment' | 'refund' = 'payment') =>
    compareLine(
      { ...line, kind, feeMilli: told },
      { ...ours, record: kind, id: `${kind === 'payment' ? 'att' : 'rf'}_${LETTERS}` as MoneyRecord['id'] }, // either prefix
      { ...terms, feeBps },
    );

  test.each([
    ['exact', 6000n],
    ['rounded down by almost a minor unit', 5001n],
    ['rounded up by almost a minor unit', 6999n],
  ])('of 0.60%% of ¥10.00 is right when it is %s', (_name, told) => expect(feeOf(told, 60)).toEqual([]));

  test.each([5000n, 7000n, 0n, -6000n])('of 0.60%% of ¥10.00 is not %s thousandths', (told) =>
    expect(feeOf(told, 60)).toMatchObject([{ kind: 'fee_differs', ours: { fee_milli: '6000' } }]),
  );

  test('is only recorded where nobody said what it should be, and where the bill does not say', () => {
    expect(feeOf(99_999n, null)).toEqual([]);
    expect(feeOf(null, 60)).toEqual([]);
  });

  test('of a refund is given back wholly, in part or not at all, never charged', () => {
    for (const told of [-6000n, -3000n, 0n]) expect(feeOf(told, 60, 'refund'), `${told}`).toEqual([]);
    for (const told of [-7000n, 1n])
      expect(feeOf(told, 60, 'refund'), `${told}`).toMatchObject([{ kind: 'fee_differs' }]);
  });

  test.each([
    [0n, 0n],
    [499n, 0n],
    [500n, 1n],
    [1499n, 1n],
    [-500n, -1n],
    [-499n, 0n],
    [123_456_789n, 123_457n],
  ])('sum of %s thousandths is booked as %s minor units', (milli, minor) => expect(roundMilli(milli)).toBe(minor));
});

describe('a record that no bill has', () => {
  const day = { endsAt: new Date('2026-11-11T16:00:00Z'), isLaterCompared: false, isAsking: false };

  test.each([
    ['2026-11-11T15:59:59.999Z', {}, 'carried', 'near_cut_off'],
    ['2026-11-11T15:00:00.000Z', {}, 'carried', 'near_cut_off'],
    ['2026-11-11T14:59:59.999Z', {}, 'open', 'not_in_bill'],
    ['2026-11-11T15:59:00.000Z', { isLaterCompared: true }, 'open', 'near_cut_off'],
    ['2026-11-11T15:59:00.000Z', { isAsking: true }, 'open', 'not_in_bill'],
  ])('at %s, %j, is %s: %s', (at, change, state, cause) => {
    const finding = compareMissing({ ...ours, happenedAt: new Date(at) }, { ...day, ...change });
    expect(finding).toMatchObject({ kind: 'ours_only', state, cause, orderNo: LETTERS, theirs: null });
  });
});

describe('a refund of nothing that we asked for', () => {
  const undone = { ...line, kind: 'refund' as const, paymentOrderNo: LETTERS }; // one of the two kinds
  const failed = { ...ours, outcome: 'failed' as const };

  test('takes back a payment that has failed for us, of the same account and the whole amount, and no other', () => {
    expect(isUndone(undone, failed, 'wa_1')).toBe(true);
    expect(isUndone(line, failed, 'wa_1'), 'a payment').toBe(false);
    expect(isUndone(undone, undefined, 'wa_1')).toBe(false);
    expect(isUndone(undone, failed, 'wa_2')).toBe(false);
    expect(isUndone({ ...undone, amountMinor: 999n }, failed, 'wa_1')).toBe(false);
    for (const outcome of ['pending', 'unknown', 'succeeded'] as const)
      expect(isUndone(undone, { ...ours, outcome }, 'wa_1'), outcome).toBe(false);
  });
});

test('a number is one of ours by its form alone', () => {
  expect(recordIdOf({ kind: 'payment', orderNo: LETTERS })).toBe(`att_${LETTERS}`);
  expect(recordIdOf({ kind: 'refund', orderNo: LETTERS })).toBe(`rf_${LETTERS}`);
  for (const orderNo of ['', 'x', LETTERS.toLowerCase(), `${LETTERS}0`, `8${LETTERS.slice(1)}`])
    expect(recordIdOf({ kind: 'payment', orderNo }), orderNo).toBeNull();
});

test('records are looked for in the ledger under the legs that the cashier books them with', () => {
  const owner = { merchantId: 'mer_1', walletAccountId: 'wa_1', currency: 'CNY', book: 1 };
  const attempt = { ...owner, id: `att_${LETTERS}`, paidMinor: 1n };
  const refund = { ...owner, id: `rf_${LETTERS}`, amountMinor: 1n };
  const postings = [
    { kind: 'payment_received', attempt, id: legId(attempt.id, BOOKED_LEG.payment) },
    { kind: 'surplus_received', attempt, id: legId(attempt.id, BOOKED_LEG.payment) },
    { kind: 'refund_finished', refund, id: legId(refund.id, BOOKED_LEG.refund) },
  ];
  for (const posting of postings)
    expect(toTransfers(posting as unknown as Parameters<typeof toTransfers>[0])[0]?.id, posting.kind).toBe(posting.id); // the fields that a posting reads
});
