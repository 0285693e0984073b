import type { Clock } from '../base/clock.ts';
import { decodeId, idLetters, newId } from '../base/id.ts';
import { ROLLOUT_REASON_CHARS_MAX, ROLLOUT_VERSIONS_MAX, ROLLOUTS_PER_MERCHANT_MAX } from '../base/limits.ts';
import type { Log } from '../base/log.ts';
import type { Random } from '../base/random.ts';
import { Refusal } from '../base/refusal.ts';
import type { Tx } from '../db/connect.ts';
import { type Act, applyAction } from './apply-action.ts';
import { insertEnds } from './end-store.ts';
import { endsOf } from './forget-firsts.ts';
import type { Plan } from './plan.ts';
import {
  countRollouts,
  findLastMove,
  insertMove,
  insertRollout,
  insertVersion,
  lockRivals,
  lockRollout,
  tellChange,
  updateRollout,
} from './rollout-store.ts';
import { type Action, dealtAs, IN_EFFECT, type Move, presentShare, type Rollout } from './rollout.ts';
import type { RolloutWithFigures } from './snapshot.ts';
import type { Figures } from './statistics/judge.ts';

export interface ChangeDeps {
  clock: Clock;
  random: Random;
  log: Log;
  /** Puts something before the operator and the merchant, within the transaction in which it happened. */
  raiseAlert(
    tx: Tx,
    about: { book: number; id: string },
    kind: 'rollout_halted' | 'rollout_rolled_back',
    detail: string,
  ): Promise<void>;
}

/** Who does it and why; both are kept for ever. */
export interface Because {
  /** `operator`, an API key's id, `hutong`: 1 to 80 characters. */
  by: string;
  /** 1 to 500 characters. */
  reason: string;
  /** What a verdict was made of, where there was one. */
  figures?: Figures;
}

/** A rollout as somebody saw it. */
export interface Seen {
  state: string;
  version: number;
  /** Counted from 0. */
  step: number;
}

/** A new rollout, as a draft: it concerns nobody until it is started. @throws Refusal rollouts_max, invalid_request */
export async function createRollout(
  tx: Tx,
  deps: ChangeDeps,
  book: number,
  plan: Plan,
  because: Because,
): Promise<RolloutWithFigures> {
  const now = deps.clock.now();
  const rollout: RolloutWithFigures = {
    book,
    id: newId('rol', deps, book),
    plan,
    dealtAs: dealtAs(plan),
    version: 1,
    state: 'draft',
    step: 0,
    stepSince: null,
    judgedFrom: 1,
    startedAt: null,
    completedAt: null,
    createdAt: now,
    figures: withFigures({ money: [], payments: [] }, plan),
  };
  checkReason(because.reason);
  if (plan.merchantId !== null && (await countRollouts(tx, book, plan.merchantId)) >= ROLLOUTS_PER_MERCHANT_MAX)
    throw new Refusal(
      'rollouts_max',
      `A shop has at most ${ROLLOUTS_PER_MERCHANT_MAX} rollouts that are not retired.`,
      {
        rollouts_max: ROLLOUTS_PER_MERCHANT_MAX,
      },
    );
  await insertRollout(tx, rollout);
  await insertVersion(tx, { ...rollout, createdAt: now, createdBy: because.by });
  await writeMove(tx, deps, { before: rollout, after: rollout, action: 'create' }, because, now);
  return rollout;
}

/**
 * One action on a rollout, written down with who and why, and told to every node when the transaction commits. `merchantId` limits it to
 * that merchant's own; null is the operator, who may move all. @throws Refusal
 */
export async function changeRollout(
  tx: Tx,
  deps: ChangeDeps,
  at: { book: number; id: string; merchantId: string | null; seen?: Seen },
  act: Act,
  because: Because,
): Promise<RolloutWithFigures> {
  checkReason(because.reason);
  const before = await lockRollout(tx, at.book, at.id);
  if (before === null || (at.merchantId !== null && before.plan.merchantId !== at.merchantId))
    throw new Refusal('not_found', 'There is no such rollout.');
  const { seen = before } = at;
  if (seen.state !== before.state || seen.version !== before.version || seen.step !== before.step)
    throw new Refusal(
      'rollout_state',
      `It has moved meanwhile: it is ${before.state.replaceAll('_', ' ')} at step ${before.step + 1} now.`,
      { state: before.state, moved: true },
    );
  return await writeAction(tx, deps, before, act, because);
}

/** The same for a row that is locked already. */
export async function writeAction(
  tx: Tx,
  deps: ChangeDeps,
  before: RolloutWithFigures,
  act: Act,
  because: Because,
): Promise<RolloutWithFigures> {
  const now = deps.clock.now();
  const applied = applyAction(before, act, now);
  if (applied.version > ROLLOUT_VERSIONS_MAX)
    throw new Refusal('versions_max', `A rollout has at most ${ROLLOUT_VERSIONS_MAX} versions; make another one.`, {
      versions_max: ROLLOUT_VERSIONS_MAX,
    });
  const after = { ...applied, figures: withFigures(before.figures, applied.plan) };
  if (act.action === 'start') await giveWay(tx, deps, after, because, now);
  if (after.version > before.version) await insertVersion(tx, { ...after, createdAt: now, createdBy: because.by });
  await update(tx, after, IN_EFFECT.includes(after.state) ? now : null);
  await insertEnds(tx, endsOf(before, after, now));
  await writeMove(tx, deps, { before, after, action: act.action }, because, now);
  await tellChange(tx, after.book);
  if (after.state !== before.state && (after.state === 'halted' || after.state === 'rolled_back'))
    await deps.raiseAlert(tx, after, `rollout_${after.state}`, `${after.plan.key}: ${because.reason}`);
  return after;
}

/**
 * One rollout deals a wallet at a merchant. One that has come to its end makes room for the one that starts; one that is under way, or halted so
 * that somebody finds out why, does not.
 */
async function giveWay(tx: Tx, deps: ChangeDeps, starting: Rollout, because: Because, now: Date): Promise<void> {
  for (const rival of await lockRivals(tx, starting)) {
    const before = await lockRollout(tx, starting.book, rival.id);
    if (before === null) continue;
    if (before.state !== 'rolled_back' && before.state !== 'completed')
      throw new Refusal(
        'rollout_exists',
        `${before.id} concerns the same and is ${before.state.replaceAll('_', ' ')}: roll it back or let it complete first.`,
        { rollout: before.id, state: before.state },
      );
    const after: RolloutWithFigures = { ...before, state: 'retired' };
    await updateRollout(tx, after, null);
    await insertEnds(tx, endsOf(before, after, now));
    await writeMove(
      tx,
      deps,
      { before, after, action: 'retire' },
      { by: because.by, reason: `${starting.id} takes its place` },
      now,
    );
  }
}

/** Two that start at the same moment do not see each other; the table does. */
async function update(tx: Tx, after: RolloutWithFigures, dueAt: Date | null): Promise<void> {
  try {
    await updateRollout(tx, after, dueAt);
  } catch (error) {
    const isTaken = error instanceof Error && 'code' in error && error.code === '23505'; // unique_violation
    if (!isTaken) throw error;
    throw new Refusal('rollout_exists', 'Another rollout that concerns the same has just been started.');
  }
}

async function writeMove(
  tx: Tx,
  deps: ChangeDeps,
  { before, after, action }: { before: Rollout; after: Rollout; action: Action },
  because: Because,
  now: Date,
): Promise<void> {
  const move: Move = {
    book: after.book,
    id: await nextMoveId(tx, deps, after, now),
    rolloutId: after.id,
    action,
    by: because.by,
    reason: because.reason.slice(0, ROLLOUT_REASON_CHARS_MAX),
    fromState: before.state,
    toState: after.state,
    fromStep: before.step,
    toStep: after.step,
    version: after.version,
    sharePpm: presentShare(after) ?? 0,
    figures: because.figures ?? null,
    movedAt: now,
  };
  await insertMove(tx, move);
  const { id, rolloutId, by, fromState, toState } = move;
  deps.log.info({ id, rolloutId, action, by, fromState, toState }, 'a rollout was moved');
}

/** Later than the move before, also within one millisecond: moves are told in the order of their ids. */
async function nextMoveId(tx: Tx, deps: ChangeDeps, { book, id }: Rollout, now: Date): Promise<Move['id']> {
  const last = await findLastMove(tx, book, id);
  const afterMs = last === null ? 0 : decodeId(idLetters(last)).readUIntBE(0, 6) + 1;
  const at = new Date(Math.max(now.getTime(), afterMs));
  return newId('rmv', { clock: { now: () => at }, random: deps.random }, book);
}

/** The figures of both limits, with the plan's at the end. A plan without one keeps those that there were, for attempts still under way. */
function withFigures(before: RolloutWithFigures['figures'], plan: Plan): RolloutWithFigures['figures'] {
  const { money, payments } = plan.atRisk;
  return {
    money: append(before.money, money?.minor ?? null),
    payments: append(before.payments, payments === null ? null : BigInt(payments)),
  };
}

function append(figures: readonly bigint[], figure: bigint | null): readonly bigint[] {
  return figure === null || figures.at(-1) === figure ? figures : [...figures, figure];
}

function checkReason(reason: string): void {
  if (reason.trim() === '' || reason.length > ROLLOUT_REASON_CHARS_MAX)
    throw new Refusal('invalid_request', `A reason is 1 to ${ROLLOUT_REASON_CHARS_MAX} characters.`, {
      param: 'reason',
    });
}
