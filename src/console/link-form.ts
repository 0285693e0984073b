import { LINK_TITLE_CHARS_MAX } from '../base/link-limits.ts';
import { isDay, shanghaiMidnight } from '../base/shanghai.ts';
import type { LinkContent } from '../links/link.ts';
import type { NewLink } from '../links/links.ts';
import { currencies, isCurrency } from '../money/money.ts';
import { readAmount } from '../money/read-amount.ts';
import type { Say } from './say.ts';

/** What is typed about a new link, by the names that the API and the command line use as well. */
export const LINK_FIELDS = [
  'page',
  'title',
  'description',
  'price',
  'currency',
  'image_url',
  'availability',
  'app_path',
  'direct',
  'expires_at',
  'host',
] as const;
export type LinkField = (typeof LINK_FIELDS)[number];
export type LinkTexts = Readonly<Partial<Record<LinkField, string>>>;

export interface FieldFault {
  field: LinkField;
  text: string;
}

const AVAILABILITIES = ['in_stock', 'out_of_stock', 'preorder'] as const;
const YES = /^(?:1|true|yes|on|是)$/i;
const NO = /^(?:0|false|no|off|否)?$/i;

/** Reads what was typed; hosts and addresses are looked at when the link is made. */
export function readLinkTexts(texts: LinkTexts, say: Say): { link: NewLink } | { faults: FieldFault[] } {
  const faults: FieldFault[] = [];
  const text = (field: LinkField): string | null => {
    const typed = (texts[field] ?? '').trim();
    return typed === '' ? null : typed;
  };
  const wrong = (field: LinkField, words: string): null => {
    faults.push({ field, text: words });
    return null;
  };
  const content: LinkContent = {
    page: text('page') ?? wrong('page', say('要写网页地址', 'the address of the page is needed')),
    appPath: text('app_path'),
    title:
      text('title') ?? wrong('title', say(`要写标题，最多 ${LINK_TITLE_CHARS_MAX} 个字`, 'a title is needed')) ?? '',
    description: text('description'),
    imageUrl: text('image_url'),
    price: readPrice(text('price'), text('currency') ?? 'CNY', say, wrong),
    availability: readAvailability(text('availability'), say, wrong),
    direct: readSwitch(text('direct') ?? '', say, wrong),
    expiresAt: readEnd(text('expires_at'), say, wrong),
  };
  return faults.length > 0 ? { faults } : { link: { kind: 'page', content, servedHost: text('host') } };
}

type Wrong = (field: LinkField, words: string) => null;

function readPrice(text: string | null, currency: string, say: Say, wrong: Wrong): LinkContent['price'] {
  if (!isCurrency(currency))
    return wrong('currency', say(`币种是其中之一：${currencies.join(' ')}`, `one of ${currencies.join(' ')}`));
  if (text === null) return null;
  const reading = readAmount(text, currency);
  if (reading.kind === 'amount') return reading.amount;
  return wrong('price', say('价格写成 12.34 这样', 'a price is written as 12.34'));
}

function readAvailability(text: string | null, say: Say, wrong: Wrong): LinkContent['availability'] {
  if (text === null) return null;
  const found = AVAILABILITIES.find((one) => one === text);
  return (
    found ?? wrong('availability', say(`是其中之一：${AVAILABILITIES.join(' ')}`, `one of ${AVAILABILITIES.join(' ')}`))
  );
}

function readSwitch(text: string, say: Say, wrong: Wrong): boolean {
  if (YES.test(text)) return true;
  if (!NO.test(text)) wrong('direct', say('写 yes 或 no', 'yes or no'));
  return false;
}

/** A day lasts to its end; with a time it is that minute of Asia/Shanghai. */
function readEnd(text: string | null, say: Say, wrong: Wrong): Date | null {
  if (text === null) return null;
  const [, day = '', hour, minute] = /^(\d{4}-\d\d-\d\d)(?:[T ]([01]\d|2[0-3]):([0-5]\d))?$/.exec(text) ?? [];
  if (!isDay(day))
    return wrong('expires_at', say('写成 2026-12-31 或 2026-12-31T18:00', 'as 2026-12-31 or 2026-12-31T18:00'));
  const minutes = hour === undefined ? 1440 : Number(hour) * 60 + Number(minute);
  return new Date(shanghaiMidnight(day).getTime() + minutes * 60_000);
}
