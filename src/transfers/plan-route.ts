import { assert } from '../base/assert.ts';
import type { LimitLeft } from '../limits/limits.ts';
import { explainNone, explainRoute } from './explain-route.ts';
import { isSingle, isSum, leftOf, ofSubject } from './route-lines.ts';

/** A text for people, in both languages. */
export interface Names {
  'zh-CN': string;
  en: string;
}

/** One card that may pay. */
export interface RouteSource {
  cardId: string;
  label: Names;
  isDefault: boolean;
  /** Fen that can be spent; null when the bank did not say. */
  available: bigint | null;
  /** What is left for it; lines of other subjects are passed over. */
  left: readonly LimitLeft[];
}

export interface RouteRequest {
  kind: 'transfer' | 'repayment';
  /** Fen. */
  amount: bigint;
  sources: readonly RouteSource[];
  /** What is left for the person, over all cards. */
  userLeft: readonly LimitLeft[];
  /** The most payments that it may be split into. */
  partsMax: number;
  /** What is left for the card that is paid. */
  targetLeft: readonly LimitLeft[];
}

export type Route =
  /** Parts sum to the amount; those of one card follow each other. */
  | { kind: 'route'; parts: { cardId: string; amount: bigint }[]; explanation: Names }
  /** `reachable`: the most that could be moved instead, at most the amount; zero when nothing could. */
  | { kind: 'none'; why: Names; reachable: bigint };

/** What one card can carry: `n` payments of `min` to `cap` each, `sum` in all. */
export interface Carrier {
  source: RouteSource;
  min: bigint;
  cap: bigint;
  sum: bigint;
  paymentsMax: number;
}

/** What holds over all cards together. */
export interface Whole {
  sum: bigint;
  paymentsMax: number;
}

/**
 * Which cards pay how much, so that every limit and balance is kept. Pure and exact: there is a route whenever one exists. Of all
 * routes the one is taken that asks cards of unknown balance least often, then has the fewest parts, then takes most from the
 * default card, then from the cards in the order given.
 */
export function planRoute(request: RouteRequest): Route {
  const { amount } = request;
  assert(amount > 0n, 'what moves is more than nothing');
  assert(request.partsMax >= 1 && request.partsMax <= 20, 'a route has 1 to 20 parts');
  const carriers = inOrder(request.sources).map((source) => toCarrier(source, request));
  const whole = toWhole(request);
  const tables = reachFrom(carriers, whole.paymentsMax);
  const goal = amount > whole.sum ? null : fewestParts(tables[0] ?? [], amount);
  if (goal === null) {
    const reachable = mostReachable(tables[0] ?? [], amount < whole.sum ? amount : whole.sum);
    return { kind: 'none', why: explainNone(request, carriers, whole, reachable), reachable };
  }
  const counts = chooseCounts(carriers, tables, goal, amount);
  const parts = toParts(carriers, counts, amount);
  return { kind: 'route', parts, explanation: explainRoute(request, carriers, parts) };
}

/** Known balances first, then the default card, then as they were given. */
function inOrder(sources: readonly RouteSource[]): RouteSource[] {
  const rank = (one: RouteSource): number => (one.available === null ? 2 : 0) + (one.isDefault ? 0 : 1);
  return [...sources].sort((a, b) => rank(a) - rank(b)); // a stable sort
}

function toCarrier(source: RouteSource, { amount, targetLeft, userLeft }: RouteRequest): Carrier {
  const own = source.left.filter((line) => line.subject === 'card');
  const lines = [...own, ...ofSubject(targetLeft, 'target_card'), ...ofSubject(userLeft, 'user')];
  const single = lines.filter((line) => isSingle(line));
  const sum = least(own.filter(isSum).map(leftOf), source.available ?? amount);
  return {
    source,
    min: single.reduce((min, line) => (line.min > min ? line.min : min), 1n),
    cap: least(
      single.map((line) => line.max),
      amount,
    ),
    sum: sum < 0n ? 0n : sum,
    paymentsMax: paymentsLeft(own),
  };
}

function toWhole({ amount, userLeft, targetLeft, partsMax }: RouteRequest): Whole {
  const lines = [...ofSubject(userLeft, 'user'), ...ofSubject(targetLeft, 'target_card')];
  return {
    sum: least(lines.filter(isSum).map(leftOf), amount),
    paymentsMax: Math.min(partsMax, paymentsLeft(lines)),
  };
}

function paymentsLeft(lines: readonly LimitLeft[]): number {
  const left = lines.filter((line) => line.unit === 'count').map(leftOf);
  return Number(least(left, BigInt(Number.MAX_SAFE_INTEGER)));
}

function least(values: readonly bigint[], most: bigint): bigint {
  return values.reduce((min, value) => (value < min ? value : min), most);
}

/** With so many payments, so many of them from cards of unknown balance, everything from `low` to `high` can be moved. */
interface Reach {
  unknown: number;
  payments: number;
  low: bigint;
  high: bigint;
}

/**
 * For each card and those after it, everything that they can carry. Of two ways with the same number of payments and the same
 * least amount the one that carries more is kept, so nothing is lost and the tables stay small.
 */
function reachFrom(carriers: readonly Carrier[], paymentsMax: number): Reach[][] {
  const tables: Reach[][] = [[{ unknown: 0, payments: 0, low: 0n, high: 0n }]];
  for (const carrier of carriers.toReversed()) {
    const best = new Map<string, Reach>();
    for (const rest of tables[0] ?? [])
      for (let count = 0; count <= paymentsMax - rest.payments && carries(carrier, count); count++) {
        const one = {
          unknown: rest.unknown + (carrier.source.available === null ? count : 0),
          payments: rest.payments + count,
          low: rest.low + carrier.min * BigInt(count),
          high: rest.high + mostOf(carrier, count),
        };
        const key = `${one.unknown} ${one.payments} ${one.low}`;
        const known = best.get(key);
        if (known === undefined || known.high < one.high) best.set(key, one);
      }
    tables.unshift([...best.values()]);
  }
  return tables;
}

/** True when the card can make so many payments at all. */
function carries(carrier: Carrier, count: number): boolean {
  return (
    count === 0 ||
    (count <= carrier.paymentsMax && carrier.min <= carrier.cap && carrier.min * BigInt(count) <= carrier.sum)
  );
}

function mostOf(carrier: Carrier, count: number): bigint {
  const capped = carrier.cap * BigInt(count);
  return capped < carrier.sum ? capped : carrier.sum;
}

function fewestParts(table: readonly Reach[], amount: bigint): Reach | null {
  const fits = table.filter((one) => one.low <= amount && amount <= one.high);
  fits.sort((a, b) => a.unknown - b.unknown || a.payments - b.payments);
  return fits[0] ?? null;
}

/** The most up to `top` that some way reaches. */
function mostReachable(table: readonly Reach[], top: bigint): bigint {
  const reached = table.filter((one) => one.low <= top).map((one) => (one.high < top ? one.high : top));
  return reached.reduce((most, one) => (one > most ? one : most), 0n);
}

/** How many payments each card makes: card by card as many as still let the others complete the goal. */
function chooseCounts(carriers: readonly Carrier[], tables: readonly Reach[][], goal: Reach, amount: bigint): number[] {
  const soFar = { unknown: 0, payments: 0, low: 0n, high: 0n };
  return carriers.map((carrier, index) => {
    const isUnknown = carrier.source.available === null;
    for (let count = goal.payments - soFar.payments; count >= 0; count--) {
      if (!carries(carrier, count)) continue;
      const with_ = {
        unknown: soFar.unknown + (isUnknown ? count : 0),
        payments: soFar.payments + count,
        low: soFar.low + carrier.min * BigInt(count),
        high: soFar.high + mostOf(carrier, count),
      };
      const completes = (tables[index + 1] ?? []).some(
        (rest) =>
          with_.unknown + rest.unknown === goal.unknown &&
          with_.payments + rest.payments === goal.payments &&
          with_.low + rest.low <= amount &&
          amount <= with_.high + rest.high,
      );
      if (!completes) continue;
      Object.assign(soFar, with_);
      return count;
    }
    throw new Error('assertion failed: the goal can be completed from every card on the way');
  });
}

/** Each card takes as much as it can and leaves the later ones their least. */
function toParts(
  carriers: readonly Carrier[],
  counts: readonly number[],
  amount: bigint,
): { cardId: string; amount: bigint }[] {
  const lows = carriers.map((carrier, index) => carrier.min * BigInt(counts[index] ?? 0));
  let later = lows.reduce((sum, low) => sum + low, 0n);
  let rest = amount;
  const parts = carriers.flatMap((carrier, index) => {
    const count = counts[index] ?? 0;
    later -= lows[index] ?? 0n;
    const most = mostOf(carrier, count);
    const sum = count === 0 ? 0n : least([most], rest - later);
    rest -= sum;
    return cut(sum, count, carrier).map((part) => ({ cardId: carrier.source.cardId, amount: part }));
  });
  assert(rest === 0n, 'parts sum to the whole');
  return parts;
}

/** One card's sum as payments: each as large as may be, the last ones never too small. */
function cut(sum: bigint, count: number, { min, cap }: Carrier): bigint[] {
  let rest = sum;
  return Array.from({ length: count }, (_, index) => {
    const part = least([cap], rest - min * BigInt(count - 1 - index));
    assert(part >= min && part <= cap, 'each payment is within its limits');
    rest -= part;
    return part;
  });
}
