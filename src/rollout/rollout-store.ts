import { column } from '../db/column.ts';
import type { Sql, Tx } from '../db/connect.ts';
import { readPlan } from './read-plan.ts';
import type { Move, Rollout, RolloutId, RolloutState } from './rollout.ts';
import { showPlan } from './show-plan.ts';
import type { RolloutWithFigures } from './snapshot.ts';
import type { Plan } from './plan.ts';
import { IN_EFFECT } from './rollout.ts';

/** Whoever keeps rollouts in memory listens to this. */
export const CHANNEL = 'hutong_rollouts';

export interface DueRollout {
  rollout: RolloutWithFigures;
  leaseNo: bigint;
}

export async function insertRollout(tx: Tx, one: RolloutWithFigures): Promise<void> {
  await tx`
    insert into rollouts (
      book, id, merchant_id, key, dealt_as, wallet, state, version, step, judged_from, money_figures,
      payments_figures, created_at, leased_until
    )
    values (
      ${one.book}, ${one.id}, ${one.plan.merchantId}, ${one.plan.key},
      ${one.dealtAs === one.plan.key ? null : one.dealtAs}, ${one.plan.wallet}, ${one.state},
      ${one.version}, ${one.step}, ${one.judgedFrom}, ${column(one.figures.money)}::bigint[],
      ${column(one.figures.payments)}::bigint[], ${one.createdAt}, ${one.createdAt}
    )`;
}

export async function insertVersion(
  tx: Tx,
  one: { book: number; id: string; version: number; plan: Plan; createdAt: Date; createdBy: string },
): Promise<void> {
  await tx`
    insert into rollout_versions (book, rollout_id, version, plan, created_at, created_by)
    values (
      ${one.book}, ${one.id}, ${one.version}, ${JSON.stringify(showPlan(one.plan))}::text::jsonb, ${one.createdAt},
      ${one.createdBy}
    )`;
}

export async function insertMove(tx: Tx, move: Move): Promise<void> {
  await tx`
    insert into rollout_moves (
      book, id, rollout_id, action, moved_by, reason, from_state, to_state, from_step, to_step, version, share_ppm,
      figures, moved_at
    )
    values (
      ${move.book}, ${move.id}, ${move.rolloutId}, ${move.action}, ${move.by}, ${move.reason}, ${move.fromState},
      ${move.toState}, ${move.fromStep}, ${move.toStep}, ${move.version}, ${move.sharePpm},
      ${move.figures === null ? null : JSON.stringify(move.figures)}::text::jsonb, ${move.movedAt}
    )`;
}

/** What a move changes. The next look is at `dueAt`; null: nothing is owed any more. */
export async function updateRollout(tx: Tx, one: RolloutWithFigures, dueAt: Date | null): Promise<void> {
  await tx`
    update rollouts
    set state = ${one.state},
      version = ${one.version},
      step = ${one.step},
      step_since = ${one.stepSince},
      judged_from = ${one.judgedFrom},
      money_figures = ${column(one.figures.money)}::bigint[],
      payments_figures = ${column(one.figures.payments)}::bigint[],
      started_at = ${one.startedAt},
      completed_at = ${one.completedAt},
      due_at = ${dueAt}
    where book = ${one.book}
      and id = ${one.id}`;
}

/** Counts the change and tells every node, when the transaction commits. */
export async function tellChange(tx: Tx, book: number): Promise<void> {
  await tx`
    insert into rollout_books (book, revision)
    values (${book}, 1)
    on conflict (book) do update
    set revision = rollout_books.revision + 1`;
  await tx`select pg_notify(${CHANNEL}, '')`;
}

export async function lockRollout(tx: Tx, book: number, id: string): Promise<RolloutWithFigures | null> {
  const rows = await tx<{ id: string }[]>`
    select id
    from rollouts
    where book = ${book}
      and id = ${id}
    for update`;
  return rows.length === 0 ? null : await findRollout(tx, book, id);
}

export async function findRollout(sql: Sql | Tx, book: number, id: string): Promise<RolloutWithFigures | null> {
  const rows = await sql<Columns[]>`
    select ${sql.unsafe(COLUMNS)}
    from rollouts r
    join rollout_versions v on v.book = r.book and v.rollout_id = r.id and v.version = r.version
    where r.book = ${book}
      and r.id = ${id}`;
  return rows[0] === undefined ? null : toRollout(rows[0]);
}

/** Newest first; of one merchant, of every merchant together (`''`), or of whomever (null). */
export async function listRollouts(
  sql: Sql,
  filter: { book: number; merchantId: string | null; before: string | null; itemsMax: number },
): Promise<RolloutWithFigures[]> {
  const rows = await sql<Columns[]>`
    select ${sql.unsafe(COLUMNS)}
    from rollouts r
    join rollout_versions v on v.book = r.book and v.rollout_id = r.id and v.version = r.version
    where r.book = ${filter.book}
      and (${filter.merchantId}::text is null or coalesce(r.merchant_id, '') = ${filter.merchantId})
      and (${filter.before}::text is null or r.id < ${filter.before})
    order by r.id desc
    limit ${filter.itemsMax}`;
  return rows.map(toRollout);
}

/** All that concern payments, of all books. */
export async function loadInEffect(sql: Sql): Promise<RolloutWithFigures[]> {
  const rows = await sql<Columns[]>`
    select ${sql.unsafe(COLUMNS)}
    from rollouts r
    join rollout_versions v on v.book = r.book and v.rollout_id = r.id and v.version = r.version
    where r.state = any(${[...IN_EFFECT]}::text[])
    order by r.book, r.id`;
  return rows.map(toRollout);
}

/** How many of a shop are not retired. */
export async function countRollouts(tx: Tx, book: number, merchantId: string): Promise<number> {
  const [row] = await tx<{ count: number }[]>`
    select count(*)::integer as count
    from rollouts
    where book = ${book}
      and merchant_id = ${merchantId}
      and state <> 'retired'`;
  return row?.count ?? 0;
}

/** Who deals the same wallet (or flag) for the same merchant, other than this one; locked. */
export async function lockRivals(tx: Tx, one: Rollout): Promise<{ id: string; state: RolloutState }[]> {
  return await tx<{ id: string; state: RolloutState }[]>`
    select id, state
    from rollouts
    where book = ${one.book}
      and id <> ${one.id}
      and coalesce(merchant_id, '') = ${one.plan.merchantId ?? ''}
      and coalesce(wallet, key) = ${one.plan.wallet ?? one.plan.key}
      and (wallet is null) = ${one.plan.wallet === null}
      and state not in ('draft', 'retired')
    order by id
    for update`;
}

export async function readRevisions(sql: Sql): Promise<Map<number, bigint>> {
  const rows = await sql<{ book: number; revision: bigint }[]>`
    select book, revision
    from rollout_books`;
  return new Map(rows.map((row) => [row.book, row.revision]));
}

export async function listVersions(
  sql: Sql,
  book: number,
  id: string,
): Promise<{ version: number; plan: Plan; createdAt: Date; createdBy: string }[]> {
  const rows = await sql<{ version: number; plan: unknown; created_at: Date; created_by: string }[]>`
    select version, plan, created_at, created_by
    from rollout_versions
    where book = ${book}
      and rollout_id = ${id}
    order by version`;
  return rows.map((row) => ({
    version: row.version,
    plan: readPlan(row.plan),
    createdAt: row.created_at,
    createdBy: row.created_by,
  }));
}

/** The plans of those versions, from one on, under which anything was counted: the only ones that a verdict needs. */
export async function listCountedPlans(
  sql: Sql,
  { book, id, judgedFrom }: { book: number; id: string; judgedFrom: number },
): Promise<Map<number, Plan>> {
  const rows = await sql<{ version: number; plan: unknown }[]>`
    select version, plan
    from rollout_versions
    where book = ${book}
      and rollout_id = ${id}
      and version >= ${judgedFrom}
      and version in (
        select version
        from rollout_counts
        where book = ${book}
          and rollout_id = ${id}
      )`;
  return new Map(rows.map((row) => [row.version, readPlan(row.plan)]));
}

/** Oldest first; the last so many. */
export async function listMoves(sql: Sql, book: number, id: string, itemsMax: number): Promise<Move[]> {
  const rows = await sql<MoveColumns[]>`
    select book, id, rollout_id, action, moved_by, reason, from_state, to_state, from_step, to_step, version,
      share_ppm, figures, moved_at
    from rollout_moves
    where book = ${book}
      and rollout_id = ${id}
    order by id desc
    limit ${itemsMax}`;
  return rows.map(toMove).toReversed();
}

/** The last move's id; null for the first move. */
export async function findLastMove(tx: Tx, book: number, rolloutId: string): Promise<string | null> {
  const rows = await tx<{ id: string | null }[]>`
    select max(id) as id
    from rollout_moves
    where book = ${book}
      and rollout_id = ${rolloutId}`;
  return rows[0]?.id ?? null;
}

/** Leases those that are due for a look. */
export async function claimDue(sql: Sql, now: Date, leasedUntil: Date, itemsMax: number): Promise<DueRollout[]> {
  const rows = await sql<(Columns & { lease_no: bigint })[]>`
    with claimed as (
      update rollouts
      set leased_until = ${leasedUntil},
        lease_no = lease_no + 1,
        tries_count = tries_count + 1
      where (book, id) in (
        select book, id
        from rollouts
        where due_at <= ${now}
          and leased_until <= ${now}
        order by due_at
        limit ${itemsMax}
        for update skip locked
      )
      returning *
    )
    select ${sql.unsafe(COLUMNS)}, r.lease_no
    from claimed r
    join rollout_versions v on v.book = r.book and v.rollout_id = r.id and v.version = r.version`;
  return rows.map((row) => ({ rollout: toRollout(row), leaseNo: row.lease_no }));
}

/** Gives the lease back. False when somebody else has it by now. */
export async function finishDue(sql: Sql | Tx, due: DueRollout, dueAt: Date | null, now: Date): Promise<boolean> {
  const rows = await sql`
    update rollouts
    set due_at = ${dueAt},
      leased_until = ${now},
      tries_count = 0
    where book = ${due.rollout.book}
      and id = ${due.rollout.id}
      and lease_no = ${due.leaseNo}
    returning id`;
  return rows.length === 1;
}

const COLUMNS = `r.book, r.id, r.dealt_as, r.state, r.version, r.step, r.step_since, r.judged_from, r.money_figures::text[] as money,
  r.payments_figures::text[] as payments, r.created_at, r.started_at, r.completed_at, v.plan`;

interface Columns {
  book: number;
  id: RolloutId;
  dealt_as: string | null;
  state: RolloutState;
  version: number;
  step: number;
  step_since: Date | null;
  judged_from: number;
  money: string[];
  payments: string[];
  created_at: Date;
  started_at: Date | null;
  completed_at: Date | null;
  plan: unknown;
}

function toRollout(row: Columns): RolloutWithFigures {
  const plan = readPlan(row.plan);
  return {
    book: row.book,
    id: row.id,
    plan,
    dealtAs: row.dealt_as ?? plan.key,
    version: row.version,
    state: row.state,
    step: row.step,
    stepSince: row.step_since,
    judgedFrom: row.judged_from,
    startedAt: row.started_at,
    completedAt: row.completed_at,
    createdAt: row.created_at,
    figures: { money: row.money.map(BigInt), payments: row.payments.map(BigInt) },
  };
}

interface MoveColumns {
  book: number;
  id: `rmv_${string}`;
  rollout_id: RolloutId;
  action: Move['action'];
  moved_by: string;
  reason: string;
  from_state: RolloutState;
  to_state: RolloutState;
  from_step: number;
  to_step: number;
  version: number;
  share_ppm: number;
  figures: Move['figures'];
  moved_at: Date;
}

function toMove(row: MoveColumns): Move {
  return {
    book: row.book,
    id: row.id,
    rolloutId: row.rollout_id,
    action: row.action,
    by: row.moved_by,
    reason: row.reason,
    fromState: row.from_state,
    toState: row.to_state,
    fromStep: row.from_step,
    toStep: row.to_step,
    version: row.version,
    sharePpm: row.share_ppm,
    figures: row.figures,
    movedAt: row.moved_at,
  };
}
