import type { Sql, Tx } from '../db/connect.ts';
import { counterName, listCounters } from './counter-store.ts';
import type { LimitLeft } from './limits.ts';
import type { LimitLine, Planned } from './plan-lines.ts';
import { readFigures } from './read-figures.ts';

/** What is left under every rule that concerns each of these. Same index out as in. */
export async function readLeft(sql: Sql | Tx, items: readonly Planned[]): Promise<LimitLeft[][]> {
  if (items.length === 0) return [];
  const figures = await readFigures(sql, items);
  const lines = items.map((item) => figures.linesOf(item));
  const keys = new Map(
    lines
      .flat()
      .flatMap((line) => line.counters)
      .map((key) => [counterName(key), key]),
  );
  const counters = new Map((await listCounters(sql, [...keys.values()])).map((one) => [counterName(one), one]));
  const sumOf = (line: LimitLine, side: 'used' | 'held'): bigint =>
    line.counters.reduce((sum, key) => sum + (counters.get(counterName(key))?.[side] ?? 0n), 0n);
  return lines.map((list) =>
    list.map((line) => ({
      rule: line.name,
      window: line.rule.window,
      subject: line.rule.subject,
      unit: line.rule.unit,
      min: line.min,
      max: line.max,
      used: sumOf(line, 'used'),
      held: sumOf(line, 'held'),
      setBy: line.setBy,
      renewsAt: line.renewsAt,
    })),
  );
}
