import { Type } from 'typebox';
import { ORDER_ITEMS_MAX, VOUCHERS_PER_ORDER_MAX } from '../base/limits.ts';
import { text } from './schemas.ts';

const closed = { additionalProperties: false } as const;
const name = (description: string) => Type.String({ pattern: '^[!-~]{1,64}$', maxLength: 64, description });

/** Who buys, as a shop knows them; read-buyer.ts makes BuyerFacts of it. */
export const givenBuyer = Type.Object(
  {
    id: Type.Optional(name("the shop's own, lasting name of the buyer")),
    phone: Type.Optional(
      Type.String({ pattern: '^[+0-9 -]{11,24}$', maxLength: 24, description: 'kept as a keyed hash only' }),
    ),
    device: Type.Optional(name("the shop's name of the device")),
    region: Type.Optional(
      Type.String({ pattern: '^[A-Z]{2}-[A-Z0-9]{1,3}$', maxLength: 6, description: 'ISO 3166-2, such as CN-SH' }),
    ),
    app_version: Type.Optional(
      Type.String({ pattern: '^[0-9]{1,6}(\\.[0-9]{1,6}){0,2}([-+][0-9A-Za-z.-]{1,40})?$', maxLength: 64 }),
    ),
    staff: Type.Optional(Type.Boolean({ description: "one of the shop's own people" })),
  },
  { ...closed, description: 'who buys' },
);

/** The lines of an order. */
export const givenItems = Type.Array(
  Type.Object(
    {
      id: text(1, 64, "the shop's article number"),
      name: text(1, 120, 'of the article'),
      quantity: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
      amount_minor: Type.String({ pattern: '^[1-9][0-9]{0,11}$', maxLength: 12, description: 'of the whole line' }),
    },
    closed,
  ),
  { maxItems: ORDER_ITEMS_MAX, description: 'the lines of the order; together its amount' },
);

/** Codes that the buyer brings. */
export const givenVouchers = Type.Array(Type.String({ minLength: 1, maxLength: 40 }), {
  maxItems: VOUCHERS_PER_ORDER_MAX,
  description: 'voucher codes that the buyer brings',
});
