import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { money } from '../money/money.ts';
import type { ReportedDiscount, SucceededOutcome, WalletName } from '../wallets/wallet.ts';
import { newEffects } from './effects.ts';
import { reportedParts, sumUp } from './offer-accounts.ts';
import type { Attempt, BookedPart, Refund, ReportSource } from './payment.ts';
import { toTransfers } from './postings.ts';
import { buyerBack, REFUND_RULES } from './refund-rules.ts';
import { takeLateRefundReport, takeRefundReport } from './report-refund.ts';
import { takeReport } from './take-report.ts';
import { newPaidAttempt } from './test-discounts.ts';
import { newRefund, setUp } from './test-folder.ts';

type Told = ReportedDiscount['parts'][number];
const part = (funder: Told['funder'], minor: bigint, owner: string | null = null): Told => ({ funder, owner, minor });
const discount = (minor: bigint, parts: Told[], prefunded = false): ReportedDiscount => ({
  walletOfferId: '931386',
  name: '立减',
  scope: 'order',
  minor,
  prefunded,
  parts,
});

function outcome(minor: bigint, told: { buyer?: bigint; discounts?: ReportedDiscount[] }): SucceededOutcome {
  return {
    kind: 'succeeded',
    walletPaymentId: 'W1',
    amount: money('CNY', minor),
    occurredAt: null,
    facts: {},
    ...(told.buyer === undefined ? {} : { buyerPaid: money('CNY', told.buyer) }),
    ...(told.discounts === undefined ? {} : { discounts: told.discounts }),
  };
}

/** Lets the wallet tell it of a payment; what that has caused. */
function tell(attempt: Attempt, outcome: SucceededOutcome, source: ReportSource = 'poll', refunds: Refund[] = []) {
  const effects = newEffects();
  takeReport(setUp().deps, attempt, refunds, outcome, source, effects);
  return { postings: effects.postings.map(({ kind }) => kind), alerts: effects.alerts.map(({ detail }) => detail) };
}
const NOTHING = { postings: [], alerts: [] };

const kindsOf = (parts: readonly BookedPart[]) =>
  Object.fromEntries(parts.map(({ kind, minor }) => [kind.slice('offer_'.length), minor]));

describe('what a wallet tells of its own discounts', () => {
  test.each<[string, { buyer?: bigint; discounts?: ReportedDiscount[] }, Record<string, bigint>]>([
    ['nothing', {}, {}],
    ['that nothing was taken off', { buyer: 1000n, discounts: [] }, {}],
    [
      'parts that sum',
      { discounts: [discount(200n, [part('wallet', 150n), part('merchant', 50n)])] },
      { wallet: 150n, merchant: 50n },
    ],
    [
      'a prefunded coupon is settled by the wallet, whoever paid for it',
      { discounts: [discount(200n, [part('merchant', 200n)], true)] },
      { wallet: 200n },
    ],
    [
      'a payer whom it does not name is nobody',
      { discounts: [discount(200n, [part('other', 120n), part('bank', 80n, '01020000')])] },
      { unexplained: 120n, bank: 80n },
    ],
    [
      // Source: WeChat Pay's printed sample of promotion_detail: contributions of 200 to an amount of 511.
      'the printed sample: parts of less than what was taken off leave the gap above zero',
      { buyer: 489n, discounts: [discount(511n, [part('wallet', 200n)])] },
      { wallet: 200n, unexplained: 311n },
    ],
    [
      'the other way round: parts of 511 against 200 leave it below zero',
      { discounts: [discount(200n, [part('wallet', 300n), part('merchant', 211n)])] },
      { wallet: 300n, merchant: 211n, unexplained: -311n },
    ],
    ['only what the buyer paid', { buyer: 900n }, { unexplained: 100n }],
    [
      'discounts that are not all that was taken off',
      { buyer: 700n, discounts: [discount(200n, [part('wallet', 200n)])] },
      { wallet: 200n, unexplained: 100n },
    ],
  ])('%s', (_, told, expected) => {
    const attempt = newPaidAttempt(1000n, []);
    expect(tell(attempt, outcome(1000n, told)).alerts).toEqual([]);
    expect(kindsOf(reportedParts(attempt))).toEqual(expected);
    const moved = toTransfers({ kind: 'discounts_reported', attempt });
    expect(new Set(moved.map(({ id }) => id)).size).toBe(moved.length);
    expect(moved.every(({ amount }) => amount > 0n)).toBe(true);
  });

  test('later counts as well, once; what it tells after that takes its place, and the difference is booked', () => {
    const attempt = newPaidAttempt(1000n, []);
    const told = outcome(1000n, { discounts: [discount(200n, [part('wallet', 200n)])] });
    expect(tell(attempt, outcome(1000n, {}))).toEqual(NOTHING);
    expect(tell(attempt, told)).toEqual({ postings: ['discounts_reported'], alerts: [] });
    expect(tell(attempt, told)).toEqual(NOTHING);
    const other = outcome(1000n, { discounts: [discount(300n, [part('wallet', 300n)])] });
    expect(tell(attempt, other)).toEqual({ postings: ['discounts_corrected'], alerts: [] });
    expect(kindsOf(reportedParts(attempt))).toEqual({ wallet: 300n });
    expect(attempt.reported).toMatchObject({ counts: 1, told: [{ source: 'poll' }, { source: 'poll' }] });
  });

  test('an old notification that comes again changes nothing; an answer to our question does, whatever it says', () => {
    const attempt = newPaidAttempt(1000n, []);
    const first = outcome(1000n, { discounts: [discount(200n, [part('wallet', 200n)])] });
    const second = outcome(1000n, { discounts: [discount(300n, [part('wallet', 300n)])] });
    tell(attempt, first, 'notification');
    tell(attempt, second, 'notification');
    expect(tell(attempt, first, 'notification')).toEqual(NOTHING);
    expect(tell(attempt, outcome(1000n, { buyer: 1000n }), 'notification')).toEqual(NOTHING);
    expect(kindsOf(reportedParts(attempt))).toEqual({ wallet: 300n });
    expect(tell(attempt, first, 'poll')).toEqual({ postings: ['discounts_corrected'], alerts: [] });
    expect(tell(attempt, outcome(1000n, { buyer: 1000n }), 'poll')).toEqual({
      postings: ['discounts_corrected'],
      alerts: [],
    });
    expect(reportedParts(attempt)).toEqual([]);
    expect(attempt.reported?.told).toHaveLength(4);
  });

  test('that cannot be leaves what counts, is told to an operator once, and is kept', () => {
    const attempt = newPaidAttempt(1000n, []);
    tell(attempt, outcome(1000n, { discounts: [discount(200n, [part('wallet', 200n)])] }));
    const tooMuch = outcome(1000n, { discounts: [discount(1001n, [part('wallet', 1001n)])] });
    expect(tell(attempt, tooMuch)).toMatchObject({
      postings: [],
      alerts: [expect.stringMatching(/more than was paid/)],
    });
    expect(tell(attempt, tooMuch)).toEqual(NOTHING);
    expect(kindsOf(reportedParts(attempt))).toEqual({ wallet: 200n });
    expect(attempt.reported).toMatchObject({ counts: 0, told: [{}, {}] });
  });

  test('of a wallet that never stops telling something else so many are kept, an operator is told once, and its newest answer counts', () => {
    const attempt = newPaidAttempt(1000n, []);
    const alerts = Array.from(
      { length: 40 },
      (_, index) => tell(attempt, outcome(1000n, { buyer: 900n - BigInt(index) })).alerts,
    );
    expect(alerts.slice(0, 32).flat()).toEqual([]);
    expect(alerts.slice(32).flat()).toEqual([expect.stringMatching(/in more than 32 different ways/)]);
    expect(attempt.reported).toMatchObject({ counts: 31, buyerMinor: 861n });
    expect(attempt.reported?.told.map(({ buyerMinor }) => buyerMinor)).toEqual([
      ...Array.from({ length: 31 }, (_, index) => 900n - BigInt(index)),
      861n,
    ]);
  });

  test.each<[string, { buyer: bigint }, ReportSource]>([
    ['a notification, which may be an old one', { buyer: 500n }, 'notification'],
    ['what cannot be', { buyer: 1001n }, 'poll'],
    ['what counts, once more', { buyer: 869n }, 'poll'],
  ])('where no room is left, nothing is changed by %s', (_, told, source) => {
    const attempt = newPaidAttempt(1000n, []);
    for (let index = 0; index < 32; index++) tell(attempt, outcome(1000n, { buyer: 900n - BigInt(index) }));
    const before = attempt.reported;
    const { postings, alerts } = tell(attempt, outcome(1000n, told), source);
    expect([postings, alerts.length]).toEqual([[], told.buyer === 869n ? 0 : 1]);
    expect(attempt.reported).toEqual(told.buyer === 869n ? before : { ...before, hadMore: true });
    expect(tell(attempt, outcome(1000n, told), source)).toEqual(NOTHING);
  });

  test.each<[string, { buyer?: bigint; discounts?: ReportedDiscount[] }]>([
    ['more than was paid', { discounts: [discount(1001n, [])] }],
    ['a buyer who paid more than the order', { buyer: 1001n }],
    ['a part below zero', { discounts: [discount(1n, [part('wallet', -1n)])] }],
  ])('is kept and not booked when it cannot be: %s', (_, told) => {
    const attempt = newPaidAttempt(1000n, []);
    expect(tell(attempt, outcome(1000n, told))).toEqual({ postings: [], alerts: [expect.any(String)] });
    expect([attempt.reported === null, reportedParts(attempt)]).toEqual([false, []]);
  });

  test('while a refund is on its way is booked as before: the refund takes back its part when it is done', () => {
    const attempt = { ...newPaidAttempt(1000n, []), refundingMinor: 1n };
    expect(tell(attempt, outcome(1000n, { buyer: 900n }))).toEqual({ postings: ['discounts_reported'], alerts: [] });
  });

  test('however many funders it names, there is a transfer for each or they are nobody', () => {
    const attempt = newPaidAttempt(1000n, []);
    const many = Array.from({ length: 200 }, (_, index) => part('bank', 1n, `bank ${index}`));
    tell(attempt, outcome(1000n, { discounts: [discount(200n, many)] }));
    expect(reportedParts(attempt).reduce((sum, one) => sum + one.minor, 0n)).toBe(200n);
    expect(toTransfers({ kind: 'discounts_reported', attempt })).toHaveLength(48);
  });
});

describe('a refund of a payment on which the wallet had taken something off', () => {
  /** Lets the wallet refund so much, and tell so. */
  function refundOf(attempt: Attempt, refunds: Refund[], minor: bigint, told: Parameters<typeof outcome>[1] = {}) {
    const refund: Refund = {
      ...newRefund(attempt, minor),
      id: `rf_01M83E1H4Q000ND8XG5P3H3${String(refunds.length).padStart(1, '0')}00`,
      outcome: 'succeeded',
    };
    refunds.push(refund);
    attempt.refundedMinor += minor;
    const effects = newEffects();
    takeRefundReport(setUp().deps, attempt, refund, refunds, outcome(minor, told), 'poll', effects);
    return { refund, effects };
  }
  function paidWith(discounts: ReportedDiscount[], wallet: WalletName = 'wechatpay'): Attempt {
    const attempt = { ...newPaidAttempt(1000n, []), wallet };
    tell(attempt, outcome(1000n, { discounts }));
    return attempt;
  }

  test('WeChat Pay rounds what stays of the buyer’s money, the others what goes', () => {
    // Of 10.00 with 0.01 off, half and half of the rest: 4.995 stays, or goes.
    const order = { paidMinor: 1000n, buyerMinor: 999n, backMinor: 0n, buyerBackMinor: 0n };
    expect(buyerBack(REFUND_RULES.wechatpay, order, 500n)).toBe(499n);
    expect(buyerBack(REFUND_RULES.alipay, order, 500n)).toBe(500n);
  });

  test('takes back what the wallet tells, part by part', () => {
    const attempt = paidWith([discount(200n, [part('wallet', 150n), part('merchant', 50n)])]);
    const { refund, effects } = refundOf(attempt, [], 100n, {
      buyer: 80n,
      discounts: [discount(20n, [part('wallet', 5n), part('merchant', 15n)])],
    });
    expect(refund.reported).toMatchObject({ isComputed: false });
    expect(kindsOf(refund.reported?.booked ?? [])).toEqual({ wallet: 5n, merchant: 15n });
    expect([effects.alerts.length, effects.postings.length]).toEqual([0, 1]);
  });

  test('takes back of each who paid for a coupon, where the wallet tells only which coupon', () => {
    const attempt = paidWith([
      { ...discount(200n, [part('wallet', 150n), part('merchant', 50n)]), walletOfferId: 'A' },
      { ...discount(100n, [part('other', 100n)], true), walletOfferId: 'B' },
    ]);
    const told = {
      buyer: 70n,
      discounts: [
        { ...discount(20n, []), walletOfferId: 'A' },
        { ...discount(10n, []), walletOfferId: 'B' },
      ],
    };
    const { refund } = refundOf(attempt, [], 100n, told);
    expect(kindsOf(refund.reported?.booked ?? [])).toEqual({ wallet: 25n, merchant: 5n });
    const { refund: second } = refundOf(attempt, [refund], 100n, {
      buyer: 70n,
      discounts: [{ ...discount(30n, []), walletOfferId: 'C' }],
    });
    expect(kindsOf(second.reported?.booked ?? [])).toEqual({ wallet: 25n, merchant: 5n });
  });

  test('is computed where the wallet tells nothing, and marked so', () => {
    const attempt = paidWith([discount(200n, [part('wallet', 150n), part('merchant', 50n)])]);
    const { refund } = refundOf(attempt, [], 100n);
    expect(refund.reported).toMatchObject({ isComputed: true, buyerMinor: 80n });
    expect(kindsOf(refund.reported?.booked ?? [])).toEqual({ wallet: 15n, merchant: 5n });
  });

  test('that says of the last one what cannot be is told to an operator; the books still close', () => {
    const attempt = paidWith([discount(200n, [part('wallet', 200n)])]);
    const { refund, effects } = refundOf(attempt, [], 1000n, { buyer: 1000n, discounts: [discount(0n, [])] });
    expect(kindsOf(refund.reported?.booked ?? [])).toEqual({ wallet: 200n });
    expect(effects.alerts.map(({ kind }) => kind)).toEqual(['discount_differs']);
  });

  /** 1.00 of 10.00 went back; of it the wallet has told something else 32 times, the last time that 0.69 was the buyer's. */
  function toldSoOften(settled: Attempt['settled']) {
    const attempt: Attempt = { ...paidWith([discount(500n, [part('wallet', 500n)])]), settled };
    const refunds: Refund[] = [];
    const { refund } = refundOf(attempt, refunds, 100n);
    const tellOf = (told: Parameters<typeof outcome>[1], source: ReportSource = 'poll') => {
      const effects = newEffects();
      takeLateRefundReport(setUp().deps, attempt, refund, refunds, outcome(100n, told), source, effects);
      return { postings: effects.postings.length, alerts: effects.alerts.map(({ detail }) => detail) };
    };
    for (let index = 0; index < 32; index++) expect(tellOf({ buyer: 100n - BigInt(index) }).alerts).toEqual([]);
    expect(refund.reported?.told).toHaveLength(32);
    return { refund, tellOf, isBooked: settled === 'accepted' };
  }

  test.each<Attempt['settled']>(['accepted', 'surplus'])(
    'of which the wallet tells something else a 33rd time: an operator hears of it once, and its newest answer counts (%s)',
    (settled) => {
      const { refund, tellOf, isBooked } = toldSoOften(settled);
      const first = refund.reported?.told.slice(0, 31);
      expect(tellOf({ buyer: 60n })).toEqual({
        postings: isBooked ? 1 : 0,
        alerts: [expect.stringMatching(/in more than 32 different ways/)],
      });
      expect(tellOf({ buyer: 55n })).toEqual({ postings: isBooked ? 1 : 0, alerts: [] });
      expect(tellOf({ buyer: 55n })).toEqual({ postings: 0, alerts: [] });
      expect(refund.reported).toMatchObject({ counts: 31, buyerMinor: 55n, hadMore: true });
      expect(refund.reported?.told).toHaveLength(32);
      expect(refund.reported?.told.slice(0, 31)).toEqual(first);
      expect(kindsOf(refund.reported?.booked ?? [])).toEqual(isBooked ? { wallet: 45n } : {});
    },
  );

  test.each<[string, { buyer: bigint }, ReportSource]>([
    ['a notification, which may be an old one', { buyer: 50n }, 'notification'],
    ['what cannot be', { buyer: 101n }, 'poll'],
  ])('where no room is left, is not changed by %s; an operator hears of the first', (_, told, source) => {
    const { refund, tellOf } = toldSoOften('accepted');
    const before = refund.reported;
    expect(tellOf(told, source)).toEqual({ postings: 0, alerts: [expect.stringMatching(/more than 32/)] });
    expect(tellOf({ buyer: told.buyer - 1n }, 'notification')).toEqual({ postings: 0, alerts: [] });
    expect(refund.reported).toEqual({ ...before, hadMore: true });
  });

  test('of surplus money takes nothing back, because nothing was booked', () => {
    const attempt: Attempt = { ...paidWith([discount(200n, [part('wallet', 200n)])]), settled: 'surplus' };
    const { refund, effects } = refundOf(attempt, [], 1000n, { buyer: 800n, discounts: [discount(200n, [])] });
    expect([refund.reported?.booked, effects.postings, effects.alerts]).toEqual([[], [], []]);
  });

  test('over all refunds sums to what was reported, of every funder', () => {
    const funder = fc.constantFrom<Told['funder']>('merchant', 'wallet', 'bank', 'other');
    const told = fc.record({
      parts: fc.array(
        fc.tuple(funder, fc.bigInt(0n, 200n)).map(([one, minor]) => part(one, minor)),
        { maxLength: 4 },
      ),
      gap: fc.bigInt(-100n, 100n),
      prefunded: fc.boolean(),
    });
    const wallet = fc.constantFrom<WalletName>('wechatpay', 'alipay', 'unionpay');
    const shares = fc.array(fc.record({ share: fc.integer({ min: 1, max: 900 }), tells: fc.boolean() }), {
      maxLength: 8,
    });
    fc.assert(
      fc.property(wallet, fc.array(told, { maxLength: 2 }), shares, (name, discounts, steps) => {
        const given = discounts.map(({ parts, gap, prefunded }) => {
          const minor = parts.reduce((sum, one) => sum + one.minor, gap);
          return discount(minor < 0n ? 0n : minor > 400n ? 400n : minor, parts, prefunded);
        });
        const attempt = paidWith(given, name);
        const whole = reportedParts(attempt);
        const refunds: Refund[] = [];
        for (const { share, tells } of [...steps, { share: 1000, tells: false }]) {
          const left = attempt.paidMinor - attempt.refundedMinor;
          const minor = (left * BigInt(share)) / 1000n;
          if (minor === 0n) continue;
          const { refund } = refundOf(attempt, refunds, minor, tells ? { buyer: (minor * 9n) / 10n } : {});
          const off = (refund.reported?.booked ?? []).reduce((sum, one) => sum + one.minor, 0n);
          expect(off >= 0n && off <= 400n * 2n).toBe(true);
        }
        const back = refunds.flatMap((refund) => refund.reported?.booked ?? []);
        expect(sumUp([...whole, ...back.map((one) => ({ ...one, minor: -one.minor }))])).toEqual([]);
      }),
    );
  });
});
