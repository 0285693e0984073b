import { type Static, type TProperties, Type } from 'typebox';

import {
  CAMPAIGN_ARTICLES_MAX,
  CAMPAIGN_DAYS_MAX,
  CAMPAIGN_FUNDERS_MAX,
  CAMPAIGN_HOURS_MAX,
  CAMPAIGN_NAMES_MAX,
  CAMPAIGN_NAME_CHARS_MAX,
  CAMPAIGN_TIERS_MAX,
} from '../base/limits.ts';
import { currencies, type Currency } from '../money/money.ts';
import type { Label } from '../wallets/wallet-names.ts';
import type { WalletName } from '../wallets/wallet.ts';
import type { Funder, OfferKind } from './offers.ts';

/*
 * A campaign: what an offer promises, to whom, when, how often, and who pays. The first half is what a program works with; the second
 * half is the schema of what people write, in a file or through the API (docs/reference/campaign.md). read-campaign.ts makes one of the other.
 */

export interface Campaign {
  name: Label;
  /** `hutong` lowers what the wallet is asked for; `wallet` is the wallet's own, which we can only estimate. */
  by: 'hutong' | 'wallet';
  currency: Currency;
  kind: OfferKind;
  /** What is taken off; of a voucher what it is worth. */
  value: OfferValue;
  /** Who pays, per mille of 1000 together. Minor units that are left over go to the largest remainders, in this order. */
  funders: readonly CampaignFunder[];
  /** The shops that it concerns; empty for all that its owner has a say in. */
  merchants: readonly string[];
  when: CampaignCalendar;
  conditions: CampaignConditions;
  limits: readonly CampaignLimit[];
  stacking: CampaignStacking;
}

export type MoneyValue =
  | { kind: 'flat'; offMinor: bigint }
  /** Tiers rise; the highest that is reached counts. */
  | { kind: 'threshold'; tiers: readonly { atMinor: bigint; offMinor: bigint }[] }
  /** So much off for every full amount, at most so many times. */
  | { kind: 'every'; atMinor: bigint; offMinor: bigint; timesMax: number }
  /** Per mille taken off, rounded in the buyer's favour; at most so much where a most is named. */
  | { kind: 'percent'; perMille: number; offMaxMinor: bigint | null }
  /** Drawn when an attempt begins, each amount from the least to the most alike. */
  | { kind: 'random'; fromMinor: bigint; toMinor: bigint };

export type OfferValue =
  | MoneyValue
  | {
      kind: 'item';
      articles: readonly string[];
      /** Off each unit: an amount, or per mille of its price. */
      off: { kind: 'unit'; minor: bigint } | { kind: 'percent'; perMille: number };
      /** Units of an order that get it, the dearest first. */
      quantityMax: number;
    }
  /** Per mille of the fee for paying in parts, for so many parts. */
  | { kind: 'instalment_fee'; counts: readonly number[]; perMille: number; offMaxMinor: bigint | null };

export interface CampaignFunder {
  funder: Funder;
  /** Null stands for the shop that is paid, the wallet that is paid with, or the platform; a bank is always named. */
  owner: string | null;
  perMille: number;
}

/** All of it in Asia/Shanghai. A window of hours that crosses midnight belongs to the day on which it begins. */
export interface CampaignCalendar {
  from: Date | null;
  /** The first instant at which it is over. */
  until: Date | null;
  /** 1 is Monday, 7 Sunday; empty for every day. */
  weekdays: readonly number[];
  /** Minutes of the day; `to` up to 1440, less than `from` where it crosses midnight. Empty for the whole day. */
  hours: readonly { from: number; to: number }[];
  /** Days on which it does not run: `2026-11-11`. */
  except: readonly string[];
}

/** What must be so; an empty list and null ask for nothing. */
export interface CampaignConditions {
  wallets: readonly WalletName[];
  banks: readonly string[];
  cardKinds: readonly ('debit' | 'credit')[];
  /** ISO 3166-2; `CN-SH`. */
  regions: readonly string[];
  /** `merchant`: the buyer has never paid at this shop; `wallet`: never with this wallet. */
  firstUse: 'merchant' | 'wallet' | null;
  /** What must be left to pay when this offer's turn comes. */
  amountMinMinor: bigint | null;
  /** The order has one of these articles. */
  articles: readonly string[];
}

export type LimitScope = 'count' | 'money' | 'user' | 'device' | 'phone' | 'card' | 'merchant';
/** Weeks begin on Monday; all days are those of Asia/Shanghai. */
export type LimitWindow = 'day' | 'week' | 'month' | 'campaign';

/** The name of a limit within its campaign: `count/campaign`, `user/day`. */
export type CampaignLimitName = `${LimitScope}/${LimitWindow}`;

/** `count` and `money` limit the whole campaign; the others count uses of each buyer, device, phone, card or shop. */
export interface CampaignLimit {
  scope: LimitScope;
  window: LimitWindow;
  /** Uses; of `money` minor units. */
  figure: bigint;
}

/** Counts between offers of the same `by` alone: nobody can keep a wallet from adding its own. */
export type CampaignStacking =
  /** Never beside another. */
  | { kind: 'alone' }
  /** At most one offer of a group; null is a group of its own. `with` names the groups it goes with, null goes with all. */
  | { kind: 'group'; group: string | null; with: readonly string[] | null };

export function limitName(limit: CampaignLimit): CampaignLimitName {
  return `${limit.scope}/${limit.window}`;
}

// What people write.

const closed = { additionalProperties: false } as const;
const object = <P extends TProperties>(properties: P, description: string) =>
  Type.Object(properties, { ...closed, description });
const optional = Type.Optional;
/** Amounts are decimal texts in whole currency, with all decimals: `500` for ¥5.00 cannot happen. */
const amount = (description: string) =>
  Type.String({ pattern: '^(0|[1-9][0-9]{0,9})(\\.[0-9]{2})?$', maxLength: 13, description, examples: ['5.00'] });
const perMille = (description: string) => Type.Integer({ minimum: 1, maximum: 1000, description });
const title = Type.String({
  minLength: 1,
  maxLength: CAMPAIGN_NAME_CHARS_MAX,
  pattern: '^[^\\u0000-\\u001f\\u007f-\\u009f\\u2028\\u2029]*$',
});
const names = (pattern: string, itemsMax: number, description: string) =>
  Type.Array(Type.String({ pattern, maxLength: 64 }), {
    minItems: 1,
    maxItems: itemsMax,
    uniqueItems: true,
    description,
  });
const article = '^[^\\u0000-\\u001f\\u007f-\\u009f\\u2028\\u2029]{1,64}$';
const group = '^[a-z][a-z0-9_-]{0,31}$';
const moment = '^20[0-9]{2}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2})?$';
const hour = (description: string) => Type.String({ pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$', description });

export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
const wallets = [
  'unionpay',
  'wechatpay',
  'alipay',
  'jdpay',
  'meituanpay',
  'hutongwallet',
  'open',
] as const satisfies readonly WalletName[];

const moneyFields = {
  off: optional(amount('flat: what is taken off')),
  tiers: optional(
    Type.Array(object({ at: amount('from this amount on'), off: amount('so much is taken off') }, 'a tier'), {
      minItems: 1,
      maxItems: CAMPAIGN_TIERS_MAX,
      description: 'threshold: rising tiers; the highest that is reached counts',
    }),
  ),
  every: optional(
    object(
      {
        at: amount('for every full such amount'),
        off: amount('so much is taken off'),
        times_max: Type.Integer({ minimum: 1, maximum: 1000, description: 'at most so many times' }),
      },
      'threshold instead of tiers: so much off for every full amount',
    ),
  ),
  off_per_mille: optional(perMille('percent and instalment_fee: how much of 1000 is taken off; 120 is 12 %')),
  off_max: optional(amount('percent and instalment_fee: at most so much')),
  off_from: optional(amount('random: the least')),
  off_to: optional(amount('random: the most')),
};

const counts = (whose: string) => {
  const uses = (window: string) =>
    optional(Type.Integer({ minimum: 1, maximum: 1_000_000_000, description: `uses a ${window}` }));
  return optional(
    object({ day: uses('day'), week: uses('week'), month: uses('month'), campaign: uses('campaign') }, whose),
  );
};
const spent = (window: string) => optional(amount(`money a ${window}`));

export const campaignSchema = object(
  {
    $schema: optional(Type.String({ maxLength: 500, description: 'for editors' })),
    name: object({ 'zh-CN': title, en: title }, 'what buyers read'),
    kind: Type.Enum(['flat', 'threshold', 'percent', 'random', 'voucher', 'item', 'instalment_fee'], {
      description: 'what sort of offer it is',
    }),
    by: Type.Enum(['hutong', 'wallet'], {
      description: 'hutong: the wallet is asked for less; wallet: its own offer, told as an estimate',
    }),
    currency: Type.Enum(currencies, { description: 'ISO 4217' }),
    ...moneyFields,
    value: optional(
      object(
        { kind: Type.Enum(['flat', 'threshold', 'percent', 'random']), ...moneyFields },
        'voucher: what it is worth',
      ),
    ),
    item: optional(
      object(
        {
          articles: names(article, CAMPAIGN_ARTICLES_MAX, 'article numbers of the shop'),
          off: optional(amount('off each unit')),
          off_per_mille: optional(perMille('off the price of each unit, of 1000')),
          quantity_max: Type.Integer({ minimum: 1, maximum: 10_000, description: 'units of an order that get it' }),
        },
        'item: which articles, and what each unit saves',
      ),
    ),
    instalments: optional(
      Type.Array(Type.Integer({ minimum: 2, maximum: 60 }), {
        minItems: 1,
        maxItems: CAMPAIGN_NAMES_MAX,
        uniqueItems: true,
        description: 'instalment_fee: for so many parts',
      }),
    ),
    funders: Type.Array(
      object(
        {
          funder: Type.Enum(['merchant', 'wallet', 'bank', 'platform'], { description: 'what sort of payer it is' }),
          owner: optional(
            Type.String({ pattern: '^[A-Za-z0-9_.-]{1,64}$', description: "which one: a bank's code, say ICBC" }),
          ),
          per_mille: perMille('its part of 1000'),
        },
        'who pays which part',
      ),
      { minItems: 1, maxItems: CAMPAIGN_FUNDERS_MAX, description: 'who pays; the parts are 1000 together' },
    ),
    merchants: optional(names('^mer_[0-7][0-9A-HJKMNP-TV-Z]{25}$', CAMPAIGN_NAMES_MAX, 'only at these shops')),
    when: optional(
      object(
        {
          from: optional(Type.String({ pattern: moment, description: 'a day, or a minute of it: 2026-11-01T10:00' })),
          until: optional(
            Type.String({ pattern: moment, description: 'the last day, or the minute at which it ends' }),
          ),
          weekdays: optional(
            Type.Array(Type.Enum([...WEEKDAYS]), {
              minItems: 1,
              maxItems: 7,
              uniqueItems: true,
              description: 'only on',
            }),
          ),
          hours: optional(
            Type.Array(object({ from: hour('from'), to: hour('until, not included') }, 'hours of the day'), {
              minItems: 1,
              maxItems: CAMPAIGN_HOURS_MAX,
              description: 'only within; 22:00 to 02:00 crosses midnight',
            }),
          ),
          except: optional(names('^20[0-9]{2}-[0-9]{2}-[0-9]{2}$', CAMPAIGN_DAYS_MAX, 'not on these days')),
        },
        'when it runs, in Asia/Shanghai',
      ),
    ),
    conditions: optional(
      object(
        {
          wallets: optional(
            Type.Array(Type.Enum([...wallets]), {
              minItems: 1,
              maxItems: 7,
              uniqueItems: true,
              description: 'only with',
            }),
          ),
          banks: optional(names('^[A-Z][A-Z0-9]{1,19}$', CAMPAIGN_NAMES_MAX, "only with these banks' cards")),
          card_kinds: optional(
            Type.Array(Type.Enum(['debit', 'credit']), { minItems: 1, maxItems: 2, uniqueItems: true }),
          ),
          regions: optional(names('^[A-Z]{2}-[A-Z0-9]{1,3}$', CAMPAIGN_NAMES_MAX, 'only buyers there, ISO 3166-2')),
          first_use: optional(
            Type.Enum(['merchant', 'wallet'], {
              description: 'only who has never paid at this shop, or with this wallet',
            }),
          ),
          min_amount: optional(amount('only when so much is left to pay when its turn comes')),
          articles: optional(names(article, CAMPAIGN_ARTICLES_MAX, 'only orders with one of these articles')),
        },
        'what must be so',
      ),
    ),
    limits: optional(
      object(
        {
          count: counts('uses of all buyers together'),
          money: optional(
            object(
              { day: spent('day'), week: spent('week'), month: spent('month'), campaign: spent('campaign') },
              'money that it may cost',
            ),
          ),
          per_user: counts("uses of each of a shop's buyers"),
          per_device: counts('uses of each device'),
          per_phone: counts('uses of each phone number'),
          per_card: counts('uses of each card'),
          per_merchant: counts('uses at each shop'),
        },
        'how often and how much at most',
      ),
    ),
    stacking: optional(
      object(
        {
          alone: optional(Type.Literal(true, { description: 'never beside another offer' })),
          group: optional(Type.String({ pattern: group, description: 'at most one offer of this group is used' })),
          with: optional(names(group, CAMPAIGN_NAMES_MAX, 'the groups that it goes with; all when left out')),
        },
        'what it goes with',
      ),
    ),
  },
  'A campaign of Hutong',
);

/** A campaign as it is written; kept word for word with its version. */
export type CampaignDocument = Static<typeof campaignSchema>;

/** The same for editors and other programs, with what each kind must have; JSON Schema 2020-12. */
export function campaignJsonSchema(): object {
  const needs = (kind: OfferKind, what: object): object => ({
    anyOf: [{ properties: { kind: { not: { const: kind } } } }, what],
  });
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    ...campaignSchema,
    allOf: [
      needs('flat', { required: ['off'] }),
      needs('threshold', { oneOf: [{ required: ['tiers'] }, { required: ['every'] }] }),
      needs('percent', { required: ['off_per_mille'] }),
      needs('random', { required: ['off_from', 'off_to'] }),
      needs('voucher', { required: ['value'] }),
      needs('item', { required: ['item'] }),
      needs('instalment_fee', { required: ['instalments', 'off_per_mille'] }),
    ],
  };
}
