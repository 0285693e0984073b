import { ROLLOUT_CONTROL_MS, ROLLOUT_LOOK_MS, ROLLOUT_STALE_MS, ROLLOUTS_PER_BOOK_MAX } from '../base/limits.ts';
import { ROLLOUT_ENDS_LOOK_MS } from '../base/link-limits.ts';
import type { Sql, Tx } from '../db/connect.ts';
import { type DueLoop, startDueLoop } from '../db/due.ts';
import { startWatch, type Watch } from '../db/watch.ts';
import type { Act } from './apply-action.ts';
import { type Because, changeRollout, createRollout, type Seen } from './change-rollout.ts';
import type { Facts } from './context.ts';
import { claimControl, type ControlDeps, controlDue, controlOne, judgeNow, requireRollout } from './control.ts';
import { answer, decideWallets, recheckWallets, riskLinesOf, type View } from './decide.ts';
import { listDayCounts } from './count-store.ts';
import { claimEnds, forgetFirsts } from './forget-firsts.ts';
import { observe } from './observe.ts';
import type { Plan } from './plan.ts';
import { CHANNEL, listMoves, listRollouts, listVersions, loadInEffect, readRevisions } from './rollout-store.ts';
import { mergePlans } from './plans-of.ts';
import { type Room, readRoomLeft, ROOM_UNKNOWN } from './room.ts';
import type { PlanDecision, Rollouts } from './rollouts.ts';
import {
  buildSnapshot,
  EMPTY_SNAPSHOT,
  findBeside,
  findFlags,
  flagKeys,
  isStaged,
  type RolloutWithFigures,
  type Snapshot,
} from './snapshot.ts';
import { readRisk } from './read-risk.ts';
import { type RolloutReport, reportRollout } from './report-rollout.ts';

const SLOW_MS_USUAL = 3000;
const MOVES_SHOWN_MAX = 200;
const BESIDE_SHOWN_MAX = 50;
const CONTROL_CONCURRENCY = 4;
const FORGET_CONCURRENCY = 2;

export type RolloutsDeps = ControlDeps;

/** A flag as another service asks for it (OpenFeature's words). */
export type FlagEvaluation = PlanDecision & { key: string };

/** What people and their programs do with rollouts. A `merchantId` of null is the operator, who sees and moves all of them. */
export interface RolloutDesk {
  /** @throws Refusal */
  create(tx: Tx, book: number, plan: Plan, because: Because): Promise<RolloutWithFigures>;
  /** @throws Refusal `not_found`, `rollout_state`, `rollout_exists`, `invalid_request` */
  act(tx: Tx, at: At, act: Act, because: Because): Promise<RolloutWithFigures>;
  /** Newest first; `merchantId` empty: those of every merchant together. */
  list(filter: {
    book: number;
    merchantId: string | null;
    before: string | null;
    itemsMax: number;
  }): Promise<RolloutWithFigures[]>;
  /** Everything about one: figures, verdict, moves, versions. @throws Refusal not_found */
  report(at: At): Promise<RolloutReport>;
  /** The plan of a version; null where there is no such version. */
  planOf(book: number, id: string, version: number): Promise<Plan | null>;
  /** One flag for somebody else's context; null where no rollout in effect has the key. Records nothing. */
  evaluate(book: number, merchantId: string, key: string, facts: Facts): FlagEvaluation | null;
  /** The keys of all flags that concern a merchant, sorted. */
  flagKeys(book: number, merchantId: string): string[];
  /** Grows with every change of a book's rollouts, and differs while nothing is known: what an ETag is made of. */
  revision(book: number): string;
  /** Looks at all that is due now, instead of at the loop's next look. */
  control(): Promise<number>;
}

export interface At {
  book: number;
  id: string;
  merchantId: string | null;
  /** What the one who acts has looked at: where it has moved since, nothing is done. Left out: whatever it is. */
  seen?: Seen;
}

export interface RunningRollouts extends Rollouts, RolloutDesk {
  /** Reads now what may have changed; watching does it by itself. @throws when the database is away */
  load(): Promise<void>;
  /** Starts to watch for changes, and the loops that move rollouts and forget those that have ended; `isLeading` false leaves both to other nodes. */
  startWork(options?: { isLeading?: boolean }): void;
  stop(): Promise<void>;
}

/**
 * Rollouts on this node: a snapshot in memory that is a second old at most, else everything staged is hidden; and the loop that
 * moves them, on one node at a time for each. It reads all of them first: a node that knows nothing would show what is staged to everybody.
 * Until it watches (`startWork`), what it has read does not grow old. @throws when the database is away
 */
export async function openRollouts(deps: RolloutsDeps): Promise<RunningRollouts> {
  const { sql, clock, log } = deps;
  let snapshot: Snapshot = EMPTY_SNAPSHOT;
  let knownAtMs = -Infinity;
  let room: { left: Room; askedAtMs: number } = { left: ROOM_UNKNOWN, askedAtMs: -Infinity };
  let watch: Watch | null = null;
  let loop: DueLoop | null = null;
  let forgetting: DueLoop | null = null;

  /** Age is measured by a clock that nobody can set, from when the question was asked. */
  const isOld = (askedAtMs: number): boolean => watch !== null && performance.now() - askedAtMs > ROLLOUT_STALE_MS;
  const view = (): View => ({
    snapshot,
    isStale: isOld(knownAtMs),
    room: isOld(room.askedAtMs) ? ROOM_UNKNOWN : room.left,
  });

  async function read(from: Sql): Promise<void> {
    const askedAtMs = performance.now();
    const revisions = await readRevisions(from);
    // Read after its number: what changes in between is read again.
    if (knownAtMs === -Infinity || !isSame(revisions, snapshot.revisions))
      snapshot = buildSnapshot(await loadInEffect(from), revisions, snapshot);
    knownAtMs = askedAtMs;
    room = { left: await readRoomLeft(from, snapshot), askedAtMs };
  }

  await read(sql);
  return {
    decide: (book, context, wallets, chosen) => decideWallets(view(), book, context, wallets, chosen, clock.now()),
    isPlain: (book, merchantId, wallets) => wallets.every((wallet) => !isStaged(snapshot, book, merchantId, wallet)),
    recheck: (book, decision, chosen) => recheckWallets(view(), book, decision, chosen),
    riskLines: (_book, decision, amount) => riskLinesOf(snapshot, decision, amount),
    slowMs: (_book, rolloutId) => snapshot.byId.get(rolloutId)?.rollout.plan.slowMs ?? SLOW_MS_USUAL,
    observe: (tx, book, observations) => observe(tx, book, observations, clock.now()),

    create: (tx, book, plan, because) => createRollout(tx, deps, book, plan, because),
    async act(tx, at, act, because) {
      const after = await changeRollout(tx, deps, at, act, because);
      loop?.kick();
      return after;
    },
    list: (filter) => listRollouts(sql, filter),
    async report(at) {
      const rollout = await requireRollout(sql, at);
      const [judged, risks, days, moves, versions] = await Promise.all([
        judgeNow(sql, rollout),
        readRisk(sql, rollout),
        listDayCounts(sql, at.book, at.id),
        listMoves(sql, at.book, at.id, MOVES_SHOWN_MAX),
        listVersions(sql, at.book, at.id),
      ]);
      const beside = findBeside(snapshot, rollout).slice(0, BESIDE_SHOWN_MAX);
      return reportRollout({ rollout, beside, ...judged, risks, days, moves, versions }, clock.now());
    },
    async planOf(book, id, version) {
      const versions = await listVersions(sql, book, id);
      return versions.find((one) => one.version === version)?.plan ?? null;
    },
    evaluate(book, merchantId, key, facts) {
      const now = view();
      const lives = findFlags(snapshot, book, merchantId, key);
      const said = mergePlans(lives.map((live) => ({ ...answer(now, live, facts, false), rollout: live.shown })));
      return said === null ? null : { key, ...said };
    },
    flagKeys: (book, merchantId) => flagKeys(snapshot, book, merchantId),
    revision: (book) => (view().isStale ? 'stale' : `${snapshot.revisions.get(book) ?? 0n}`),
    control: () => controlDue(deps),

    load: () => read(sql),
    startWork({ isLeading = true } = {}) {
      watch = startWatch({
        sql,
        name: 'rollouts',
        channel: CHANNEL,
        pollMs: ROLLOUT_LOOK_MS,
        readMsMax: ROLLOUT_STALE_MS,
        read,
        log,
      });
      if (!isLeading) return;
      loop = startDueLoop({
        name: 'rollouts',
        claim: (itemsMax) => claimControl(deps, Math.min(itemsMax, ROLLOUTS_PER_BOOK_MAX)),
        work: (due) => controlOne(deps, due),
        concurrency: CONTROL_CONCURRENCY,
        idleMs: ROLLOUT_CONTROL_MS,
        log,
      });
      forgetting = startDueLoop({
        name: 'rollouts that have ended',
        claim: (itemsMax) => claimEnds(deps, itemsMax),
        work: (end) => forgetFirsts(deps, end),
        concurrency: FORGET_CONCURRENCY,
        idleMs: ROLLOUT_ENDS_LOOK_MS,
        log,
      });
    },
    async stop() {
      await Promise.all([watch?.stop(), loop?.stop(), forgetting?.stop()]);
    },
  };
}

function isSame(a: ReadonlyMap<number, bigint>, b: ReadonlyMap<number, bigint>): boolean {
  return a.size === b.size && [...a].every(([book, revision]) => b.get(book) === revision);
}
