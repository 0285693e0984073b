import { hash } from 'node:crypto';
import { assert } from '../base/assert.ts';
import type { Currency } from '../money/money.ts';
import type { CreateAccount } from './types.ts';
import { AccountFlags } from './types.ts';

/*
 * The chart of accounts: every kind of account that Hutong keeps, and every reason for which money moves between them.
 * An account belongs to an owner (the merchant, the wallet account, the funder of an offer, or Hutong itself) and a
 * currency. Its id follows from these, so nobody has to look it up: it exists, or it can be opened with the same id.
 */
export const ACCOUNT_KINDS = {
  /** What we owe a merchant. Never below zero: a merchant cannot refund more than came in. */
  merchant_payable: {
    code: 100,
    side: 'credit',
    limited: true,
    owner: 'merchant',
    zh: '应付商户款',
    en: 'Payable to merchant',
  },
  /** What a wallet has collected for us and will settle; per wallet account. */
  wallet_receivable: {
    code: 200,
    side: 'debit',
    limited: false,
    owner: 'wallet account',
    zh: '应收钱包款',
    en: 'Receivable from wallet',
  },
  /** Refunds asked for at a wallet and not yet known to have happened. */
  refunds_in_flight: {
    code: 300,
    side: 'credit',
    limited: true,
    owner: 'wallet account',
    zh: '退款在途',
    en: 'Refunds in flight',
  },
  /** Money that came late or twice and has to go back. */
  suspense: {
    code: 310,
    side: 'credit',
    limited: true,
    owner: 'wallet account',
    zh: '待退错账款',
    en: 'Suspense: late or surplus money',
  },
  /** What the banks owe us through the switch, by issuing institution; negative while we owe them. */
  bank_clearing: {
    code: 210,
    side: 'debit',
    limited: false,
    owner: 'institution',
    zh: '应收银行清算款',
    en: 'Bank clearing',
  },
  /** Money taken from one card and not yet known to be at the other. */
  transit: {
    code: 320,
    side: 'credit',
    limited: true,
    owner: 'platform',
    zh: '转账在途',
    en: 'Money between two cards',
  },
  /** What our wallet owes a shop that was paid with it; refunds given after a pay-out may turn it round. */
  wallet_shop_payable: {
    code: 110,
    side: 'credit',
    limited: false,
    owner: 'shop of the wallet',
    zh: '应付钱包商户款',
    en: 'Payable to shop of our wallet',
  },
  /** What we earned from a merchant for our service. */
  platform_fees: {
    code: 400,
    side: 'credit',
    limited: false,
    owner: 'merchant',
    zh: '平台手续费',
    en: 'Platform fees',
  },
  /** What a wallet keeps of a payment for its service. */
  wallet_fees: {
    code: 410,
    side: 'debit',
    limited: false,
    owner: 'wallet account',
    zh: '钱包手续费',
    en: 'Wallet fees',
  },
  /** What a funder of offers owes for the discounts that buyers received, by who funds. */
  offer_merchant: {
    code: 500,
    side: 'debit',
    limited: false,
    owner: 'merchant',
    zh: '商户优惠',
    en: 'Offers funded by merchant',
  },
  offer_wallet: {
    code: 501,
    side: 'debit',
    limited: false,
    owner: 'wallet account',
    zh: '钱包优惠',
    en: 'Offers funded by wallet',
  },
  offer_bank: { code: 502, side: 'debit', limited: false, owner: 'bank', zh: '银行优惠', en: 'Offers funded by bank' },
  offer_platform: {
    code: 503,
    side: 'debit',
    limited: false,
    owner: 'platform',
    zh: '平台优惠',
    en: 'Offers funded by platform',
  },
  /** Of a wallet's own discounts, what nobody is named for: the parts that it told did not sum to what it took off. */
  offer_unexplained: {
    code: 504,
    side: 'debit',
    limited: false,
    owner: 'wallet account',
    zh: '未说明的优惠差额',
    en: 'Discounts nobody is named for',
  },
} as const satisfies Record<string, AccountKindRow>;

interface AccountKindRow {
  /** Stored with the account; never reuse one. */
  code: number;
  /** On which side its balance grows. */
  side: 'debit' | 'credit';
  /** True when the balance may never cross zero; the ledger refuses what would. */
  limited: boolean;
  owner: string;
  zh: string;
  en: string;
}

export type AccountKind = keyof typeof ACCOUNT_KINDS;

/** Why money moves: the code of a transfer. What stands on the left is debited, on the right credited. */
export const TRANSFER_CODES = {
  /** wallet_receivable → merchant_payable */
  payment_received: { code: 1, zh: '收款', en: 'Payment received' },
  /** wallet_receivable → suspense: the payment was closed, or had been paid already. */
  late_payment_received: { code: 2, zh: '迟到或重复收款', en: 'Late or second payment received' },
  /** merchant_payable → refunds_in_flight */
  refund_started: { code: 10, zh: '退款发起', en: 'Refund started' },
  /** refunds_in_flight → wallet_receivable */
  refund_finished: { code: 11, zh: '退款成功', en: 'Refund finished' },
  /** refunds_in_flight → merchant_payable */
  refund_failed: { code: 12, zh: '退款失败退回', en: 'Refund failed' },
  /** suspense → refunds_in_flight */
  late_refund_started: { code: 13, zh: '错账退款发起', en: 'Refund of late money started' },
  /** refunds_in_flight → suspense */
  late_refund_failed: { code: 14, zh: '错账退款失败退回', en: 'Refund of late money failed' },
  /** merchant_payable → platform_fees */
  platform_fee_charged: { code: 20, zh: '平台手续费', en: 'Platform fee charged' },
  /** wallet_fees → wallet_receivable */
  wallet_fee_charged: { code: 21, zh: '钱包手续费', en: 'Wallet fee charged' },
  /** wallet_receivable → wallet_fees: on a day on which a wallet gave back more fees than it took. */
  wallet_fee_returned: { code: 22, zh: '钱包手续费退回', en: 'Wallet fee returned' },
  /** offer_… → merchant_payable */
  offer_granted: { code: 30, zh: '优惠补贴', en: 'Offer granted' },
  /** merchant_payable → offer_… */
  offer_taken_back: { code: 31, zh: '优惠收回', en: 'Offer taken back' },
  /** offer_… → wallet_receivable: the wallet took it off by itself; the other way round where the parts told exceed the whole. */
  offer_reported: { code: 32, zh: '钱包上报优惠', en: 'Discount reported by wallet' },
  /** wallet_receivable → offer_…: the same, of a refund. */
  offer_reported_back: { code: 33, zh: '钱包上报优惠退回', en: 'Reported discount taken back' },
  /** offer_… → wallet_receivable, or back: what a later report of the wallet changes of a payment and its refunds. */
  offer_corrected: { code: 34, zh: '钱包上报优惠更正', en: 'Reported discount corrected' },
  /** bank_clearing → transit: the bank took it from the card. */
  card_debited: { code: 40, zh: '转出', en: 'Taken from a card' },
  /** transit → bank_clearing: the bank gave it to the other card. */
  card_credited: { code: 41, zh: '转入', en: 'Given to a card' },
  /** transit → bank_clearing: it went back to the card that it came from. */
  card_debit_reversed: { code: 42, zh: '转出冲正', en: 'Given back to its card' },
  /** bank_clearing → wallet_shop_payable */
  card_purchase: { code: 43, zh: '消费', en: 'Purchase by card' },
  /** wallet_shop_payable → bank_clearing */
  card_refund: { code: 44, zh: '退货', en: 'Refund to a card' },
} as const satisfies Record<string, { code: number; zh: string; en: string }>;

export type TransferReason = keyof typeof TRANSFER_CODES;

// ISO 4217 numeric codes. A ledger per currency: money of two currencies never meets in a transfer.
const LEDGERS: Record<Currency, number> = {
  CNY: 156,
  HKD: 344,
  MOP: 446,
  USD: 840,
  EUR: 978,
  GBP: 826,
  SGD: 702,
  JPY: 392,
  KRW: 410,
};

export function ledgerOf(currency: Currency): number {
  return LEDGERS[currency];
}

/** Undefined for a ledger that is not one of ours. */
export function currencyOfLedger(ledger: number): Currency | undefined {
  return (Object.keys(LEDGERS) as Currency[]).find((currency) => LEDGERS[currency] === ledger); // the table's own keys
}

/** The same account always has the same id. `owner` is the id of the merchant, wallet account or funder (`platform` is us). */
export function chartAccountId(kind: AccountKind, owner: string, currency: Currency, book: number): bigint {
  assert(owner !== '', 'an account has an owner');
  const digest = hash('sha256', JSON.stringify(['hutong account', book, kind, owner, currency]), 'hex');
  return BigInt(`0x${digest.slice(0, 32)}`);
}

/** What to hand to createAccounts or openAccounts; opening it twice is `exists`. */
export function chartAccount(kind: AccountKind, owner: string, currency: Currency, book: number): CreateAccount {
  const { code, side, limited } = ACCOUNT_KINDS[kind];
  const limit =
    side === 'credit' ? AccountFlags.debits_must_not_exceed_credits : AccountFlags.credits_must_not_exceed_debits;
  return {
    id: chartAccountId(kind, owner, currency, book),
    ledger: LEDGERS[currency],
    code,
    flags: limited ? limit : AccountFlags.none,
  };
}

export function transferCode(reason: TransferReason): number {
  return TRANSFER_CODES[reason].code;
}

/** For pages and the command line; undefined for a code that is not in the chart. */
export function accountKindOfCode(code: number): AccountKind | undefined {
  return (Object.keys(ACCOUNT_KINDS) as AccountKind[]).find((kind) => ACCOUNT_KINDS[kind].code === code); // own keys
}

/** For pages and the command line; undefined for a code that is not in the chart. */
export function transferReasonOfCode(code: number): TransferReason | undefined {
  return (Object.keys(TRANSFER_CODES) as TransferReason[]).find((reason) => TRANSFER_CODES[reason].code === code); // own keys
}
