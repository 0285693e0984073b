import { type TSchema, Type } from 'typebox';
import { OFFER_REASON_CHARS_MAX, VOUCHERS_PER_CALL_MAX } from '../base/limits.ts';
import { text, time } from './schemas.ts';

const closed = { additionalProperties: false } as const;
const orNull = (schema: TSchema) => Type.Union([schema, Type.Null()]);
const amountShown = Type.Object({ currency: Type.String(), minor: Type.String() });
const label = Type.Object({ 'zh-CN': Type.String(), en: Type.String() });

/** Read by campaign.ts, which tells every fault at once. */
const campaign = Type.Object(
  {},
  { additionalProperties: true, description: 'what the offer says; docs/reference/campaign.md has every field' },
);
const reason = text(1, OFFER_REASON_CHARS_MAX, 'why, for whoever asks later');

export const newOffer = Type.Object({ campaign, reason: Type.Optional(reason) }, closed);

export const newOfferVersion = Type.Object(
  {
    campaign,
    from_version: Type.Integer({ minimum: 1, maximum: 1_000_000, description: 'the version that was changed' }),
    reason: Type.Optional(reason),
  },
  closed,
);

export const offerSwitch = Type.Object({ reason: Type.Optional(reason) }, closed);

export const newVouchers = Type.Object(
  {
    count: Type.Optional(
      Type.Integer({ minimum: 1, maximum: VOUCHERS_PER_CALL_MAX, description: 'so many for whoever brings them' }),
    ),
    buyers: Type.Optional(
      Type.Array(Type.String({ pattern: '^[!-~]{1,64}$', maxLength: 64 }), {
        minItems: 1,
        maxItems: VOUCHERS_PER_CALL_MAX,
        description: 'instead of count: one for each of these buyers alone',
      }),
    ),
    valid_until: Type.Optional(
      Type.String({
        format: 'date-time',
        maxLength: 40,
        description: 'the first instant at which they are worth nothing',
      }),
    ),
    reason: Type.Optional(reason),
  },
  closed,
);

const offerFields = {
  id: Type.String(),
  object: Type.Literal('offer'),
  merchant_id: orNull(Type.String()),
  state: Type.Enum(['published', 'stopped']),
  version: Type.Integer(),
  campaign: Type.Object({}, { additionalProperties: true }),
  created_at: time,
  created_by: Type.String(),
  stopped_at: orNull(time),
  updated_at: time,
};

export const offer = Type.Object(offerFields);

export const offerInFull = Type.Object({
  ...offerFields,
  usage: orNull(
    Type.Array(
      Type.Object({
        limit: Type.String(),
        unit: Type.Enum(['count', 'money']),
        max: Type.String(),
        used: Type.String(),
        held: Type.String(),
        left: Type.String(),
      }),
    ),
  ),
  vouchers_count: orNull(Type.Integer()),
  cost: Type.Array(
    Type.Object({
      day: Type.String(),
      funder: Type.String(),
      owner: Type.String(),
      currency: Type.String(),
      granted: Type.String(),
      taken_back: Type.String(),
      payments: Type.Integer(),
    }),
  ),
  moves: orNull(
    Type.Array(
      Type.Object({
        move: Type.String(),
        version: Type.Integer(),
        by: Type.String(),
        reason: orNull(Type.String()),
        vouchers_count: orNull(Type.Integer()),
        at: time,
      }),
    ),
  ),
  versions: Type.Array(
    Type.Object({
      version: Type.Integer(),
      campaign: Type.Object({}, { additionalProperties: true }),
      created_at: time,
    }),
  ),
});

const voucherFields = {
  id: Type.String(),
  object: Type.Literal('voucher'),
  offer_id: Type.String(),
  tail: Type.String(),
  bound: Type.Boolean(),
  valid_until: orNull(time),
  state: Type.Union([Type.Enum(['unused', 'held', 'used', 'expired']), Type.Null()]),
  issued_at: time,
};

export const voucher = Type.Object(voucherFields);
export const issuedVouchers = Type.Object({
  data: Type.Array(Type.Object({ ...voucherFields, code: Type.String({ description: 'shown here only' }) })),
});

/** What a payment or a cart would cost with each wallet. */
export const quote = Type.Object({
  object: Type.Literal('quote'),
  at: time,
  quotes: Type.Array(
    Type.Object({
      wallet: Type.String(),
      amount: amountShown,
      to_pay: amountShown,
      saved: amountShown,
      may_save: amountShown,
      exact: Type.Boolean(),
      applied: Type.Array(
        Type.Object({
          offer_id: Type.String(),
          version: Type.Integer(),
          name: label,
          kind: Type.String(),
          by: Type.Enum(['hutong', 'wallet']),
          amount: amountShown,
          most: amountShown,
          paid_by: Type.Array(Type.Object({ funder: Type.String(), owner: Type.String(), amount: amountShown })),
          voucher_id: orNull(Type.String()),
          explanation: label,
        }),
      ),
      not_used: Type.Array(
        Type.Object({
          offer_id: Type.String(),
          name: label,
          code: Type.String(),
          facts: Type.Record(Type.String(), Type.String()),
          explanation: label,
        }),
      ),
    }),
  ),
});
