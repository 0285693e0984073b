import type { Sql, Tx } from '../db/connect.ts';
import type { MerchantId, WalletAccountId } from './payment.ts';
import type { WalletName } from '../wallets/wallet.ts';

/** A merchant's account at a foreign wallet, settings still sealed. */
export interface WalletAccountRow {
  book: number;
  id: WalletAccountId;
  merchantId: MerchantId;
  wallet: WalletName;
  merchantNo: string;
  label: string;
  settingsSealed: string;
  /** What was replaced, still good for reading what was sent under it until then. */
  previousSettingsSealed: string | null;
  previousUntil: Date | null;
  enabled: boolean;
  createdAt: Date;
  updatedAt: Date;
  /** When the wallet's own certificates are to be fetched anew; null where it has none to fetch. */
  refreshDueAt: Date | null;
}

export async function insertWalletAccount(tx: Tx, row: WalletAccountRow): Promise<boolean> {
  const inserted = await tx`
    insert into wallet_accounts (book, id, merchant_id, wallet, merchant_no, label, settings_sealed, enabled, created_at,
      updated_at, refresh_due_at)
    values (${row.book}, ${row.id}, ${row.merchantId}, ${row.wallet}, ${row.merchantNo}, ${row.label},
      ${row.settingsSealed}, ${row.enabled}, ${row.createdAt}, ${row.updatedAt}, ${row.refreshDueAt})
    on conflict (book, merchant_id, wallet, merchant_no) do nothing
    returning id`;
  return inserted.length === 1;
}

export async function findWalletAccount(sql: Sql, book: number, id: string): Promise<WalletAccountRow | null> {
  const rows = await sql<Columns[]>`
    select ${sql(COLUMNS)}
    from wallet_accounts
    where book = ${book}
      and id = ${id}`;
  return rows[0] === undefined ? null : toRow(rows[0]);
}

export async function lockWalletAccount(tx: Tx, book: number, id: string): Promise<WalletAccountRow | null> {
  const rows = await tx<Columns[]>`
    select ${tx(COLUMNS)}
    from wallet_accounts
    where book = ${book}
      and id = ${id}
    for update`;
  return rows[0] === undefined ? null : toRow(rows[0]);
}

export async function listWalletAccounts(sql: Sql, book: number, merchantId: string): Promise<WalletAccountRow[]> {
  const rows = await sql<Columns[]>`
    select ${sql(COLUMNS)}
    from wallet_accounts
    where book = ${book}
      and merchant_id = ${merchantId}
    order by id`;
  return rows.map(toRow);
}

/** Writes what may change: the label, whether it is on, and the settings with those before them. */
export async function updateWalletAccount(tx: Tx, row: WalletAccountRow): Promise<void> {
  await tx`
    update wallet_accounts
    set label = ${row.label},
      enabled = ${row.enabled},
      settings_sealed = ${row.settingsSealed},
      previous_settings_sealed = ${row.previousSettingsSealed},
      previous_until = ${row.previousUntil},
      updated_at = ${row.updatedAt},
      refresh_due_at = ${row.refreshDueAt}
    where book = ${row.book}
      and id = ${row.id}`;
}

/** Takes accounts whose wallet's certificates are to be fetched anew; the lease keeps other nodes away until it ends. */
export async function claimDueRefreshes(
  sql: Sql,
  now: Date,
  leaseUntil: Date,
  itemsMax: number,
): Promise<WalletAccountRow[]> {
  const rows = await sql<Columns[]>`
    update wallet_accounts
    set refresh_due_at = ${leaseUntil}
    from (
      select book as due_book, id as due_id
      from wallet_accounts
      where refresh_due_at <= ${now}
        and enabled
      order by refresh_due_at
      limit ${itemsMax}
      for update skip locked
    ) as due
    where book = due_book
      and id = due_id
    returning ${sql(COLUMNS)}`;
  return rows.map(toRow);
}

const COLUMNS = [
  'book',
  'id',
  'merchant_id',
  'wallet',
  'merchant_no',
  'label',
  'settings_sealed',
  'previous_settings_sealed',
  'previous_until',
  'enabled',
  'created_at',
  'updated_at',
  'refresh_due_at',
];

interface Columns {
  book: number;
  id: WalletAccountRow['id'];
  merchant_id: WalletAccountRow['merchantId'];
  wallet: WalletName;
  merchant_no: string;
  label: string;
  settings_sealed: string;
  previous_settings_sealed: string | null;
  previous_until: Date | null;
  enabled: boolean;
  created_at: Date;
  updated_at: Date;
  refresh_due_at: Date | null;
}

function toRow(row: Columns): WalletAccountRow {
  return {
    book: row.book,
    id: row.id,
    merchantId: row.merchant_id,
    wallet: row.wallet,
    merchantNo: row.merchant_no,
    label: row.label,
    settingsSealed: row.settings_sealed,
    previousSettingsSealed: row.previous_settings_sealed,
    previousUntil: row.previous_until,
    enabled: row.enabled,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    refreshDueAt: row.refresh_due_at,
  };
}
