/** Chance that a seed repeats. Not the order in which the machine runs things, but what is asked for and when. */
export interface Dice {
  /** From 0 to just below 1. */
  next(): number;
  /** A whole number from `least` to `most`, both included. */
  between(least: number, most: number): number;
  isBelow(share: number): boolean;
  pick<T>(from: readonly T[]): T;
  /** Dice of its own for somebody who rolls at times of its own. */
  fork(): Dice;
}

// mulberry32, public domain: 32 bits of state, good enough to choose when somebody dies.
export function rollDice(seed: number): Dice {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const between = (least: number, most: number): number => least + Math.floor(next() * (most - least + 1));
  return {
    next,
    between,
    isBelow: (share) => next() < share,
    pick(from) {
      const picked = from[between(0, from.length - 1)];
      if (picked === undefined) throw new Error('there is nothing to pick from');
      return picked;
    },
    fork: () => rollDice(Math.floor(next() * 2 ** 32)),
  };
}
