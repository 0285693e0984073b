import { ROLLOUT_OUTCOMES_KEPT } from '../base/limits.ts';
import { column } from '../db/column.ts';
import type { Sql, Tx } from '../db/connect.ts';
import type { Metric } from './rollouts.ts';
import type { CountRow } from './statistics/stratify.ts';

/** A sum to add to. */
export interface CountToAdd {
  rolloutId: string;
  version: number;
  step: number;
  arm: 'treatment' | 'control';
  metric: Metric;
  count: number;
}

/** Attempts through the staged wallet itself, in the order in which they ended: `1` succeeded, `0` failed. */
export interface OutcomesToAppend {
  rolloutId: string;
  version: number;
  outcomes: string;
}

/**
 * Adds to sums and appends outcomes, each named once, in one statement; what is older than the last 64 outcomes falls off. Both come sorted
 * by their key, so that two transactions take their locks in the same order.
 */
export async function addCounts(
  tx: Tx,
  book: number,
  day: string,
  counts: readonly CountToAdd[],
  appended: readonly OutcomesToAppend[],
): Promise<void> {
  if (counts.length === 0 && appended.length === 0) return;
  await tx`
    with appended as (
      insert into rollout_recent as r (book, rollout_id, version, outcomes)
      select ${book}, rollout_id, version, right(outcomes, ${ROLLOUT_OUTCOMES_KEPT})
      from unnest(
        ${appended.map((one) => one.rolloutId)}::text[],
        ${column(appended.map((one) => one.version))}::int[],
        ${appended.map((one) => one.outcomes)}::text[]
      ) with ordinality as new (rollout_id, version, outcomes, place)
      order by place
      on conflict (book, rollout_id, version) do update
      set outcomes = right(r.outcomes || excluded.outcomes, ${ROLLOUT_OUTCOMES_KEPT})
    )
    insert into rollout_counts as c (book, rollout_id, version, step, arm, metric, day, count)
    select ${book}, rollout_id, version, step, arm, metric, ${day}::text::date, count
    from unnest(
      ${counts.map((one) => one.rolloutId)}::text[],
      ${column(counts.map((one) => one.version))}::int[],
      ${column(counts.map((one) => one.step))}::int[],
      ${counts.map((one) => one.arm)}::text[],
      ${counts.map((one) => one.metric)}::text[],
      ${column(counts.map((one) => one.count))}::bigint[]
    ) with ordinality as new (rollout_id, version, step, arm, metric, count, place)
    order by place
    on conflict (book, rollout_id, version, step, arm, metric, day) do update
    set count = c.count + excluded.count`;
}

/** The sums of a rollout from one version on, over all days. */
export async function listCounts(
  sql: Sql | Tx,
  book: number,
  rolloutId: string,
  sinceVersion: number,
): Promise<CountRow[]> {
  const rows = await sql<(Omit<CountRow, 'count'> & { count: bigint })[]>`
    select version, step, arm, metric, sum(count)::bigint as count
    from rollout_counts
    where book = ${book}
      and rollout_id = ${rolloutId}
      and version >= ${sinceVersion}
    group by version, step, arm, metric
    order by version, step, arm, metric`;
  return rows.map((row) => ({ ...row, count: Number(row.count) }));
}

/** The last outcomes of a rollout's own wallet from one version on, the newest last. */
export async function findRecent(
  sql: Sql | Tx,
  book: number,
  rolloutId: string,
  sinceVersion: number,
): Promise<string> {
  const [row] = await sql<{ outcomes: string | null }[]>`
    select right(string_agg(outcomes, '' order by version), ${ROLLOUT_OUTCOMES_KEPT}) as outcomes
    from rollout_recent
    where book = ${book}
      and rollout_id = ${rolloutId}
      and version >= ${sinceVersion}`;
  return row?.outcomes ?? '';
}

export interface DayCount {
  /** In Asia/Shanghai. */
  day: string;
  arm: 'treatment' | 'control';
  metric: Metric;
  count: number;
}

/** The sums of each day, over all versions and steps: what charts draw. */
export async function listDayCounts(sql: Sql | Tx, book: number, rolloutId: string): Promise<DayCount[]> {
  const rows = await sql<(Omit<DayCount, 'count'> & { count: bigint })[]>`
    select day::text as day, arm, metric, sum(count)::bigint as count
    from rollout_counts
    where book = ${book}
      and rollout_id = ${rolloutId}
    group by day, arm, metric
    order by day, arm, metric`;
  return rows.map((row) => ({ ...row, count: Number(row.count) }));
}
