import { idLetters, newId } from '../base/id.ts';
import { LEASE_SECONDS, WALLET_KEYS_OVERLAP_HOURS_MAX, WALLET_REFRESH_HOURS } from '../base/limits.ts';
import { Refusal } from '../base/refusal.ts';
import { addSeconds } from './ask-schedule.ts';
import type { Cashier } from './cashier.ts';
import { openedSettings, replaceSettings } from './change-wallet-account.ts';
import { wholeSecond } from './decide-outcome.ts';
import {
  claimDueRefreshes,
  lockWalletAccount,
  updateWalletAccount,
  type WalletAccountRow,
} from './wallet-account-store.ts';
import { sealSettings } from './wallet-accounts.ts';

/** How soon a wallet that did not answer is asked for its certificates again. */
const RETRY_SECONDS = 600;

/** Takes the accounts whose wallet's certificates are to be fetched anew. */
export async function claimRefreshes(cashier: Cashier, itemsMax: number): Promise<WalletAccountRow[]> {
  const now = cashier.deps.clock.now();
  return await claimDueRefreshes(cashier.deps.sql, now, addSeconds(now, LEASE_SECONDS), itemsMax);
}

/** Fetches one wallet's certificates; what is new goes into the account's settings, which are then read as a whole. */
export async function refreshWalletAccount(cashier: Cashier, account: WalletAccountRow): Promise<void> {
  const { deps } = cashier;
  const opened = await cashier.openWallet(account.book, account.id);
  if (opened.wallet.refresh === null) return;
  const now = deps.clock.now();
  const name = { orderNo: idLetters(newId('ask', deps, account.book)), orderedAt: wholeSecond(now) };
  const reply = await opened.wallet.refresh.fetch(deps, opened.config, name);
  if (reply.kind !== 'settings')
    deps.log.warn(
      { walletAccountId: account.id, reason: reply.reason },
      "a wallet's certificates could not be fetched",
    );
  await deps.sql.begin(async (tx) => {
    const row = await lockWalletAccount(tx, account.book, account.id);
    if (row === null) return;
    const isSame = row.settingsSealed === opened.account.settingsSealed; // else somebody changed the keys meanwhile
    const changed =
      reply.kind === 'settings' && isSame && Object.keys(reply.settings).length > 0
        ? merge(cashier, row, reply.settings)
        : row;
    const pauseSeconds = reply.kind === 'settings' && isSame ? WALLET_REFRESH_HOURS * 3600 : RETRY_SECONDS;
    await updateWalletAccount(tx, { ...changed, refreshDueAt: addSeconds(now, pauseSeconds) });
  });
}

/** A wallet's certificate that our own reading refuses changes nothing. */
function merge(cashier: Cashier, row: WalletAccountRow, fetched: Record<string, string>): WalletAccountRow {
  const { deps } = cashier;
  const settings = { ...(openedSettings(deps, row) as object), ...fetched }; // readConfig takes nothing but an object
  try {
    deps.wallets[row.wallet].readConfig(settings);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    deps.log.warn({ walletAccountId: row.id, reason: error.message }, "a wallet's new certificates are not usable");
    return row;
  }
  const now = deps.clock.now();
  // While a person's change of keys goes on, the keys from before it stay: what is fetched stands beside what was there anyway.
  if (row.previousUntil !== null && row.previousUntil > now)
    return { ...row, settingsSealed: sealSettings(deps.keyring, row.id, settings), updatedAt: now };
  return { ...replaceSettings(deps, row, settings, WALLET_KEYS_OVERLAP_HOURS_MAX), updatedAt: now };
}
