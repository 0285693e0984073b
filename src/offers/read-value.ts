import { assertNever } from '../base/assert.ts';
import type { CampaignDocument, MoneyValue, OfferValue } from './campaign.ts';
import type { FaultReader } from './read-campaign.ts';

/** The fields that say what is taken off, and the kinds that they belong to. */
const FIELDS = {
  off: ['flat'],
  tiers: ['threshold'],
  every: ['threshold'],
  off_per_mille: ['percent', 'instalment_fee'],
  off_max: ['percent', 'instalment_fee'],
  off_from: ['random'],
  off_to: ['random'],
  value: ['voucher'],
  item: ['item'],
  instalments: ['instalment_fee'],
} as const;

type MoneyDocument = Pick<
  CampaignDocument,
  'off' | 'tiers' | 'every' | 'off_per_mille' | 'off_max' | 'off_from' | 'off_to'
>;
type MoneyKind = 'flat' | 'threshold' | 'percent' | 'random';

/** What is taken off, by the fields of its kind; others are faults. */
export function readValue(document: CampaignDocument, reader: FaultReader): OfferValue {
  const { kind } = document;
  for (const [field, kinds] of Object.entries(FIELDS) as [keyof typeof FIELDS, readonly string[]][])
    if (document[field] !== undefined && !kinds.includes(kind))
      reader.blame(`/${field}`, `"${field}" belongs to ${kinds.join(' and ')}, and this is of the kind "${kind}"`);
  switch (kind) {
    case 'flat':
    case 'threshold':
    case 'percent':
    case 'random':
      return readMoneyValue(kind, document, '', reader);
    case 'voucher':
      return readVoucher(document, reader);
    case 'item':
      return readItem(document, reader);
    case 'instalment_fee': {
      if (document.instalments === undefined) reader.blame('', 'an instalment_fee has "instalments"');
      const { perMille, offMaxMinor } = readPercent(document, '', reader);
      return { kind, counts: document.instalments ?? [], perMille, offMaxMinor };
    }
    default:
      return assertNever(kind);
  }
}

function readVoucher({ value }: CampaignDocument, reader: FaultReader): MoneyValue {
  if (value === undefined) {
    reader.blame('', 'a voucher has a "value"');
    return { kind: 'flat', offMinor: 1n };
  }
  for (const field of Object.keys(value) as (keyof typeof value)[]) {
    if (field === 'kind') continue;
    const kinds: readonly string[] = FIELDS[field];
    if (!kinds.includes(value.kind)) reader.blame(`/value/${field}`, `"${field}" belongs to ${kinds.join(' and ')}`);
  }
  return readMoneyValue(value.kind, value, '/value', reader);
}

function readMoneyValue(kind: MoneyKind, written: MoneyDocument, at: string, reader: FaultReader): MoneyValue {
  const amount = (field: 'off' | 'off_from' | 'off_to'): bigint => {
    const text = written[field];
    if (text !== undefined) return reader.amount(`${at}/${field}`, text);
    reader.blame(at, `a ${kind} offer has "${field}"`);
    return 1n;
  };
  switch (kind) {
    case 'flat':
      return { kind, offMinor: amount('off') };
    case 'threshold':
      return readThreshold(written, at, reader);
    case 'percent':
      return { kind, ...readPercent(written, at, reader) };
    case 'random':
      return { kind, fromMinor: amount('off_from'), toMinor: amount('off_to') };
    default:
      return assertNever(kind);
  }
}

function readThreshold({ tiers, every }: MoneyDocument, at: string, reader: FaultReader): MoneyValue {
  if ((tiers === undefined) === (every === undefined))
    reader.blame(at, 'a threshold has "tiers" or "every", one of the two');
  if (every !== undefined) {
    return {
      kind: 'every',
      atMinor: reader.amount(`${at}/every/at`, every.at),
      offMinor: reader.amount(`${at}/every/off`, every.off),
      timesMax: every.times_max,
    };
  }
  return {
    kind: 'threshold',
    tiers: (tiers ?? []).map((tier, index) => ({
      atMinor: reader.amount(`${at}/tiers/${index}/at`, tier.at),
      offMinor: reader.amount(`${at}/tiers/${index}/off`, tier.off),
    })),
  };
}

function readPercent(
  { off_per_mille: perMille, off_max: most }: MoneyDocument,
  at: string,
  reader: FaultReader,
): { perMille: number; offMaxMinor: bigint | null } {
  if (perMille === undefined) reader.blame(at, 'this kind has "off_per_mille"');
  return { perMille: perMille ?? 1, offMaxMinor: most === undefined ? null : reader.amount(`${at}/off_max`, most) };
}

function readItem({ item }: CampaignDocument, reader: FaultReader): OfferValue {
  if (item === undefined) reader.blame('', 'an item offer has "item"');
  const { articles = [], off, off_per_mille: perMille, quantity_max: quantityMax = 1 } = item ?? {};
  if (item !== undefined && (off === undefined) === (perMille === undefined))
    reader.blame('/item', 'each unit saves "off" or "off_per_mille", one of the two');
  return {
    kind: 'item',
    articles,
    off:
      off === undefined
        ? { kind: 'percent', perMille: perMille ?? 1 }
        : { kind: 'unit', minor: reader.amount('/item/off', off) },
    quantityMax,
  };
}
