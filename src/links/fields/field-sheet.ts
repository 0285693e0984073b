import { type Currency, formatMinor, isCurrency, money } from '../../money/money.ts';
import { readAmount } from '../../money/read-amount.ts';
import type { Label } from '../../wallets/wallet-names.ts';
import { both, LINK_FIELDS, type LinkField } from './link-fields.ts';

/** What somebody wrote, by field; blanks around it do not count. */
export type LinkTexts = Readonly<Partial<Record<LinkField, string>>>;

export interface FieldFault {
  field: LinkField;
  text: Label;
}

/** What is written, and what is found to be wrong with it: the first fault of a field is enough. */
export interface FieldSheet {
  /** As it is written; undefined where it is left out. */
  written(field: LinkField): string | undefined;
  /** The same, with null for what is to be none. */
  text(field: LinkField): string | null | undefined;
  /** Without a text of its own it is told what to write there. */
  wrong(field: LinkField, text?: Label): void;
  isWrong(field: LinkField): boolean;
  faults: FieldFault[];
}

/** Says where a new link is written that it has no such thing: a link that asks for money then shows no price. */
export const NONE = 'none';

/** `emptyIs`: whether an empty text leaves a field out or takes it away. */
export function openFieldSheet(texts: LinkTexts, { emptyIs }: { emptyIs: 'left_out' | 'none' }): FieldSheet {
  const faults: FieldFault[] = [];
  const isWrong = (field: LinkField): boolean => faults.some((fault) => fault.field === field);
  const written = (field: LinkField): string | undefined => {
    const text = texts[field]?.trim();
    return text === '' && emptyIs === 'left_out' ? undefined : text;
  };
  return {
    written,
    text(field) {
      const text = written(field);
      return text === (emptyIs === 'none' ? '' : NONE) ? null : text;
    },
    wrong(field, text = LINK_FIELDS[field].write) {
      if (!isWrong(field)) faults.push({ field, text });
    },
    isWrong,
    faults,
  };
}

/** Of what all amounts are, unless it is written. */
export function readCurrency(sheet: FieldSheet, usual: Currency): Currency {
  const text = sheet.text('currency') ?? usual;
  if (isCurrency(text)) return text;
  sheet.wrong('currency');
  return usual;
}

/** Minor units; undefined where the field is left out, says none, or is wrong. */
export function readMinor(sheet: FieldSheet, field: LinkField, currency: Currency): bigint | undefined {
  const text = sheet.text(field);
  if (typeof text !== 'string' || sheet.isWrong('currency')) return undefined;
  const minor = minorOf(text, currency);
  if (minor === null) sheet.wrong(field, amountWords(currency));
  return minor ?? undefined;
}

/** Null where it is no amount that can be paid. */
export function minorOf(text: string, currency: Currency): bigint | null {
  const reading = readAmount(text, currency);
  return reading.kind === 'amount' ? reading.amount.minor : null;
}

export function amountWords(currency: Currency): Label {
  const example = formatMinor(money(currency, 1250n));
  return both(`写成 ${example} 这样的金额（${currency}）`, `an amount such as ${example}, in ${currency}`);
}
