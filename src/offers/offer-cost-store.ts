import type { Sql } from '../db/connect.ts';
import type { Currency } from '../money/money.ts';

/** What a funder paid for an offer on one day. */
export interface OfferCost {
  offerId: string;
  /** The day in Asia/Shanghai on which the payments succeeded: `2026-11-23`. */
  day: string;
  funder: string;
  owner: string;
  currency: Currency;
  grantedMinor: bigint;
  /** Of that, what refunds have given back since. */
  takenBackMinor: bigint;
  paymentsCount: number;
}

/**
 * What Hutong took off for these offers, out of the attempts that were paid and the refunds that followed, newest day first. A wallet's own
 * discounts are not among them: it tells them payment by payment.
 */
export async function listOfferCosts(
  sql: Sql,
  wish: { book: number; offerIds: readonly string[]; merchantId: string | null; from: Date; until: Date },
): Promise<OfferCost[]> {
  const { book, offerIds, merchantId, from, until } = wish;
  return await sql<OfferCost[]>`
    with paid as materialized (
      select id, payment_id, currency, offers, to_char(finished_at at time zone 'Asia/Shanghai', 'YYYY-MM-DD') as day
      from attempts
      where book = ${book}
        and offers is not null
        and finished_at >= ${from}
        and finished_at < ${until}
        and settled = 'accepted'
        and (${merchantId}::text is null or merchant_id = ${merchantId}::text)
    ), parts as (
      select offer ->> 'offerId' as offer_id, day, part ->> 'funder' as funder, part ->> 'owner' as owner, currency,
        (part ->> 'minor')::bigint as granted, 0::bigint as taken_back, paid.id as granted_by
      from paid
      cross join jsonb_array_elements(offers) as offer
      cross join jsonb_array_elements(offer -> 'parts') as part
      where offer ->> 'by' = 'hutong'
        and offer ->> 'offerId' = any(${sql.array([...offerIds], 25)})
      union all
      select share ->> 'offerId', day, part ->> 'funder', part ->> 'owner', paid.currency, 0, (part ->> 'minor')::bigint, null
      from paid
      join refunds r on r.book = ${book} and r.payment_id = paid.payment_id and r.attempt_id = paid.id
      cross join jsonb_array_elements(r.shares) as share
      cross join jsonb_array_elements(share -> 'parts') as part
      where r.outcome = 'succeeded'
        and r.shares is not null
        and share ->> 'offerId' = any(${sql.array([...offerIds], 25)})
    )
    select offer_id as "offerId", day, funder, owner, currency, sum(granted)::bigint as "grantedMinor",
      sum(taken_back)::bigint as "takenBackMinor", count(distinct granted_by)::integer as "paymentsCount"
    from parts
    group by offer_id, day, funder, owner, currency
    order by day desc, offer_id, funder, owner`;
}
