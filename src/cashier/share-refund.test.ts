import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AppliedOffer, FunderPart } from '../offers/offers.ts';
import type { Attempt, Refund } from './payment.ts';
import { wantedItems } from './refund-items.ts';
import { leftOf, type RefundShares, shareItems, shareRefund, sumOfLeft } from './share-refund.ts';
import { newPaidAttempt } from './test-discounts.ts';

const parts = (minor: bigint, ...shares: [FunderPart['funder'], bigint][]): FunderPart[] => {
  const given = shares.map(([funder, part]) => ({ funder, owner: funder, minor: part }));
  expect(given.reduce((sum, part) => sum + part.minor, 0n)).toBe(minor);
  return given;
};

/** Books a refund as the cashier does; `fail` gives it back. */
function book(attempt: Attempt, refunds: Refund[], shared: RefundShares, items: Refund['items'] = null): Refund {
  const refund = {
    outcome: 'pending',
    automatic: false,
    amountMinor: shared.buyerMinor,
    discountMinor: shared.discountMinor,
    shares: shared.shares,
    items,
  } as unknown as Refund; // the fields that sharing reads
  refunds.push(refund);
  attempt.refundingMinor += shared.buyerMinor;
  return refund;
}

function fail(attempt: Attempt, refund: Refund): void {
  refund.outcome = 'failed';
  attempt.refundingMinor -= refund.amountMinor;
}

describe('a refund in the order’s money', () => {
  test('goes to the buyer alone where there are no offers', () => {
    const attempt = newPaidAttempt(1000n, []);
    expect(shareRefund(leftOf(attempt, []), 333n)).toEqual({ buyerMinor: 333n, discountMinor: 0n, shares: [] });
  });

  test.each<[string, bigint, bigint, bigint, bigint]>([
    // of 100.00 with 20.00 off: refund, buyer, discount
    ['half', 10_000n, 5000n, 4000n, 1000n],
    ['all', 10_000n, 10_000n, 8000n, 2000n],
    ['a fen, halves up', 10_000n, 1n, 1n, 0n],
    ['three fen', 10_000n, 3n, 2n, 1n],
  ])('%s', (_, order, wanted, buyer, discount) => {
    const attempt = newPaidAttempt(order, [{ minor: 2000n, parts: parts(2000n, ['merchant', 1500n], ['bank', 500n]) }]);
    const shared = shareRefund(leftOf(attempt, []), wanted);
    expect([shared.buyerMinor, shared.discountMinor]).toEqual([buyer, discount]);
  });

  test('may be all discount: then the buyer gets nothing', () => {
    const attempt = newPaidAttempt(1000n, [{ minor: 999n, parts: parts(999n, ['platform', 999n]) }]);
    expect(shareRefund(leftOf(attempt, []), 1n)).toMatchObject({ buyerMinor: 0n, discountMinor: 1n });
  });

  test('of all that a campaign took off, each funder gets back what it gave, whatever was refunded and failed in between', () => {
    const amount = fc.bigInt(0n, 5000n);
    const funder = fc.constantFrom<FunderPart['funder']>('merchant', 'wallet', 'bank', 'platform');
    const offer = fc.record({ funders: fc.array(fc.tuple(funder, amount), { minLength: 1, maxLength: 4 }) });
    fc.assert(
      fc.property(
        fc.bigInt(1n, 20_000n),
        fc.array(offer, { maxLength: 4 }),
        fc.array(fc.record({ share: fc.integer({ min: 1, max: 1000 }), fails: fc.boolean() }), { maxLength: 12 }),
        (buyerMinor, offers, steps) => {
          const given = offers.map(({ funders }) => {
            const minor = funders.reduce((sum, [, part]) => sum + part, 0n);
            return { minor, parts: parts(minor, ...funders) };
          });
          const discount = given.reduce((sum, one) => sum + one.minor, 0n);
          const order = buyerMinor + discount;
          const attempt = newPaidAttempt(order, given);
          const refunds: Refund[] = [];
          for (const { share, fails } of [...steps, { share: 1000, fails: false }]) {
            const left = leftOf(attempt, refunds);
            const leftMinor = sumOfLeft(left);
            const wanted = (leftMinor * BigInt(share)) / 1000n;
            if (wanted === 0n) continue;
            const shared = shareRefund(left, wanted);
            expectWhole(shared, wanted);
            expect(shared.buyerMinor <= left.buyerMinor).toBe(true);
            const refund = book(attempt, refunds, shared);
            if (fails) fail(attempt, refund);
          }
          const kept = refunds.filter((refund) => refund.outcome !== 'failed');
          expect(kept.reduce((sum, one) => sum + one.amountMinor, 0n)).toBe(buyerMinor);
          expect(sumByFunder(kept.flatMap((one) => one.shares ?? []))).toEqual(sumByFunder(given));
        },
      ),
    );
  });
});

describe('a refund of lines of the order', () => {
  const items = [
    { id: 'A', name: '茶', quantity: 1, amountMinor: 1000n },
    { id: 'B', name: '壶', quantity: 3, amountMinor: 9000n },
  ];
  const payment = { items };
  const attempt = () =>
    newPaidAttempt(10_000n, [
      { minor: 200n, parts: parts(200n, ['merchant', 200n]), items: [{ id: 'A', minor: 200n }] },
      { minor: 1000n, parts: parts(1000n, ['bank', 700n], ['merchant', 300n]) },
    ]);
  const shareOf = (one: Attempt, refunds: Refund[], wanted: { id: string; quantity: number }[]) =>
    shareItems(leftOf(one, refunds), wantedItems(payment, refunds, wanted));

  test('keeps what an offer took off a line with that line, and spreads the order’s over what remains', () => {
    // Source: WeChat Pay, 代金券 refunds: of 100.00 A is 10.00 with 2.00 off and B 90.00, and the order has 10.00 off.
    expect(shareOf(attempt(), [], [{ id: 'A', quantity: 1 }])).toMatchObject({ buyerMinor: 718n, discountMinor: 282n });
    expect(shareOf(attempt(), [], [{ id: 'B', quantity: 3 }])).toMatchObject({
      buyerMinor: 8082n,
      discountMinor: 918n,
    });
  });

  test.each([[['A', 'B']], [['B', 'A']], [['B1', 'B1', 'A', 'B1']]])(
    'line by line, %j, gives everything back',
    (order) => {
      const one = attempt();
      const refunds: Refund[] = [];
      for (const step of order) {
        const id = step.charAt(0);
        const wanted = wantedItems(payment, refunds, [{ id, quantity: step === 'B' ? 3 : 1 }]);
        const shared = shareItems(leftOf(one, refunds), wanted);
        expectWhole(
          shared,
          wanted.reduce((sum, item) => sum + item.minor, 0n),
        );
        book(one, refunds, shared, wanted);
      }
      expect(sumOfLeft(leftOf(one, refunds))).toBe(0n);
      expect(refunds.reduce((sum, refund) => sum + refund.amountMinor, 0n)).toBe(8800n);
    },
  );

  test('always sums to what is asked for, also after refunds by amount', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9999 }), fc.constantFrom('A', 'B'), (first, id) => {
        const one = attempt();
        const refunds: Refund[] = [];
        book(one, refunds, shareRefund(leftOf(one, refunds), BigInt(first)));
        const left = leftOf(one, refunds);
        const wanted = wantedItems(payment, refunds, [{ id, quantity: 1 }]);
        const asked = wanted.reduce((sum, item) => sum + item.minor, 0n);
        if (asked > sumOfLeft(left)) return;
        const shared = shareItems(left, wanted);
        expectWhole(shared, asked);
        book(one, refunds, shared, wanted);
        const rest = leftOf(one, refunds);
        if (sumOfLeft(rest) > 0n) book(one, refunds, shareRefund(rest, sumOfLeft(rest)));
        expect(sumByFunder(refunds.flatMap((refund) => refund.shares ?? []))).toEqual({ bank: 700n, merchant: 500n });
      }),
    );
  });

  test.each([
    ['a line that the order does not have', [{ id: 'C', quantity: 1 }], 'invalid_request'],
    [
      'a line twice',
      [
        { id: 'A', quantity: 1 },
        { id: 'A', quantity: 1 },
      ],
      'invalid_request',
    ],
    ['more pieces than there are', [{ id: 'B', quantity: 4 }], 'refund_exceeds_payment'],
  ])('refuses %s', (_, wanted, code) => {
    expect(() => wantedItems(payment, [], wanted)).toThrow(expect.objectContaining({ code }));
    expect(() => wantedItems({ items: null }, [], wanted)).toThrow(
      expect.objectContaining({ code: 'invalid_request' }),
    );
  });
});

function expectWhole(shared: RefundShares, wanted: bigint): void {
  expect(shared.buyerMinor + shared.discountMinor).toBe(wanted);
  for (const share of shared.shares) {
    expect(share.parts.reduce((sum, part) => sum + part.minor, 0n)).toBe(share.minor);
    expect(share.items.reduce((sum, item) => sum + item.minor, 0n) <= share.minor).toBe(true);
    for (const part of [...share.parts, ...share.items]) expect(part.minor > 0n).toBe(true);
  }
}

function sumByFunder(shares: readonly Pick<AppliedOffer, 'parts'>[]): Record<string, bigint> {
  const sums: Record<string, bigint> = {};
  for (const { funder, minor } of shares.flatMap((share) => share.parts))
    if (minor > 0n) sums[funder] = (sums[funder] ?? 0n) + minor;
  return sums;
}
