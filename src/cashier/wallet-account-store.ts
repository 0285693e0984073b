import type { Sql } from '../db/connect.ts';
import type { Tx } from '../db/connect.ts';
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
  enabled: boolean;
  createdAt: Date;
  updatedAt: Date;
}

export async function insertWalletAccount(tx: Tx, row: WalletAccountRow): Promise<boolean> {
  const inserted = await tx`
    insert into wallet_accounts (book, id, merchant_id, wallet, merchant_no, label, settings_sealed, enabled, created_at,
      updated_at)
    values (${row.book}, ${row.id}, ${row.merchantId}, ${row.wallet}, ${row.merchantNo}, ${row.label},
      ${row.settingsSealed}, ${row.enabled}, ${row.createdAt}, ${row.updatedAt})
    on conflict (book, merchant_id, wallet, merchant_no) do nothing
    returning id`;
  return inserted.length === 1;
}

export async function findWalletAccount(sql: Sql, book: number, id: string): Promise<WalletAccountRow | null> {
  const rows = await sql<WalletAccountRow[]>`
    select book, id, merchant_id as "merchantId", wallet, merchant_no as "merchantNo", label,
      settings_sealed as "settingsSealed", enabled, created_at as "createdAt", updated_at as "updatedAt"
    from wallet_accounts
    where book = ${book}
      and id = ${id}`;
  return rows[0] ?? null;
}

export async function listWalletAccounts(sql: Sql, book: number, merchantId: string): Promise<WalletAccountRow[]> {
  return await sql<WalletAccountRow[]>`
    select book, id, merchant_id as "merchantId", wallet, merchant_no as "merchantNo", label,
      settings_sealed as "settingsSealed", enabled, created_at as "createdAt", updated_at as "updatedAt"
    from wallet_accounts
    where book = ${book}
      and merchant_id = ${merchantId}
    order by id`;
}
