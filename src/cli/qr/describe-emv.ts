import { crc16Hex } from '../../qr/crc16.ts';
import { ADDITIONAL_TAGS, emvMoney, readUnionPayAccount } from '../../qr/emv.ts';
import { type EmvFault, type EmvItem, type EmvRefusal, readItems } from '../../qr/emv-items.ts';
import { readEmv } from '../../qr/read-emv.ts';
import { currencies, formatMoney } from '../../money/money.ts';
import { currencyNumber } from '../../qr/emv.ts';

/** One field of a code, for people: `62.07`, terminal, 00000001. */
export interface EmvField {
  tag: string;
  name: string;
  value: string;
  /** What the value says, where it does not say it itself. */
  meaning: string | null;
}

export interface EmvDescription {
  /** Null where the code keeps every rule. */
  fault: EmvRefusal | null;
  /** As far as they can be told apart. */
  fields: EmvField[];
}

/** Every field of an EMVCo merchant-presented code by name, and the first rule that it breaks. */
export function describeEmv(text: string): EmvDescription {
  const reading = readEmv(text);
  const read = readItems(text, '');
  const items = read.kind === 'items' ? read.items : [];
  const amount = reading.kind === 'code' ? emvMoney(reading.code) : null;
  const fields = items.flatMap((item) => fieldsOf(item, text, amount === null ? null : formatMoney(amount)));
  return { fault: reading.kind === 'refused' ? reading : null, fields };
}

/** `62.07 (terminal) has a value that is not of its form`. */
export function explainFault({ reason, tag }: EmvRefusal): string {
  return tag === '' ? FAULTS[reason] : `${tag} (${nameOf(tag)}) ${FAULTS[reason]}`;
}

const FAULTS: Record<EmvFault, string> = {
  empty: 'there is nothing in it',
  too_long: 'it is longer than a code may be',
  tag_malformed: 'is followed by something that is no tag of two digits',
  length_malformed: 'has a length that is not two digits',
  cut_short: 'has fewer characters than its length says',
  empty_value: 'has no value',
  duplicate_tag: 'stands there twice',
  format_unknown: 'must come first and be 01',
  crc_missing: 'is missing',
  crc_not_last: 'must come last',
  crc_wrong: 'does not fit the text',
  missing: 'is missing',
  value_too_long: 'is longer than EMVCo allows',
  value_malformed: 'has a value that is not of the form that EMVCo asks for',
  amount_malformed: 'is not an amount of its currency',
};

/** Tags from the first to the last of each row. Source: EMVCo merchant-presented mode; card networks as in its table. */
const NAMES: readonly (readonly [first: number, last: number, name: string])[] = [
  [0, 0, 'format'],
  [1, 1, 'how often it is used'],
  [2, 3, 'account at Visa'],
  [4, 5, 'account at Mastercard'],
  [6, 8, 'account at a card network'],
  [9, 10, 'account at Discover'],
  [11, 12, 'account at American Express'],
  [13, 14, 'account at JCB'],
  [15, 16, 'account at UnionPay (银联)'],
  [17, 25, 'account at a card network'],
  [26, 51, 'account at a payment system'],
  [52, 52, 'merchant category code'],
  [53, 53, 'currency'],
  [54, 54, 'amount'],
  [55, 55, 'tip or fee'],
  [56, 56, 'fixed fee'],
  [57, 57, 'fee in percent'],
  [58, 58, 'country'],
  [59, 59, 'merchant name'],
  [60, 60, 'city'],
  [61, 61, 'postcode'],
  [62, 62, 'additional data'],
  [63, 63, 'CRC'],
  [64, 64, 'in another language'],
  [65, 79, 'kept by EMVCo for later'],
  [80, 99, 'of anybody'],
];

const ADDITIONAL_NAMES: Readonly<Record<string, string>> = {
  billNumber: 'bill number',
  mobileNumber: 'mobile number',
  storeLabel: 'store',
  loyaltyNumber: 'loyalty number',
  reference: 'reference',
  customerLabel: 'customer',
  terminal: 'terminal',
  purpose: 'purpose',
  consumerData: 'what the buyer is asked for',
};

const LOCALIZED_NAMES: Readonly<Record<string, string>> = { '00': 'language', '01': 'merchant name', '02': 'city' };

function nameOf(tag: string): string {
  if (tag === '02-51') return 'the account to pay to';
  const [top = '', inner] = tag.split('.');
  if (inner === undefined) return NAMES.find(([first, last]) => first <= Number(top) && Number(top) <= last)?.[2] ?? '';
  if (top === '62') {
    const known = Object.entries(ADDITIONAL_TAGS).find(([, number]) => number === inner)?.[0];
    return ADDITIONAL_NAMES[known ?? ''] ?? (Number(inner) >= 50 ? 'of a payment system' : 'kept by EMVCo for later');
  }
  if (top === '64') return LOCALIZED_NAMES[inner] ?? 'kept by EMVCo for later';
  return inner === '00' ? "the system's own id" : "the system's own field";
}

function fieldsOf({ tag, value }: EmvItem, text: string, amount: string | null): EmvField[] {
  const field = { tag, name: nameOf(tag), value, meaning: meaningOf(tag, value, text, amount) };
  const inside = isTemplate(tag) ? readItems(value, tag) : null;
  if (inside?.kind !== 'items') return [field];
  return inside.items.map((item) => {
    const path = `${tag}.${item.tag}`;
    return { tag: path, name: nameOf(path), value: item.value, meaning: null };
  });
}

function isTemplate(tag: string): boolean {
  const number = Number(tag);
  return (number >= 26 && number <= 51) || tag === '62' || tag === '64' || number >= 80;
}

const MEANINGS: Readonly<Record<string, string>> = {
  '01 11': 'static: one code, many payments',
  '01 12': 'dynamic: good for one payment',
  '55 01': 'the buyer is asked for a tip',
  '55 02': 'a fixed fee',
  '55 03': 'a fee in percent',
};

function meaningOf(tag: string, value: string, text: string, amount: string | null): string | null {
  if (tag === '15' || tag === '16') return accountOf(value);
  if (tag === '53') return currencies.find((currency) => currencyNumber(currency) === value) ?? null;
  if (tag === '54') return amount;
  if (tag === '63') return crcOf(value, text);
  return MEANINGS[`${tag} ${value}`] ?? null;
}

function accountOf(value: string): string | null {
  const account = readUnionPayAccount(value);
  if (account === null) return "not of UnionPay's form";
  const { acquirer, forwarder, merchantNo } = account;
  return acquirer === null
    ? 'a merchant number alone'
    : `acquirer ${acquirer}, forwarding institution ${forwarder ?? ''}, merchant ${merchantNo}`;
}

/** The CRC is over everything before its own value. */
function crcOf(value: string, text: string): string {
  const at = text.lastIndexOf(`6304${value}`);
  const right = crc16Hex(text.slice(0, at + 4));
  return value === right ? 'right' : `wrong: it should be ${right}`;
}
