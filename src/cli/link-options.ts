import { type FieldFault, type LinkTexts, NONE } from '../links/fields/field-sheet.ts';
import { LINK_FIELD_NAMES, LINK_FIELDS, type LinkField, optionOf } from '../links/fields/link-fields.ts';
import { type Option, UsageError } from './command.ts';
import type { Input } from './input.ts';

const AMOUNTS = ['price', 'amount', 'min', 'max', 'total', 'people'] as const satisfies readonly LinkField[];

/** The fields of a link as options of a command. */
export function linkOptions(fields: readonly LinkField[]): Record<string, Option> {
  return Object.fromEntries(
    fields.map((field) => [optionOf(field), { value: LINK_FIELDS[field].value, what: LINK_FIELDS[field].write.en }]),
  );
}

/** What stands on the line; what does not is left out. @throws UsageError for a currency of nothing */
export function linkTextsOf(input: Input): LinkTexts {
  const texts: Partial<Record<LinkField, string>> = {};
  for (const field of LINK_FIELD_NAMES) {
    const text = input.text(optionOf(field));
    if (text !== undefined) texts[field] = text;
  }
  if (texts.currency !== undefined && AMOUNTS.every((field) => texts[field] === undefined))
    throw new UsageError('--currency: a currency belongs to an amount');
  return texts;
}

/** On a line nothing can be empty: `none` takes a field away, but may be what a thing is called. */
export function withoutNone(texts: LinkTexts): LinkTexts {
  const empty = LINK_FIELD_NAMES.filter((field) => field !== 'title' && texts[field]?.trim() === NONE);
  return { ...texts, ...Object.fromEntries(empty.map((field) => [field, ''])) };
}

/** Names the option that is wrong, the first of them. */
export function wrongOption([first]: readonly FieldFault[]): UsageError {
  return new UsageError(first === undefined ? 'something is wrong' : `--${optionOf(first.field)}: ${first.text.en}`);
}
