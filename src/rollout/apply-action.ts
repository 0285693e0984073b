import { assert } from '../base/assert.ts';
import { Refusal } from '../base/refusal.ts';
import { endOfFreeze } from './freeze.ts';
import { ALLOWED_FROM, isAllowed } from './moves.ts';
import { armsAt, type Plan } from './plan.ts';
import type { Action, Rollout } from './rollout.ts';

export type Act =
  | { action: Exclude<Action, 'create' | 'change' | 'jump'> }
  /** Counted from 0. */
  | { action: 'jump'; step: number }
  | { action: 'change'; plan: Plan };

/**
 * A rollout after an action. A new version begins whenever what is counted must not be mixed with what was: at a jump, a changed plan, and
 * when one that was stopped goes on, which is then also judged from there. Pure. @throws Refusal `rollout_state` or `invalid_request`
 */
export function applyAction(rollout: Rollout, act: Act, now: Date): Rollout {
  if (!isAllowed(act.action, rollout.state)) throw notAllowed(rollout, act.action);
  switch (act.action) {
    case 'start':
      return start(rollout, now);
    case 'resume':
      return rollout.state === 'halted' ? begin(anew(rollout), rollout.step, now) : { ...rollout, state: 'running' };
    case 'approve':
      return approve(rollout, now);
    case 'jump':
      return jump(rollout, act.step, now);
    case 'change':
      return change(rollout, act.plan, now);
    case 'pause':
      return { ...rollout, state: 'paused' };
    case 'wait':
      return { ...rollout, state: 'waiting' };
    case 'freeze':
      return { ...rollout, state: 'frozen' };
    case 'thaw':
      return { ...rollout, state: 'running' };
    case 'halt':
      return { ...rollout, state: 'halted' };
    case 'roll_back':
      return { ...rollout, state: 'rolled_back' };
    case 'retire':
      return { ...rollout, state: 'retired' };
    case 'complete':
      return { ...rollout, state: 'completed', completedAt: now };
    case 'advance':
      assert(rollout.step + 1 < rollout.plan.steps.length, 'there is a step after this one');
      return begin(rollout, rollout.step + 1, now);
    default:
      return act satisfies never;
  }
}

function start(rollout: Rollout, now: Date): Rollout {
  const first = rollout.state === 'draft' ? rollout : anew(rollout);
  return { ...begin(first, 0, now), startedAt: now, completedAt: null };
}

/** The step behind the gate, or the end. A freeze holds for people as well: who has to, jumps. */
function approve(rollout: Rollout, now: Date): Rollout {
  const free = endOfFreeze(rollout.plan.freeze, now);
  if (free === null || free > now)
    throw new Refusal('rollout_state', 'A freeze window lies over this moment; nothing begins in it.', {
      state: rollout.state,
      ...(free === null ? {} : { frozen_until: free.toISOString() }),
    });
  if (rollout.step + 1 === rollout.plan.steps.length) return { ...rollout, state: 'completed', completedAt: now };
  return begin(rollout, rollout.step + 1, now);
}

function jump(rollout: Rollout, step: number, now: Date): Rollout {
  const count = rollout.plan.steps.length;
  if (!Number.isInteger(step) || step < 0 || step >= count)
    throw new Refusal('invalid_request', `The plan has the steps 1 to ${count}.`, { param: 'step' });
  return { ...begin({ ...rollout, version: rollout.version + 1 }, step, now), completedAt: null };
}

/** Nobody who has the wallet loses it by a changed plan: it goes on at the first step that is as large as the present one. */
function change(rollout: Rollout, plan: Plan, now: Date): Rollout {
  const { key, wallet, merchantId } = rollout.plan;
  for (const [param, isSame] of [
    ['key', key === plan.key],
    ['wallet', wallet === plan.wallet],
    ['merchant', merchantId === plan.merchantId],
  ] as const)
    if (!isSame)
      throw new Refusal('invalid_request', `${param}: stays as it is; make another rollout instead`, { param });
  const changed = { ...rollout, plan, version: rollout.version + 1 };
  if (rollout.state === 'draft') return { ...changed, judgedFrom: changed.version };
  const present = armsAt(rollout.plan, rollout.step).treatmentPpm;
  const step = plan.steps.findIndex((_, at) => armsAt(plan, at).treatmentPpm >= present);
  if (step < 0)
    throw new Refusal('invalid_request', 'steps: no step is as large as the present one, so buyers would lose it', {
      param: 'steps',
    });
  return { ...changed, step, stepSince: now, state: rollout.state === 'waiting' ? 'running' : rollout.state };
}

function begin(rollout: Rollout, step: number, now: Date): Rollout {
  return { ...rollout, state: 'running', step, stepSince: now };
}

/** What was counted before is not held against it again. */
function anew(rollout: Rollout): Rollout {
  return { ...rollout, version: rollout.version + 1, judgedFrom: rollout.version + 1 };
}

function notAllowed({ state }: Rollout, action: Action): Refusal {
  const from = ALLOWED_FROM[action].map(word).join(', ');
  return new Refusal(
    'rollout_state',
    `A rollout that is ${word(state)} cannot be told to ${word(action)}; one that is ${from} can.`,
    { state, action },
  );
}

function word(name: string): string {
  return name.replaceAll('_', ' ');
}
