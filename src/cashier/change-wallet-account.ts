import { bookOfId, isId } from '../base/id.ts';
import { WALLET_KEYS_OVERLAP_HOURS_MAX } from '../base/limits.ts';
import { Refusal } from '../base/refusal.ts';
import type { KeyClaim } from '../db/idempotency-store.ts';
import { withKey } from '../db/with-key.ts';
import { showWalletAccount } from './add-wallet-account.ts';
import { addSeconds } from './ask-schedule.ts';
import type { CashierDeps } from './deps.ts';
import { type Reply, toReply } from './reply.ts';
import { lockWalletAccount, updateWalletAccount, type WalletAccountRow } from './wallet-account-store.ts';
import { openSettings, sealSettings } from './wallet-accounts.ts';

interface AccountOf {
  merchantId: string;
  id: string;
  claim: KeyClaim | null;
}

/** Names an account anew, or switches it on or off. What is open at the wallet is still asked about and notified. */
export async function changeWalletAccount(
  deps: CashierDeps,
  request: AccountOf & { label: string | null; enabled: boolean | null },
): Promise<Reply & { replayed: boolean }> {
  return await change(deps, request, (row) => ({
    ...row,
    label: request.label ?? row.label,
    enabled: request.enabled ?? row.enabled,
  }));
}

/**
 * Puts new settings (keys, certificates, addresses) in place of an account's without a stop: every call is made with the new
 * ones at once, and what the wallet sent under the old ones is read for `overlapHours` more.
 * @throws Refusal invalid_request naming the setting that is wrong, or when the settings are of another account.
 */
export async function rotateWalletAccount(
  deps: CashierDeps,
  request: AccountOf & { settings: unknown; overlapHours: number },
): Promise<Reply & { replayed: boolean }> {
  if (request.overlapHours > WALLET_KEYS_OVERLAP_HOURS_MAX)
    throw new Refusal('invalid_request', `at most ${WALLET_KEYS_OVERLAP_HOURS_MAX} hours`, {
      param: 'overlap_hours',
      in: 'body',
    });
  return await change(deps, request, (row) => {
    const wallet = deps.wallets[row.wallet];
    const [config, before] = [request.settings, openedSettings(deps, row)].map((one) => wallet.readConfig(one));
    if (wallet.merchantNo(config) !== row.merchantNo || wallet.environment(config) !== wallet.environment(before))
      throw new Refusal('invalid_request', 'these settings belong to another account; add it as a new one', {
        param: 'settings',
        in: 'body',
      });
    return replaceSettings(deps, row, request.settings, request.overlapHours);
  });
}

/** The row with new settings, the old ones kept beside them for `overlapHours`. */
export function replaceSettings(
  deps: CashierDeps,
  row: WalletAccountRow,
  settings: unknown,
  overlapHours: number,
): WalletAccountRow {
  return {
    ...row,
    settingsSealed: sealSettings(deps.keyring, row.id, settings),
    previousSettingsSealed: row.settingsSealed,
    previousUntil: addSeconds(deps.clock.now(), overlapHours * 3600),
  };
}

export function openedSettings(deps: CashierDeps, row: WalletAccountRow): unknown {
  return openSettings(deps.keyring, row.id, row.settingsSealed);
}

async function change(
  deps: CashierDeps,
  request: AccountOf,
  toNew: (row: WalletAccountRow) => WalletAccountRow,
): Promise<Reply & { replayed: boolean }> {
  if (!isId('wa', request.id)) throw new Refusal('not_found', 'there is no such wallet account');
  const now = deps.clock.now();
  return await withKey(deps.sql, request.claim, now, null, async (tx) => {
    const row = await lockWalletAccount(tx, bookOfId(request.id), request.id);
    if (row === null || row.merchantId !== request.merchantId)
      throw new Refusal('not_found', 'there is no such wallet account');
    const changed = { ...toNew(row), updatedAt: now };
    await updateWalletAccount(tx, changed);
    return toReply(200, showWalletAccount(changed));
  });
}
