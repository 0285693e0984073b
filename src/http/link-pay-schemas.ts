import { Type } from 'typebox';
import {
  LINK_ORDER_NO_CHARS_MAX,
  LINK_PAYER_NAME_CHARS_MAX,
  LINK_PLACES_MAX,
  LINK_SHARES_MAX,
  LINK_SUBJECT_CHARS_MAX,
} from '../base/link-limits.ts';
import { LINK_ORDER_NO } from '../links/fields/read-link-terms.ts';
import { amount, text } from './schemas.ts';

/*
 * What links that ask for money say besides: `pay` belongs to links of kind `pay`, `group` to those of kind `group`.
 */

const closed = { additionalProperties: false } as const;
const amountShown = Type.Object({ currency: Type.String(), minor: Type.String() });
const amountOrNull = Type.Union([amountShown, Type.Null()]);
const timeOrNull = Type.Union([Type.String({ format: 'date-time' }), Type.Null()]);

export const givenPay = Type.Object(
  {
    amount: Type.Optional(amount),
    min: Type.Optional(amount),
    max: Type.Optional(amount),
    subject: Type.Optional(text(1, LINK_SUBJECT_CHARS_MAX, 'what is paid, for the buyer and the wallet')),
    times: Type.Optional(
      Type.Integer({ minimum: 1, maximum: LINK_PLACES_MAX, description: 'how often it may be paid' }),
    ),
    order_no: Type.Optional(
      Type.String({
        pattern: LINK_ORDER_NO,
        maxLength: LINK_ORDER_NO_CHARS_MAX,
        description: 'the one order that it is for',
      }),
    ),
  },
  { ...closed, description: 'how a link of kind `pay` is paid' },
);

export const givenGroup = Type.Object(
  {
    total: amount,
    shares: Type.Optional(
      Type.Integer({ minimum: 1, maximum: LINK_SHARES_MAX, description: 'over how many it is split' }),
    ),
    people: Type.Optional(
      Type.Array(Type.Object({ name: text(1, LINK_PAYER_NAME_CHARS_MAX, 'who pays it'), amount }, closed), {
        minItems: 1,
        maxItems: LINK_SHARES_MAX,
        description: 'who pays how much',
      }),
    ),
    subject: Type.Optional(text(1, LINK_SUBJECT_CHARS_MAX, 'what is paid, for the payers and the wallet')),
  },
  { ...closed, description: 'what a link of kind `group` asks for' },
);

export const shownPay = Type.Object({
  amount: amountOrNull,
  min: amountOrNull,
  max: amountOrNull,
  subject: Type.String(),
  times: Type.Union([Type.Integer(), Type.Null()]),
  order_no: Type.Union([Type.String(), Type.Null()]),
  paid_count: Type.Integer(),
  open_count: Type.Integer(),
  complete_at: timeOrNull,
});

export const shownGroup = Type.Object({
  total: amountOrNull,
  subject: Type.String(),
  shares: Type.Array(
    Type.Object({
      no: Type.Integer(),
      name: Type.Union([Type.String(), Type.Null()]),
      amount: amountShown,
      state: Type.Enum(['free', 'open', 'paid']),
      order_no: Type.Union([Type.String(), Type.Null()]),
    }),
  ),
  paid: amountShown,
  paid_count: Type.Integer(),
  open_count: Type.Integer(),
  complete_at: timeOrNull,
});
