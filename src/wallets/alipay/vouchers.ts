import { WALLET_DISCOUNTS_MAX } from '../../base/limits.ts';
import type { Money } from '../../money/money.ts';
import { plainText } from '../plain-text.ts';
import type { DiscountsRead } from '../reported-discounts.ts';
import type { ReportedDiscount, SucceededOutcome } from '../wallet.ts';
import { readAmount } from './amount.ts';
import type { Fields } from './sign.ts';

/** An object of a list, its names as they came: answers write snake_case, notifications camelCase. */
type Entry = Readonly<Record<string, unknown>>;
type Part = ReportedDiscount['parts'][number];

/** Fund channels that are no money of the buyer's. Every other channel is how the buyer paid. Source: fund_bill_list. */
const PLATFORM_CHANNELS = ['COUPON', 'DISCOUNT'];
const MERCHANT_CHANNELS = ['MCOUPON', 'MDISCOUNT'];

/**
 * What was taken off a payment: voucher_detail_list says by whom, fund_bill_list how much in all by Alipay and by the merchant.
 * `other_contribute` may be Alipay's or anybody's: so much of it as Alipay's channels hold is the wallet's, and what
 * other_contribute_detail names is theirs. What the channels hold beyond the vouchers is a discount of its own, without a
 * number. What a buyer had paid for a voucher (purchase_*) is not read: it changes neither who pays now nor what is settled.
 */
export function readVouchers(fields: Fields): DiscountsRead {
  const channels = readChannels(fields['fund_bill_list']);
  return channels === null ? 'unreadable' : readWith(fields['voucher_detail_list'], channels);
}

/** The same of a refund, whose parts are told as present_refund_discount_amount and present_refund_mdiscount_amount. */
export function readRefundedVouchers(fields: Fields): DiscountsRead {
  const wallet = fenOf(fields['present_refund_discount_amount'] ?? '0');
  const merchant = fenOf(fields['present_refund_mdiscount_amount'] ?? '0');
  if (wallet === null || merchant === null) return 'unreadable';
  return readWith(fields['refund_voucher_detail_list'], { wallet, merchant });
}

/** What the buyer paid, or got back; nothing where it is not told. */
export function buyerPaidIn(
  fields: Fields,
  name: 'buyer_pay_amount' | 'present_refund_buyer_amount',
): Pick<SucceededOutcome, 'buyerPaid'> {
  const buyerPaid: Money | null = readAmount(fields[name]);
  return buyerPaid === null ? {} : { buyerPaid };
}

interface Channels {
  wallet: bigint;
  merchant: bigint;
}

function readWith(listText: string | undefined, channels: Channels): DiscountsRead {
  const entries = readList(listText);
  if (entries === null) return 'unreadable';
  const rest = { ...channels };
  const discounts: ReportedDiscount[] = [];
  for (const entry of entries) {
    const discount = toDiscount(entry, rest);
    if (discount === null) return 'unreadable';
    if (discount.minor > 0n) discounts.push(discount);
  }
  return [...discounts, ...bare('wallet', rest.wallet), ...bare('merchant', rest.merchant)];
}

/** Takes what it accounts for out of `rest`. */
function toDiscount(entry: Entry, rest: Channels): ReportedDiscount | null {
  const minor = fenOf(valueIn(entry, 'amount'));
  const merchant = fenOf(valueIn(entry, 'merchant_contribute') ?? '0');
  const other = fenOf(valueIn(entry, 'other_contribute') ?? '0');
  const named = readContributors(valueIn(entry, 'other_contribute_detail'));
  if (minor === null || merchant === null || other === null || named === null) return null;
  const namedMinor = sumOf(named);
  const unnamed = other > namedMinor ? other - namedMinor : 0n;
  const isWallets = unnamed <= rest.wallet;
  const parts: Part[] = [
    { funder: 'merchant', owner: null, minor: merchant },
    { funder: isWallets ? 'wallet' : 'other', owner: null, minor: unnamed },
    ...named,
  ];
  // What the voucher blames on nobody is in the channels all the same.
  const gap = atLeastNothing(minor - merchant - other);
  const ofWallet = other + least(gap, atLeastNothing(rest.wallet - other));
  rest.wallet = atLeastNothing(rest.wallet - ofWallet);
  rest.merchant = atLeastNothing(rest.merchant - merchant - (gap - (ofWallet - other)));
  return {
    walletOfferId: plainText(textIn(entry, 'id') || textIn(entry, 'voucher_id'), 64),
    name: plainText(textIn(entry, 'name'), 100),
    scope: textIn(entry, 'type').includes('ITEM') ? 'item' : 'order',
    minor,
    prefunded: false,
    parts: parts.filter((part) => part.minor > 0n),
  };
}

/** A discount of which only the channel is known. */
function bare(funder: 'wallet' | 'merchant', minor: bigint): ReportedDiscount[] {
  if (minor === 0n) return [];
  return [
    { walletOfferId: '', name: '', scope: 'order', minor, prefunded: false, parts: [{ funder, owner: null, minor }] },
  ];
}

function readContributors(value: unknown): Part[] | null {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value) || value.length > WALLET_DISCOUNTS_MAX || !value.every(isEntry)) return null;
  const parts: Part[] = [];
  for (const entry of value) {
    const minor = fenOf(valueIn(entry, 'contribute_amount'));
    if (minor === null) return null;
    parts.push({ funder: 'other', owner: plainText(textIn(entry, 'contribute_type'), 32) || null, minor });
  }
  return parts;
}

function readChannels(listText: string | undefined): Channels | null {
  const channels: Channels = { wallet: 0n, merchant: 0n };
  const entries = readList(listText);
  for (const entry of entries ?? []) {
    const channel = textIn(entry, 'fund_channel');
    const minor = fenOf(valueIn(entry, 'amount'));
    if (minor === null) return null;
    if (PLATFORM_CHANNELS.includes(channel)) channels.wallet += minor;
    if (MERCHANT_CHANNELS.includes(channel)) channels.merchant += minor;
  }
  return entries === null ? null : channels;
}

/** The entries of a list that came as JSON text; none where there is none, null when it is something else. */
function readList(text: string | undefined): readonly Entry[] | null {
  if (text === undefined || text === '') return [];
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) && list.length <= WALLET_DISCOUNTS_MAX && list.every(isEntry) ? list : null;
  } catch {
    return null;
  }
}

/** `fund_channel` is `fundChannel` in a notification. */
function valueIn(entry: Entry, name: string): unknown {
  if (Object.hasOwn(entry, name)) return entry[name];
  const camel = name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return Object.hasOwn(entry, camel) ? entry[camel] : undefined;
}

function textIn(entry: Entry, name: string): string {
  const value = valueIn(entry, name);
  return typeof value === 'string' ? value : '';
}

/** Yuan, mostly as text; some pages print numbers. Null for anything that is no amount. */
function fenOf(value: unknown): bigint | null {
  const text = typeof value === 'number' ? String(value) : value;
  return typeof text === 'string' ? (readAmount(text)?.minor ?? null) : null;
}

function sumOf(parts: readonly Part[]): bigint {
  return parts.reduce((sum, { minor }) => sum + minor, 0n);
}

function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

function atLeastNothing(minor: bigint): bigint {
  return minor > 0n ? minor : 0n;
}

function isEntry(value: unknown): value is Entry {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
