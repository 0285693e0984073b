import { LINK_STATS_DAYS_MAX, LINK_STATS_HOURS_DAYS_MAX } from '../../base/link-limits.ts';
import { Refusal } from '../../base/refusal.ts';
import { addDays, isDay } from '../../base/shanghai.ts';
import type { Sql } from '../../db/connect.ts';
import type { Currency } from '../../money/money.ts';
import { type CountedDay, listLinkDays, listOpens } from './count-store.ts';
import { HOURS, type LinkSplit, type Names } from './link-tally.ts';
import { listPaidDays, type PaidDay } from './paid-store.ts';

export interface StatsWish {
  book: number;
  linkId: string;
  /** Days of Asia/Shanghai, both included. */
  from: string;
  until: string;
  by: 'hour' | 'day';
  /** Hours are not split. */
  split: LinkSplit | 'none';
}

export interface Totals {
  /** By people; robots are apart. */
  opens: number;
  /** Different people of each day, added up: who comes on two days is two, as nobody can be told again on another day. */
  people: number;
  robots: number;
  taps: number;
  payments: number;
  amounts: readonly { currency: Currency; payments: number; minor: bigint }[];
}

export interface StatsPoint {
  /** `2026-11-23`, or with its hour `2026-11-23T09`, in Asia/Shanghai. */
  at: string;
  opens: number;
  /** Null by hour: these are known by day alone. */
  people: number | null;
  robots: number | null;
  taps: number | null;
  payments: number | null;
}

export interface Named {
  value: string;
  count: number;
}

export interface LinkStats {
  wish: StatsWish;
  totals: Totals;
  /** Every day or hour of the span, in order, also those on which nothing happened. */
  points: readonly StatsPoint[];
  /** Days by what the wish splits by, the most first within each; empty without a split. */
  rows: readonly (Named & { at: string })[];
  /** Of the whole span, the most first. */
  tops: Readonly<Record<LinkSplit, readonly Named[]>>;
}

/** How a link was opened. Whose it is was looked at before. @throws Refusal `invalid_request` */
export async function readLinkStats(sql: Sql, wish: StatsWish): Promise<LinkStats> {
  checkWish(wish);
  const [days, paid] = await Promise.all([listLinkDays(sql, wish), listPaidDays(sql, wish)]);
  return {
    wish,
    totals: toTotals(days, paid),
    points: toPoints(wish, days, paid),
    rows: wish.split === 'none' ? [] : toRows(days, wish.split),
    tops: topsOf(days),
  };
}

function checkWish({ from, until, by, split }: StatsWish): void {
  if (!isDay(until)) throw new Refusal('invalid_request', 'until is a day, yyyy-mm-dd', { param: 'until' });
  if (!isDay(from)) throw new Refusal('invalid_request', 'from is a day, yyyy-mm-dd', { param: 'from' });
  if (until < from) throw new Refusal('invalid_request', 'until is not before from', { param: 'until' });
  const daysMax = by === 'hour' ? LINK_STATS_HOURS_DAYS_MAX : LINK_STATS_DAYS_MAX;
  if (addDays(from, daysMax - 1) < until)
    throw new Refusal('invalid_request', `at most ${daysMax} days at once by ${by}`, {
      param: 'from',
      days_max: daysMax,
    });
  if (by === 'hour' && split !== 'none')
    throw new Refusal('invalid_request', 'hours are not split: ask by day', { param: 'split' });
}

function toTotals(days: readonly CountedDay[], paid: readonly PaidDay[]): Totals {
  const amounts = new Map<Currency, { currency: Currency; payments: number; minor: bigint }>();
  for (const { currency, payments, paidMinor } of paid) {
    const sum = amounts.get(currency) ?? { currency, payments: 0, minor: 0n };
    amounts.set(currency, { currency, payments: sum.payments + payments, minor: sum.minor + paidMinor });
  }
  return {
    opens: sum(days, ({ tally }) => tally.opens),
    people: sum(days, ({ people }) => people),
    robots: sum(days, ({ tally }) => tally.robots),
    taps: sum(days, ({ tally }) => tally.taps),
    payments: sum(paid, ({ payments }) => payments),
    amounts: [...amounts.values()],
  };
}

function toPoints(wish: StatsWish, days: readonly CountedDay[], paid: readonly PaidDay[]): StatsPoint[] {
  const byDay = new Map(days.map((day) => [day.day, day]));
  const points: StatsPoint[] = [];
  for (let day = wish.from; day <= wish.until; day = addDays(day, 1)) {
    const counted = byDay.get(day);
    if (wish.by === 'hour') {
      for (let hour = 0; hour < HOURS; hour++)
        points.push({
          at: `${day}T${String(hour).padStart(2, '0')}`,
          opens: counted?.tally.hours[hour] ?? 0,
          people: null,
          robots: null,
          taps: null,
          payments: null,
        });
      continue;
    }
    points.push({
      at: day,
      opens: counted?.tally.opens ?? 0,
      people: counted?.people ?? 0,
      robots: counted?.tally.robots ?? 0,
      taps: counted?.tally.taps ?? 0,
      payments: sum(
        paid.filter((one) => one.day === day),
        ({ payments }) => payments,
      ),
    });
  }
  return points;
}

function toRows(days: readonly CountedDay[], split: LinkSplit): (Named & { at: string })[] {
  return days.flatMap(({ day, tally }) => toNamed(tally.splits[split]).map((named) => ({ at: day, ...named })));
}

function topsOf(days: readonly CountedDay[]): Record<LinkSplit, Named[]> {
  const top = (split: LinkSplit): Named[] => {
    const names: Names = new Map();
    for (const { tally } of days)
      for (const [name, count] of tally.splits[split]) names.set(name, (names.get(name) ?? 0) + count);
    return toNamed(names);
  };
  return {
    app: top('app'),
    system: top('system'),
    referrer: top('referrer'),
    via: top('via'),
    robot: top('robot'),
    step: top('step'),
  };
}

function toNamed(names: Names): Named[] {
  return [...names]
    .map(([value, count]) => ({ value, count }))
    .toSorted((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1));
}

function sum<T>(list: readonly T[], of: (one: T) => number): number {
  return list.reduce((all, one) => all + of(one), 0);
}

/** Opens of each of the last days of many links, the oldest first; for lists. Links that were never opened have zeros. */
export async function readOpens(
  sql: Sql,
  wish: { book: number; linkIds: readonly string[]; until: string; days: number },
): Promise<ReadonlyMap<string, { opens: readonly number[]; total: number }>> {
  const from = addDays(wish.until, 1 - wish.days);
  const rows = await listOpens(sql, { book: wish.book, linkIds: wish.linkIds, from, until: wish.until });
  const names = Array.from({ length: wish.days }, (_, index) => addDays(from, index));
  return new Map(
    wish.linkIds.map((linkId) => {
      const own = new Map(rows.filter((row) => row.linkId === linkId).map((row) => [row.day, row.opens]));
      const opens = names.map((day) => own.get(day) ?? 0);
      return [linkId, { opens, total: sum(opens, (count) => count) }];
    }),
  );
}
