import { assert } from '../base/assert.ts';
import type { Clock } from '../base/clock.ts';
import type { Tx } from '../db/connect.ts';
import { type Counter, counterName, lockCounters, updateCounters } from './counter-store.ts';
import { endHolds, lockHeld } from './hold-store.ts';

/** Held becomes used, or is given back: exactly what was reserved, on its own days, once. What has ended already stays. */
export async function endReservations(
  tx: Tx,
  clock: Clock,
  book: number,
  ids: readonly string[],
  end: 'used' | 'released',
): Promise<void> {
  if (ids.length === 0) return;
  const holds = await lockHeld(tx, book, ids);
  if (holds.length === 0) return;
  const parts = holds.flatMap((hold) => hold.parts);
  const keys = new Map(parts.map(({ key }) => [counterName(key), key]));
  const counters = new Map<string, Counter>(
    (await lockCounters(tx, [...keys.values()], false)).map((one) => [counterName(one), one]),
  );
  for (const { key, amount } of parts) {
    const counter = counters.get(counterName(key));
    assert(counter !== undefined && counter.held >= amount, 'what ends was held');
    counter.held -= amount;
    if (end === 'used') counter.used += amount;
  }
  await updateCounters(tx, [...counters.values()]);
  await endHolds(
    tx,
    book,
    holds.map((hold) => hold.id),
    end,
    clock.now(),
  );
}
