import { ROLLOUT_OUTCOMES_KEPT } from '../base/limits.ts';
import { column } from '../db/column.ts';
import type { Sql, Tx } from '../db/connect.ts';
import type { Metric } from './rollouts.ts';
import type { ComparedRow, CountRow } from './statistics/stratify.ts';

/** A sum to add to. */
export interface CountToAdd {
  rolloutId: string;
  version: number;
  step: number;
  arm: 'treatment' | 'control';
  metric: Metric;
  count: number;
}

/** Of what is compared: payments of nobody in particular, each of which counts. */
export interface ComparedToAdd extends CountToAdd {
  entered: number;
  /** The version from which on it is judged: what has ended and was closed is compared no more. */
  since: number;
}

/** Of what is compared: what happened to one payment of a buyer; it counts where this payment is the buyer's first since then. */
export interface Told extends Omit<ComparedToAdd, 'count'> {
  /** Hexadecimal, 32 letters. */
  buyer: string;
  paymentId: string;
}

/** Attempts through the staged wallet itself, in the order in which they ended: `1` succeeded, `0` failed. */
export interface OutcomesToAppend {
  rolloutId: string;
  version: number;
  outcomes: string;
}

/** All that a batch saw. */
export interface ToCount {
  counts: readonly CountToAdd[];
  compared: readonly ComparedToAdd[];
  told: readonly Told[];
  outcomes: readonly OutcomesToAppend[];
}

/**
 * Adds to sums, notes first payments and appends outcomes, in one statement; what is older than the last 64 outcomes falls off. Every part
 * is sorted by its key, so that two transactions take their locks in the same order; each sum and each list of outcomes is named once. A payment
 * of a buyer of whom no first one is noted had begun before these were: it was compared as another buyer's, so what becomes of it counts.
 * Where they are noted no more, because the rollout ended long ago, nothing is compared (`rollout_ends`).
 */
export async function addCounts(
  tx: Tx,
  book: number,
  day: string,
  { counts, compared, told, outcomes }: ToCount,
): Promise<void> {
  if (counts.length === 0 && outcomes.length === 0) return;
  await tx`
    with closed as materialized (
      select rollout_id, since
      from rollout_ends
      where book = ${book}
        and rollout_id = any(${[...new Set([...told, ...compared].map((one) => one.rolloutId))]}::text[])
        and closed_at is not null
    ),
    told as materialized (
      select *
      from unnest(
        ${told.map((one) => one.rolloutId)}::text[],
        ${column(told.map((one) => one.since))}::int[],
        ${told.map((one) => one.buyer)}::text[]::uuid[],
        ${told.map((one) => one.paymentId)}::text[],
        ${column(told.map((one) => one.version))}::int[],
        ${column(told.map((one) => one.step))}::int[],
        ${column(told.map((one) => one.entered))}::int[],
        ${told.map((one) => one.arm)}::text[],
        ${told.map((one) => one.metric)}::text[]
      ) with ordinality as new (rollout_id, since, buyer, payment_id, version, step, entered, arm, metric, place)
      where (rollout_id, since) not in (select rollout_id, since from closed)
    ),
    noted as (
      insert into rollout_firsts (book, rollout_id, since, buyer, payment_id)
      select distinct on (rollout_id, since, buyer) ${book}, rollout_id, since, buyer, payment_id
      from told
      where metric = 'begun'
      order by rollout_id, since, buyer, place
      on conflict (book, rollout_id, since, buyer) do nothing
      returning rollout_id, since, buyer, payment_id
    ),
    firsts as (
      select rollout_id, since, buyer, payment_id
      from noted
      union all
      select asked.rollout_id, asked.since, asked.buyer, asked.payment_id
      from (
        select distinct rollout_id, since, buyer, payment_id
        from told
        where payment_id not in (select payment_id from told where metric = 'begun')
      ) as asked
      left join lateral (
        select f.payment_id
        from rollout_firsts f
        where f.book = ${book}
          and f.rollout_id = asked.rollout_id
          and f.since = asked.since
          and f.buyer = asked.buyer
        limit 1
      ) as known on true
      where coalesce(known.payment_id, asked.payment_id) = asked.payment_id
    ),
    compared as (
      select rollout_id, version, step, entered, arm, metric, count(*)::bigint as count
      from told
      join firsts using (rollout_id, since, buyer, payment_id)
      group by rollout_id, version, step, entered, arm, metric
      union all
      select rollout_id, version, step, entered, arm, metric, count
      from unnest(
        ${compared.map((one) => one.rolloutId)}::text[],
        ${column(compared.map((one) => one.since))}::int[],
        ${column(compared.map((one) => one.version))}::int[],
        ${column(compared.map((one) => one.step))}::int[],
        ${column(compared.map((one) => one.entered))}::int[],
        ${compared.map((one) => one.arm)}::text[],
        ${compared.map((one) => one.metric)}::text[],
        ${column(compared.map((one) => one.count))}::bigint[]
      ) as new (rollout_id, since, version, step, entered, arm, metric, count)
      where (rollout_id, since) not in (select rollout_id, since from closed)
    ),
    added as (
      insert into rollout_compared as c (book, rollout_id, version, step, entered, arm, metric, count)
      select ${book}, rollout_id, version, step, entered, arm, metric, sum(count)::bigint
      from compared
      group by rollout_id, version, step, entered, arm, metric
      order by rollout_id, version, step, entered, arm, metric
      on conflict (book, rollout_id, version, step, entered, arm, metric) do update
      set count = c.count + excluded.count
    ),
    appended as (
      insert into rollout_recent as r (book, rollout_id, version, outcomes)
      select ${book}, rollout_id, version, right(outcomes, ${ROLLOUT_OUTCOMES_KEPT})
      from unnest(
        ${outcomes.map((one) => one.rolloutId)}::text[],
        ${column(outcomes.map((one) => one.version))}::int[],
        ${outcomes.map((one) => one.outcomes)}::text[]
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

/** The sums of what is compared, from one version on. */
export async function listCompared(
  sql: Sql | Tx,
  book: number,
  rolloutId: string,
  sinceVersion: number,
): Promise<ComparedRow[]> {
  const rows = await sql<(Omit<ComparedRow, 'count'> & { count: bigint })[]>`
    select version, step, entered, arm, metric, count
    from rollout_compared
    where book = ${book}
      and rollout_id = ${rolloutId}
      and version >= ${sinceVersion}
    order by version, step, entered, arm, metric`;
  return rows.map((row) => ({ ...row, count: Number(row.count) }));
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
