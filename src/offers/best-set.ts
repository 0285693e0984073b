import { assert } from '../base/assert.ts';
import { OFFERS_COMBINED_MAX } from '../base/limits.ts';
import { MIN_PAY, type CartLine, type Taken } from './take-off.ts';

/*
 * The best legal combination, exactly: every combination is looked at but those that surely cannot be better. An offer never takes
 * more off a lower rest than off a higher one (take-off.ts), so what each would save alone bounds what it can still add.
 */

/** An offer that counts for a candidate. Contenders come in the order in which they are worked out (stages.ts). */
export interface Contender {
  id: string;
  /** At most one of a group is used; null is a group of its own. */
  group: string | null;
  /** True when both may be used together. */
  goesWith(other: Contender): boolean;
  take:
    | { kind: 'order'; from(rest: number): Taken }
    /** `looks`: as how many of an order's it counts, since it goes through the lines. */
    | { kind: 'lines'; from(lines: readonly CartLine[], rest: number): number[]; looks: number };
  /** What it takes off the whole order alone. */
  alone: Taken;
  /** The most that it can ever take off for certain: `alone.sure`, and what rounding line by line may add to it. */
  sureMost: number;
}

export interface Cart {
  amount: number;
  lines: readonly CartLine[];
}

export interface BestSet {
  /** In the order in which they are worked out. */
  chosen: readonly { contender: Contender; taken: Taken; byLine: readonly number[] }[];
  /** What is left to pay: at least one minor unit. */
  rest: number;
  isExact: boolean;
}

interface Found {
  sure: number;
  /** What is saved at most, draws included. */
  most: number;
  count: number;
  /** A bit per contender, the least for the oldest id. */
  ranks: number;
}

/**
 * More for certain wins; then more at most; then fewer offers; then the older ones. Of more contenders than are combined, those that
 * save most alone are taken; after too many combinations the best so far stands. Both are said: `isExact` is false.
 */
export function findBestSet(all: readonly Contender[], cart: Cart, looksMax: number): BestSet {
  const contenders = limitTo(OFFERS_COMBINED_MAX, all);
  const search = new Search(contenders, cart, looksMax);
  search.run();
  const { chosen, rest } = applyInOrder(
    contenders.filter((_, index) => search.isChosen(index)),
    cart,
  );
  return { chosen, rest, isExact: search.isComplete && contenders.length === all.length };
}

/** Works a combination out, offer by offer. Draws share what is left in the end, the earlier ones first. */
export function applyInOrder(contenders: readonly Contender[], cart: Cart): Pick<BestSet, 'chosen' | 'rest'> {
  let rest = cart.amount;
  let lines = cart.lines;
  const steps = contenders.map((contender) => {
    const { take } = contender;
    if (take.kind === 'order') {
      const taken = take.from(rest);
      rest -= taken.sure;
      return { contender, taken, byLine: [] };
    }
    const byLine = take.from(lines, rest);
    const sure = sum(byLine);
    lines = takenOff(lines, byLine);
    rest -= sure;
    return { contender, taken: { sure, extra: 0 }, byLine };
  });
  let left = rest - MIN_PAY;
  const chosen = steps.map(({ taken, ...step }) => {
    const extra = Math.min(taken.extra, left);
    left -= extra;
    return { ...step, taken: { sure: taken.sure, extra } };
  });
  assert(rest >= Math.min(MIN_PAY, cart.amount), 'something is always left to pay');
  return { chosen, rest };
}

/** Depth first in the order in which offers are worked out, with a bound on what the rest of them can add. */
class Search {
  isComplete = true;
  readonly #contenders: readonly Contender[];
  readonly #cart: Cart;
  readonly #most: number;
  readonly #looksMax: number;
  /** Bits by rank of id. */
  readonly #bits: number[];
  /** Contenders that this one does not go with, in bits. */
  readonly #against: number[];
  /** The most that this contender and all after it can add, one of each group. */
  readonly #sureLeft: number[];
  readonly #bothLeft: number[];
  #best: Found = { sure: 0, most: 0, count: 0, ranks: 0 };
  #looks = 0;

  constructor(contenders: readonly Contender[], cart: Cart, looksMax: number) {
    this.#looksMax = looksMax;
    this.#contenders = contenders;
    this.#cart = cart;
    this.#most = cart.amount - MIN_PAY;
    const byAge = [...contenders].sort((a, b) => (a.id < b.id ? -1 : 1));
    this.#bits = contenders.map((contender) => 1 << byAge.indexOf(contender));
    this.#against = contenders.map((one) =>
      contenders.reduce((bits, other, index) => {
        const isFree = other === one || (one.goesWith(other) && other.goesWith(one));
        return isFree ? bits : bits | this.#bitOf(index);
      }, 0),
    );
    this.#sureLeft = suffixSums(contenders, ({ sureMost }) => sureMost);
    this.#bothLeft = suffixSums(contenders, ({ sureMost, alone }) => sureMost + alone.extra);
  }

  run(): void {
    this.#walk(0, this.#cart.amount, this.#cart.lines, { sure: 0, most: 0, count: 0, ranks: 0 }, 0);
  }

  isChosen(index: number): boolean {
    return (this.#best.ranks & this.#bitOf(index)) !== 0;
  }

  #walk(from: number, rest: number, lines: readonly CartLine[], so: Found, barred: number): void {
    for (let index = from; index < this.#contenders.length; index++) {
      if (!this.#canBeat(so, index)) return;
      const bit = this.#bitOf(index);
      if ((barred & bit) !== 0) continue;
      const { take } = this.#contenders[index] as Contender; // the loop stays inside
      this.#looks += take.kind === 'order' ? 1 : take.looks;
      if (this.#looks > this.#looksMax) {
        this.isComplete = false;
        return;
      }
      let taken: Taken;
      let linesLeft = lines;
      if (take.kind === 'order') taken = take.from(rest);
      else {
        const byLine = take.from(lines, rest);
        taken = { sure: sum(byLine), extra: 0 };
        linesLeft = takenOff(lines, byLine);
      }
      // Without it everything else is the same, with fewer offers.
      if (taken.sure === 0 && taken.extra === 0) continue;
      const next: Found = {
        sure: so.sure + taken.sure,
        most: so.most + taken.sure + taken.extra,
        count: so.count + 1,
        ranks: so.ranks | bit,
      };
      if (isBetter(next, this.#best, this.#most)) this.#best = next;
      this.#walk(index + 1, rest - taken.sure, linesLeft, next, barred | (this.#against[index] ?? 0));
      if (!this.isComplete) return;
    }
  }

  /** Whether anything that adds this contender or later ones could be better than the best so far. */
  #canBeat(so: Found, index: number): boolean {
    const best = this.#best;
    const sure = Math.min(so.sure + (this.#sureLeft[index] ?? 0), this.#most);
    if (sure !== best.sure) return sure > best.sure;
    const most = Math.min(so.most + (this.#bothLeft[index] ?? 0), this.#most);
    const bestMost = Math.min(best.most, this.#most);
    return most > bestMost || (most === bestMost && so.count + 1 <= best.count);
  }

  #bitOf(index: number): number {
    return this.#bits[index] ?? 0;
  }
}

function isBetter(one: Found, other: Found, mostMinor: number): boolean {
  if (one.sure !== other.sure) return one.sure > other.sure;
  const [most, otherMost] = [Math.min(one.most, mostMinor), Math.min(other.most, mostMinor)];
  if (most !== otherMost) return most > otherMost;
  if (one.count !== other.count) return one.count < other.count;
  const difference = one.ranks ^ other.ranks;
  return (one.ranks & (difference & -difference)) !== 0;
}

/** From each contender on: the sum of the most of each group. */
function suffixSums(contenders: readonly Contender[], mostOf: (contender: Contender) => number): number[] {
  const byGroup = new Map<string, number>();
  const sums = contenders.map(() => 0);
  let total = 0;
  for (let index = contenders.length - 1; index >= 0; index--) {
    const contender = contenders[index] as Contender; // the loop stays inside
    const most = mostOf(contender);
    const before = contender.group === null ? 0 : (byGroup.get(contender.group) ?? 0);
    if (most > before) total += most - before;
    if (contender.group !== null) byGroup.set(contender.group, Math.max(most, before));
    sums[index] = total;
  }
  return sums;
}

/** The contenders that save most alone, in the order in which they came. */
function limitTo(count: number, contenders: readonly Contender[]): readonly Contender[] {
  if (contenders.length <= count) return contenders;
  const both = ({ sureMost, alone }: Contender): number => sureMost + alone.extra;
  const kept = new Set([...contenders].sort((a, b) => both(b) - both(a) || (a.id < b.id ? -1 : 1)).slice(0, count));
  return contenders.filter((contender) => kept.has(contender));
}

function takenOff(lines: readonly CartLine[], byLine: readonly number[]): CartLine[] {
  return lines.map((line, index) => {
    const off = byLine[index] ?? 0;
    return off === 0 ? line : { ...line, rest: line.rest - off };
  });
}

export function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
