import { assert } from '../base/assert.ts';

/** Minor-unit digits by ISO 4217 code; a currency that is not here is refused. */
const MINOR_DIGITS = { CNY: 2, HKD: 2, MOP: 2, USD: 2, EUR: 2, GBP: 2, SGD: 2, JPY: 0, KRW: 0 } as const;

export type Currency = keyof typeof MINOR_DIGITS;

/** An amount: `{ currency: 'CNY', minor: 1234n }` is ¥12.34. In JSON `minor` travels as an integer in a string. */
export interface Money {
  readonly currency: Currency;
  readonly minor: bigint;
}

/** The largest amount of one payment or posting, in minor units: what PostgreSQL's bigint holds. */
export const MINOR_MAX = 2n ** 63n - 1n;

export function money(currency: Currency, minor: bigint): Money {
  assert(minor >= -MINOR_MAX && minor <= MINOR_MAX, 'an amount fits 63 bits');
  return { currency, minor };
}

export function isCurrency(text: unknown): text is Currency {
  return typeof text === 'string' && Object.hasOwn(MINOR_DIGITS, text);
}

export const currencies = Object.keys(MINOR_DIGITS) as Currency[]; // the table's own keys

export function addMoney(left: Money, right: Money): Money {
  assert(left.currency === right.currency, 'only one currency is added up at a time');
  return money(left.currency, left.minor + right.minor);
}

export function subtractMoney(left: Money, right: Money): Money {
  assert(left.currency === right.currency, 'only one currency is subtracted at a time');
  return money(left.currency, left.minor - right.minor);
}

/** Splits by weights; the parts always sum to the whole. Left-over minor units go to the largest remainders, first come first. */
export function splitMoney(whole: Money, weights: readonly bigint[]): Money[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0n);
  assert(
    total > 0n && weights.every((weight) => weight >= 0n) && whole.minor >= 0n,
    'weights and amount are not negative',
  );
  const parts = weights.map((weight) => (whole.minor * weight) / total);
  const order = weights
    .map((weight, index) => ({ index, remainder: (whole.minor * weight) % total }))
    .sort((a, b) => (a.remainder === b.remainder ? a.index - b.index : a.remainder > b.remainder ? -1 : 1));
  let left = whole.minor - parts.reduce((sum, part) => sum + part, 0n);
  for (const { index } of order) {
    if (left === 0n) break;
    parts[index] = (parts[index] as bigint) + 1n; // index comes from the same array
    left -= 1n;
  }
  return parts.map((minor) => money(whole.currency, minor));
}

/** `1234n CNY` as `12.34`, without sign of currency; for people and for wallets that want a decimal. */
export function formatMinor(amount: Money): string {
  const digits = MINOR_DIGITS[amount.currency];
  const sign = amount.minor < 0n ? '-' : '';
  const text = (amount.minor < 0n ? -amount.minor : amount.minor).toString().padStart(digits + 1, '0');
  return digits === 0 ? sign + text : `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

const SYMBOLS: Partial<Record<Currency, string>> = { CNY: '¥', USD: '$', EUR: '€', GBP: '£', JPY: 'JP¥' };

/** `1234n CNY` as `¥12.34`. */
export function formatMoney(amount: Money): string {
  return `${SYMBOLS[amount.currency] ?? `${amount.currency} `}${formatMinor(amount)}`;
}
