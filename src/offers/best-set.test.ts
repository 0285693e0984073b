import { describe, expect, test } from 'vitest';
import { type Cart, type Contender, findBestSet } from './best-set.ts';

/** Offers on articles that all go with each other and take a fen off the first line, each; how often they are worked out is counted. */
function contenders(count: number, looks: number): { list: Contender[]; worked: () => number } {
  let worked = 0;
  const list = Array.from({ length: count }, (_, index): Contender => {
    return {
      id: `off_${String(index).padStart(2, '0')}`,
      group: null,
      goesWith: () => true,
      take: {
        kind: 'lines',
        looks,
        from(lines) {
          worked += 1;
          return lines.map((line, at) => (at === 0 && line.rest > 1 ? 1 : 0));
        },
      },
      alone: { sure: 1, extra: 0 },
      sureMost: 100, // a bound so wide that nothing can be left out
    };
  });
  return { list, worked: () => worked };
}

const cart: Cart = { amount: 10_000, lines: [{ id: 'tea', quantity: 1, rest: 10_000 }] };

describe('the search for the best combination', () => {
  test.each([
    [1, 1000],
    [14, 71],
  ])('is over after what it may take, an offer that goes through many lines counting %i times', (looks, most) => {
    const { list, worked } = contenders(20, looks);
    const { isExact, chosen } = findBestSet(list, cart, 1000);
    expect(isExact).toBe(false);
    expect(chosen).toHaveLength(20);
    expect(worked()).toBeLessThanOrEqual(most + chosen.length);
  });

  test('is exact where it comes to its end', () => {
    expect(findBestSet(contenders(8, 4).list, cart, 10_000).isExact).toBe(true);
  });
});
