import { column } from '../db/column.ts';
import type { Sql, Tx } from '../db/connect.ts';
import type { OfferId } from './offer-store.ts';

export type VoucherId = `vch_${string}`;

/** A voucher without its code: whoever has the code brings it. */
export interface VoucherRow {
  book: number;
  id: VoucherId;
  offerId: OfferId;
  /** The last letters of the code: by them it is found and shown. */
  tail: string;
  /** A keyed hash of the whole code. */
  codeHash: Buffer;
  /** A keyed hash of the only buyer who may use it; null is whoever brings it. */
  buyerHash: Buffer | null;
  /** Exclusive; null is as long as its offer runs. */
  validUntil: Date | null;
  issuedAt: Date;
  issuedBy: string;
}

export async function insertVouchers(tx: Tx, rows: readonly VoucherRow[]): Promise<void> {
  if (rows.length === 0) return;
  await tx`
    insert into vouchers (book, id, offer_id, tail, code_hash, buyer_hash, valid_until, issued_at, issued_by)
    select book, id, offer_id, tail, decode(code_hash, 'hex'), decode(buyer_hash, 'hex'), valid_until, issued_at, issued_by
    from unnest(
      ${column(rows.map((row) => row.book))}::integer[],
      ${rows.map((row) => row.id)}::text[],
      ${rows.map((row) => row.offerId)}::text[],
      ${rows.map((row) => row.tail)}::text[],
      ${rows.map((row) => row.codeHash.toString('hex'))}::text[],
      ${rows.map((row) => row.buyerHash?.toString('hex') ?? null)}::text[],
      ${column(rows.map((row) => row.validUntil))}::timestamptz[],
      ${column(rows.map((row) => row.issuedAt))}::timestamptz[],
      ${rows.map((row) => row.issuedBy)}::text[]
    ) as new (book, id, offer_id, tail, code_hash, buyer_hash, valid_until, issued_at, issued_by)`;
}

/** All whose code ends so: a handful among millions, of which the hash tells the right one. */
export async function listVouchersByTail(sql: Sql, book: number, tails: readonly string[]): Promise<VoucherRow[]> {
  return await sql<VoucherRow[]>`
    select ${columns(sql)}
    from vouchers
    where book = ${book}
      and tail = any(${sql.array([...tails], 25)})`;
}

/** Newest first, older than `before`. */
export async function listVouchersOf(
  sql: Sql,
  wish: { book: number; offerId: string; before: string | null; itemsMax: number },
): Promise<VoucherRow[]> {
  return await sql<VoucherRow[]>`
    select ${columns(sql)}
    from vouchers
    where book = ${wish.book}
      and offer_id = ${wish.offerId}
      and (${wish.before}::text is null or id < ${wish.before}::text)
    order by id desc
    limit ${wish.itemsMax}`;
}

export async function countVouchers(sql: Sql | Tx, book: number, offerId: string): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select count(*)::integer as count
    from vouchers
    where book = ${book}
      and offer_id = ${offerId}`;
  return row?.count ?? 0;
}

function columns(sql: Sql) {
  return sql`book, id, offer_id as "offerId", tail, code_hash as "codeHash", buyer_hash as "buyerHash",
    valid_until as "validUntil", issued_at as "issuedAt", issued_by as "issuedBy"`;
}
