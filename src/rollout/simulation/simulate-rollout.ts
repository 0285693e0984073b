import { ROLLOUT_OUTCOMES_KEPT } from '../../base/limits.ts';
import { applyAction } from '../apply-action.ts';
import { decideRollout } from '../decide-rollout.ts';
import { endOfFreeze } from '../freeze.ts';
import { armsAt, GUARDED, type Plan, WHOLE_PPM } from '../plan.ts';
import type { Rollout } from '../rollout.ts';
import type { Metric } from '../rollouts.ts';
import type { Stratum } from '../statistics/counts.ts';
import { BAD, judge, type Judgement } from '../statistics/judge.ts';
import { drawBinomial, drawWaiting } from './draw.ts';
import { RecentFailures } from './recent-failures.ts';
import { SIMULATED_DAYS_MAX, SIMULATED_LOOKS_MAX } from './simulation-limits.ts';
import type { World } from './world.ts';

/** How one simulated rollout went. */
export interface SimulatedRun {
  end: 'completed' | 'halted' | 'still_running';
  by: Judgement['by'];
  /** Where it ended, counted from 0. */
  step: number;
  /** Virtual time from the start. */
  elapsedMs: number;
  /** Payments of those who saw the wallet. */
  seen: number;
  /** Payments with the wallet that failed and would not have without the drop: the mean of what was drawn. */
  hurt: number;
}

type Sums = Partial<Record<Metric, number>>;
type Counted = Stratum & { treatment: Sums; control: Sums };

/** The loop looks every half second; between two looks of a simulation lies at least one payment, and at most a hundredth of all so far. */
const LOOK_MS = 500;
const LOOK_GROWTH = 0.01;
const DAY_MS = 86_400_000;

/**
 * One rollout from its start to its end or halt, in virtual time, through the same `judge` and `decideRollout` as the control loop. Gates are
 * approved at once. What goes wrong is drawn for each arm by itself; refunds and complaints come at once instead of days later.
 */
export function simulateRollout(plan: Plan, world: World, start: Date, chance: () => number): SimulatedRun {
  const failing = Math.min(1, world.bad.failed + world.drop);
  const attempts = new RecentFailures(chance, failing, plan.floor, ROLLOUT_OUTCOMES_KEPT);
  const strata: Counted[] = [];
  let now = start;
  let rollout = applyAction(draftOf(plan, start), { action: 'start' }, now);
  let seen = 0;
  let attempted = 0;

  const finish = (end: SimulatedRun['end'], by: Judgement['by']): SimulatedRun => ({
    end,
    by,
    step: rollout.step,
    elapsedMs: now.getTime() - start.getTime(),
    seen,
    hurt: attempted * (failing - world.bad.failed),
  });

  for (
    let look = 0;
    look < SIMULATED_LOOKS_MAX && now.getTime() - start.getTime() < SIMULATED_DAYS_MAX * DAY_MS;
    look++
  ) {
    const stratum = stratumOf(strata, rollout);
    const { payments, elapsedMs } = nextLook(plan, world, rollout, strata, chance);
    now = new Date(now.getTime() + elapsedMs);
    const happened = letHappen(stratum, payments, world, attempts, chance);
    seen += happened.treatment;
    attempted += happened.attempts;
    const counts = { strata, recent: attempts.outcomes() };
    const judgement = judge(rollout.plan, counts, { version: rollout.version, step: rollout.step });
    rollout = passGate(rollout, now);
    const next = decideRollout(rollout, judgement, now);
    if (next === null) continue;
    rollout = applyAction(rollout, { action: next.action }, now);
    if (next.action === 'complete') return finish('completed', null);
    if (next.action === 'halt' || next.action === 'roll_back') return finish('halted', judgement.by);
  }
  return finish('still_running', null);
}

function draftOf(plan: Plan, at: Date): Rollout {
  const never = { stepSince: null, startedAt: null, completedAt: null };
  return {
    book: 0,
    id: 'rol_simulated',
    plan,
    version: 1,
    state: 'draft',
    step: 0,
    judgedFrom: 1,
    createdAt: at,
    ...never,
  };
}

function stratumOf(strata: Counted[], { plan, version, step }: Rollout): Counted {
  const last = strata.at(-1);
  if (last?.version === version && last.step === step) return last;
  const added: Counted = { version, step, ...armsAt(plan, step), treatment: {}, control: {} };
  strata.push(added);
  return added;
}

/** After how many payments of both arms the loop looks again, and how long they take. */
function nextLook(plan: Plan, world: World, rollout: Rollout, strata: readonly Counted[], chance: () => number) {
  const arms = armsAt(plan, rollout.step);
  const msPerPayment = (1000 * WHOLE_PPM) / (world.paymentsPerSecond * (arms.treatmentPpm + arms.controlPpm));
  const soFar = strata.reduce((sum, one) => sum + (one.treatment.begun ?? 0) + (one.control.begun ?? 0), 0);
  const payments = Math.max(1, Math.floor(soFar * LOOK_GROWTH), Math.round(LOOK_MS / msPerPayment));
  return { payments, elapsedMs: drawWaiting(chance, payments) * msPerPayment };
}

/** Deals so many payments to the arms and draws what becomes of them; fewer where the floor is reached on the way. */
function letHappen(
  stratum: Counted,
  payments: number,
  world: World,
  recent: RecentFailures,
  chance: () => number,
): { treatment: number; attempts: number } {
  const share = stratum.treatmentPpm / (stratum.treatmentPpm + stratum.controlPpm);
  const dealt = drawBinomial(chance, payments, share);
  const chosen = drawBinomial(chance, dealt, world.chosen);
  const own = recent.run(chosen);
  const reached = chosen === 0 ? 1 : own.happened / chosen;
  const treatment = Math.max(own.happened, Math.round(dealt * reached));
  const control = Math.round((payments - dealt) * reached);
  const others = drawBinomial(chance, treatment - own.happened, world.bad.failed);
  add(stratum.treatment, treatment, own.failed + others);
  add(stratum.control, control, drawBinomial(chance, control, world.bad.failed));
  for (const metric of GUARDED) {
    if (metric === 'failed') continue;
    for (const [sums, n] of [
      [stratum.treatment, treatment],
      [stratum.control, control],
    ] as const)
      sums[BAD[metric]] = (sums[BAD[metric]] ?? 0) + drawBinomial(chance, n, world.bad[metric]);
  }
  return { treatment, attempts: own.happened };
}

function add(sums: Sums, begun: number, failed: number): void {
  sums.begun = (sums.begun ?? 0) + begun;
  sums.decided = sums.begun;
  sums.first_failed = (sums.first_failed ?? 0) + failed;
}

/** A person approves as soon as one is asked for and no freeze lies over the moment. */
function passGate(rollout: Rollout, now: Date): Rollout {
  if (rollout.state !== 'waiting') return rollout;
  const free = endOfFreeze(rollout.plan.freeze, now);
  return free !== null && free <= now ? applyAction(rollout, { action: 'approve' }, now) : rollout;
}
