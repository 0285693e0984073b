import { describe, expect, test } from 'vitest';
import type { BuyerFacts } from '../base/buyer.ts';
import type { CampaignDocument } from './campaign.ts';
import { explainApplied, explainBetter, explainNotUsed } from './explain-offers.ts';
import type { Candidate, NotUsedCode, Quote, QuoteRequest } from './offers.ts';
import type { HeldVoucher, PublishedOffer, Room } from './quote-input.ts';
import { limitsOfQuote, quoteOffers } from './quote-offers.ts';
import { candidateOf, ENDLESS_ROOM, itemOf, MERCHANT, offerId, offerOf, requestOf } from './test-quotes.ts';

const FLAT = { kind: 'flat', off: '5.00' } as const;
const buyerHash = /[0-9a-f]{32}/;

function quoteOf(
  offers: PublishedOffer[],
  request: QuoteRequest,
  vouchers: HeldVoucher[] = [],
  room: Room = ENDLESS_ROOM,
) {
  const [first] = quoteOffers(offers, vouchers, request, room).quotes;
  if (first === undefined) throw new Error('a quote for the one way to pay');
  return first;
}

describe('why an offer is not used, the first reason that there is', () => {
  interface Row {
    says: string;
    code: NotUsedCode;
    terms?: Partial<CampaignDocument>;
    offer?: Partial<PublishedOffer>;
    candidate?: Partial<Candidate>;
    request?: Partial<Omit<QuoteRequest, 'buyer'>> & { buyer?: Partial<BuyerFacts> };
    facts?: Record<string, string>;
    zh: string;
    en: string;
  }
  const rows: Row[] = [
    {
      says: 'it was stopped',
      code: 'stopped',
      offer: { state: 'stopped' },
      terms: { when: { until: '2020-01-01' } },
      zh: '已停止',
      en: 'was stopped',
    },
    {
      says: 'it has not begun',
      code: 'not_started',
      terms: { when: { from: '2026-11-30T10:00' } },
      facts: { from: '2026-11-30T02:00:00.000Z' },
      zh: '11月30日 10:00 开始',
      en: 'begins 30 Nov 10:00',
    },
    {
      says: 'its last day is over',
      code: 'ended',
      terms: { when: { until: '2026-11-22' } },
      facts: { until: '2026-11-22T16:00:00.000Z' },
      zh: '11月23日 已结束',
      en: 'ended 23 Nov',
    },
    {
      says: 'it is for another wallet',
      code: 'other_wallet',
      terms: { conditions: { wallets: ['alipay', 'wechatpay'] } },
      facts: { wallets: 'alipay,wechatpay' },
      zh: '仅限支付宝、微信支付',
      en: 'is for Alipay, WeChat Pay alone',
    },
    {
      says: 'it is for another bank',
      code: 'other_bank',
      terms: { conditions: { banks: ['ICBC'] } },
      candidate: { bank: 'CMB' },
      facts: { banks: 'ICBC' },
      zh: '仅限工商银行的卡',
      en: 'is for ICBC cards alone',
    },
    {
      says: 'nobody knows the bank',
      code: 'bank_not_known',
      terms: { conditions: { banks: ['ICBC'] } },
      facts: { banks: 'ICBC' },
      zh: '仅限工商银行；付款前不知道是哪张卡',
      en: 'is for ICBC alone; which card pays is not known beforehand',
    },
    {
      says: 'it is for credit cards',
      code: 'other_card_kind',
      terms: { conditions: { card_kinds: ['credit'] } },
      candidate: { cardKind: 'debit' },
      zh: '仅限信用卡',
      en: 'is for credit cards alone',
    },
    {
      says: 'nobody knows the card that is counted',
      code: 'bank_not_known',
      terms: { limits: { per_card: { day: 1 } } },
      facts: { needs: 'card' },
      zh: '付款前不知道是哪张卡',
      en: 'which card pays is not known beforehand',
    },
    {
      says: 'it is for paying in parts',
      code: 'no_instalment',
      terms: { kind: 'instalment_fee', off_per_mille: 1000, instalments: [3, 6] },
      facts: { counts: '3,6' },
      zh: '仅限分 3、6 期付款',
      en: 'is for paying in 3, 6 parts',
    },
    {
      says: 'the buyer is elsewhere',
      code: 'other_region',
      terms: { conditions: { regions: ['CN-SH'] } },
      request: { buyer: { region: 'CN-BJ' } },
      zh: '仅限CN-SH地区',
      en: 'is for CN-SH alone',
    },
    {
      says: 'nobody knows where the buyer is',
      code: 'other_region',
      terms: { conditions: { regions: ['CN-SH'] } },
      zh: '仅限CN-SH地区',
      en: 'is for CN-SH alone',
    },
    {
      says: 'none of its articles is bought',
      code: 'no_such_item',
      terms: { kind: 'item', item: { articles: ['A'], off: '1.00', quantity_max: 1 } },
      zh: '订单里没有指定商品',
      en: 'none of its articles is in the order',
    },
    {
      says: 'the order is too small',
      code: 'below_threshold',
      terms: { kind: 'threshold', tiers: [{ at: '120.00', off: '20.00' }] },
      facts: { needs_minor: '12000', missing_minor: '2000' },
      zh: '还差 ¥20.00，满 ¥120.00 可用',
      en: '¥20.00 more are needed: it counts from ¥120.00 on',
    },
    {
      says: 'it is closed at this hour',
      code: 'closed_now',
      terms: { when: { hours: [{ from: '22:00', to: '02:00' }] } },
      facts: { opens: '2026-11-23T14:00:00.000Z' },
      zh: '11月23日 22:00 开始',
      en: 'is closed at this hour; next on 23 Nov 22:00',
    },
    {
      says: 'it is closed on this weekday',
      code: 'closed_now',
      terms: { when: { weekdays: ['sat'] } },
      facts: { opens: '2026-11-27T16:00:00.000Z' },
      zh: '11月28日 开始',
      en: 'is closed at this hour; next on 28 Nov',
    },
    {
      says: 'it counts buyers, and nobody knows this one',
      code: 'buyer_not_known',
      terms: { limits: { per_user: { day: 1 } } },
      facts: { needs: 'user' },
      zh: '需要登录',
      en: 'needs a buyer who is signed in',
    },
    {
      says: 'it counts phones, and there is none',
      code: 'buyer_not_known',
      terms: { limits: { per_phone: { day: 1 } } },
      request: { buyer: { id: 'u1' } },
      facts: { needs: 'phone' },
      zh: '需要手机号',
      en: 'needs a phone number',
    },
    {
      says: 'the buyer has bought here before',
      code: 'not_first_use',
      terms: { conditions: { first_use: 'merchant' } },
      request: { buyer: { id: 'u1' } },
      zh: '仅限首次购买',
      en: 'is for a first purchase',
    },
    {
      says: 'the buyer has paid with this wallet before',
      code: 'not_first_use',
      terms: { conditions: { first_use: 'wallet' } },
      request: { buyer: { id: 'u1' }, firstUse: { merchant: true, wallets: ['alipay'] } },
      facts: { of: 'wallet', wallet: 'unionpay' },
      zh: '仅限首次使用云闪付',
      en: 'is for the first payment with UnionPay QuickPass',
    },
    {
      says: 'no voucher was brought',
      code: 'voucher_missing',
      terms: { kind: 'voucher', value: FLAT },
      zh: '需要券码',
      en: 'needs a voucher',
    },
  ];
  test.each(rows)('$says: $code', ({ code, terms, offer, candidate, request, facts, zh, en }) => {
    const { off: _, ...money } = { ...FLAT, ...terms };
    const written = terms?.kind === undefined ? { ...FLAT, ...terms } : { ...money, kind: terms.kind };
    const quote = quoteOf(
      [offerOf(1, written, offer)],
      requestOf(10_000n, { ...request, candidates: [candidateOf('unionpay', candidate)] }),
    );
    expect(quote.applied).toEqual([]);
    expect(quote.notUsed.map((each) => each.code)).toEqual([code]);
    const [reason] = quote.notUsed;
    if (reason === undefined) return;
    expect(reason.facts).toMatchObject(facts ?? {});
    expect(explainNotUsed(reason, 'CNY')).toEqual({ 'zh-CN': zh, en });
  });

  test('offers of other shops and currencies are not spoken of', () => {
    const others = [
      offerOf(1, FLAT, { merchantId: 'mer_01KE0000000000000000000002' }),
      offerOf(2, { ...FLAT, merchants: ['mer_01KE0000000000000000000002'] }, { merchantId: null }),
      offerOf(3, { ...FLAT, currency: 'USD' }),
    ];
    expect(quoteOf(others, requestOf(1000n))).toMatchObject({ applied: [], notUsed: [], toPayMinor: 1000n });
    expect(limitsOfQuote(others, [], requestOf(1000n))).toEqual([]);
  });
});

describe('limits', () => {
  const limits = {
    count: { day: 10, campaign: 100 },
    money: { campaign: '500.00' },
    per_user: { day: 1, week: 2, month: 3 },
    per_device: { campaign: 1 },
    per_merchant: { day: 5 },
  };
  const request = requestOf(10_000n, { buyer: { id: 'u1', device: 'd1' } });

  test('are lines by names that stay, with what this use needs', () => {
    const offer = offerOf(1, { ...FLAT, limits });
    const [applied] = quoteOf([offer], request).applied;
    const id = offerId(1);
    expect(
      applied?.holds.map(({ limit, unit, figures, amount }) => [limit.replace(buyerHash, '#'), unit, figures, amount]),
    ).toEqual([
      [`${id}/user/day/2026-11-23/#`, 'count', [1n], 1n],
      [`${id}/user/week/2026-W48/#`, 'count', [2n], 1n],
      [`${id}/user/month/2026-11/#`, 'count', [3n], 1n],
      [`${id}/device/campaign/#`, 'count', [1n], 1n],
      [`${id}/count/day/2026-11-23`, 'count', [10n], 1n],
      [`${id}/count`, 'count', [100n], 1n],
      [`${id}/merchant/day/2026-11-23/${MERCHANT}`, 'count', [5n], 1n],
      [`${id}/money`, 'money', [50_000n], 500n],
    ]);
    expect(
      limitsOfQuote([offer], [], request)
        .map(({ limit }) => limit)
        .toSorted(),
    ).toEqual(applied?.holds.map(({ limit }) => limit).toSorted());
    expect(applied?.holds.every(({ limit }) => limit.length <= 200 && !limit.includes('u1'))).toBe(true);
  });

  test('of one buyer are other ones at another shop, on another day and for another buyer', () => {
    const names = [
      request,
      requestOf(10_000n, { buyer: { id: 'u2' } }),
      requestOf(10_000n, { buyer: { id: 'u1' }, merchantId: 'mer_01KE0000000000000000000002' }),
      requestOf(10_000n, { buyer: { id: 'u1' }, at: new Date('2026-11-24T00:00:00+08:00') }),
    ].map((each) => {
      const offer = offerOf(1, { ...FLAT, limits: { per_user: { day: 1 } } }, { merchantId: null });
      return limitsOfQuote([offer], [], each)
        .map(({ limit }) => limit)
        .join();
    });
    expect(new Set(names).size).toBe(4);
  });

  test.each([
    [
      'user/day',
      'used_by_buyer',
      '每人每日限1次，已用完，11月24日可再用',
      'each buyer gets it once a day, and has; again from 24 Nov',
    ],
    [
      'user/week',
      'used_by_buyer',
      '每人每周限2次，已用完，11月30日可再用',
      'each buyer gets it 2 times a week, and has; again from 30 Nov',
    ],
    [
      'user/month',
      'used_by_buyer',
      '每人每月限3次，已用完，12月1日可再用',
      'each buyer gets it 3 times a month, and has; again from 1 Dec',
    ],
    ['device/campaign', 'used_by_buyer', '每台设备限1次，已用完', 'each device gets it once in all, and has'],
    ['count/day', 'budget_gone', '今日已抢完，11月24日再来', 'is gone for now; again from 24 Nov'],
    [`${offerId(1)}/count`, 'budget_gone', '已抢完', 'is gone'],
    ['merchant/day', 'budget_gone', '今日已抢完，11月24日再来', 'is gone for now; again from 24 Nov'],
  ])('%s used up: %s', (name, code, zh, en) => {
    const room: Room = ({ limit }) => (limit.includes(`/${name}`) || limit === name ? 0n : 1_000_000n);
    const [reason] = quoteOf([offerOf(1, { ...FLAT, limits })], request, [], room).notUsed;
    expect(reason?.code).toBe(code);
    expect(reason && explainNotUsed(reason, 'CNY')).toEqual({ 'zh-CN': zh, en });
  });

  test('of money ask room for the most that a draw can cost, and hold it', () => {
    const offer = offerOf(1, {
      kind: 'random',
      off_from: '1.00',
      off_to: '8.00',
      limits: { money: { campaign: '100.00' } },
    });
    const left =
      (minor: bigint): Room =>
      () =>
        minor;
    expect(quoteOf([offer], request, [], left(799n)).notUsed.map(({ code }) => code)).toEqual(['budget_gone']);
    const { applied, toPayMinor, maySaveMinor } = quoteOf([offer], request, [], left(800n));
    expect(applied[0]?.holds.map(({ amount }) => amount)).toEqual([800n]);
    expect({ toPayMinor, maySaveMinor }).toEqual({ toPayMinor: 9_900n, maySaveMinor: 700n });
  });

  test("of a wallet's own offer are the wallet's to count", () => {
    const offer = offerOf(1, {
      ...FLAT,
      by: 'wallet',
      conditions: { wallets: ['unionpay'] },
      limits: { per_user: { day: 1 } },
    });
    const quote = quoteOf([offer], requestOf(10_000n), [], () => 0n);
    expect(quote).toMatchObject({
      toPayMinor: 10_000n,
      maySaveMinor: 500n,
      applied: [{ minor: 0n, mostMinor: 500n, holds: [] }],
    });
    expect(limitsOfQuote([offer], [], requestOf(10_000n))).toEqual([]);
  });

  test('of a first use are one for each buyer, so that two orders at once are not both the first', () => {
    const offer = offerOf(1, { ...FLAT, conditions: { first_use: 'merchant' } });
    const first = requestOf(10_000n, { buyer: { id: 'u1' }, firstUse: { merchant: true, wallets: [] } });
    expect(quoteOf([offer], first).applied[0]?.holds).toMatchObject([{ figures: [1n], amount: 1n }]);
    expect(quoteOf([offer], first, [], () => 0n).notUsed.map(({ code }) => code)).toEqual(['used_by_buyer']);
  });
});

describe('vouchers', () => {
  const offer = offerOf(1, { kind: 'voucher', value: FLAT });
  const voucher = (number: number, rest: Partial<HeldVoucher> = {}): HeldVoucher => ({
    id: `vch_${number}`,
    offerId: offerId(1),
    buyerId: null,
    until: null,
    ...rest,
  });
  const soon = new Date('2026-11-24T00:00:00+08:00');
  const past = new Date('2026-11-23T00:00:00+08:00');

  test.each([
    ['bearer', [voucher(1)], 'vch_1'],
    ['the one that ends first', [voucher(1), voucher(2, { until: soon })], 'vch_2'],
    ['the older of two alike', [voucher(2), voucher(1)], 'vch_1'],
    ['their own', [voucher(1, { buyerId: 'u1' })], 'vch_1'],
    ['one that is not over', [voucher(1, { until: past }), voucher(2)], 'vch_2'],
  ])('is used: %s', (_, vouchers, id) => {
    const [applied] = quoteOf([offer], requestOf(10_000n, { buyer: { id: 'u1' } }), vouchers).applied;
    expect(applied).toMatchObject({ voucherId: id, minor: 500n, holds: [{ limit: id, figures: [1n], amount: 1n }] });
  });

  test.each([
    ["another buyer's", [voucher(1, { buyerId: 'u2' })], ENDLESS_ROOM, 'voucher_missing'],
    ['over', [voucher(1, { until: past })], ENDLESS_ROOM, 'ended'],
    ['used', [voucher(1)], (() => 0n) as Room, 'voucher_used'],
  ])('is not used: %s', (_, vouchers, room, code) => {
    const { applied, notUsed } = quoteOf([offer], requestOf(10_000n, { buyer: { id: 'u1' } }), vouchers, room);
    expect([applied.length, notUsed.map((each) => each.code)]).toEqual([0, [code]]);
  });

  test('of which one is used is followed by the next', () => {
    const room: Room = ({ limit }) => (limit === 'vch_1' ? 0n : 1n);
    const [applied] = quoteOf([offer], requestOf(10_000n), [voucher(1), voucher(2)], room).applied;
    expect(applied?.voucherId).toBe('vch_2');
  });
});

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
});
