import { describe, expect, test } from 'vitest';
import { code128c } from './code128.ts';

/** The widths of bars and spaces in turn, without the quiet zones, put together again from the bars. */
function widthsOf(digits: string): number[] {
  const { bars, modules } = code128c(digits);
  return bars.flatMap(({ x, width }, i) => {
    const next = bars[i + 1]?.x ?? modules - 10;
    return next === x + width ? [width] : [width, next - x - width];
  });
}

describe('bars of a payment code (ISO/IEC 15417, set C)', () => {
  test('every pair of digits is six widths of eleven modules, its bars an even number of them, and like no other', () => {
    const symbols = Array.from({ length: 100 }, (_, pair) => widthsOf(String(pair).padStart(2, '0')).slice(6, 12));
    for (const symbol of symbols) {
      expect(symbol).toHaveLength(6);
      expect(symbol.reduce((sum, width) => sum + width, 0)).toBe(11);
      const [first = 0, , second = 0, , third = 0] = symbol;
      expect((first + second + third) % 2).toBe(0);
    }
    expect(new Set(symbols.map((symbol) => symbol.join(''))).size).toBe(100);
  });

  test('start, pairs, check by the weighted sum modulo 103, stop', () => {
    const symbol = (pair: number): string => widthsOf(String(pair).padStart(2, '0')).slice(6, 12).join('');
    const widths = widthsOf('97005318').join('');
    // 105 + 1·97 + 2·0 + 3·53 + 4·18 = 433 = 4·103 + 21
    expect(widths).toBe(`211232${symbol(97)}${symbol(0)}${symbol(53)}${symbol(18)}${symbol(21)}2331112`);
  });

  test('light stands on either side, and an odd number of digits is refused', () => {
    const { bars, modules } = code128c('9700531820447100');
    expect(bars[0]?.x).toBe(10);
    const last = bars.at(-1);
    expect(modules - (last?.x ?? 0) - (last?.width ?? 0)).toBe(10);
    expect(() => code128c('970')).toThrow();
    expect(() => code128c('97a1')).toThrow();
  });
});
