import { describe, expect, test } from 'vitest';
import { HOLD_LINES_MAX } from '../base/limits.ts';
import { ROLLOUT_LINES_MAX } from '../base/link-limits.ts';
import { explainApplied, explainBetter, explainNotUsed } from './explain-offers.ts';
import type { Quote } from './offers.ts';
import { quoteOffers } from './quote-offers.ts';
import {
  candidateOf,
  ENDLESS_ROOM,
  FLAT,
  itemOf,
  MERCHANT,
  offerId,
  offerOf,
  quoteOf,
  requestOf,
} from './test-quotes.ts';

describe('what is said for certain', () => {
  test("a wallet's own offer lowers nothing, and puts its wallet first among those that cost the same", () => {
    const offers = [
      offerOf(1, {
        ...FLAT,
        by: 'wallet',
        conditions: { wallets: ['alipay'] },
        funders: [{ funder: 'wallet', per_mille: 1000 }],
      }),
    ];
    const quote = quoteOffers(
      offers,
      [],
      requestOf(10_000n, { candidates: [candidateOf('unionpay'), candidateOf('alipay')] }),
      ENDLESS_ROOM,
    );
    expect(
      quote.quotes.map(({ candidate, toPayMinor, maySaveMinor }) => [candidate.wallet, toPayMinor, maySaveMinor]),
    ).toEqual([
      ['alipay', 10_000n, 500n],
      ['unionpay', 10_000n, 0n],
    ]);
    const [applied] = quote.quotes[0]?.applied ?? [];
    expect(applied && explainApplied(applied, 'CNY')['zh-CN']).toBe('预计再减最多 ¥5.00，以钱包为准');
    expect(applied?.parts).toEqual([{ funder: 'wallet', owner: 'alipay', minor: 0n }]);
  });

  test('the cheaper way to pay is put first, and said', () => {
    const offers = [
      offerOf(1, {
        ...FLAT,
        conditions: { wallets: ['unionpay'] },
        funders: [{ funder: 'wallet', owner: 'unionpay', per_mille: 1000 }],
      }),
      offerOf(2, { kind: 'flat', off: '2.00' }),
    ];
    const quote: Quote = quoteOffers(
      offers,
      [],
      requestOf(10_000n, { candidates: [candidateOf('alipay'), candidateOf('unionpay')] }),
      ENDLESS_ROOM,
    );
    const [best, other] = quote.quotes;
    expect(best?.applied.map((one) => explainApplied(one, 'CNY')['zh-CN'])).toEqual([
      '立减 ¥2.00，商家出资',
      '立减 ¥5.00，云闪付出资',
    ]);
    expect(best && other && explainBetter(best, other, 'CNY')).toEqual({
      'zh-CN': '用云闪付支付，再省 ¥5.00',
      en: 'Pay with UnionPay QuickPass, save ¥5.00',
    });
    expect(best && other && explainBetter(other, best, 'CNY')).toBeNull();
  });

  test('what more than one payer pays sums to the fen, the largest remainder first and then as they are named', () => {
    const thirds = offerOf(1, {
      kind: 'flat',
      off: '0.05',
      funders: [
        { funder: 'bank', owner: 'ICBC', per_mille: 500 },
        { funder: 'merchant', per_mille: 500 },
      ],
    });
    expect(quoteOf([thirds], requestOf(100n)).applied[0]?.parts).toEqual([
      { funder: 'bank', owner: 'ICBC', minor: 3n },
      { funder: 'merchant', owner: MERCHANT, minor: 2n },
    ]);
  });

  test('an offer that goes with none of the better ones says with what, and what it would save', () => {
    const offers = [
      offerOf(1, { kind: 'flat', off: '3.00', stacking: { alone: true } }),
      offerOf(2, { kind: 'flat', off: '5.00' }),
      offerOf(3, { kind: 'flat', off: '4.00' }),
    ];
    const { applied, notUsed } = quoteOf(offers, requestOf(10_000n));
    expect(applied.map(({ offerId: id }) => id)).toEqual([offerId(2)]);
    expect(notUsed.map(({ code, facts }) => [code, facts['with'], facts['would_save_minor']])).toEqual([
      ['cannot_combine', offerId(2), '300'],
      ['cannot_combine', offerId(2), '400'],
    ]);
    expect(notUsed[0] && explainNotUsed(notUsed[0], 'CNY')['zh-CN']).toBe('不能与“优惠2”同享；单用可减 ¥3.00');
  });

  test('an offer that would take the order below the threshold of a better one is left out', () => {
    const offers = [
      offerOf(1, { kind: 'item', item: { articles: ['A'], off: '1.00', quantity_max: 1 } }),
      offerOf(2, { kind: 'threshold', tiers: [{ at: '100.00', off: '20.00' }] }),
    ];
    const quote = quoteOf(offers, requestOf(10_000n, { items: [itemOf('A', 1, 4_000n), itemOf('B', 1, 6_000n)] }));
    expect(quote.savedMinor).toBe(2_000n);
    expect(quote.notUsed.map(({ code, facts }) => [code, facts])).toEqual([
      ['better_without', { would_save_minor: '100', would_save_most_minor: '100', saved_minor: '2000' }],
    ]);
    expect(quote.notUsed[0] && explainNotUsed(quote.notUsed[0], 'CNY').en).toBe(
      'without it you save more: ¥20.00, and ¥1.00 with it alone',
    );
  });

  test('a bank that only the wallet knows makes an estimate of what is the wallet’s own', () => {
    const offer = offerOf(1, { ...FLAT, by: 'wallet', conditions: { wallets: ['unionpay'], banks: ['ICBC'] } });
    expect(quoteOf([offer], requestOf(10_000n)).maySaveMinor).toBe(500n);
  });

  test('something is left to pay of the cheapest order, and one of a fen has no offer', () => {
    const offers = [offerOf(1, FLAT), offerOf(2, { kind: 'voucher', value: FLAT })];
    expect(quoteOf(offers, requestOf(300n)).toPayMinor).toBe(1n);
    const least = quoteOf(offers, requestOf(1n));
    expect([least.toPayMinor, least.notUsed.map(({ code }) => code)]).toEqual([
      1n,
      ['better_without', 'voucher_missing'],
    ]);
  });

  test('an article’s dearest units save first, and each line says what it saves', () => {
    const offer = offerOf(1, { kind: 'item', item: { articles: ['A', 'B'], off_per_mille: 500, quantity_max: 2 } });
    const quote = quoteOf([offer], requestOf(10_000n, { items: [itemOf('A', 3, 3_000n), itemOf('B', 1, 7_000n)] }));
    expect(quote.applied[0]?.items).toEqual([
      { id: 'A', minor: 500n },
      { id: 'B', minor: 3_500n },
    ]);
  });

  test('a fee for paying in parts is taken off as far as it is paid for', () => {
    const offer = offerOf(1, { kind: 'instalment_fee', instalments: [3], off_per_mille: 1000, off_max: '2.00' });
    const instalment = { count: 3, feeMinor: 180n };
    const quote = quoteOf([offer], requestOf(10_000n, { candidates: [candidateOf('alipay', { instalment })] }));
    expect(quote.toPayMinor).toBe(9_820n);
    expect(quote.applied[0] && explainApplied(quote.applied[0], 'CNY')['zh-CN']).toBe('免分期手续费 ¥1.80，商家出资');
  });

  test('more offers than are combined are said to be so', () => {
    const many = Array.from({ length: 40 }, (_, index) =>
      offerOf(index + 1, { kind: 'flat', off: '0.01', stacking: { group: `g${index}` } }),
    );
    const quote = quoteOf(many, requestOf(100_000n));
    expect([quote.isExact, quote.savedMinor, quote.notUsed.length]).toEqual([false, 30n, 10]);
  });

  test('more limits or funders than one attempt can hold and book are not promised', () => {
    const limits = { count: { day: 9, week: 9, month: 9, campaign: 9 }, money: { day: '9.00', campaign: '90.00' } };
    const limited = Array.from({ length: 12 }, (_, index) =>
      offerOf(index + 1, { kind: 'flat', off: `0.${10 + index}`, limits, stacking: { group: `g${index}` } }),
    );
    const quote = quoteOf(limited, requestOf(100_000n));
    expect(quote.isExact).toBe(false);
    // Of six each, ten would leave no room for what the wallet's rollouts hold.
    const held = quote.applied.flatMap(({ holds }) => holds);
    expect(held).toHaveLength(54);
    expect(held.length + ROLLOUT_LINES_MAX).toBeLessThanOrEqual(HOLD_LINES_MAX);
    expect(quote.notUsed.map(({ offerId }) => offerId)).toEqual([offerId(1), offerId(2), offerId(3)]);
    const banks = (index: number) =>
      ['A', 'B'].map((name) => ({ funder: 'bank' as const, owner: `BANK${name}${index}`, per_mille: 500 }));
    const funded = Array.from({ length: 28 }, (_, index) =>
      offerOf(index + 1, { kind: 'flat', off: '0.10', funders: banks(index), stacking: { group: `g${index}` } }),
    );
    const shared = quoteOf(funded, requestOf(100_000n));
    expect([shared.isExact, shared.applied.length, shared.savedMinor]).toEqual([false, 24, 240n]);
  });

  test('more combinations than are looked at give one that is said to be the best found, the same in every order', () => {
    const yuan = (amount: number): string => amount.toFixed(2);
    const many = Array.from({ length: 30 }, (_, index) =>
      offerOf(index + 1, {
        kind: 'threshold',
        tiers: [
          {
            at: yuan(200 - index * 5 + ((index * 37) % 7)),
            off: yuan(3 + ((index * 13) % 7) + ((index * 37) % 100) / 100),
          },
        ],
        stacking: { group: `g${index}` },
      }),
    );
    const [quote, backwards] = [many, many.toReversed()].map((offers) => quoteOf(offers, requestOf(20_150n)));
    expect(quote?.isExact).toBe(false);
    expect(quote?.savedMinor).toBe(quote?.applied.reduce((sum, { minor }) => sum + minor, 0n));
    expect(backwards).toEqual(quote);
  });
});
