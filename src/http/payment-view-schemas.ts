import { Type } from 'typebox';
import { time } from './schemas.ts';

const words = Type.Object({ 'zh-CN': Type.String(), en: Type.String() });
const textOrNull = Type.Union([Type.String(), Type.Null()]);

export const complaint = Type.Object({
  object: Type.Literal('complaint'),
  payment_id: Type.String(),
  reason: Type.String(),
  created_at: time,
});

const arm = Type.Enum(['treatment', 'control', 'outside']);
const decidedBy = Type.Object({
  id: Type.String(),
  version: Type.Integer(),
  step: Type.Integer(),
  share_ppm: Type.Integer(),
});

export const decision = Type.Object({
  object: Type.Literal('decision'),
  payment_id: Type.String(),
  decided_at: Type.Union([time, Type.Null()]),
  targeting_key: textOrNull,
  context: Type.Object({}, { additionalProperties: true }),
  wallets: Type.Array(
    Type.Object({
      wallet: Type.String(),
      shown: Type.Boolean(),
      shown_now: Type.Boolean(),
      reason_now: Type.String(),
      arm,
      reason: Type.String(),
      rollout: Type.Union([decidedBy, Type.Null()]),
      also: Type.Union([
        Type.Object({ shown: Type.Boolean(), arm, reason: Type.String(), rollout: decidedBy }),
        Type.Null(),
      ]),
      explanation: words,
      replay: Type.Object({
        result: Type.Enum(['same', 'differs', 'not_dealt', 'version_missing']),
        explanation: Type.Union([words, Type.Null()]),
      }),
    }),
  ),
});
