import { type Currency, formatMoney, money } from '../money/money.ts';
import type { AppliedOffer, Funder, NotUsed, NotUsedCode } from '../offers/offers.ts';
import type { Label } from '../wallets/wallet-names.ts';
import type { ReportedDiscount } from '../wallets/wallet.ts';
import type { OfferLine } from './cashier-view.ts';

const FUNDERS: Record<Funder | 'other', Label> = {
  merchant: { 'zh-CN': '商家', en: 'the shop' },
  wallet: { 'zh-CN': '钱包', en: 'the wallet' },
  bank: { 'zh-CN': '银行', en: 'the bank' },
  platform: { 'zh-CN': '平台', en: 'the platform' },
  other: { 'zh-CN': '其他', en: 'others' },
};

const REASONS: Record<NotUsedCode, Label> = {
  other_wallet: { 'zh-CN': '仅限其他钱包', en: 'is for another wallet' },
  other_bank: { 'zh-CN': '仅限其他银行', en: 'is for another bank' },
  bank_not_known: { 'zh-CN': '付款银行未知', en: 'the bank is not known' },
  other_card_kind: { 'zh-CN': '仅限其他卡种', en: 'is for another kind of card' },
  buyer_not_known: { 'zh-CN': '需要登录', en: 'needs a buyer who is known' },
  not_first_use: { 'zh-CN': '仅限首次使用', en: 'is for the first time only' },
  voucher_missing: { 'zh-CN': '没有券', en: 'needs a voucher' },
  voucher_used: { 'zh-CN': '券已使用', en: 'the voucher is used' },
  no_such_item: { 'zh-CN': '没有指定商品', en: 'is for other articles' },
  below_threshold: { 'zh-CN': '未满金额', en: 'the order is too small' },
  not_started: { 'zh-CN': '还没开始', en: 'has not begun' },
  ended: { 'zh-CN': '已结束', en: 'is over' },
  closed_now: { 'zh-CN': '现在不在时段内', en: 'is closed at this hour' },
  used_by_buyer: { 'zh-CN': '次数已用完', en: 'has been used' },
  budget_gone: { 'zh-CN': '已抢完', en: 'is gone' },
  other_region: { 'zh-CN': '仅限其他地区', en: 'is for another region' },
  no_instalment: { 'zh-CN': '仅限分期', en: 'is for instalments' },
  better_without: { 'zh-CN': '有更优惠的', en: 'another one is better' },
  cannot_combine: { 'zh-CN': '不能同时使用', en: 'cannot be combined' },
  stopped: { 'zh-CN': '已停止', en: 'was stopped' },
};

/** An offer that is used: what it takes off and who pays for that. */
export function appliedLine(offer: AppliedOffer, currency: Currency): OfferLine {
  const least = formatMoney(money(currency, offer.minor));
  const most = formatMoney(money(currency, offer.mostMinor));
  const range = offer.minor === offer.mostMinor ? `−${least}` : offer.minor === 0n ? `0–${most}` : `${least}–${most}`;
  const funders = [...new Set(offer.parts.map(({ funder }) => funder))];
  return {
    name: offer.name,
    said: {
      'zh-CN': `${range}，${funders.map((funder) => FUNDERS[funder]['zh-CN']).join('、')}出资`,
      en: `${range}, paid by ${funders.map((funder) => FUNDERS[funder].en).join(', ')}`,
    },
  };
}

export function notUsedLine(offer: NotUsed, _currency: Currency): OfferLine {
  return { name: offer.name, said: REASONS[offer.code] };
}

/** A discount as the wallet has told it. Who pays is said where the wallet says it of the whole discount. */
export function reportedLine(discount: ReportedDiscount, currency: Currency): OfferLine {
  const taken = `−${formatMoney(money(currency, discount.minor))}`;
  const told = discount.parts.reduce((total, { minor }) => total + minor, 0n);
  const funders = [...new Set(discount.parts.filter(({ minor }) => minor > 0n).map(({ funder }) => funder))];
  const isWhole = funders.length > 0 && told === discount.minor;
  const name = { 'zh-CN': discount.name || '钱包优惠', en: discount.name || "The wallet's offer" };
  return {
    name,
    said: {
      'zh-CN': isWhole ? `${taken}，${funders.map((funder) => FUNDERS[funder]['zh-CN']).join('、')}出资` : taken,
      en: isWhole ? `${taken}, paid by ${funders.map((funder) => FUNDERS[funder].en).join(', ')}` : taken,
    },
  };
}
