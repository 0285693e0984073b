import { createHash } from 'node:crypto';

/**
 * Which of many calls a fault strikes that is only for a share of them. Of every whole block of calls exactly the share is
 * struck (20 %: one of each five), at places that the seed decides: the same seed strikes the same calls again.
 */
export class Spread {
  readonly #seed: number;
  readonly #blockCalls: number;
  readonly #struckPerBlock: number;
  #places: ReadonlySet<number> = new Set();
  #calls = 0;
  #struck = 0;

  /** @throws RangeError unless the share is a whole number of 1 to 100 and the seed one from 0 on */
  constructor(sharePercent: number, seed: number) {
    if (!Number.isInteger(sharePercent) || sharePercent < 1 || sharePercent > 100)
      throw new RangeError('a share is a whole number of percent, 1 to 100');
    if (!Number.isSafeInteger(seed) || seed < 0) throw new RangeError('a seed is a whole number from 0 on');
    const divisor = greatestCommonDivisor(sharePercent, 100);
    this.#seed = seed;
    this.#blockCalls = 100 / divisor;
    this.#struckPerBlock = sharePercent / divisor;
  }

  get calls(): number {
    return this.#calls;
  }

  get struck(): number {
    return this.#struck;
  }

  /** Counts one call and says whether it is struck. */
  next(): boolean {
    const place = this.#calls % this.#blockCalls;
    if (place === 0) this.#places = this.#placesOf(this.#calls / this.#blockCalls);
    this.#calls += 1;
    const isStruck = this.#places.has(place);
    if (isStruck) this.#struck += 1;
    return isStruck;
  }

  #placesOf(block: number): ReadonlySet<number> {
    const rank = (place: number) => createHash('sha256').update(`${this.#seed} ${block} ${place}`).digest('hex');
    const shuffled = Array.from({ length: this.#blockCalls }, (_, place) => ({ place, rank: rank(place) }));
    shuffled.sort((a, b) => (a.rank < b.rank ? -1 : 1));
    return new Set(shuffled.slice(0, this.#struckPerBlock).map(({ place }) => place));
  }
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
