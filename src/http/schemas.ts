import { type TSchema, Type } from 'typebox';
import { PAGE_ITEMS_MAX, PAYMENT_SECONDS_MAX, PAYMENT_SECONDS_MIN } from '../base/limits.ts';
import { PAYMENT_MOVES } from '../cashier/moves.ts';
import { currencies } from '../money/money.ts';

/** No control characters anywhere in a text that people will see. */
const PRINTABLE = '^[^\\u0000-\\u001f\\u007f-\\u009f\\u2028\\u2029]*$';
const closed = { additionalProperties: false } as const;

export const text = (charsMin: number, charsMax: number, description: string) =>
  Type.String({ minLength: charsMin, maxLength: charsMax, pattern: PRINTABLE, description });

export const idOf = (prefix: string) =>
  Type.String({ pattern: `^${prefix}_[0-7][0-9A-HJKMNP-TV-Z]{25}$`, maxLength: 40, examples: [`${prefix}_01…`] });

export const time = Type.String({ format: 'date-time', description: 'UTC, ISO 8601' });
const timeOrNull = Type.Union([time, Type.Null()]);

/** Ours when we speak: minor units as an integer in a string. */
export const amount = Type.Object(
  {
    currency: Type.Enum(currencies, { description: 'ISO 4217' }),
    minor: Type.String({ pattern: '^[1-9][0-9]{0,11}$', maxLength: 12, description: 'minor units (fen), an integer' }),
  },
  { ...closed, description: 'An amount of money in minor units' },
);
const amountShown = Type.Object({ currency: Type.String(), minor: Type.String() });

export const orderNo = Type.String({
  pattern: '^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$',
  maxLength: 64,
  description: "the shop's own order number, unique per merchant",
});

export const newPayment = Type.Object(
  {
    order_no: orderNo,
    amount,
    subject: text(1, 120, 'what is bought, shown to the buyer and by the wallet'),
    return_url: Type.String({
      minLength: 8,
      maxLength: 500,
      pattern: '^https?://[!-~]+$',
      description: "the shop's page",
    }),
    expires_in_seconds: Type.Optional(
      Type.Integer({
        minimum: PAYMENT_SECONDS_MIN,
        maximum: PAYMENT_SECONDS_MAX,
        description: 'how long it can be paid',
      }),
    ),
    link: Type.Optional(
      Type.String({
        pattern: '^[A-Za-z0-9]{4,16}$',
        maxLength: 16,
        description: 'the code of the share link that the buyer came by, for counting',
      }),
    ),
    metadata: Type.Optional(
      Type.Record(Type.String({ pattern: '^[A-Za-z0-9_.-]{1,40}$' }), text(0, 200, 'any text'), {
        ...closed,
        maxProperties: 20,
        description: "the shop's own notes; kept and told back",
      }),
    ),
  },
  closed,
);

export const newAttempt = (walletNames: string[]) =>
  Type.Object(
    {
      wallet: Type.Optional(
        Type.Enum(walletNames, { description: 'may be left out with a payment code, which tells its wallet' }),
      ),
      scene: Type.Enum(['web', 'wap', 'app', 'qr', 'jsapi', 'code'], { description: 'where the buyer is' }),
      payment_code: Type.Optional(
        Type.String({
          pattern: '^[0-9 ]{16,64}$',
          maxLength: 64,
          description: "what the shop scanned from the buyer's phone, in scene `code`",
        }),
      ),
      payer: Type.Optional(
        Type.Object(
          {
            id: Type.String({
              pattern: '^[!-~]{1,128}$',
              maxLength: 128,
              description: 'openid, buyer_open_id, appUserId',
            }),
            wallet_app: Type.Optional(
              Type.String({
                pattern: '^UnionPay/[0-9.]{1,8} [A-Za-z0-9]{1,32}$',
                maxLength: 50,
                description: 'the app of a network of wallets, from its user agent',
              }),
            ),
          },
          { ...closed, description: 'who pays, in scene `jsapi` of wallets that ask for it' },
        ),
      ),
      expected_amount: Type.Optional(amount),
      buyer_ip: Type.Optional(
        Type.Union([Type.String({ format: 'ipv4' }), Type.String({ format: 'ipv6' })], {
          description: "the buyer's network address, where the shop's server asks for the buyer",
        }),
      ),
    },
    closed,
  );

const failure = Type.Union([
  Type.Object({ reason: Type.String(), wallet_code: Type.String(), message: Type.String() }),
  Type.Null(),
]);

const paidBy = Type.Array(
  Type.Object({ funder: Type.String(), owner: Type.Union([Type.String(), Type.Null()]), amount: amountShown }),
  { description: 'who pays how much of it' },
);

const walletDiscount = Type.Object({
  wallet_offer_id: Type.String(),
  name: Type.String(),
  scope: Type.Enum(['order', 'item']),
  prefunded: Type.Boolean(),
  amount: amountShown,
  paid_by: paidBy,
});

const walletReports = Type.Array(
  Type.Object({
    heard_at: timeOrNull,
    source: Type.Union([Type.Enum(['reply', 'notification', 'poll', 'cancel']), Type.Null()]),
    counts: Type.Boolean(),
    buyer: Type.Union([amountShown, Type.Null()]),
    discounts: Type.Array(walletDiscount),
  }),
  { description: 'every report of the wallet, oldest first' },
);

export const attempt = Type.Object({
  id: Type.String(),
  object: Type.Literal('attempt'),
  payment_id: Type.String(),
  wallet: Type.String(),
  scene: Type.String(),
  outcome: Type.Enum(['pending', 'succeeded', 'failed', 'unknown']),
  settled: Type.Union([Type.Enum(['accepted', 'surplus']), Type.Null()]),
  failure,
  wallet_payment_id: Type.Union([Type.String(), Type.Null()]),
  to_pay: amountShown,
  discount: amountShown,
  offers: Type.Array(
    Type.Object({
      offer_id: Type.String(),
      name: Type.Object({ 'zh-CN': Type.String(), en: Type.String() }),
      kind: Type.String(),
      by: Type.Enum(['hutong', 'wallet']),
      amount: amountShown,
      paid_by: paidBy,
    }),
  ),
  wallet_discounts: Type.Array(walletDiscount),
  wallet_reports: walletReports,
  next_action: Type.Union([Type.Object({ type: Type.String() }, { additionalProperties: true }), Type.Null()]),
  created_at: time,
  finished_at: timeOrNull,
});

export const payment = Type.Object({
  id: Type.String(),
  object: Type.Literal('payment'),
  order_no: Type.String(),
  amount: amountShown,
  subject: Type.String(),
  state: Type.Enum(Object.keys(PAYMENT_MOVES)),
  cancellation_reason: Type.Union([Type.Enum(['requested_by_merchant', 'expired']), Type.Null()]),
  cancel_requested_at: timeOrNull,
  wallet: Type.Union([Type.String(), Type.Null()]),
  paid_at: timeOrNull,
  refunded: amountShown,
  refunding: amountShown,
  discount: amountShown,
  buyer_paid: Type.Union([amountShown, Type.Null()]),
  refundable: amountShown,
  return_url: Type.String(),
  link: Type.Union([Type.String(), Type.Null()], { description: 'the code of the share link that the buyer came by' }),
  metadata: Type.Record(Type.String(), Type.String()),
  buyer: Type.Union([Type.Object({}, { additionalProperties: true }), Type.Null()]),
  items: Type.Array(
    Type.Object({ id: Type.String(), name: Type.String(), quantity: Type.Integer(), amount_minor: Type.String() }),
  ),
  vouchers: Type.Array(Type.String(), { description: 'the last letters of the codes that came with the order' }),
  cashier_url: Type.String(),
  expires_at: time,
  created_at: time,
  version: Type.Integer(),
  livemode: Type.Boolean(),
  attempts: Type.Array(attempt),
});

export const refund = Type.Object({
  id: Type.String(),
  object: Type.Literal('refund'),
  payment_id: Type.String(),
  attempt_id: Type.String(),
  refund_no: Type.String(),
  amount: amountShown,
  through_wallet: amountShown,
  discount: amountShown,
  offers: Type.Array(Type.Object({ offer_id: Type.String(), amount: amountShown, paid_by: paidBy })),
  wallet_discounts: Type.Array(walletDiscount),
  wallet_reports: walletReports,
  buyer_received: Type.Union([amountShown, Type.Null()]),
  items: Type.Array(Type.Object({ id: Type.String(), quantity: Type.Integer(), amount: amountShown })),
  state: Type.Enum(['pending', 'succeeded', 'failed']),
  wallet: Type.String(),
  method: Type.Enum(['refund', 'void']),
  reason: Type.String(),
  automatic: Type.Boolean(),
  failure,
  created_at: time,
  finished_at: timeOrNull,
});

export const walletAccount = Type.Object({
  id: Type.String(),
  object: Type.Literal('wallet_account'),
  wallet: Type.String(),
  merchant_no: Type.String(),
  label: Type.String(),
  enabled: Type.Boolean(),
  created_at: time,
  updated_at: time,
});

export const qrCode = Type.Object({
  id: Type.String(),
  object: Type.Literal('qr_code'),
  label: Type.String(),
  currency: Type.String(),
  amount: Type.Union([amountShown, Type.Null()]),
  return_url: Type.Union([Type.String(), Type.Null()]),
  enabled: Type.Boolean(),
  url: Type.String(),
  poster_url: Type.String(),
  created_at: time,
  updated_at: time,
});

/** Any object of ours; its page in docs/reference tells its fields. */
export const anyObject = Type.Object({}, { additionalProperties: true });

export const pageOf = (item: TSchema) =>
  Type.Object({ data: Type.Array(item), next_cursor: Type.Union([Type.String(), Type.Null()]) });

export const pageQuery = {
  limit: Type.Optional(
    Type.String({ pattern: '^[1-9][0-9]{0,2}$', maxLength: 3, description: `1 to ${PAGE_ITEMS_MAX} items` }),
  ),
  cursor: Type.Optional(Type.String({ minLength: 1, maxLength: 200, pattern: '^[A-Za-z0-9_-]+$' })),
};

export const errorReply = Type.Object(
  {
    type: Type.String(),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String(),
    code: Type.String(),
    param: Type.Optional(Type.String()),
    retryable: Type.Boolean(),
    request_id: Type.String(),
  },
  { additionalProperties: true, description: 'RFC 9457 problem details' },
);

const textOrNull = Type.Union([Type.String(), Type.Null()]);

export const webhookEndpoint = Type.Object({
  id: Type.String(),
  object: Type.Literal('webhook_endpoint'),
  url: Type.String(),
  event_types: Type.Array(Type.String()),
  signatures: Type.Array(Type.Enum(['v1', 'v1a'])),
  public_key: textOrNull,
  previous_secret_until: timeOrNull,
  state: Type.Enum(['enabled', 'disabled']),
  disabled_reason: textOrNull,
  created_at: time,
});

export const webhookEndpointWithSecret = Type.Object({
  ...webhookEndpoint.properties,
  secret: Type.String({ description: 'whsec_…, shown here only' }),
});

export const event = Type.Object({
  id: Type.String(),
  object: Type.Literal('event'),
  type: Type.String(),
  object_id: Type.String(),
  timestamp: time,
  data: Type.Object({}, { additionalProperties: true, description: 'the payment or refund as it was then' }),
});

export const webhookDelivery = Type.Object({
  id: Type.String(),
  object: Type.Literal('webhook_delivery'),
  endpoint_id: Type.String(),
  event_id: Type.String(),
  event_type: Type.String(),
  state: Type.Enum(['pending', 'succeeded', 'parked', 'canceled']),
  tries_count: Type.Integer(),
  next_try_at: timeOrNull,
  last_status: Type.Union([Type.Integer(), Type.Null()]),
  last_reason: textOrNull,
  created_at: time,
  finished_at: timeOrNull,
  tries: Type.Array(
    Type.Object({
      sent_at: time,
      duration_ms: Type.Integer(),
      status: Type.Union([Type.Integer(), Type.Null()]),
      reason: textOrNull,
      reply: textOrNull,
    }),
  ),
});
