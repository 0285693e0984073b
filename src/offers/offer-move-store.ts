import type { Sql, Tx } from '../db/connect.ts';

export type OfferMoveName = 'published' | 'changed' | 'stopped' | 'resumed' | 'vouchers_issued';

/** Who did what with an offer, and why. */
export interface OfferMove {
  book: number;
  id: `omv_${string}`;
  offerId: string;
  move: OfferMoveName;
  version: number;
  /** `operator`, the API key that was used, or a person of the console. */
  movedBy: string;
  reason: string | null;
  /** How many vouchers, where some were issued. */
  vouchersCount: number | null;
  movedAt: Date;
}

export async function insertOfferMove(tx: Tx, move: OfferMove): Promise<void> {
  await tx`
    insert into offer_moves (book, id, offer_id, move, version, moved_by, reason, vouchers_count, moved_at)
    values (${move.book}, ${move.id}, ${move.offerId}, ${move.move}, ${move.version}, ${move.movedBy}, ${move.reason},
      ${move.vouchersCount}, ${move.movedAt})`;
}

/** Newest first. */
export async function listOfferMoves(sql: Sql, book: number, offerId: string, itemsMax: number): Promise<OfferMove[]> {
  return await sql<OfferMove[]>`
    select book, id, offer_id as "offerId", move, version, moved_by as "movedBy", reason,
      vouchers_count as "vouchersCount", moved_at as "movedAt"
    from offer_moves
    where book = ${book}
      and offer_id = ${offerId}
    order by id desc
    limit ${itemsMax}`;
}
