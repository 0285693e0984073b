import type { Sql } from '../db/connect.ts';
import type { Funder } from '../offers/offers.ts';
import { UNNAMED_BANK } from './offer-accounts.ts';
import type { MerchantId } from './payment.ts';

/** Whose refund it is; null when there is no such refund. */
export async function findRefundOwner(sql: Sql, book: number, id: string): Promise<MerchantId | null> {
  const rows = await sql<{ merchantId: MerchantId }[]>`
    select merchant_id as "merchantId"
    from refunds
    where book = ${book}
      and id = ${id}`;
  return rows[0]?.merchantId ?? null;
}

/** An owner of an account for discounts that is known by these discounts alone: a bank, or whoever else an offer names. */
export interface OfferOwner {
  what: 'merchant' | 'wallet account' | 'bank' | 'platform';
  id: string;
}

/**
 * Whoever pays for discounts, as offers name them, and the banks that wallets name. Walks through the payments that had any: for people,
 * not for a loop.
 */
export async function listOfferOwners(sql: Sql, book: number): Promise<OfferOwner[]> {
  const rows = await sql<{ funder: Funder; owner: string | null }[]>`
    select distinct part ->> 'funder' as funder, part ->> 'owner' as owner
    from attempts
    cross join lateral (
      select jsonb_array_elements(offer -> 'parts') as part
      from jsonb_array_elements(offers) as offer
      where offer ->> 'by' = 'hutong'
      union all
      select part
      from jsonb_array_elements(reported -> 'discounts') as discount
      cross join lateral jsonb_array_elements(discount -> 'parts') as part
      where part ->> 'funder' = 'bank'
    ) as parts
    where book = ${book}
      and outcome = 'succeeded'
      and (offers is not null or reported is not null)
      and part ->> 'funder' in ('merchant', 'wallet', 'bank', 'platform')`;
  return rows
    .map(
      ({ funder, owner }) =>
        ({ what: funder === 'wallet' ? 'wallet account' : funder, id: owner ?? UNNAMED_BANK }) as const,
    )
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}
