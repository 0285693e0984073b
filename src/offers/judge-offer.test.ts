import { describe, expect, test } from 'vitest';
import type { BuyerFacts } from '../base/buyer.ts';
import type { CampaignDocument } from './campaign.ts';
import { explainNotUsed } from './explain-offers.ts';
import type { Candidate, NotUsedCode, QuoteRequest } from './offers.ts';
import type { PublishedOffer } from './quote-input.ts';
import { limitsOfQuote } from './quote-offers.ts';
import { candidateOf, FLAT, offerOf, quoteOf, requestOf } from './test-quotes.ts';

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
