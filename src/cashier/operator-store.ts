import type { Sql } from '../db/connect.ts';
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

/** Banks that pay for discounts, as offers and wallets name them. Walks through the payments that had any: for people, not for a loop. */
export async function listOfferBanks(sql: Sql, book: number): Promise<string[]> {
  const rows = await sql<{ owner: string | null }[]>`
    select distinct part ->> 'owner' as owner
    from attempts
    cross join lateral (
      select jsonb_array_elements(offer -> 'parts') as part
      from jsonb_array_elements(offers) as offer
      union all
      select jsonb_array_elements(discount -> 'parts')
      from jsonb_array_elements(reported -> 'discounts') as discount
    ) as parts
    where book = ${book}
      and outcome = 'succeeded'
      and (offers is not null or reported is not null)
      and part ->> 'funder' = 'bank'`;
  return rows.map(({ owner }) => owner ?? UNNAMED_BANK).sort();
}
