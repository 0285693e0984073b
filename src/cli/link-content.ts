import { addDays, isDay, shanghaiMidnight } from '../base/shanghai.ts';
import type { LinkContent } from '../links/link.ts';
import { currencies, isCurrency } from '../money/money.ts';
import { readAmount } from '../money/read-amount.ts';
import type { Option } from './command.ts';

/** What a link says, as somebody writes it: on a command line, in a line of CSV, or in JSON. */
export const CONTENT_FIELDS = [
  'page',
  'app_path',
  'title',
  'description',
  'image_url',
  'price',
  'currency',
  'availability',
  'direct',
  'expires_at',
] as const;
export type ContentField = (typeof CONTENT_FIELDS)[number];
export type ContentTexts = Partial<Record<ContentField, string>>;

export interface ContentFault {
  field: ContentField;
  text: string;
}

/** Takes a field away where a link has it. */
export const NONE = 'none';

const AVAILABILITIES = ['in_stock', 'out_of_stock', 'preorder'] as const;

/** Only what was written; hosts and lengths are looked at where links are made. */
export function readContentTexts(texts: ContentTexts): { content: Partial<LinkContent>; faults: ContentFault[] } {
  const content: Partial<LinkContent> = {};
  const faults: ContentFault[] = [];
  for (const field of CONTENT_FIELDS) {
    const text = texts[field]?.trim();
    if (text === undefined) continue;
    const reading = READERS[field](text === NONE ? null : text, texts);
    if (typeof reading === 'string') faults.push({ field, text: reading });
    else Object.assign(content, reading);
  }
  return { content, faults };
}

/** What a field says of a link, or what is wrong with it; null takes it away. */
const READERS: Record<ContentField, (text: string | null, texts: ContentTexts) => Partial<LinkContent> | string> = {
  page: (page) => ({ page }),
  app_path: (appPath) => ({ appPath }),
  title: (title) => ({ title: title ?? NONE }),
  description: (description) => ({ description }),
  image_url: (imageUrl) => ({ imageUrl }),
  price: (text, { currency }) => (text === null ? { price: null } : readPrice(text, currency?.trim() ?? 'CNY')),
  currency: (text, { price }) => {
    if (price === undefined) return 'a currency belongs to a price';
    return isCurrency(text) ? {} : `it is one of ${currencies.join(', ')}`;
  },
  availability: (text) => {
    const availability = AVAILABILITIES.find((one) => one === text) ?? null;
    return availability === null && text !== null ? `it is one of ${AVAILABILITIES.join(', ')}` : { availability };
  },
  direct: (text) => (text === 'yes' || text === 'no' ? { direct: text === 'yes' } : 'it is yes or no'),
  expires_at: (text) => (text === null ? { expiresAt: null } : readExpiry(text)),
};

/** What is left out of a new link. */
export function fillContent(content: Partial<LinkContent>): LinkContent {
  return {
    page: null,
    appPath: null,
    title: '',
    description: null,
    imageUrl: null,
    price: null,
    availability: null,
    direct: false,
    expiresAt: null,
    ...content,
  };
}

/** Where the currency is none, that is said of the currency. */
function readPrice(text: string, currency: string): Partial<LinkContent> | string {
  if (!isCurrency(currency)) return {};
  const reading = readAmount(text, currency);
  if (reading.kind === 'fault') return 'it is an amount such as 12.50';
  return { price: { currency, minor: reading.amount.minor } };
}

/** A day counts to its end in Asia/Shanghai. */
function readExpiry(text: string): Partial<LinkContent> | string {
  if (isDay(text)) return { expiresAt: shanghaiMidnight(addDays(text, 1)) };
  const isInstant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})$/.test(text);
  const ms = isInstant ? Date.parse(text) : Number.NaN;
  return Number.isNaN(ms)
    ? 'it is a day such as 2026-12-31, or an instant with its offset from UTC'
    : { expiresAt: new Date(ms) };
}

/** The options of a command that writes a link. */
export const contentOptions = {
  page: { value: 'url', what: 'where the buyer ends, a page of a proved host' },
  title: { value: 'text', what: 'what it is, for people' },
  description: { value: 'text', what: 'a sentence more' },
  price: { value: 'amount', what: 'such as 12.50' },
  currency: { value: 'code', what: 'of the price; CNY when left out' },
  image: { value: 'url', what: 'a picture of a proved host, for previews' },
  availability: { value: 'word', what: AVAILABILITIES.join(', ') },
  'app-path': { value: 'path', what: 'what the merchant’s apps open; path and query of the page when left out' },
  direct: { value: 'yes|no', what: 'open the page at once where nothing better can be done' },
  expires: { value: 'when', what: 'the last day in Asia/Shanghai, or an instant such as 2026-12-31T20:00:00+08:00' },
} satisfies Record<string, Option>;

/** By the names of options, which are shorter than those of fields. */
export function contentOf(text: (option: keyof typeof contentOptions) => string | undefined): ContentTexts {
  const texts: Record<ContentField, string | undefined> = {
    page: text('page'),
    app_path: text('app-path'),
    title: text('title'),
    description: text('description'),
    image_url: text('image'),
    price: text('price'),
    currency: text('currency'),
    availability: text('availability'),
    direct: text('direct'),
    expires_at: text('expires'),
  };
  return Object.fromEntries(Object.entries(texts).filter(([, value]) => value !== undefined));
}

/** As a person on the command line knows the field. */
export const OPTION_OF: Record<ContentField, string> = {
  page: 'page',
  app_path: 'app-path',
  title: 'title',
  description: 'description',
  image_url: 'image',
  price: 'price',
  currency: 'currency',
  availability: 'availability',
  direct: 'direct',
  expires_at: 'expires',
};
