import { html, type Html } from '../base/html.ts';
import {
  LINK_APP_PATH_CHARS_MAX,
  LINK_DESCRIPTION_CHARS_MAX,
  LINK_ORDER_NO_CHARS_MAX,
  LINK_SUBJECT_CHARS_MAX,
  LINK_TITLE_CHARS_MAX,
  LINK_URL_CHARS_MAX,
} from '../base/link-limits.ts';
import type { FieldFault, LinkTexts } from '../links/fields/field-sheet.ts';
import { LINK_FIELDS, type LinkField, type MadeKind } from '../links/fields/link-fields.ts';
import { currencies } from '../money/money.ts';
import { AVAILABILITY } from './link-words.ts';
import type { Visitor } from './visitor.ts';

/** The fields of a form by kind, in rows of one or two. */
const ROWS: Readonly<Record<MadeKind, readonly (readonly LinkField[])[]>> = {
  page: [
    ['title'],
    ['page'],
    ['description'],
    ['price', 'currency'],
    ['image_url'],
    ['availability', 'expires_at'],
    ['app_path', 'host'],
    ['direct'],
  ],
  pay: [
    ['title'],
    ['amount', 'currency'],
    ['min', 'max'],
    ['times', 'order_no'],
    ['subject'],
    ['description'],
    ['image_url'],
    ['expires_at', 'host'],
  ],
  group: [
    ['title'],
    ['total', 'currency'],
    ['shares'],
    ['people'],
    ['subject'],
    ['description'],
    ['image_url'],
    ['expires_at', 'host'],
  ],
};

/** Fields of a new link of this kind. */
export function newFields(kind: MadeKind): readonly LinkField[] {
  return ROWS[kind].flat();
}

/** Those of them that may be changed: what is paid, and what is shown as its price, never is. */
export function editFields(kind: MadeKind): readonly LinkField[] {
  const money: readonly LinkField[] = kind === 'page' ? [] : ['currency'];
  return newFields(kind).filter((field) => LINK_FIELDS[field].mayChange && !money.includes(field));
}

/** The inputs of a form, with what stands in them. */
export function renderFields(visitor: Visitor, kind: MadeKind, fields: readonly LinkField[], texts: LinkTexts): Html[] {
  return ROWS[kind].flatMap((row) => {
    const inputs = row
      .filter((field) => fields.includes(field))
      .map((field) => renderField(visitor, field, texts[field] ?? '', field === 'page' || field === 'total'));
    if (inputs.length === 0) return [];
    return inputs.length === 1 ? inputs : [html`<div class="pair">${inputs}</div>`];
  });
}

const INPUTS: Readonly<Partial<Record<LinkField, Html>>> = {
  title: html` maxlength="${LINK_TITLE_CHARS_MAX}" required`,
  page: html` type="url" maxlength="${LINK_URL_CHARS_MAX}" placeholder="https://"`,
  description: html` maxlength="${LINK_DESCRIPTION_CHARS_MAX}"`,
  price: html` inputmode="decimal" placeholder="12.50"`,
  image_url: html` type="url" maxlength="${LINK_URL_CHARS_MAX}" placeholder="https://"`,
  expires_at: html` type="datetime-local" step="any"`,
  app_path: html` maxlength="${LINK_APP_PATH_CHARS_MAX}" placeholder="/item/42"`,
  host: html` placeholder="go.shop.example"`,
  amount: html` inputmode="decimal" placeholder="12.50"`,
  min: html` inputmode="decimal" placeholder="1.00"`,
  max: html` inputmode="decimal" placeholder="500.00"`,
  total: html` inputmode="decimal" placeholder="100.00"`,
  times: html` inputmode="numeric"`,
  shares: html` inputmode="numeric"`,
  order_no: html` maxlength="${LINK_ORDER_NO_CHARS_MAX}"`,
  subject: html` maxlength="${LINK_SUBJECT_CHARS_MAX}"`,
};

function renderField(visitor: Visitor, field: LinkField, text: string, isRequired: boolean): Html {
  const { lang, say } = visitor;
  if (field === 'direct')
    return html`<p class="check"><input id="direct" name="direct" type="checkbox" value="yes"${text === 'yes' && html` checked`} data-testid="direct"><label for="direct">${say('没有更好的打开方式时，直接到网页', 'Straight to the page where nothing better can be done')}</label></p>`;
  const hint = hintOf(visitor, field);
  const named = html`id="${field}" name="${field}"${hint !== null && html` aria-describedby="${field}-write"`} data-testid="${field}"`;
  return html`<p><label for="${field}">${LINK_FIELDS[field].label[lang]}</label>${renderInput(visitor, field, text, html`${named}${isRequired && html` required`}`)}${hint !== null && html`<span class="fine" id="${field}-write">${hint}</span>`}</p>`;
}

function renderInput({ lang }: Visitor, field: LinkField, text: string, named: Html): Html {
  const options = optionsOf(lang, field);
  if (options !== null)
    return html`<select ${named}>${options.map(([value, words]) => html`<option value="${value}"${value === text && html` selected`}>${words}</option>`)}</select>`;
  if (field === 'people') return html`<textarea ${named} rows="4">${text}</textarea>`;
  return html`<input ${named} value="${text}"${INPUTS[field] ?? ''} autocomplete="off">`;
}

/** What to write; null where it is chosen. A browser's own field for an instant writes it by itself. */
function hintOf({ lang, say }: Visitor, field: LinkField): string | null {
  if (optionsOf(lang, field) !== null) return null;
  return field === 'expires_at' ? say('北京时间', 'Asia/Shanghai') : LINK_FIELDS[field].write[lang];
}

/** What is chosen from a few; null for what is typed. */
function optionsOf(lang: Visitor['lang'], field: LinkField): (readonly [string, string])[] | null {
  if (field === 'currency') return currencies.map((currency) => [currency, currency] as const);
  if (field !== 'availability') return null;
  return [['', '–'], ...Object.entries(AVAILABILITY).map(([value, words]) => [value, words[lang]] as const)];
}

/** What is wrong, as a list above the form. */
export function renderFaults(faults: readonly string[]): Html {
  if (faults.length === 0) return html``;
  return html`<div class="alert" id="fault" role="alert" data-testid="fault"><ul class="terms">${faults.map((fault) => html`<li>${fault}</li>`)}</ul></div>`;
}

/** A fault as a form tells it, by the field's label. */
export function faultText(
  { lang, say }: Pick<Visitor, 'lang' | 'say'>,
  { field, text }: Pick<FieldFault, 'text'> & { field: LinkField | null },
): string {
  return field === null ? text[lang] : `${LINK_FIELDS[field].label[lang]}${say('：', ': ')}${text[lang]}`;
}
