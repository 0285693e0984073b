import { EMV_CHARS_MAX } from '../base/limits.ts';
import { crc16Hex } from './crc16.ts';
import { ADDITIONAL_TAGS, decimalsMax, type EmvCode, type EmvSystem } from './emv.ts';
import { charactersOf, type EmvFault, type EmvItem, type EmvRefusal, readItems } from './emv-items.ts';

export type EmvReading = { kind: 'code'; code: EmvCode } | EmvRefusal;

/**
 * Reads an EMVCo merchant-presented code, strictly: a text that the specification does not allow is refused with its
 * reason, and nothing of it is used. Tags that the specification keeps for later (65 to 79) are passed over.
 */
export function readEmv(text: string): EmvReading {
  if (text === '') return refuse('empty', '');
  if (text.length > EMV_CHARS_MAX * 2 || charactersOf(text).length > EMV_CHARS_MAX) return refuse('too_long', '');
  // Half a character has no UTF-8 form: two such texts would have one CRC.
  if (/\p{Cs}/u.test(text)) return refuse('value_malformed', '');
  const read = readItems(text, '');
  if (read.kind === 'refused') return read;
  return faultInFrame(text, read.items) ?? readFields(new Map(read.items.map(({ tag, value }) => [tag, value])));
}

/** The format indicator comes first and the CRC, over everything before its own value, last. */
function faultInFrame(text: string, items: readonly EmvItem[]): EmvRefusal | null {
  const first = items[0];
  if (first?.tag !== '00' || first.value !== '01') return refuse('format_unknown', '00');
  const crc = items.find(({ tag }) => tag === '63');
  if (crc === undefined) return refuse('crc_missing', '63');
  if (crc !== items.at(-1)) return refuse('crc_not_last', '63');
  if (!/^[0-9A-F]{4}$/.test(crc.value) || crc.value !== crc16Hex(text.slice(0, -4))) return refuse('crc_wrong', '63');
  return null;
}

/** One row a primitive field: what it must look like, and the most characters it may have. */
const FIELDS: readonly { tag: string; form: RegExp; charsMax: number; required: boolean }[] = [
  { tag: '01', form: /^1[12]$/, charsMax: 2, required: false },
  { tag: '52', form: /^\d{4}$/, charsMax: 4, required: true },
  { tag: '53', form: /^\d{3}$/, charsMax: 3, required: true },
  { tag: '55', form: /^0[123]$/, charsMax: 2, required: false },
  { tag: '57', form: /^(?!0{1,2}(?:\.0{1,2})?$)\d{1,2}(?:\.\d{1,2})?$/, charsMax: 5, required: false },
  { tag: '58', form: /^[A-Z]{2}$/, charsMax: 2, required: true },
  { tag: '59', form: /^\P{Cc}+$/u, charsMax: 25, required: true },
  { tag: '60', form: /^\P{Cc}+$/u, charsMax: 15, required: true },
  { tag: '61', form: /^\P{Cc}+$/u, charsMax: 10, required: false },
];

function readFields(values: ReadonlyMap<string, string>): EmvReading {
  const fault = faultInFields(values);
  if (fault) return fault;
  const currency = values.get('53') ?? '';
  for (const tag of ['54', '56']) if (!isAmount(values.get(tag), currency)) return refuse('amount_malformed', tag);
  const tip = readTip(values);
  if (tip === 'refused') return refuse('value_malformed', '55');
  const systems = readSystems(values, 26, 51);
  if (!Array.isArray(systems)) return systems;
  const unreserved = readSystems(values, 80, 99);
  if (!Array.isArray(unreserved)) return unreserved;
  const accounts = between(values, 2, 25);
  if (accounts.length + systems.length === 0) return refuse('missing', '02-51');
  const additional = readAdditional(values.get('62'));
  if (additional.kind === 'refused') return additional;
  const localized = readLocalized(values.get('64'));
  if (localized.kind === 'refused') return localized;
  return {
    kind: 'code',
    code: {
      initiation: initiationOf(values.get('01')),
      accounts,
      systems,
      categoryCode: values.get('52') ?? '',
      currencyNumber: currency,
      amount: values.get('54') ?? null,
      tip,
      country: values.get('58') ?? '',
      merchantName: values.get('59') ?? '',
      city: values.get('60') ?? '',
      postcode: values.get('61') ?? null,
      additional: additional.fields,
      localized: localized.value,
      unreserved,
    },
  };
}

function faultInFields(values: ReadonlyMap<string, string>): EmvRefusal | null {
  for (const { tag, form, charsMax, required } of FIELDS) {
    const value = values.get(tag);
    if (value === undefined) {
      if (required) return refuse('missing', tag);
      continue;
    }
    if (charactersOf(value).length > charsMax) return refuse('value_too_long', tag);
    if (!form.test(value)) return refuse('value_malformed', tag);
  }
  const account = between(values, 2, 25).find(({ value }) => !/^\P{Cc}+$/u.test(value));
  return account === undefined ? null : refuse('value_malformed', account.tag);
}

function initiationOf(value: string | undefined): EmvCode['initiation'] {
  if (value === undefined) return null;
  return value === '11' ? 'static' : 'dynamic';
}

/** Digits with at most one point, not zero, at most 13 characters, no finer than the currency. */
function isAmount(value: string | undefined, currency: string): boolean {
  if (value === undefined) return true;
  const match = /^(\d{1,13})(?:\.(\d*))?$/.exec(value);
  return (
    match !== null && value.length <= 13 && (match[2] ?? '').length <= decimalsMax(currency) && /[1-9]/.test(value)
  );
}

/** 55 says which of 56 and 57 is there: 01 none, 02 the fixed fee, 03 the percentage. */
function readTip(values: ReadonlyMap<string, string>): EmvCode['tip'] | 'refused' {
  const [kind, amount, percent] = ['55', '56', '57'].map((tag) => values.get(tag));
  if (kind === undefined) return amount === undefined && percent === undefined ? null : 'refused';
  if (kind === '01') return amount === undefined && percent === undefined ? { kind: 'ask' } : 'refused';
  if (kind === '02') return amount !== undefined && percent === undefined ? { kind: 'fixed', amount } : 'refused';
  return percent !== undefined && amount === undefined ? { kind: 'percentage', percent } : 'refused';
}

function readSystems(values: ReadonlyMap<string, string>, from: number, to: number): EmvSystem[] | EmvRefusal {
  const systems: EmvSystem[] = [];
  for (const { tag, value } of between(values, from, to)) {
    const read = readItems(value, tag);
    if (read.kind === 'refused') return read;
    const [first, ...fields] = read.items;
    if (first?.tag !== '00') return refuse('missing', `${tag}.00`);
    if (charactersOf(first.value).length > 32) return refuse('value_too_long', `${tag}.00`);
    const bad = read.items.find((item) => !/^\P{Cc}+$/u.test(item.value));
    if (bad) return refuse('value_malformed', `${tag}.${bad.tag}`);
    systems.push({ tag, id: first.value, fields });
  }
  return systems;
}

const NAME_BY_TAG = new Map(Object.entries(ADDITIONAL_TAGS).map(([name, tag]) => [tag, name]));

function readAdditional(value: string | undefined): { kind: 'fields'; fields: Record<string, string> } | EmvRefusal {
  if (value === undefined) return { kind: 'fields', fields: {} };
  const read = readItems(value, '62');
  if (read.kind === 'refused') return read;
  for (const item of read.items) {
    if (Number(item.tag) < 50 && charactersOf(item.value).length > 25)
      return refuse('value_too_long', `62.${item.tag}`);
    const form = item.tag === '09' ? /^(?!.*(.).*\1)[AME]{1,3}$/ : /^\P{Cc}+$/u;
    if (!form.test(item.value)) return refuse('value_malformed', `62.${item.tag}`);
  }
  return {
    kind: 'fields',
    fields: Object.fromEntries(read.items.map((item) => [NAME_BY_TAG.get(item.tag) ?? item.tag, item.value])),
  };
}

function readLocalized(text: string | undefined): { kind: 'localized'; value: EmvCode['localized'] } | EmvRefusal {
  if (text === undefined) return { kind: 'localized', value: null };
  const read = readItems(text, '64');
  if (read.kind === 'refused') return read;
  const values = new Map(read.items.map((item) => [item.tag, item.value]));
  const language = values.get('00');
  const merchantName = values.get('01');
  const city = values.get('02') ?? null;
  if (language === undefined || merchantName === undefined) return refuse('missing', language ? '64.01' : '64.00');
  if (!/^[A-Za-z]{2}$/.test(language)) return refuse('value_malformed', '64.00');
  if (charactersOf(merchantName).length > 25) return refuse('value_too_long', '64.01');
  if (charactersOf(city ?? '').length > 15) return refuse('value_too_long', '64.02');
  const bad = read.items.find((item) => !/^\P{Cc}+$/u.test(item.value));
  if (bad) return refuse('value_malformed', `64.${bad.tag}`);
  return { kind: 'localized', value: { language, merchantName, city } };
}

function between(values: ReadonlyMap<string, string>, from: number, to: number): EmvItem[] {
  return [...values]
    .filter(([tag]) => Number(tag) >= from && Number(tag) <= to)
    .map(([tag, value]) => ({ tag, value }))
    .sort((a, b) => Number(a.tag) - Number(b.tag));
}

function refuse(reason: EmvFault, tag: string): EmvRefusal {
  return { kind: 'refused', reason, tag };
}
