import { assertNever } from '../../base/assert.ts';
import { money, type Money } from '../../money/money.ts';
import { fromBeijingDigits, toBeijingDigits } from '../beijing.ts';
import { plainText } from '../plain-text.ts';
import { discountFacts, discountsIn, type DiscountsRead, readEach } from '../reported-discounts.ts';
import type { FailedOutcome, Outcome, SucceededOutcome, UnknownOutcome } from '../wallet.ts';
import { childText, type XmlElement } from './xml.ts';

type PaymentState = 'waiting' | 'paid' | 'failed' | 'closed';
type RefundState = 'waiting' | 'done' | 'failed';

/**
 * The status of a payment in a query's answer, a payment code's answer and a notification (JD Pay V2.0). A browser's
 * return has another table in which 0 is success: it is for display only and never read.
 */
const PAYMENT_STATES: Readonly<Record<string, PaymentState>> = {
  '0': 'waiting', // created
  '1': 'waiting', // processing
  '2': 'paid',
  '3': 'failed',
  '4': 'closed',
};

/** The status of a refund or of an undo (JD Pay V2.0). */
const REFUND_STATES: Readonly<Record<string, RefundState>> = {
  '0': 'waiting',
  '1': 'done',
  '2': 'failed',
};

/** A payment, from a verified message. */
export function paymentFrom(root: XmlElement): Outcome {
  const status = childText(root, 'status') ?? '';
  const state = stateOf(PAYMENT_STATES, status);
  switch (state) {
    case 'paid':
      return succeeded(root, status);
    case 'waiting':
      return { kind: 'pending' };
    case 'failed':
      return failed('declined', status, '支付失败');
    case 'closed':
      return failed('expired', status, '交易关闭');
    case undefined:
      return unknown('a status that is not documented', status);
    default:
      return assertNever(state);
  }
}

/** A refund, or the undoing of an order, from a verified message. */
export function refundFrom(root: XmlElement): Outcome {
  const status = childText(root, 'status') ?? '';
  const state = stateOf(REFUND_STATES, status);
  switch (state) {
    case 'done':
      return succeeded(root, status);
    case 'waiting':
      return { kind: 'pending' };
    case 'failed':
      return failed('other', status, '退款失败');
    case undefined:
      return unknown('a status that is not documented', status);
    default:
      return assertNever(state);
  }
}

export function failed(reason: FailedOutcome['reason'], walletCode: string, message: string): FailedOutcome {
  return { kind: 'failed', reason, walletCode: plainText(walletCode, 20), walletMessage: plainText(message, 200) };
}

export function unknown(reason: string, walletCode = ''): UnknownOutcome {
  return walletCode === ''
    ? { kind: 'unknown', reason }
    : { kind: 'unknown', reason, walletCode: plainText(walletCode, 20) };
}

/** JD names an order by our number and tells none of its own in answers and notifications. */
function succeeded(root: XmlElement, status: string): Outcome {
  const amount = readAmount(root);
  if (amount === null) return unknown('success without a readable amount', status);
  const tradeNum = childText(root, 'tradeNum') ?? '';
  if (!/^[0-9A-Za-z_-]{1,50}$/.test(tradeNum)) return unknown('success without a tradeNum', status);
  const pays = readPays(root);
  const discounts = readCoupons(pays ?? []);
  return {
    kind: 'succeeded',
    walletPaymentId: tradeNum,
    amount,
    occurredAt: pays === null ? null : latest(pays),
    facts: { ...readFacts(root, pays ?? []), ...discountFacts(discounts) },
    ...discountsIn(discounts),
    ...buyerPaidIn(pays ?? [], amount),
  };
}

/** Fen. A payment's notification names no currency: V2.0 knows one for a merchant without a cross-border contract. */
function readAmount(root: XmlElement): Money | null {
  const fen = childText(root, 'amount') ?? '';
  const currency = childText(root, 'currency') ?? 'CNY';
  if (!/^[0-9]{1,12}$/.test(fen) || (currency !== 'CNY' && currency !== '')) return null;
  return money('CNY', BigInt(fen));
}

interface Pay {
  means: string;
  fen: string;
  at: Date | null;
  cardNo: string;
}

const PAY_TYPES: Readonly<Record<string, string>> = {
  '0': 'bank card',
  '1': '白条',
  '2': 'balance',
  '3': 'coupon',
  '4': 'pay type 4',
  '5': '小金库',
};

/** What the payment was made of; null where JD does not tell. */
function readPays(root: XmlElement): Pay[] | null {
  const list = root.children.find((child) => child.name === 'payList');
  if (list === undefined) return null;
  return list.children
    .filter((child) => child.name === 'pay')
    .map((pay) => {
      const detail = pay.children.find((child) => child.name === 'detail');
      const type = childText(pay, 'payType') ?? '';
      return {
        means: stateOf(PAY_TYPES, type) ?? 'unnamed',
        fen: childText(pay, 'amount') ?? '',
        at: fromStamp(childText(pay, 'tradeTime') ?? ''),
        cardNo: detail === undefined ? '' : masked(childText(detail, 'cardNo') ?? ''),
      };
    });
}

const FEN = /^[0-9]{1,12}$/;

/**
 * A coupon is told as one of the means of payment. Who pays for it, and what the shop is settled, is not documented: it has no
 * parts. Refunds tell no means and so no coupons. Source: JD Pay V2.0, payList.
 */
function readCoupons(pays: readonly Pay[]): DiscountsRead {
  return readEach(
    pays.filter(({ means }) => means === PAY_TYPES['3']),
    ({ fen }) =>
      FEN.test(fen)
        ? { walletOfferId: '', name: '', scope: 'order', minor: BigInt(fen), prefunded: false, parts: [] }
        : null,
  );
}

/** The sum of all means is the paid total; what is no coupon was the buyer's money. */
function buyerPaidIn(pays: readonly Pay[], amount: Money): Pick<SucceededOutcome, 'buyerPaid'> {
  if (pays.length === 0 || !pays.every(({ fen }) => FEN.test(fen))) return {};
  const sumOf = (some: readonly Pay[]) => some.reduce((sum, { fen }) => sum + BigInt(fen), 0n);
  if (sumOf(pays) !== amount.minor) return {};
  return { buyerPaid: money('CNY', sumOf(pays.filter(({ means }) => means !== PAY_TYPES['3']))) };
}

function latest(pays: readonly Pay[]): Date | null {
  const times = pays.flatMap((pay) => (pay.at === null ? [] : [pay.at.getTime()]));
  return times.length === 0 ? null : new Date(Math.max(...times));
}

/** Names, phones and identity numbers that JD tells beside them are not kept. */
function readFacts(root: XmlElement, pays: readonly Pay[]): Record<string, string> {
  const facts: Record<string, string> = {};
  const tradeTime = childText(root, 'tradeTime') ?? '';
  if (/^[0-9]{14}$/.test(tradeTime)) facts['tradeTime'] = tradeTime;
  const means = pays.filter((pay) => /^[0-9]{1,12}$/.test(pay.fen)).map((pay) => `${pay.means} ${pay.fen}`);
  if (means.length > 0) facts['paidBy'] = plainText(means.join(', '), 200);
  const cardNo = pays.map((pay) => pay.cardNo).find((one) => one !== '');
  if (cardNo !== undefined) facts['cardNo'] = cardNo;
  return facts;
}

/** It comes masked; a whole number should never come, and would not leave here. */
function masked(cardNo: string): string {
  if (!/^[0-9*]{4,32}$/.test(cardNo)) return '';
  return cardNo.includes('*') ? cardNo : cardNo.slice(-4).padStart(cardNo.length, '*');
}

function stateOf<State>(table: Readonly<Record<string, State>>, status: string): State | undefined {
  return Object.hasOwn(table, status) ? table[status] : undefined;
}

/** An instant as JD writes it: `yyyyMMddHHmmss` in Beijing. */
export function toStamp(at: Date): string {
  return toBeijingDigits(at);
}

/** Null unless the text is a real date and time. */
function fromStamp(text: string): Date | null {
  return fromBeijingDigits(text);
}
