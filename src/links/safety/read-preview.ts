import {
  LINK_URL_CHARS_MAX,
  PREVIEW_DATA_BLOCKS_MAX,
  PREVIEW_DATA_CHARS_MAX,
  PREVIEW_DESCRIPTION_CHARS_MAX,
  PREVIEW_NAME_CHARS_MAX,
  PREVIEW_PAGE_BYTES_MAX,
  PREVIEW_TITLE_CHARS_MAX,
} from '../../base/link-limits.ts';
import { type Currency, isCurrency } from '../../money/money.ts';
import { readAmount } from '../../money/read-amount.ts';
import type { SafePage } from '../../net/safe-fetch.ts';
import type { LinkContent, LinkPrice } from '../link.ts';
import { cleanLine } from './clean-text.ts';
import { charsetOf } from './page-charset.ts';
import { type Head, readHead } from './read-head.ts';
import { type ProductData, readProductData } from './read-product-data.ts';

/** What a page says about itself: one line each, bounded, nothing of it believed. Addresses are http(s), as `URL.href` writes them. */
export interface Preview {
  title: string | null;
  description: string | null;
  siteName: string | null;
  imageUrl: string | null;
  price: LinkPrice | null;
  availability: LinkContent['availability'];
  /** True where the page says that it is about one thing to buy. */
  isProduct: boolean;
  /** The address that the page prefers; of the same host as the page, else null. */
  canonical: string | null;
}

type ReadPage = Pick<Extract<SafePage, { kind: 'page' }>, 'url' | 'type' | 'body'>;

/**
 * Reads the head of a page (first 128 kB, in whatever letters it is written) and the structured data wherever it stands; a tenth of a
 * millisecond. Never throws for what stands in a page.
 */
export function readPreview(page: ReadPage): Preview {
  const body = page.body.subarray(0, PREVIEW_PAGE_BYTES_MAX);
  const charset = charsetOf(page.type, body);
  const head = readHead(body, charset);
  const inHead = readProductData(head.data);
  const meta = (...names: string[]) => firstOf(head.metas, names);
  const data = inHead ?? (meta('product:price:amount', 'og:price:amount') === null ? dataInBody(body, charset) : null);
  const base = toUrl(head.base, page.url) ?? page.url;
  const kind = meta('og:type') ?? '';
  return {
    title: cleanLine(meta('og:title', 'twitter:title') ?? data?.name ?? head.title, PREVIEW_TITLE_CHARS_MAX),
    description: cleanLine(
      meta('og:description', 'twitter:description') ?? data?.description ?? meta('description'),
      PREVIEW_DESCRIPTION_CHARS_MAX,
    ),
    siteName: cleanLine(meta('og:site_name'), PREVIEW_NAME_CHARS_MAX),
    imageUrl: imageOf(head, data, base),
    price: priceOf(head, data),
    availability: availabilityOf(meta('product:availability', 'og:availability') ?? data?.availability ?? ''),
    isProduct: data !== null || /^(og:)?product(\.|$)/.test(kind) || meta('product:price:amount') !== null,
    canonical: canonicalOf(head, base, page.url),
  };
}

function firstOf(metas: Map<string, string>, names: readonly string[]): string | null {
  for (const name of names) {
    const value = metas.get(name);
    if (value !== undefined) return value;
  }
  return null;
}

/** Shops put it at the end of the page as often as into the head: it is looked for by its mark, without reading what is between. */
function dataInBody(body: Buffer, charset: string): ProductData | null {
  const blocks: string[] = [];
  for (
    let at = body.indexOf(DATA_MARK);
    at >= 0 && blocks.length < PREVIEW_DATA_BLOCKS_MAX;
    at = body.indexOf(DATA_MARK, at + 1)
  ) {
    const begin = body.indexOf('>', at);
    const end = begin < 0 ? -1 : body.indexOf('</script', begin);
    if (end < 0) break;
    if (end - begin <= PREVIEW_DATA_CHARS_MAX)
      blocks.push(new TextDecoder(charset).decode(body.subarray(begin + 1, end)));
  }
  return readProductData(blocks);
}

const DATA_MARK = 'application/ld+json';

function imageOf(head: Head, data: ProductData | null, base: string): string | null {
  const named = ['og:image:secure_url', 'og:image', 'og:image:url', 'twitter:image', 'twitter:image:src'].map((name) =>
    head.metas.get(name),
  );
  for (const each of [...named, data?.image, head.links.get('image_src')]) {
    const url = toUrl(each, base);
    if (url !== null) return url;
  }
  return null;
}

function canonicalOf(head: Head, base: string, pageUrl: string): string | null {
  const url = toUrl(head.links.get('canonical') ?? head.metas.get('og:url'), base);
  return url !== null && new URL(url).host === new URL(pageUrl).host ? url : null;
}

/** Http(s) only, without a password, bounded. */
function toUrl(text: string | null | undefined, base: string): string | null {
  const trimmed = text?.trim() ?? '';
  if (trimmed === '' || trimmed.length > LINK_URL_CHARS_MAX || !URL.canParse(trimmed, base)) return null;
  const url = new URL(trimmed, base);
  const isPlain = url.username === '' && url.password === '' && /^https?:$/.test(url.protocol);
  return isPlain && url.href.length <= LINK_URL_CHARS_MAX ? url.href : null;
}

function priceOf(head: Head, data: ProductData | null): LinkPrice | null {
  for (const kind of ['product:sale_price', 'product:price', 'og:price']) {
    const price = toPrice(head.metas.get(`${kind}:amount`), head.metas.get(`${kind}:currency`));
    if (price !== null) return price;
  }
  return toPrice(data?.price, data?.currency);
}

/** Both or nothing: a price in a currency that is only guessed is wrong for somebody. Thousands may be set apart by commas. */
function toPrice(amount: string | null | undefined, currency: string | null | undefined): LinkPrice | null {
  const code = currency?.trim().toUpperCase();
  if (amount === null || amount === undefined || !isCurrency(code)) return null;
  return toMinor(amount.trim().slice(0, AMOUNT_CHARS_MAX), code);
}

const AMOUNT_CHARS_MAX = 30;

function toMinor(amount: string, currency: Currency): LinkPrice | null {
  const plain = /^\d{1,3}(,\d{3})+(\.\d+)?$/.test(amount) ? amount.replaceAll(',', '') : amount;
  const reading = readAmount(plain.replace(/(\.\d*?)0+$/, '$1'), currency); // 12.5000 is 12.50
  return reading.kind === 'amount' ? { currency, minor: reading.amount.minor } : null;
}

/** `InStock`, `in stock`, `https://schema.org/InStock`, … */
function availabilityOf(text: string): LinkContent['availability'] {
  const word =
    text
      .split(/[/#]/)
      .at(-1)
      ?.toLowerCase()
      .replace(/[^a-z]/g, '') ?? '';
  if (['instock', 'available', 'limitedavailability', 'onlineonly', 'instoreonly'].includes(word)) return 'in_stock';
  if (['outofstock', 'oos', 'soldout', 'discontinued', 'unavailable'].includes(word)) return 'out_of_stock';
  return ['preorder', 'presale', 'backorder', 'availablefororder', 'pending'].includes(word) ? 'preorder' : null;
}
