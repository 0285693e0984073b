import { describe, expect, test } from 'vitest';
import { readTyped, showFen, showRoundYuan, showYuan, toTyped, typeAmount } from './money.ts';

describe('amounts', () => {
  test.each([
    ['0', '0.00'],
    ['1', '0.01'],
    ['110', '1.10'],
    ['1234567', '12,345.67'],
    ['-50', '−0.50'],
    ['123456789012345678', '1,234,567,890,123,456.78'],
  ])('%s fen is shown as %s', (fen, shown) => {
    expect(showFen(fen)).toBe(shown);
  });

  test('the sign stands before the currency; limits leave out empty fen', () => {
    expect(showYuan(-120_000n)).toBe('−¥1,200.00');
    expect(showRoundYuan('500000')).toBe('¥5,000');
    expect(showRoundYuan('500010')).toBe('¥5,000.10');
  });

  test.each([
    ['', '0', '0'],
    ['0', '5', '5'],
    ['', '.', '0.'],
    ['12', '.', '12.'],
    ['12.', '.', null],
    ['12.3', '4', '12.34'],
    ['12.34', '5', null],
    ['1234567', '8', null],
    ['1234567', '.', '1234567.'],
    ['12.', 'back', '12'],
    ['', 'back', ''],
    ['1', 'x', null],
    ['1', '12', null],
  ])('typing: %j and %j make %j', (text, key, next) => {
    expect(typeAmount(text, key)).toBe(next);
  });

  test.each([
    ['', null],
    ['0', null],
    ['0.00', null],
    ['0.01', 1n],
    ['12.', 1200n],
    ['12.5', 1250n],
    ['9999999.99', 999_999_999n],
    ['1e3', null],
    ['１２', null],
    ['-1', null],
    ['12345678', null],
  ])('%j is read as %s fen', (text, fen) => {
    expect(readTyped(text)).toBe(fen);
  });

  test.each([1n, 10n, 100n, 1200n, 1234n, 100_000n, 999_999_999n])('%s fen survive being typed out', (fen) => {
    expect(readTyped(toTyped(fen))).toBe(fen);
  });
});
