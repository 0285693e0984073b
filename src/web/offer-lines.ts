import { type Currency, formatMoney, money } from '../money/money.ts';
import { explainApplied, explainNotUsed } from '../offers/explain-offers.ts';
import type { AppliedOffer, NotUsed } from '../offers/offers.ts';
import { funderLabel, listLabel } from '../offers/say.ts';
import type { Label } from '../wallets/wallet-names.ts';
import type { ReportedDiscount } from '../wallets/wallet.ts';
import type { OfferLine } from './cashier-view.ts';

/** An offer that is used: what it takes off and who pays for that. */
export function appliedLine(offer: AppliedOffer, currency: Currency): OfferLine {
  return { name: offer.name, said: explainApplied(offer, currency) };
}

/** An offer that is not, and why. */
export function notUsedLine(offer: NotUsed, currency: Currency): OfferLine {
  return { name: offer.name, said: explainNotUsed(offer, currency) };
}

/** A discount as the wallet has told it. Who pays is said where the wallet says it of the whole discount. */
export function reportedLine({ name, minor, parts }: ReportedDiscount, currency: Currency): OfferLine {
  const payers = parts.filter((part) => part.minor > 0n);
  const isWhole = payers.length > 0 && payers.reduce((sum, part) => sum + part.minor, 0n) === minor;
  const names = isWhole ? listLabel(payers.map(({ funder, owner }) => payerLabel(funder, owner))) : null;
  const amount = formatMoney(money(currency, minor));
  return {
    name: name === '' ? { 'zh-CN': '钱包优惠', en: "The wallet's offer" } : { 'zh-CN': name, en: name },
    said: {
      'zh-CN': names === null ? `已减 ${amount}` : `已减 ${amount}，${names['zh-CN']}出资`,
      en: names === null ? `${amount} off` : `${amount} off, paid by ${names.en}`,
    },
  };
}

function payerLabel(funder: ReportedDiscount['parts'][number]['funder'], owner: string | null): Label {
  return funder === 'other' ? { 'zh-CN': '其他', en: 'others' } : funderLabel(funder, owner);
}
