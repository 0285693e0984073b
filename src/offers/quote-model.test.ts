import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CampaignDocument } from './campaign.ts';
import type { QuoteRequest } from './offers.ts';
import { quoteOffers } from './quote-offers.ts';
import type { PublishedOffer } from './quote-input.ts';
import { bruteForce } from './test-brute-force.ts';
import { candidateOf, ENDLESS_ROOM, itemOf, offerId, offerOf, requestOf } from './test-quotes.ts';

const ARTICLES = ['A', 'B', 'C', 'D'] as const;
const WALLETS = ['unionpay', 'wechatpay', 'alipay'] as const;

const minor = (from: number, to: number) => fc.integer({ min: from, max: to });
const yuan = (fen: number): string => (fen / 100).toFixed(2);

const moneyTerms = fc.oneof(
  minor(1, 900).map((off) => ({ kind: 'flat' as const, off: yuan(off) })),
  fc.tuple(minor(300, 3000), minor(1, 250), minor(1, 2000), minor(1, 400)).map(([at, off, further, more]) => ({
    kind: 'threshold' as const,
    tiers: [
      { at: yuan(at), off: yuan(off) },
      { at: yuan(at + further + more), off: yuan(off + more) },
    ],
  })),
  fc.tuple(minor(200, 2000), minor(1, 150), minor(1, 5)).map(([at, off, times]) => ({
    kind: 'threshold' as const,
    every: { at: yuan(at), off: yuan(off), times_max: times },
  })),
  fc.tuple(minor(1, 600), fc.option(minor(1, 900), { nil: undefined })).map(([share, most]) => ({
    kind: 'percent' as const,
    off_per_mille: share,
    ...(most === undefined ? {} : { off_max: yuan(most) }),
  })),
  fc.tuple(minor(1, 300), minor(1, 500)).map(([from, further]) => ({
    kind: 'random' as const,
    off_from: yuan(from),
    off_to: yuan(from + further),
  })),
);

const itemTerms = fc
  .record({
    articles: fc.uniqueArray(fc.constantFrom(...ARTICLES), { minLength: 1 }),
    off: fc.oneof(
      minor(1, 400).map((off) => ({ off: yuan(off) })),
      minor(1, 1000).map((share) => ({ off_per_mille: share })),
    ),
    quantity_max: minor(1, 8),
  })
  .map(({ articles, off, quantity_max }) => ({ kind: 'item' as const, item: { articles, ...off, quantity_max } }));

const feeTerms = minor(1, 1000).map((share) => ({
  kind: 'instalment_fee' as const,
  instalments: [3, 6],
  off_per_mille: share,
}));

const terms: fc.Arbitrary<Pick<CampaignDocument, 'kind'> & Partial<CampaignDocument>> = fc.oneof(
  { weight: 5, arbitrary: moneyTerms },
  { weight: 2, arbitrary: itemTerms },
  { weight: 1, arbitrary: feeTerms },
);

const GROUPS = ['red', 'green', 'blue'] as const;
const stacking: fc.Arbitrary<CampaignDocument['stacking']> = fc.oneof(
  { weight: 3, arbitrary: fc.constant(undefined) },
  { weight: 1, arbitrary: fc.constant({ alone: true as const }) },
  { weight: 4, arbitrary: fc.constantFrom(...GROUPS).map((group) => ({ group })) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.constantFrom(...GROUPS), fc.uniqueArray(fc.constantFrom(...GROUPS), { minLength: 1 }))
      .map(([group, names]) => ({ group, with: names.filter((name) => name !== group) }))
      .filter((one) => one.with.length > 0),
  },
  {
    weight: 2,
    arbitrary: fc.uniqueArray(fc.constantFrom(...GROUPS), { minLength: 1 }).map((names) => ({ with: names })),
  },
);

const offerTerms = fc.record({
  terms,
  stacking,
  funder: fc.constantFrom('merchant' as const, 'wallet' as const, 'bank' as const, 'platform' as const),
  wallets: fc.option(fc.uniqueArray(fc.constantFrom(...WALLETS), { minLength: 1 }), { nil: undefined }),
  minAmount: fc.option(minor(1, 4000), { nil: undefined, freq: 3 }),
  by: fc.constantFrom('hutong' as const, 'hutong' as const, 'hutong' as const, 'wallet' as const),
});

const offers: fc.Arbitrary<PublishedOffer[]> = fc.array(offerTerms, { minLength: 1, maxLength: 9 }).map((all) =>
  all.map(({ terms: one, stacking: beside, funder, wallets, minAmount, by }, index) => {
    // A flat offer of more than has to be spent is refused when it is read.
    const least = minAmount === undefined ? undefined : yuan(minAmount + 1000);
    return offerOf(index + 1, {
      ...one,
      by,
      funders: [
        { funder, per_mille: 700, ...(funder === 'bank' ? { owner: 'ICBC' } : {}) },
        { funder: 'bank', owner: 'CMB', per_mille: 300 },
      ],
      ...(beside === undefined ? {} : { stacking: beside }),
      conditions: {
        ...(wallets === undefined && by === 'hutong' ? {} : { wallets: wallets ?? ['unionpay'] }),
        ...(least === undefined ? {} : { min_amount: least }),
      },
    });
  }),
);

const cart: fc.Arbitrary<Pick<QuoteRequest, 'amountMinor' | 'items'>> = fc.oneof(
  minor(1, 6000).map((amount) => ({ amountMinor: BigInt(amount), items: [] })),
  fc
    .uniqueArray(fc.record({ id: fc.constantFrom(...ARTICLES, 'E'), quantity: minor(1, 6), amount: minor(1, 2500) }), {
      minLength: 1,
      selector: ({ id }) => id,
    })
    .map((lines) => ({
      amountMinor: lines.reduce((sum, { amount }) => sum + BigInt(amount), 0n),
      items: lines.map(({ id, quantity, amount }) => itemOf(id, quantity, BigInt(amount))),
    })),
);

const candidates: fc.Arbitrary<QuoteRequest['candidates']> = fc
  .uniqueArray(fc.constantFrom(...WALLETS), { minLength: 1 })
  .chain((wallets) =>
    fc.tuple(
      ...wallets.map((wallet) =>
        fc.option(fc.record({ count: fc.constantFrom(3, 12), fee: minor(0, 400) })).map((parts) =>
          candidateOf(wallet, {
            instalment: parts === null ? null : { count: parts.count, feeMinor: BigInt(parts.fee) },
          }),
        ),
      ),
    ),
  );

const world = fc.record({ offers, cart, candidates });

describe('the best combination', () => {
  test('is that of trying every combination, for every way to pay', () => {
    fc.assert(
      fc.property(world, ({ offers: all, cart: { amountMinor, items }, candidates: ways }) => {
        const quote = quoteOffers(all, [], requestOf(amountMinor, { items, candidates: ways }), ENDLESS_ROOM);
        expect(quote.quotes).toHaveLength(ways.length);
        for (const { candidate, toPayMinor, maySaveMinor, applied, isExact } of quote.quotes) {
          const counts = ({ campaign: { conditions, value } }: PublishedOffer): boolean =>
            (conditions.wallets.length === 0 || conditions.wallets.includes(candidate.wallet)) &&
            (value.kind !== 'instalment_fee' || value.counts.includes(candidate.instalment?.count ?? 0)) &&
            (conditions.amountMinMinor ?? 0n) <= amountMinor;
          const feeMinor = candidate.instalment?.feeMinor ?? 0n;
          const side = (by: string) => all.filter((one) => one.campaign.by === by && counts(one));
          const ours = bruteForce(side('hutong'), { amountMinor, items, feeMinor });
          const theirs = bruteForce(side('wallet'), { amountMinor: amountMinor - ours.savedMinor, items, feeMinor });
          const ids = applied.map(({ offerId: id }) => id);
          expect({ isExact, saved: amountMinor - toPayMinor, ids: ids.toSorted() }).toEqual({
            isExact: true,
            saved: ours.savedMinor,
            ids: [...ours.offerIds, ...theirs.offerIds].sort(),
          });
          const more = ours.mostMinor - ours.savedMinor + theirs.mostMinor;
          expect(maySaveMinor).toBe(more < toPayMinor ? more : toPayMinor - 1n);
        }
      }),
      { numRuns: 1500 },
    );
  });

  test('does not depend on the order of offers, lines and ways to pay', () => {
    const shuffled = world.chain(({ offers: all, cart: one, candidates: ways }) =>
      fc.record({
        before: fc.constant({ all, one, ways }),
        all: fc.shuffledSubarray(all, { minLength: all.length }),
        items: fc.shuffledSubarray([...one.items], { minLength: one.items.length }),
        ways: fc.shuffledSubarray([...ways], { minLength: ways.length }),
      }),
    );
    fc.assert(
      fc.property(shuffled, ({ before, all, items, ways }) => {
        const { amountMinor } = before.one;
        const first = requestOf(amountMinor, { items: before.one.items, candidates: before.ways });
        const again = requestOf(amountMinor, { items, candidates: ways });
        const byWallet = (offersGiven: PublishedOffer[], request: QuoteRequest) =>
          quoteOffers(offersGiven, [], request, ENDLESS_ROOM)
            .quotes.map(({ applied, ...rest }) => ({
              ...rest,
              applied: applied.map((one) => ({ ...one, items: one.items.toSorted((a, b) => (a.id < b.id ? -1 : 1)) })),
            }))
            .sort((a, b) => (a.candidate.wallet < b.candidate.wallet ? -1 : 1));
        expect(byWallet(all, again)).toEqual(byWallet(before.all, first));
        const prices = quoteOffers(all, [], again, ENDLESS_ROOM).quotes.map(({ toPayMinor }) => toPayMinor);
        expect(prices).toEqual(prices.toSorted((a, b) => Number(a - b)));
      }),
      { numRuns: 500 },
    );
  });

  test('adds up: parts and lines to each discount, discounts to what is saved, and something is left to pay', () => {
    fc.assert(
      fc.property(world, ({ offers: all, cart: { amountMinor, items }, candidates: ways }) => {
        const { quotes } = quoteOffers(all, [], requestOf(amountMinor, { items, candidates: ways }), ENDLESS_ROOM);
        for (const { applied, notUsed, savedMinor, maySaveMinor, toPayMinor } of quotes) {
          const sum = (minors: readonly bigint[]) => minors.reduce((total, each) => total + each, 0n);
          expect(toPayMinor).toBeGreaterThanOrEqual(1n);
          expect(toPayMinor + savedMinor).toBe(amountMinor);
          expect(sum(applied.map((each) => each.minor))).toBe(savedMinor);
          expect(toPayMinor - maySaveMinor).toBeGreaterThanOrEqual(1n);
          for (const each of applied) {
            expect(sum(each.parts.map((part) => part.minor))).toBe(each.minor);
            if (each.items.length > 0) expect(sum(each.items.map((line) => line.minor))).toBe(each.minor);
            expect(each.mostMinor).toBeGreaterThan(0n);
          }
          const told = [...applied, ...notUsed].map(({ offerId: id }) => id);
          expect(told.toSorted()).toEqual(all.map((_, index) => offerId(index + 1)).sort());
        }
      }),
      { numRuns: 500 },
    );
  });
});
