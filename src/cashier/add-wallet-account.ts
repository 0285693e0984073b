import { bookOfId, isId, newId } from '../base/id.ts';
import { Refusal } from '../base/refusal.ts';
import type { KeyClaim } from '../db/idempotency-store.ts';
import { withKey } from '../db/with-key.ts';
import { chartAccount } from '../ledger/chart.ts';
import type { WalletName } from '../wallets/wallet.ts';
import type { CashierDeps } from './deps.ts';
import { findMerchant } from './merchant-store.ts';
import type { MerchantId } from './payment.ts';
import { type Reply, toReply } from './reply.ts';
import {
  findWalletAccount,
  insertWalletAccount,
  listWalletAccounts,
  type WalletAccountRow,
} from './wallet-account-store.ts';
import { sealSettings } from './wallet-accounts.ts';

export interface AddWalletAccount {
  merchantId: MerchantId;
  wallet: string;
  label: string;
  /** The wallet's own settings, as its reference page lists them; checked by the connector, then sealed. */
  settings: unknown;
  claim: KeyClaim | null;
}

const ACCOUNTS_OF_A_WALLET = ['wallet_receivable', 'refunds_in_flight', 'suspense'] as const;

/** Registers a merchant's account at a wallet. @throws Refusal invalid_request naming the setting that is wrong. */
export async function addWalletAccount(
  deps: CashierDeps,
  request: AddWalletAccount,
): Promise<Reply & { replayed: boolean }> {
  const book = bookOfId(request.merchantId);
  if (!Object.hasOwn(deps.wallets, request.wallet))
    throw new Refusal('invalid_request', `wallets are: ${Object.keys(deps.wallets).join(', ')}`, { param: 'wallet' });
  const name = request.wallet as WalletName; // just checked against the registry
  const wallet = deps.wallets[name];
  const config = wallet.readConfig(request.settings);
  const merchant = await findMerchant(deps.sql, book, request.merchantId);
  if (merchant === null) throw new Refusal('not_found', 'there is no such merchant');
  const isReal = wallet.environment(config) === 'production';
  if (merchant.livemode !== isReal) {
    const detail = 'live merchants go with the real wallet, test merchants with its test gateway';
    throw new Refusal('invalid_request', detail, { param: 'settings.gateway_url', in: 'body' });
  }
  const id = newId('wa', deps, book);
  const now = deps.clock.now();
  const row: WalletAccountRow = {
    book,
    id,
    merchantId: request.merchantId,
    wallet: name,
    merchantNo: wallet.merchantNo(config),
    label: request.label,
    settingsSealed: sealSettings(deps.keyring, id, request.settings),
    previousSettingsSealed: null,
    previousUntil: null,
    enabled: true,
    createdAt: now,
    updatedAt: now,
    refreshDueAt: wallet.refresh === null ? null : now,
  };
  return await withKey(deps.sql, request.claim, now, null, async (tx) => {
    if (!(await insertWalletAccount(tx, row)))
      throw new Refusal('wallet_account_taken', 'this number at the wallet is registered already');
    await deps.ledger.openAccounts(
      tx,
      book,
      wallet.can.currencies.flatMap((currency) =>
        ACCOUNTS_OF_A_WALLET.map((kind) => chartAccount(kind, id, currency, book)),
      ),
    );
    return toReply(201, showWalletAccount(row));
  });
}

export async function listAccounts(deps: CashierDeps, merchantId: string): Promise<object[]> {
  return (await listWalletAccounts(deps.sql, bookOfId(merchantId), merchantId)).map(showWalletAccount);
}

export async function getAccount(deps: CashierDeps, merchantId: string, id: string): Promise<object> {
  const row = isId('wa', id) ? await findWalletAccount(deps.sql, bookOfId(id), id) : null;
  if (row === null || row.merchantId !== merchantId) throw new Refusal('not_found', 'there is no such wallet account');
  return showWalletAccount(row);
}

/** Never shows a setting: what is sealed is only ever replaced. */
export function showWalletAccount(row: WalletAccountRow): object {
  return {
    id: row.id,
    object: 'wallet_account',
    wallet: row.wallet,
    merchant_no: row.merchantNo,
    label: row.label,
    enabled: row.enabled,
    created_at: row.createdAt.toISOString(),
    updated_at: row.updatedAt.toISOString(),
  };
}
