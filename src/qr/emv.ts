import { type Currency, currencies, formatMinor, type Money, money } from '../money/money.ts';
import type { EmvItem } from './emv-items.ts';

/**
 * An EMVCo merchant-presented code as it is spoken of, without its format indicator and CRC. What stands here can be
 * written and is read back the same.
 */
export interface EmvCode {
  /** Whether one code serves many payments (11) or one (12); null where the code does not say. */
  initiation: 'static' | 'dynamic' | null;
  /** Tags 02 to 25: the merchant's number at a card network. 15 and 16 are UnionPay's. */
  accounts: readonly EmvItem[];
  /** Tags 26 to 51: a payment system named by an address of its own, with its fields. */
  systems: readonly EmvSystem[];
  /** Merchant category code, four digits (ISO 18245). */
  categoryCode: string;
  /** ISO 4217 number: `156` is CNY. */
  currencyNumber: string;
  /** In major units as it stands in the code, `12.34`; null where the buyer types the amount. */
  amount: string | null;
  /** Tags 55 to 57. ask: the buyer is asked for a tip. fixed: a fee in major units. percentage: of the amount. */
  tip: { kind: 'ask' } | { kind: 'fixed'; amount: string } | { kind: 'percentage'; percent: string } | null;
  /** ISO 3166: `CN`. */
  country: string;
  merchantName: string;
  city: string;
  postcode: string | null;
  /** Tag 62 by name; what has no name stands under its own tag. */
  additional: Readonly<Record<string, string>>;
  /** Tag 64: the name in the merchant's own language; `language` is ISO 639, `ZH`. */
  localized: { language: string; merchantName: string; city: string | null } | null;
  /** Tags 80 to 99, as 26 to 51. */
  unreserved: readonly EmvSystem[];
}

export interface EmvSystem {
  tag: string;
  /** A reverse domain name, an application id or a UUID: the template's own tag 00. */
  id: string;
  fields: readonly EmvItem[];
}

/** EMVCo merchant-presented mode, tag 62. */
export const ADDITIONAL_TAGS: Readonly<Record<string, string>> = {
  billNumber: '01',
  mobileNumber: '02',
  storeLabel: '03',
  loyaltyNumber: '04',
  reference: '05',
  customerLabel: '06',
  terminal: '07',
  purpose: '08',
  consumerData: '09',
};

/** ISO 4217 numbers of the currencies that we keep books in. */
const CURRENCY_NUMBERS: Record<Currency, string> = {
  CNY: '156',
  HKD: '344',
  MOP: '446',
  USD: '840',
  EUR: '978',
  GBP: '826',
  SGD: '702',
  JPY: '392',
  KRW: '410',
};

export function currencyNumber(currency: Currency): string {
  return CURRENCY_NUMBERS[currency];
}

/** The amount of a code exactly; null where it has none, or is in a currency that we keep no books in. */
export function emvMoney(code: EmvCode): Money | null {
  const currency = currencies.find((candidate) => CURRENCY_NUMBERS[candidate] === code.currencyNumber);
  if (currency === undefined || code.amount === null) return null;
  const [whole = '', fraction = ''] = code.amount.split('.');
  return money(currency, BigInt(whole + fraction.padEnd(minorDigits(currency), '0')));
}

/** An amount as a code wants it: `1234n CNY` is `12.34`, `100n JPY` is `100`. */
export function emvAmount(amount: Money): string {
  return formatMinor(amount);
}

/** How many decimals an amount of this currency may have; ten-thousandths where we do not know the currency. */
export function decimalsMax(number: string): number {
  const currency = currencies.find((candidate) => CURRENCY_NUMBERS[candidate] === number);
  return currency === undefined ? 4 : minorDigits(currency);
}

function minorDigits(currency: Currency): number {
  return formatMinor(money(currency, 0n)).split('.')[1]?.length ?? 0;
}

/** UnionPay's account in tag 15 or 16. */
export interface UnionPayAccount {
  /** Acquirer and forwarding institution, eight digits each; null where only the merchant's number is given. */
  acquirer: string | null;
  forwarder: string | null;
  merchantNo: string;
}

/** UnionPay's own form has 31 characters (8 + 8 + 15); some generators put a bare number of 15 there. */
export function readUnionPayAccount(value: string): UnionPayAccount | null {
  const whole = /^(\d{8})(\d{8})([0-9A-Za-z]{15})$/.exec(value);
  if (whole) return { acquirer: whole[1] ?? null, forwarder: whole[2] ?? null, merchantNo: whole[3] ?? '' };
  return /^[0-9A-Za-z]{15}$/.test(value) ? { acquirer: null, forwarder: null, merchantNo: value } : null;
}

export function writeUnionPayAccount(account: UnionPayAccount): string {
  return `${account.acquirer ?? ''}${account.forwarder ?? ''}${account.merchantNo}`;
}
