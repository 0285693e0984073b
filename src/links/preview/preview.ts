import type { Lang } from '../../base/lang.ts';
import { type Currency, formatMinor, formatMoney, money } from '../../money/money.ts';
import type { Link, ReadyLink } from '../link.ts';
import { previewTexts } from './preview-texts.ts';

/** What a link says of itself before it is tapped; every form of it (head, oEmbed, card, WeChat's card) is made from this. */
export interface Preview {
  lang: Lang;
  title: string;
  /** Never empty: without words of the owner's, the price and whose it is. */
  description: string;
  /** The address that people share. */
  url: string;
  ownerName: string;
  /** A thing at a price, which other sites may show as one. What people collect among themselves is none. */
  isProduct: boolean;
  price: PreviewPrice | null;
  availability: Link['availability'];
  /** The wide picture for previews; its version is named, so that what is edited is fetched anew. */
  card: { url: string; width: number; height: number; alt: string };
  /** Where the answer for oEmbed is. */
  oembedUrl: string;
}

export interface PreviewPrice {
  currency: Currency;
  /** `59.00`, as machines read it. */
  amount: string;
  /** `¥59.00`, for people. */
  text: string;
}

export const CARD_WIDTH = 1200;
export const CARD_HEIGHT = 630;

/** Pure: the same link, version and language make the same preview. */
export function toPreview(ready: ReadyLink, lang: Lang): Preview {
  const { link, url, ownerName } = ready;
  const price = toPrice(link);
  const text = previewTexts[lang];
  const words = link.description?.trim() ?? '';
  return {
    lang,
    title: link.title,
    description: words === '' ? text.described[link.kind](ownerName, price?.text ?? null) : words,
    url,
    ownerName,
    isProduct: link.kind === 'page' || link.kind === 'pay',
    price,
    availability: link.availability,
    card: {
      url: `${url}/card.png?v=${link.version}`,
      width: CARD_WIDTH,
      height: CARD_HEIGHT,
      alt: text.cardAlt(link.title, price?.text ?? null, ownerName),
    },
    oembedUrl: `${addressOf(ready)}/oembed?${new URLSearchParams({ url, format: 'json' }).toString()}`,
  };
}

/** Links of a host of the merchant's are asked about there, ours at our own address. */
function addressOf({ link, url }: ReadyLink): string {
  const own = `/l/${link.code}`;
  return link.servedBy === null && url.endsWith(own) ? url.slice(0, -own.length) : new URL(url).origin;
}

function toPrice({ price }: Link): PreviewPrice | null {
  if (price === null) return null;
  const amount = money(price.currency, price.minor);
  return { currency: price.currency, amount: formatMinor(amount), text: formatMoney(amount) };
}
