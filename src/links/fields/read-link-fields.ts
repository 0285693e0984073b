import { Refusal } from '../../base/refusal.ts';
import { addDays, isDay, shanghaiMidnight } from '../../base/shanghai.ts';
import type { Currency } from '../../money/money.ts';
import type { LinkContent } from '../link.ts';
import {
  type FieldFault,
  type FieldSheet,
  type LinkTexts,
  openFieldSheet,
  readCurrency,
  readMinor,
} from './field-sheet.ts';
import {
  AVAILABILITIES,
  both,
  LINK_FIELD_NAMES,
  LINK_FIELDS,
  type LinkField,
  MADE_KINDS,
  type MadeKind,
} from './link-fields.ts';
import { readLinkTerms } from './read-link-terms.ts';
import { refusedField } from './refused-field.ts';
import { wantLink, type WantedLink } from './wanted-link.ts';

/**
 * A new link of what somebody wrote, or everything that is wrong with it. What is empty is left out. Hosts, lengths and letters that nobody
 * sees are looked at where links are made.
 */
export function readNewLink(texts: LinkTexts): { wanted: WantedLink } | { faults: FieldFault[] } {
  const sheet = openFieldSheet(texts, { emptyIs: 'left_out' });
  const kind = readKind(sheet);
  const currency = readCurrency(sheet, 'CNY');
  const content = readContent(sheet, currency);
  const terms = readLinkTerms(sheet, kind, currency);
  const { title = '' } = content;
  if (title === '') sheet.wrong('title');
  if (kind === 'page' && typeof content.page !== 'string') sheet.wrong('page');
  if (sheet.faults.length > 0) return { faults: sheet.faults };
  try {
    return { wanted: wantLink({ kind, title, content, servedHost: sheet.text('host') ?? null, terms }, '') };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { field, text } = refusedField(error);
    return { faults: [{ field: field ?? 'kind', text }] };
  }
}

/**
 * What somebody changes of a link: what is not there stays; what is empty is taken away. A price is of `currency` unless it is written.
 */
export function readLinkChange(
  texts: LinkTexts,
  currency: Currency,
): { content: Partial<LinkContent> } | { faults: FieldFault[] } {
  const sheet = openFieldSheet(texts, { emptyIs: 'none' });
  for (const field of LINK_FIELD_NAMES)
    if (sheet.written(field) !== undefined && !LINK_FIELDS[field].mayChange)
      sheet.wrong(field, both('这一项不能改，请另建一个链接', 'this never changes; make another link'));
  const content = readContent(sheet, readCurrency(sheet, currency));
  return sheet.faults.length > 0 ? { faults: sheet.faults } : { content };
}

/** What belongs to links of another kind is not passed over. */
function readKind(sheet: FieldSheet): MadeKind {
  const text = sheet.text('kind') ?? 'page';
  const kind = MADE_KINDS.find((one) => one === text);
  if (kind === undefined) {
    sheet.wrong('kind');
    return 'page';
  }
  for (const field of LINK_FIELD_NAMES) {
    const { of } = LINK_FIELDS[field];
    if (sheet.text(field) == null || of.includes(kind)) continue;
    const kinds = of.join(', ');
    sheet.wrong(
      field,
      both(`${kind} 链接没有这一项，${kinds} 才有`, `a link of kind ${kind} has none; it belongs to kind ${kinds}`),
    );
  }
  return kind;
}

/** What is left out is not there. */
function readContent(sheet: FieldSheet, currency: Currency): Partial<LinkContent> {
  const content: Partial<LinkContent> = {};
  const take = <Key extends keyof LinkContent>(
    field: LinkField,
    key: Key,
    read: (text: string | null) => LinkContent[Key] | undefined,
  ): void => {
    const text = sheet.text(field);
    if (text === undefined) return;
    const value = read(text);
    if (value === undefined) sheet.wrong(field);
    else content[key] = value;
  };
  const title = sheet.written('title'); // "none" may be what something is called
  if (title === '') sheet.wrong('title');
  else if (title !== undefined) content.title = title;
  take('page', 'page', (text) => text);
  take('app_path', 'appPath', (text) => text);
  take('description', 'description', (text) => text);
  take('image_url', 'imageUrl', (text) => text);
  take('availability', 'availability', (text) => (text === null ? null : AVAILABILITIES.find((one) => one === text)));
  take('direct', 'direct', readSwitch);
  take('expires_at', 'expiresAt', (text) => (text === null ? null : readEnd(text)));
  const minor = readMinor(sheet, 'price', currency);
  if (minor !== undefined) content.price = { currency, minor };
  else if (sheet.text('price') === null) content.price = null;
  return content;
}

function readSwitch(text: string | null): boolean | undefined {
  if (text === null || /^(?:0|false|no|off|否)$/i.test(text)) return false;
  return /^(?:1|true|yes|on|是)$/i.test(text) ? true : undefined;
}

/** A day lasts to its end; a time without an offset is a minute of Asia/Shanghai. */
function readEnd(text: string): Date | undefined {
  const [, day = '', clock, offset] =
    /^(\d{4}-\d\d-\d\d)(?:[T ]((?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?)(Z|[+-]\d\d:\d\d)?)?$/i.exec(
      text,
    ) ?? [];
  if (!isDay(day)) return undefined;
  if (clock === undefined) return shanghaiMidnight(addDays(day, 1));
  const ms = Date.parse(`${day}T${clock}${offset?.toUpperCase() ?? '+08:00'}`);
  return Number.isNaN(ms) ? undefined : new Date(ms);
}
