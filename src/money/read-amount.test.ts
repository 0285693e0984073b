import { describe, expect, test } from 'vitest';
import type { Currency } from './money.ts';
import { readAmount } from './read-amount.ts';

describe('an amount that a buyer types', () => {
  test.each<[string, Currency, bigint]>([
    ['0.01', 'CNY', 1n],
    ['1', 'CNY', 100n],
    ['1.', 'CNY', 100n],
    ['.5', 'CNY', 50n],
    ['12.5', 'CNY', 1250n],
    ['012.50', 'CNY', 1250n],
    ['¥12.50', 'CNY', 1250n],
    ['￥１２．５０', 'CNY', 1250n],
    ['12。5', 'CNY', 1250n],
    [' 12.50 元 ', 'CNY', 1250n],
    ['1 000', 'CNY', 100_000n],
    ['9999999999.99', 'CNY', 999_999_999_999n],
    ['500', 'JPY', 500n],
  ])('%j in %s is %s', (text, currency, minor) => {
    expect(readAmount(text, currency)).toEqual({ kind: 'amount', amount: { currency, minor } });
  });

  test.each<[string, Currency, string]>([
    ['', 'CNY', 'empty'],
    ['¥', 'CNY', 'empty'],
    ['.', 'CNY', 'not_a_number'],
    ['1,5', 'CNY', 'not_a_number'],
    ['1,000.00', 'CNY', 'not_a_number'],
    ['+5', 'CNY', 'not_a_number'],
    ['-5', 'CNY', 'not_a_number'],
    ['1e3', 'CNY', 'not_a_number'],
    ['1.2.3', 'CNY', 'not_a_number'],
    ['十', 'CNY', 'not_a_number'],
    ['٣', 'CNY', 'not_a_number'],
    ['Infinity', 'CNY', 'not_a_number'],
    ['0.001', 'CNY', 'too_precise'],
    ['0.5', 'JPY', 'too_precise'],
    ['0', 'CNY', 'too_small'],
    ['0.00', 'CNY', 'too_small'],
    ['10000000000', 'CNY', 'too_large'],
    ['9'.repeat(400), 'CNY', 'too_large'],
  ])('%j in %s is refused: %s', (text, currency, fault) => {
    expect(readAmount(text, currency)).toEqual({ kind: 'fault', fault });
  });
});
