import { describe, expect, test } from 'vitest';
import { currencies } from '../money/money.ts';
import type { AccountKind } from './chart.ts';
import {
  ACCOUNT_KINDS,
  TRANSFER_CODES,
  accountKindOfCode,
  chartAccount,
  chartAccountId,
  currencyOfLedger,
  ledgerOf,
  transferReasonOfCode,
} from './chart.ts';

describe('the chart of accounts', () => {
  test('gives no code twice', () => {
    const kinds = Object.values(ACCOUNT_KINDS).map(({ code }) => code);
    const reasons = Object.values(TRANSFER_CODES).map(({ code }) => code);
    expect(new Set(kinds).size).toBe(kinds.length);
    expect(new Set(reasons).size).toBe(reasons.length);
    for (const kind of Object.keys(ACCOUNT_KINDS) as AccountKind[]) {
      expect(accountKindOfCode(ACCOUNT_KINDS[kind].code)).toBe(kind);
    }
    expect(transferReasonOfCode(1)).toBe('payment_received');
    expect(transferReasonOfCode(9999)).toBeUndefined();
  });

  test('keeps one ledger per currency, by its ISO 4217 number', () => {
    for (const currency of currencies) expect(currencyOfLedger(ledgerOf(currency))).toBe(currency);
    expect(ledgerOf('CNY')).toBe(156);
  });

  test('an account id follows from book, kind, owner and currency, and from nothing else', () => {
    const id = chartAccountId('merchant_payable', 'mch_1', 'CNY', 0);
    expect(chartAccountId('merchant_payable', 'mch_1', 'CNY', 0)).toBe(id);
    // Fixed for ever: accounts in living databases are found by it.
    expect(id.toString(16)).toBe('f1325268c8bbf36fc5b781f0cedcc5b0');
    const others = [
      chartAccountId('suspense', 'mch_1', 'CNY', 0),
      chartAccountId('merchant_payable', 'mch_2', 'CNY', 0),
      chartAccountId('merchant_payable', 'mch_1', 'USD', 0),
      chartAccountId('merchant_payable', 'mch_1', 'CNY', 1),
    ];
    expect(new Set([id, ...others]).size).toBe(5);
  });

  test('what we owe a merchant cannot be overdrawn, what a wallet owes us is not limited', () => {
    expect(chartAccount('merchant_payable', 'mch_1', 'CNY', 0)).toMatchObject({ ledger: 156, code: 100, flags: 2 });
    expect(chartAccount('wallet_receivable', 'wa_1', 'CNY', 0)).toMatchObject({ ledger: 156, code: 200, flags: 0 });
  });
});
