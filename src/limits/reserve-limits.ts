import { assert } from '../base/assert.ts';
import type { Clock } from '../base/clock.ts';
import { Refusal } from '../base/refusal.ts';
import type { Tx } from '../db/connect.ts';
import { type Counter, counterName, lockCounters, updateCounters } from './counter-store.ts';
import { deleteHolds, type Hold, holdName, insertHolds, listHoldStates } from './hold-store.ts';
import type { Reservation } from './limits.ts';
import { countsTowards, type Figures, type LimitLine } from './plan-lines.ts';
import { readFigures } from './read-figures.ts';

/**
 * Reserves each whole or not at all, in the order given. The holds are written first, so that an id that another transaction is
 * just reserving is waited for; then every counter is locked in sorted order, and all is decided in memory.
 */
export async function reserveLimits(tx: Tx, clock: Clock, items: readonly Reservation[]): Promise<(Refusal | null)[]> {
  if (items.length === 0) return [];
  for (const item of items) assertReservation(item);
  const figures = await readFigures(tx, items);
  const planned = items.map((item) => plan(item, figures));
  const asked = firstOfEachId(planned.filter((one) => one.refusal === null));
  const inserted = await insertHolds(tx, asked.map(toHold), clock.now());
  const fresh = asked.filter((one) => inserted.has(holdName(one.item)));
  await assertStillHeld(
    tx,
    asked.filter((one) => !inserted.has(holdName(one.item))),
  );
  await decide(tx, fresh);
  await deleteHolds(
    tx,
    fresh.flatMap((one) => (one.refusal === null ? [] : [one.item])),
  );
  const refusals = new Map(fresh.map((one) => [holdName(one.item), one.refusal]));
  return planned.map((one) => one.refusal ?? refusals.get(holdName(one.item)) ?? null);
}

interface Asked {
  item: Reservation;
  lines: LimitLine[];
  refusal: Refusal | null;
}

/** What can be said without looking at any sum: the figures of a single payment. */
function plan(item: Reservation, figures: Figures): Asked {
  const lines = figures.linesOf(item);
  const minor = item.amount.minor;
  const low = lines.find((line) => minor < line.min);
  if (low !== undefined) return { item, lines, refusal: belowMinimum(low) };
  const high = lines.find((line) => line.counters.length === 0 && minor > line.max);
  return { item, lines, refusal: high === undefined ? null : exceeded(high, high.max) };
}

/** The same id twice in one list is one reservation. */
function firstOfEachId(asked: readonly Asked[]): Asked[] {
  const seen = new Map<string, Asked>();
  for (const one of asked) if (!seen.has(holdName(one.item))) seen.set(holdName(one.item), one);
  return [...seen.values()];
}

function toHold({ item, lines }: Asked): Hold {
  const parts = lines.flatMap((line) => {
    const [key] = line.counters;
    return key === undefined ? [] : [{ key, amount: countsTowards(line, item.amount.minor) }];
  });
  return { book: item.book, id: item.id, parts };
}

async function assertStillHeld(tx: Tx, known: readonly Asked[]): Promise<void> {
  if (known.length === 0) return;
  const states = await listHoldStates(
    tx,
    known.map((one) => one.item),
  );
  for (const { item } of known)
    assert(states.get(holdName(item)) !== 'released', 'what gave its limits back does not set out again');
}

async function decide(tx: Tx, asked: readonly Asked[]): Promise<void> {
  const keys = new Map(
    asked.flatMap((one) => one.lines.flatMap((line) => line.counters)).map((key) => [counterName(key), key]),
  );
  if (keys.size === 0) return;
  const counters = new Map((await lockCounters(tx, [...keys.values()], true)).map((one) => [counterName(one), one]));
  assert(counters.size === keys.size, 'every counter is there and locked');
  const changed = new Set<Counter>();
  for (const one of asked) {
    one.refusal = firstExceeded(one, counters);
    if (one.refusal !== null) continue;
    for (const { key, amount } of toHold(one).parts) {
      const counter = counterOf(counters, key);
      counter.held += amount;
      changed.add(counter);
    }
  }
  await updateCounters(tx, [...changed]);
}

function firstExceeded({ item, lines }: Asked, counters: ReadonlyMap<string, Counter>): Refusal | null {
  for (const line of lines) {
    if (line.counters.length === 0) continue;
    const moved = line.counters.reduce((sum, key) => {
      const { used, held } = counterOf(counters, key);
      return sum + used + held;
    }, 0n);
    if (moved + countsTowards(line, item.amount.minor) > line.max) return exceeded(line, line.max - moved);
  }
  return null;
}

function counterOf(counters: ReadonlyMap<string, Counter>, key: Parameters<typeof counterName>[0]): Counter {
  const counter = counters.get(counterName(key));
  assert(counter !== undefined, 'every counter was locked');
  return counter;
}

function exceeded(line: LimitLine, left: bigint): Refusal {
  return new Refusal('limit_exceeded', `More than what is left of this limit: ${line.rule.en}.`, {
    rule: line.name,
    window: line.rule.window,
    unit: line.rule.unit,
    max: line.max.toString(),
    left: (left < 0n ? 0n : left).toString(),
    set_by: line.setBy,
    ...(line.renewsAt === null ? {} : { renews_at: line.renewsAt.toISOString() }),
  });
}

function belowMinimum(line: LimitLine): Refusal {
  return new Refusal('amount_below_minimum', `Less than the least amount: ${line.rule.en}.`, {
    rule: line.name,
    min: line.min.toString(),
  });
}

function assertReservation(item: Reservation): void {
  assert(item.amount.currency === 'CNY', 'limits are kept in CNY');
  assert(item.amount.minor > 0n, 'what is reserved is more than nothing');
  assert((item.kind === 'purchase') === (item.grade !== null), 'a purchase, and nothing else, has a grade');
}
