import { applyAction } from '../apply-action.ts';
import { decideRollout } from '../decide-rollout.ts';
import { endOfFreeze } from '../freeze.ts';
import { armsAt, type Plan, WHOLE_PPM } from '../plan.ts';
import type { Rollout } from '../rollout.ts';
import { judge, type Judgement } from '../statistics/judge.ts';
import type { Counted } from './crowd.ts';
import { drawWaiting } from './draw.ts';
import { regulars } from './regulars.ts';
import { SIMULATED_DAYS_MAX, SIMULATED_LOOKS_MAX } from './simulation-limits.ts';
import { strangers } from './strangers.ts';
import { failingOf, type World } from './world.ts';

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

/** The loop looks every half second; between two looks of a simulation lies at least one payment, and at most a hundredth of all so far. */
const LOOK_MS = 500;
const LOOK_GROWTH = 0.01;
const DAY_MS = 86_400_000;

/**
 * One rollout from its start to its end or halt, in virtual time, through the same `judge` and `decideRollout` as the control loop. Gates are
 * approved at once. What goes wrong is drawn for each arm by itself; refunds and complaints come at once instead of days later.
 */
export function simulateRollout(plan: Plan, world: World, start: Date, chance: () => number): SimulatedRun {
  const crowd = (world.paymentsPerBuyer === 1 && world.unlucky === 1 ? strangers : regulars)(plan, world, chance);
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
    hurt: attempted * (failingOf(world) - world.bad.failed),
  });

  for (
    let look = 0;
    look < SIMULATED_LOOKS_MAX && now.getTime() - start.getTime() < SIMULATED_DAYS_MAX * DAY_MS;
    look++
  ) {
    const stratum = stratumOf(strata, rollout);
    const { payments, elapsedMs } = nextLook(plan, world, rollout, strata, chance);
    now = new Date(now.getTime() + elapsedMs);
    const happened = crowd.pay(stratum, payments);
    seen += happened.treatment;
    attempted += happened.attempts;
    const counts = { strata, recent: crowd.outcomes() };
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
    dealtAs: plan.key,
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
  const added: Counted = { version, step, ...armsAt(plan, step), treatment: {}, control: {}, cohorts: [] };
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

/** A person approves as soon as one is asked for and no freeze lies over the moment. */
function passGate(rollout: Rollout, now: Date): Rollout {
  if (rollout.state !== 'waiting') return rollout;
  const free = endOfFreeze(rollout.plan.freeze, now);
  return free !== null && free <= now ? applyAction(rollout, { action: 'approve' }, now) : rollout;
}
