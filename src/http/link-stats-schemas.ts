import { type TSchema, Type } from 'typebox';
import { LINK_SPLITS } from '../links/count/link-tally.ts';

const closed = { additionalProperties: false } as const;
const orNull = (schema: TSchema) => Type.Union([schema, Type.Null()]);
const day = (description: string) => Type.String({ pattern: '^20\\d\\d-\\d\\d-\\d\\d$', maxLength: 10, description });
const count = Type.Integer();
const named = Type.Object({ value: Type.String(), count });

export const linkStatsQuery = Type.Object(
  {
    from: Type.Optional(day('the first day, of Asia/Shanghai; six days before the last when left out')),
    until: Type.Optional(day('the last day, included; today when left out')),
    by: Type.Optional(Type.Enum(['day', 'hour'], { description: 'day when left out' })),
    split: Type.Optional(Type.Enum(['none', ...LINK_SPLITS], { description: 'days by this as well' })),
  },
  closed,
);

export const linkStats = Type.Object({
  object: Type.Literal('link_stats'),
  link_id: Type.String(),
  from: Type.String(),
  until: Type.String(),
  by: Type.Enum(['day', 'hour']),
  split: Type.Enum(['none', ...LINK_SPLITS]),
  totals: Type.Object({
    opens: count,
    people: count,
    robots: count,
    taps: count,
    payments: count,
    amounts: Type.Array(Type.Object({ currency: Type.String(), payments: count, minor: Type.String() })),
  }),
  points: Type.Array(
    Type.Object({
      at: Type.String(),
      opens: count,
      people: orNull(count),
      robots: orNull(count),
      taps: orNull(count),
      payments: orNull(count),
    }),
  ),
  rows: Type.Array(Type.Object({ at: Type.String(), value: Type.String(), count })),
  tops: Type.Object({
    app: Type.Array(named),
    system: Type.Array(named),
    referrer: Type.Array(named),
    via: Type.Array(named),
    robot: Type.Array(named),
    step: Type.Array(named),
  }),
});
