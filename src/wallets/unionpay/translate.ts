import { assertNever } from '../../base/assert.ts';
import { money, type Money } from '../../money/money.ts';
import { fromBeijingDigits, toBeijingDigits } from '../beijing.ts';
import { plainText } from '../plain-text.ts';
import { discountFacts, discountsIn } from '../reported-discounts.ts';
import type { FailedOutcome, Outcome, UnknownOutcome } from '../wallet.ts';
import { rowOf } from './codes.ts';
import { readCoupons } from './coupons.ts';
import type { Fields } from './parse.ts';

/** What else an answer must be read with. */
export interface Reading {
  /** Past payTimeout nothing but success is open any more (UnionPay 5.1.0); before it the payer may try another card. */
  isPastPayTimeout: boolean;
  /** A payment code is charged once: what failed has failed, and what waits is not over because time goes by. */
  isOneTry: boolean;
  /** Shows an account masked; it may come sealed for the merchant. */
  maskAccount(accNo: string): string | null;
}

/** A payment, from a query's answer. Two levels: respCode is the query's own, origRespCode the payment's. */
export function paymentFromQuery(fields: Fields, reading: Reading): Outcome {
  const code = fields['respCode'] ?? '';
  if (code === '34') return paymentFromCode(fields, '34', fields['respMsg'] ?? '', reading);
  if (code !== '00') return unknown('the query was not answered', code);
  return paymentFromCode(fields, fields['origRespCode'] ?? '', fields['origRespMsg'] ?? '', reading);
}

/** A payment, from a notification: sent on success, to payment codes also on failure; read by the same table. */
export function paymentFromNotification(fields: Fields, reading: Reading): Outcome {
  return paymentFromCode(fields, fields['respCode'] ?? '', fields['respMsg'] ?? '', reading);
}

/**
 * A refund or void, from a query by its own order number. "Not found" (34) is told as failed, as section 13 has it; who asks
 * must not take it for the end while the request itself may still be on its way.
 */
export function refundFromQuery(fields: Fields, reading: Reading): Outcome {
  const code = fields['respCode'] ?? '';
  if (code === '34') return failed('not_found', code, fields['respMsg'] ?? '');
  if (code !== '00') return unknown('the query was not answered', code);
  return refundFromCode(fields, fields['origRespCode'] ?? '', fields['origRespMsg'] ?? '', reading);
}

/** A refund or void, from its notification, which has to name a clearing day: the mere acceptance of it does not. */
export function refundFromNotification(fields: Fields, reading: Reading): Outcome {
  const code = fields['respCode'] ?? '';
  const outcome = refundFromCode(fields, code, fields['respMsg'] ?? '', reading);
  if (outcome.kind === 'succeeded' && !fields['settleDate']) return unknown('success without a clearing day', code);
  return outcome;
}

/**
 * The synchronous answer to an order, charge, refund or void. `00` means accepted: nothing has been paid or returned yet. What
 * is documented as refused has not been accepted and never will be; everything unclear has to be asked for. Whether the `00`
 * to a charged payment code is final is told in two ways (UnionPay 5.1.0): it is asked for too.
 */
export function acceptance(
  fields: Fields,
  asked: 'order' | 'charge' | 'refund',
): { kind: 'pending' } | FailedOutcome | UnknownOutcome {
  const code = fields['respCode'] ?? '';
  const row = rowOf(code);
  switch (row?.state) {
    case 'success':
      return { kind: 'pending' };
    case 'failed': {
      const isOverRefund = asked === 'refund' && code === '33'; // over what is left to refund
      return failed(isOverRefund ? 'amount_refused' : row.reason, code, fields['respMsg'] ?? '');
    }
    case 'not_found':
      // To a refund: its original is not there. To an order it makes no sense.
      if (asked !== 'refund') return unknown(row.meaning, code);
      return failed('not_found', code, fields['respMsg'] ?? '');
    case 'waiting':
      // The buyer enters the PIN.
      return asked === 'charge' ? { kind: 'pending' } : unknown(row.meaning, code);
    case 'unclear':
      return unknown(row.meaning, code);
    case undefined:
      return unknown('a code that is not documented', code);
    default:
      return assertNever(row);
  }
}

function paymentFromCode(fields: Fields, code: string, message: string, reading: Reading): Outcome {
  const row = rowOf(code);
  switch (row?.state) {
    case 'success':
      return succeeded(fields, code, reading);
    case 'failed': {
      const isFinal = reading.isPastPayTimeout || reading.isOneTry;
      return isFinal ? failed(row.reason, code, message) : { kind: 'pending' };
    }
    case 'not_found':
      return reading.isPastPayTimeout ? failed('not_found', code, message) : { kind: 'pending' };
    case 'waiting': {
      const isFinal = reading.isPastPayTimeout && !reading.isOneTry;
      return isFinal ? failed('expired', code, message) : { kind: 'pending' };
    }
    case 'unclear':
      return unknown(row.meaning, code);
    case undefined:
      return unknown('a code that is not documented', code);
    default:
      return assertNever(row);
  }
}

function refundFromCode(fields: Fields, code: string, message: string, reading: Reading): Outcome {
  const row = rowOf(code);
  switch (row?.state) {
    case 'success':
      return succeeded(fields, code, reading);
    case 'failed':
      return failed(row.reason, code, message);
    case 'waiting':
      return { kind: 'pending' };
    case 'not_found':
    case 'unclear':
      return unknown(row.meaning, code);
    case undefined:
      return unknown('a code that is not documented', code);
    default:
      return assertNever(row);
  }
}

/** Success needs its evidence: UnionPay's own number, an amount and a currency. */
function succeeded(fields: Fields, code: string, reading: Reading): Outcome {
  const amount = readAmount(fields);
  if (amount === null) return unknown('success without a readable amount', code);
  const walletPaymentId = fields['queryId'] ?? '';
  if (!/^[0-9A-Za-z]{1,32}$/.test(walletPaymentId)) return unknown('success without a queryId', code);
  const discounts = readCoupons(fields);
  return {
    kind: 'succeeded',
    walletPaymentId,
    amount,
    occurredAt: readTraceTime(fields),
    facts: { ...readFacts(fields, reading), ...discountFacts(discounts) },
    ...discountsIn(discounts),
  };
}

/** txnAmt is in fen without a decimal point; currencyCode 156 is the yuan. */
function readAmount(fields: Fields): Money | null {
  const fen = fields['txnAmt'] ?? '';
  if (!/^[0-9]{1,12}$/.test(fen) || fields['currencyCode'] !== '156') return null;
  return money('CNY', BigInt(fen));
}

const FACT_NAMES = ['settleDate', 'settleAmt', 'traceNo', 'traceTime', 'payCardType', 'payType', 'origQryId'] as const;

function readFacts(fields: Fields, reading: Reading): Record<string, string> {
  const facts: Record<string, string> = {};
  for (const name of FACT_NAMES) {
    if (fields[name]) facts[name] = plainText(fields[name], 64);
  }
  const account = fields['accNo'] ? reading.maskAccount(fields['accNo']) : null;
  if (account !== null) facts['accNo'] = account;
  return facts;
}

export function failed(reason: FailedOutcome['reason'], walletCode: string, message: string): FailedOutcome {
  return { kind: 'failed', reason, walletCode, walletMessage: plainText(message, 200) };
}

export function unknown(reason: string, walletCode = ''): UnknownOutcome {
  return walletCode === ''
    ? { kind: 'unknown', reason }
    : { kind: 'unknown', reason, walletCode: plainText(walletCode, 8) };
}

const DAY_MS = 24 * 3600 * 1000;

/** An instant as UnionPay writes it: `YYYYMMDDhhmmss` in Beijing. */
export function toStamp(at: Date): string {
  return toBeijingDigits(at);
}

/** Null unless the text is a real date and time. */
export function fromStamp(text: string): Date | null {
  return fromBeijingDigits(text);
}

/** traceTime has no year (MMDDhhmmss): it is the year of txnTime or, over New Year's Eve, the next. */
function readTraceTime(fields: Fields): Date | null {
  const orderedAt = fromStamp(fields['txnTime'] ?? '');
  if (orderedAt === null) return null;
  const year = Number(toStamp(orderedAt).slice(0, 4));
  for (const candidate of [year, year + 1]) {
    const at = fromStamp(`${candidate}${fields['traceTime'] ?? ''}`);
    if (at !== null && at.getTime() >= orderedAt.getTime() - DAY_MS) return at;
  }
  return null;
}
