import { type Static, Type } from 'typebox';
import {
  ROLLOUT_BUYERS_MAX,
  ROLLOUT_FREEZE_WINDOWS_MAX,
  ROLLOUT_LATE_DAYS_MAX,
  ROLLOUT_STEPS_MAX,
} from '../base/limits.ts';
import { currencies } from '../money/money.ts';
import { wallets } from '../wallets/registry.ts';
import { GUARDED } from './plan.ts';

const closed = { additionalProperties: false } as const;

const share = Type.String({
  pattern: '^[0-9]{1,7}(\\.[0-9]{1,4})?(%|‰|ppm)$',
  description: 'a share with its unit: `1‰`, `0.5%`, `250ppm`',
});
const duration = Type.String({
  pattern: '^[0-9]{1,6}(s|m|h|d)$',
  description: 'seconds to days: `90s`, `30m`, `2h`, `7d`',
});
const day = Type.String({ pattern: '^20[0-9]{2}-[0-9]{2}-[0-9]{2}$', description: 'a day in Asia/Shanghai' });
const timeOfDay = Type.String({ pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$', description: 'Asia/Shanghai' });

const step = Type.Object(
  {
    share,
    for: Type.Optional({ ...duration, description: 'it lasts at least so long; `10m` when left out' }),
    payments: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 100_000_000,
        description: 'and until so many payments of the treatment have begun; 100 when left out',
      }),
    ),
    gate: Type.Optional(Type.Boolean({ description: 'at its end it waits for a person' })),
  },
  closed,
);

const freezeWindow = Type.Object(
  {
    days: Type.Optional(
      Type.Array(Type.Enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']), {
        minItems: 1,
        maxItems: 7,
        uniqueItems: true,
        description: 'every day when left out',
      }),
    ),
    from: Type.Optional({ ...timeOfDay, description: 'Asia/Shanghai; 00:00 when left out' }),
    until: Type.Optional({ ...timeOfDay, description: 'not later than `from`: on the next day; 24:00 when left out' }),
    first_day: Type.Optional(day),
    last_day: Type.Optional(day),
  },
  closed,
);

const guardrail = Type.Object(
  {
    metric: Type.Enum(GUARDED),
    tolerated: Type.Optional({
      ...share,
      description: 'so much more than in the control is put up with; `1%` when left out',
    }),
    alpha: Type.Optional({ ...share, description: 'its part of the chance of a wrong halt' }),
  },
  closed,
);

/** A plan as people write it, in YAML or JSON, and as the API takes it. docs/reference/rollout.md tells every field. */
export const planFile = Type.Object(
  {
    key: Type.String({
      pattern: '^[a-z][a-z0-9]*([._-][a-z0-9]+)*$',
      maxLength: 64,
      description: "the flag's name, part of every buyer's bucket: `wallet.unionpay`",
    }),
    wallet: Type.Optional(
      Type.Enum(Object.keys(wallets), { description: 'the staged wallet; left out for a flag that others ask about' }),
    ),
    merchant: Type.Optional(
      Type.String({ pattern: '^mer_[0-9A-Z]{26}$', description: 'one merchant; left out for all of them' }),
    ),
    when: Type.Optional(
      Type.Record(Type.String(), Type.Unknown(), {
        minProperties: 1,
        maxProperties: 1,
        description: 'JSON Logic over the context: which payments it concerns',
      }),
    ),
    always: Type.Optional(
      Type.Object(
        {
          staff: Type.Optional(Type.Boolean({ description: "the shop's own people; true when left out" })),
          buyers: Type.Optional(
            Type.Array(Type.String({ minLength: 1, maxLength: 64 }), {
              maxItems: ROLLOUT_BUYERS_MAX,
              uniqueItems: true,
              description: "buyers by the shop's name for them",
            }),
          ),
        },
        { ...closed, description: 'who always sees it' },
      ),
    ),
    steps: Type.Array(step, { minItems: 1, maxItems: ROLLOUT_STEPS_MAX, description: 'ever larger shares' }),
    holdback: Type.Optional({
      ...share,
      description: 'at most so many are held back to compare with; as many as see it when left out',
    }),
    keep_holdback: Type.Optional({ ...share, description: 'stay held back after the end; none when left out' }),
    freeze: Type.Optional(
      Type.Array(freezeWindow, {
        maxItems: ROLLOUT_FREEZE_WINDOWS_MAX,
        description: 'when no step begins by itself',
      }),
    ),
    at_risk: Type.Optional(
      Type.Object(
        {
          currency: Type.Optional(Type.Enum(currencies, { description: 'ISO 4217; CNY when left out' })),
          money: Type.Optional(
            Type.String({
              pattern: '^[0-9]{1,10}(\\.[0-9]{1,3})?$',
              description: 'at most so much unresolved at once: `50000.00`',
            }),
          ),
          payments: Type.Optional(
            Type.Integer({ minimum: 1, maximum: 1_000_000, description: 'at most so many unresolved at once' }),
          ),
        },
        closed,
      ),
    ),
    slow: Type.Optional({ ...duration, description: 'an answer that took longer is slow; `3s` when left out' }),
    guardrails: Type.Optional(
      Type.Array(guardrail, {
        minItems: 1,
        maxItems: GUARDED.length,
        description: 'failed, unknown, slow, duplicate and refunded when left out',
      }),
    ),
    alpha: Type.Optional({
      ...share,
      description: 'the chance that a whole rollout that does no harm is halted; `5%` when left out',
    }),
    floor: Type.Optional(
      Type.Union(
        [
          Type.Object(
            { failures: Type.Integer({ minimum: 3, maximum: 64 }), of: Type.Integer({ minimum: 5, maximum: 64 }) },
            closed,
          ),
          Type.Null(),
        ],
        { description: 'so many failures of the last so many attempts halt it at once; 20 of 30 when left out' },
      ),
    ),
    late_days: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: ROLLOUT_LATE_DAYS_MAX,
        description: 'refunds and complaints still roll it back so long after the end; 14 when left out',
      }),
    ),
    on_breach: Type.Optional(Type.Enum(['halt', 'roll_back'], { description: '`halt` when left out' })),
  },
  closed,
);
export type PlanFile = Static<typeof planFile>;
