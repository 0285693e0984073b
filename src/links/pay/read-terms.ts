import {
  LINK_ORDER_NO_CHARS_MAX,
  LINK_PAYER_NAME_CHARS_MAX,
  LINK_PLACES_MAX,
  LINK_SHARES_MAX,
  LINK_SUBJECT_CHARS_MAX,
} from '../../base/link-limits.ts';
import { PAYMENT_MINOR_MAX } from '../../base/limits.ts';
import { Refusal } from '../../base/refusal.ts';
import type { MerchantId } from '../../cashier/payment.ts';
import type { Currency } from '../../money/money.ts';
import type { UserId } from '../../users/users.ts';
import type { Link, LinkPrice } from '../link.ts';
import { cleanName } from './clean-name.ts';
import { splitTotal } from './split-total.ts';
import type { Share, Terms } from './terms.ts';

interface GivenAmount {
  currency: Currency;
  minor: string;
}

/** How a link is to be paid, as the API takes it: `pay` with kind `pay`, `group` with kind `group`. */
export interface GivenPay {
  /** What each pays; left out where the buyer types it. */
  amount?: GivenAmount;
  /** What the buyer may type; left out: anything that can be paid. */
  min?: GivenAmount;
  max?: GivenAmount;
  /** What is paid, for the buyer and the wallet; the link's title where it is left out. */
  subject?: string;
  /** How often it may be paid; left out: without end. */
  times?: number;
  /** The one order that it is for. */
  order_no?: string;
}

export interface GivenGroup {
  total: GivenAmount;
  /** Over how many it is split, as equal as can be; or, */
  shares?: number;
  /** for whom, and how much each. */
  people?: readonly { name: string; amount: GivenAmount }[];
  subject?: string;
}

export interface GivenTerms {
  pay?: GivenPay;
  group?: GivenGroup;
}

/** A collection among people: everybody pays `amount` (at most `people` of them), or a total is split over them. */
export interface GivenCollection {
  currency: Currency;
  amountMinor: bigint | null;
  totalMinor: bigint | null;
  people: number;
}

/** How a link that is not there yet will be paid. */
export type Plan = Pick<
  Terms,
  'currency' | 'subject' | 'amountMinor' | 'minMinor' | 'maxMinor' | 'totalMinor' | 'placesMax' | 'orderNo' | 'shares'
>;

const NO_AMOUNTS = { amountMinor: null, minMinor: null, maxMinor: null, totalMinor: null, orderNo: null } as const;

/**
 * What stands beside a link that asks for money; `param` of a refusal begins with `at`, such as `links.3.`.
 * @throws Refusal invalid_request
 */
export function readPlan(kind: Link['kind'], title: string, given: GivenTerms, at: string): Plan | null {
  const { pay, group } = given;
  if (kind !== 'pay' && pay !== undefined) throw wrong(`${at}pay`, 'pay belongs to links of kind pay');
  if (kind !== 'group' && group !== undefined) throw wrong(`${at}group`, 'group belongs to links of kind group');
  switch (kind) {
    case 'pay':
      if (pay === undefined) throw wrong(`${at}pay`, 'say how the link is paid');
      return planPay(pay, title, `${at}pay`);
    case 'group':
      if (group === undefined) throw wrong(`${at}group`, 'say what the group pays');
      return planGroup(group, title, `${at}group`);
    case 'collect':
      throw wrong(`${at}kind`, 'people collect in their wallet, not shops');
    case 'page':
      return null;
    default:
      return kind satisfies never;
  }
}

/** What the link's page shows as its price where the link says none. */
export function priceOfPlan({ currency, amountMinor, totalMinor }: Plan): LinkPrice | null {
  const minor = amountMinor ?? totalMinor;
  return minor === null ? null : { currency, minor };
}

export function toTerms(link: Link, plan: Plan): Terms {
  if (link.kind === 'page') throw new Error('assertion failed: a page asks for nothing');
  const { owner } = link;
  return {
    ...plan,
    book: link.book,
    linkId: link.id,
    kind: link.kind,
    livemode: link.livemode,
    merchantId: owner.kind === 'merchant' ? (owner.merchantId as MerchantId) : null, // ids of this prefix
    userId: owner.kind === 'user' ? (owner.userId as UserId) : null, // and of this
    code: link.code,
    createdAt: link.createdAt,
    completeAt: null,
  };
}

/** @throws Refusal invalid_request */
export function planCollection(given: GivenCollection, title: string): Plan {
  const { currency, amountMinor, totalMinor, people } = given;
  if ((amountMinor === null) === (totalMinor === null))
    throw wrong('amount', 'say either what each pays or what is paid together');
  if (people < 1 || people > LINK_SHARES_MAX) throw wrong('people', `1 to ${LINK_SHARES_MAX} people pay`);
  const plan = { ...NO_AMOUNTS, currency, subject: title, placesMax: people };
  if (totalMinor === null) return { ...plan, amountMinor, shares: [] };
  return { ...plan, totalMinor, shares: equalShares(totalMinor, people, 'amount') };
}

function planPay(given: GivenPay, title: string, at: string): Plan {
  const { amount, min, max, times, order_no: orderNo } = given;
  const currency = amount?.currency ?? min?.currency ?? max?.currency ?? 'CNY';
  const plan = { ...NO_AMOUNTS, currency, subject: readSubject(given.subject ?? title, at), shares: [] };
  if (times !== undefined && (times < 1 || times > LINK_PLACES_MAX))
    throw wrong(`${at}.times`, `a link is paid 1 to ${LINK_PLACES_MAX} times, or without end`);
  if (orderNo !== undefined) {
    if (amount === undefined) throw wrong(`${at}.order_no`, 'an order has an amount');
    if (times !== undefined && times !== 1) throw wrong(`${at}.times`, 'an order is paid once');
    if (orderNo.length > LINK_ORDER_NO_CHARS_MAX)
      throw wrong(`${at}.order_no`, `an order number has at most ${LINK_ORDER_NO_CHARS_MAX} letters here`);
    return { ...plan, amountMinor: readMinor(amount, `${at}.amount`), placesMax: 1, orderNo };
  }
  const placesMax = times ?? null;
  if (amount !== undefined) {
    if (min !== undefined || max !== undefined)
      throw wrong(`${at}.${min === undefined ? 'max' : 'min'}`, 'a link has an amount, or asks for one');
    return { ...plan, amountMinor: readMinor(amount, `${at}.amount`), placesMax };
  }
  const minMinor = min === undefined ? 1n : readMinor(min, `${at}.min`);
  const maxMinor = max === undefined ? PAYMENT_MINOR_MAX : readMinor(max, `${at}.max`);
  if (min !== undefined && max !== undefined && min.currency !== max.currency)
    throw wrong(`${at}.max.currency`, 'least and most are of one currency');
  if (minMinor > maxMinor) throw wrong(`${at}.max`, 'the most is not less than the least');
  return { ...plan, minMinor, maxMinor, placesMax };
}

function planGroup(given: GivenGroup, title: string, at: string): Plan {
  const { total, shares, people } = given;
  const totalMinor = readMinor(total, `${at}.total`);
  const plan = {
    ...NO_AMOUNTS,
    currency: total.currency,
    subject: readSubject(given.subject ?? title, at),
    totalMinor,
  };
  if ((shares === undefined) === (people === undefined))
    throw wrong(`${at}.shares`, 'say either how many shares there are or who pays how much');
  if (people === undefined) {
    const count = shares ?? 0;
    return { ...plan, placesMax: count, shares: equalShares(totalMinor, count, `${at}.shares`) };
  }
  if (people.length < 1 || people.length > LINK_SHARES_MAX)
    throw wrong(`${at}.people`, `1 to ${LINK_SHARES_MAX} people pay`);
  const named = people.map((person, index): Share => {
    const name = cleanName(person.name);
    if (name === null)
      throw wrong(`${at}.people.${index}.name`, `a name has 1 to ${LINK_PAYER_NAME_CHARS_MAX} characters`);
    if (person.amount.currency !== total.currency)
      throw wrong(`${at}.people.${index}.amount.currency`, 'everybody pays in the currency of the total');
    return { placeNo: index + 1, name, amountMinor: readMinor(person.amount, `${at}.people.${index}.amount`) };
  });
  if (named.reduce((sum, { amountMinor }) => sum + amountMinor, 0n) !== totalMinor)
    throw wrong(`${at}.people`, 'what the people pay is not the total');
  return { ...plan, placesMax: named.length, shares: named };
}

function equalShares(totalMinor: bigint, count: number, param: string): Share[] {
  if (count < 1 || count > LINK_SHARES_MAX) throw wrong(param, `there are 1 to ${LINK_SHARES_MAX} shares`);
  if (totalMinor < BigInt(count)) throw wrong(param, 'every share is at least one of the smallest unit');
  return splitTotal(totalMinor, count).map((amountMinor, at) => ({ placeNo: at + 1, name: null, amountMinor }));
}

function readMinor(amount: GivenAmount, param: string): bigint {
  const minor = /^[1-9][0-9]{0,11}$/.test(amount.minor) ? BigInt(amount.minor) : 0n;
  if (minor < 1n || minor > PAYMENT_MINOR_MAX) throw wrong(param, 'this cannot be paid at once');
  return minor;
}

function readSubject(text: string, at: string): string {
  const clean = text.replace(/[\p{C}\s]+/gu, ' ').trim();
  if (clean === '' || Array.from(clean).length > LINK_SUBJECT_CHARS_MAX)
    throw wrong(`${at}.subject`, `what is paid is said in 1 to ${LINK_SUBJECT_CHARS_MAX} characters`);
  return clean;
}

function wrong(param: string, detail: string): Refusal {
  return new Refusal('invalid_request', detail, { param, in: 'body' });
}
