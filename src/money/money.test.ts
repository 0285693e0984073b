import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addMoney,
  formatMinor,
  formatMoney,
  isCurrency,
  MINOR_MAX,
  money,
  splitMoney,
  subtractMoney,
} from './money.ts';

describe('money', () => {
  test.each([
    ['CNY', 1234n, '12.34', '¥12.34'],
    ['CNY', 1n, '0.01', '¥0.01'],
    ['CNY', 0n, '0.00', '¥0.00'],
    ['CNY', -5n, '-0.05', '¥-0.05'],
    ['JPY', 100n, '100', 'JP¥100'],
    ['HKD', 99_999_999n, '999999.99', 'HKD 999999.99'],
  ] as const)('%s %s reads %s', (currency, minor, plain, shown) => {
    expect(formatMinor(money(currency, minor))).toBe(plain);
    expect(formatMoney(money(currency, minor))).toBe(shown);
  });

  test('only known currencies, spelled right', () => {
    for (const text of ['cny', 'XTS', 'CNY ', '', 'toString', '__proto__', 156, null])
      expect(isCurrency(text)).toBe(false);
    expect(isCurrency('CNY')).toBe(true);
  });

  test('two currencies never meet, and nothing leaves 63 bits', () => {
    expect(() => addMoney(money('CNY', 1n), money('USD', 1n))).toThrow('one currency');
    expect(() => subtractMoney(money('CNY', 1n), money('USD', 1n))).toThrow('one currency');
    expect(() => addMoney(money('CNY', MINOR_MAX), money('CNY', 1n))).toThrow('63 bits');
  });

  test('parts always sum to the whole, and differ by at most one from their exact share', () => {
    fc.assert(
      fc.property(
        fc.bigInt(0n, 10n ** 15n),
        fc
          .array(fc.bigInt(0n, 10n ** 6n), { minLength: 1, maxLength: 12 })
          .filter((weights) => weights.some((w) => w > 0n)),
        (minor, weights) => {
          const parts = splitMoney(money('CNY', minor), weights);
          expect(parts.reduce((sum, part) => sum + part.minor, 0n)).toBe(minor);
          const total = weights.reduce((sum, weight) => sum + weight, 0n);
          parts.forEach((part, index) => {
            const exact = minor * (weights[index] ?? 0n);
            expect(part.minor * total - exact < total && exact - part.minor * total < total).toBe(true);
          });
        },
      ),
    );
  });

  test('one fen in three goes to the first', () => {
    expect(splitMoney(money('CNY', 1n), [1n, 1n, 1n]).map((part) => part.minor)).toEqual([1n, 0n, 0n]);
  });
});
