import { describe, expect, test } from 'vitest';
import type { Attempt, AttemptReport, ReportedPay } from '../cashier/payment.ts';
import { newAttempt, setUp } from '../cashier/test-folder.ts';
import type { AppliedOffer, WalletQuote } from '../offers/offers.ts';
import type { ReportedDiscount } from '../wallets/wallet.ts';
import { toAttemptPrice, toWalletPrice } from './price-view.ts';

/* The order is ¥10.00; our own offer takes off ¥1.00. */

const flat: AppliedOffer = {
  offerId: 'off_1',
  version: 1,
  name: { 'zh-CN': '立减', en: 'Off' },
  kind: 'flat',
  by: 'hutong',
  minor: 100n,
  mostMinor: 100n,
  parts: [{ funder: 'merchant', owner: 'mer_1', minor: 100n }],
  sharesPerMille: [1000],
  items: [],
  holds: [],
  voucherId: null,
};
const own: AppliedOffer = { ...flat, offerId: 'off_2', by: 'wallet', minor: 0n, mostMinor: 300n, parts: [] };
const told: ReportedDiscount = {
  walletOfferId: 'c1',
  name: '摇一摇',
  scope: 'order',
  minor: 250n,
  prefunded: false,
  parts: [{ funder: 'wallet', owner: 'wechatpay', minor: 250n }],
};

function priceOf(change: Partial<Attempt>) {
  const { payment } = setUp();
  return toAttemptPrice(payment, newAttempt(payment, 0, change));
}

const waiting: Partial<Attempt> = { amountMinor: 900n, discountMinor: 100n, offers: [flat, own] };
const done: Partial<Attempt> = { ...waiting, outcome: 'succeeded', paidMinor: 900n };

/** As it stands where the wallet told this and nothing else. */
const tellOnce = (pay: ReportedPay): AttemptReport => ({ ...pay, told: [], counts: 0 });

describe('what an attempt costs', () => {
  test.each<[string, Partial<Attempt>, [pay: string, saved: string | null, may: string | null, lines: number]]>([
    [
      'while it is waited for: what the wallet was asked for, its own as an estimate',
      waiting,
      ['¥9.00', '¥1.00', '¥3.00', 2],
    ],
    ['while nobody knows: the same', { ...waiting, outcome: 'unknown' }, ['¥9.00', '¥1.00', '¥3.00', 2]],
    ['paid, and the wallet told nothing: its estimate is dropped', done, ['¥9.00', '¥1.00', null, 1]],
    [
      'paid, and the wallet took off something: its words instead of the estimate',
      { ...done, reported: tellOnce({ buyerMinor: null, discounts: [told] }) },
      ['¥6.50', '¥3.50', null, 2],
    ],
    [
      'paid, and the wallet says what the buyer paid: that counts, whatever its discounts sum to',
      { ...done, reported: tellOnce({ buyerMinor: 640n, discounts: [told] }) },
      ['¥6.40', '¥3.60', null, 2],
    ],
    [
      'paid without any offer of ours',
      {
        outcome: 'succeeded',
        amountMinor: 1000n,
        paidMinor: 1000n,
        reported: tellOnce({ buyerMinor: 750n, discounts: [told] }),
      },
      ['¥7.50', '¥2.50', null, 1],
    ],
  ])('%s', (_, change, [pay, saved, may, lines]) => {
    const price = priceOf(change);
    expect([price?.pay.text, price?.saved, price?.maySave?.text ?? null, price?.used.length]).toEqual([
      pay,
      saved,
      may,
      lines,
    ]);
  });

  test('is not said where no offer is used and no wallet told of any', () => {
    expect(priceOf({})).toBeNull();
    expect(
      priceOf({ outcome: 'succeeded', paidMinor: 1000n, reported: tellOnce({ buyerMinor: 1000n, discounts: [] }) }),
    ).toBeNull();
  });

  test('who pays is said only where the wallet says it of the whole discount', () => {
    const said = (discount: ReportedDiscount) =>
      priceOf({ ...done, reported: tellOnce({ buyerMinor: null, discounts: [discount] }) })?.used.at(-1)?.said['zh-CN'];
    expect(said(told)).toBe('已减 ¥2.50，微信支付出资');
    expect(said({ ...told, parts: [{ funder: 'wallet', owner: null, minor: 200n }] })).toBe('已减 ¥2.50');
    expect(said({ ...told, parts: [] })).toBe('已减 ¥2.50');
  });
});

describe('what a wallet costs', () => {
  const quote: WalletQuote = {
    candidate: { wallet: 'unionpay', bank: null, cardKind: null, card: null, instalment: null },
    amountMinor: 1000n,
    toPayMinor: 900n,
    savedMinor: 100n,
    maySaveMinor: 0n,
    applied: [flat],
    notUsed: [{ offerId: 'off_3', name: flat.name, code: 'budget_gone', facts: {} }],
    isExact: true,
  };
  const draw: AppliedOffer = { ...flat, kind: 'random', mostMinor: 800n };

  test('says what is used and what is not', () => {
    expect(toWalletPrice(quote, 'CNY')).toEqual({
      pay: { text: '¥9.00', minor: '900' },
      saved: '¥1.00',
      maySave: null,
      used: [{ name: flat.name, said: { 'zh-CN': '立减 ¥1.00，商家出资', en: '¥1.00 off, paid by the shop' } }],
      notUsed: [{ name: flat.name, said: { 'zh-CN': '已抢完', en: 'is gone' } }],
    });
  });

  test.each([
    ['a draw alone', [draw], 700n, 'draw'],
    ['the wallet alone', [flat, own], 300n, 'wallet'],
    ['both', [draw, own], 1000n, 'both'],
  ])('what may come off besides is up to %s', (_, applied, maySaveMinor, by) => {
    expect(toWalletPrice({ ...quote, applied, maySaveMinor }, 'CNY').maySave?.by).toBe(by);
  });
});
