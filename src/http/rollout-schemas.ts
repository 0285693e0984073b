import { Type } from 'typebox';
import { ROLLOUT_STEPS_MAX } from '../base/limits.ts';
import { planFile } from '../rollout/plan-file.ts';
import { ROLLOUT_STATES } from '../rollout/rollout.ts';
import { text, time } from './schemas.ts';

const closed = { additionalProperties: false } as const;
const timeOrNull = Type.Union([time, Type.Null()]);
const textOrNull = Type.Union([Type.String(), Type.Null()]);
const numberOrNull = Type.Union([Type.Number(), Type.Null()]);

const reason = text(1, 500, 'why; kept for ever');

export const newRollout = Type.Object(
  { plan: { ...planFile, description: 'a plan; its merchant is the key’s' }, reason: Type.Optional(reason) },
  closed,
);
export const changedRollout = Type.Object({ plan: { ...planFile, description: 'the whole new plan' }, reason }, closed);
export const rolloutAct = Type.Object({ reason }, closed);
export const rolloutJump = Type.Object(
  {
    step: Type.Integer({ minimum: 1, maximum: ROLLOUT_STEPS_MAX, description: 'counted from 1' }),
    reason,
  },
  closed,
);

const short = {
  id: Type.String(),
  object: Type.Literal('rollout'),
  key: Type.String(),
  wallet: textOrNull,
  merchant_id: textOrNull,
  state: Type.Enum([...ROLLOUT_STATES]),
  version: Type.Integer(),
  step: Type.Integer(),
  steps_count: Type.Integer(),
  share_ppm: Type.Union([Type.Integer(), Type.Null()]),
  created_at: time,
  started_at: timeOrNull,
  completed_at: timeOrNull,
};
export const rollout = Type.Object(short);

const share = Type.Object({ n: Type.Integer(), bad: Type.Integer() });
const counts = Type.Record(Type.String(), Type.Integer());

export const rolloutInFull = Type.Object({
  ...short,
  beside: Type.Array(rollout),
  step_since: timeOrNull,
  step_ends_at: timeOrNull,
  held_back_ppm: Type.Integer(),
  waits_for: Type.Object({ 'zh-CN': Type.String(), en: Type.String() }),
  verdict: Type.Object({
    verdict: Type.Enum(['go_on', 'hold', 'halt', 'not_enough']),
    by: textOrNull,
    reason: Type.Object({ 'zh-CN': Type.String(), en: Type.String() }),
    payments_seen: Type.Integer(),
    payments_needed: Type.Integer(),
    split_evidence: Type.Number(),
    floor_failures: Type.Union([Type.Integer(), Type.Null()]),
    guardrails: Type.Array(
      Type.Object({
        metric: Type.String(),
        state: Type.String(),
        treatment: share,
        control: share,
        worse: numberOrNull,
        at_least: numberOrNull,
        tolerated: Type.Number(),
        alpha: Type.Number(),
      }),
    ),
  }),
  counts: Type.Array(
    Type.Object({ version: Type.Integer(), step: Type.Integer(), treatment: counts, control: counts }),
  ),
  steps: Type.Array(
    Type.Object({
      step: Type.Integer(),
      share_ppm: Type.Integer(),
      held_back_ppm: Type.Integer(),
      dwell_seconds: Type.Number(),
      payments: Type.Integer(),
      gate: Type.Boolean(),
    }),
  ),
  plan: Type.Unknown({ description: 'the plan with every default written out' }),
  moves: Type.Array(
    Type.Object({
      id: Type.String(),
      action: Type.String(),
      by: Type.String(),
      reason: Type.String(),
      from_state: Type.String(),
      to_state: Type.String(),
      from_step: Type.Integer(),
      to_step: Type.Integer(),
      version: Type.Integer(),
      share_ppm: Type.Integer(),
      at: time,
    }),
  ),
});
