import type { Sql, Tx } from '../db/connect.ts';
import type { Currency } from '../money/money.ts';
import type { MerchantId } from './payment.ts';

/** A shop's printed code. Without an amount the buyer types it. */
export interface QrCode {
  book: number;
  id: `qr_${string}`;
  merchantId: MerchantId;
  label: string;
  currency: Currency;
  amountMinor: bigint | null;
  /** Where the buyer goes after paying; null is the code's own page. */
  returnUrl: string | null;
  enabled: boolean;
  createdAt: Date;
  updatedAt: Date;
}

/** False when the merchant has `codesMax` already. */
export async function insertQrCode(tx: Tx, code: QrCode, codesMax: number): Promise<boolean> {
  const inserted = await tx`
    insert into qr_codes (book, id, merchant_id, label, currency, amount_minor, return_url, enabled, created_at, updated_at)
    select ${code.book}, ${code.id}, ${code.merchantId}, ${code.label}, ${code.currency}, ${code.amountMinor},
      ${code.returnUrl}, ${code.enabled}, ${code.createdAt}, ${code.updatedAt}
    where (select count(*) from qr_codes where book = ${code.book} and merchant_id = ${code.merchantId}) < ${codesMax}
    returning id`;
  return inserted.length === 1;
}

export async function findQrCode(sql: Sql | Tx, book: number, id: string): Promise<QrCode | null> {
  const rows = await sql<Columns[]>`
    select ${sql(COLUMNS)}
    from qr_codes
    where book = ${book}
      and id = ${id}`;
  return rows[0] === undefined ? null : toQrCode(rows[0]);
}

/** Newest first, older than `before`. */
export async function listQrCodes(
  sql: Sql,
  book: number,
  merchantId: string,
  before: string | null,
  itemsMax: number,
): Promise<QrCode[]> {
  const rows = await sql<Columns[]>`
    select ${sql(COLUMNS)}
    from qr_codes
    where book = ${book}
      and merchant_id = ${merchantId}
      and (${before}::text is null or id < ${before}::text)
    order by id desc
    limit ${itemsMax}`;
  return rows.map(toQrCode);
}

/** Null when this merchant has no such code. */
export async function updateQrCode(
  tx: Tx,
  of: { book: number; id: string; merchantId: string },
  change: { label: string | null; enabled: boolean | null; now: Date },
): Promise<QrCode | null> {
  const rows = await tx<Columns[]>`
    update qr_codes
    set label = coalesce(${change.label}::text, label),
      enabled = coalesce(${change.enabled}::boolean, enabled),
      updated_at = ${change.now}
    where book = ${of.book}
      and id = ${of.id}
      and merchant_id = ${of.merchantId}
    returning ${tx(COLUMNS)}`;
  return rows[0] === undefined ? null : toQrCode(rows[0]);
}

const COLUMNS = [
  'book',
  'id',
  'merchant_id',
  'label',
  'currency',
  'amount_minor',
  'return_url',
  'enabled',
  'created_at',
  'updated_at',
];

interface Columns {
  book: number;
  id: QrCode['id'];
  merchant_id: MerchantId;
  label: string;
  currency: Currency;
  amount_minor: bigint | null;
  return_url: string | null;
  enabled: boolean;
  created_at: Date;
  updated_at: Date;
}

function toQrCode(row: Columns): QrCode {
  return {
    book: row.book,
    id: row.id,
    merchantId: row.merchant_id,
    label: row.label,
    currency: row.currency,
    amountMinor: row.amount_minor,
    returnUrl: row.return_url,
    enabled: row.enabled,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
