import type { Sql, Tx } from '../db/connect.ts';
import { listFigures } from './figure-store.ts';
import { listHolderFigures } from './holder-store.ts';
import { Figures, type Planned } from './plan-lines.ts';

/** Ours, the banks' and the holders' own figures, as far as they concern these. */
export async function readFigures(sql: Sql | Tx, items: readonly Planned[]): Promise<Figures> {
  const times = items.map((item) => item.at.getTime());
  const people = new Map(
    items.map(({ book, userId }): [string, { book: number; userId: string }] => [
      `${book} ${userId}`,
      { book, userId },
    ]),
  );
  const [figures, holders] = await Promise.all([
    listFigures(sql, new Date(Math.min(...times)), new Date(Math.max(...times))),
    listHolderFigures(sql, [...people.values()]),
  ]);
  return new Figures(figures, holders);
}
