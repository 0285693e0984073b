import type { Sql } from '../db/connect.ts';
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
