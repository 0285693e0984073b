import { Refusal } from '../base/refusal.ts';
import type { Sql } from '../db/connect.ts';
import type { Keyring } from '../vault/seal.ts';
import type { Wallet, WalletName } from '../wallets/wallet.ts';
import { findWalletAccount, listWalletAccounts, type WalletAccountRow } from './wallet-account-store.ts';

/** Every wallet that this build speaks, by name. The config's type is known to the connector alone. */
export type WalletRegistry = Readonly<Record<WalletName, Wallet<unknown>>>;

export interface OpenedWallet {
  account: WalletAccountRow;
  wallet: Wallet<unknown>;
  config: unknown;
  /** The settings before the last change of keys, while what was sent under them may still arrive; else null. */
  previousConfig: unknown;
}

/** How long a row is trusted before it is read again: a disabled account stops within this time. */
const ROW_AGE_MS_MAX = 1000;
const MERCHANTS_KEPT_MAX = 10_000;

/** Opens wallet accounts: reads the row, unseals and checks the settings, and keeps the result while the row is unchanged. */
export function createWalletOpener(deps: {
  sql: Sql;
  keyring: Keyring;
  wallets: WalletRegistry;
  clock: { now(): Date };
}) {
  const opened = new Map<string, { readAtMs: number; wallet: OpenedWallet }>();

  async function openWallet(book: number, id: string): Promise<OpenedWallet> {
    const nowMs = deps.clock.now().getTime();
    const known = opened.get(`${book} ${id}`);
    if (known !== undefined && nowMs - known.readAtMs < ROW_AGE_MS_MAX && nowMs >= known.readAtMs) return known.wallet;
    const account = await findWalletAccount(deps.sql, book, id);
    if (account === null) throw new Refusal('not_found', 'there is no such wallet account');
    const fresh = toOpened(account, known?.wallet, nowMs);
    opened.set(`${book} ${id}`, { readAtMs: nowMs, wallet: fresh });
    return fresh;
  }

  /** Opens a row that was just listed, without reading it a second time. */
  function openRow(account: WalletAccountRow): OpenedWallet {
    const key = `${account.book} ${account.id}`;
    const known = opened.get(key)?.wallet;
    const fresh = toOpened(account, known, deps.clock.now().getTime());
    // What it cost to read the settings is kept, the row itself is not trusted by anybody else: lists are a moment old.
    if (known === undefined || account.updatedAt > known.account.updatedAt)
      opened.set(key, { readAtMs: Number.NEGATIVE_INFINITY, wallet: fresh });
    return fresh;
  }

  function toOpened(account: WalletAccountRow, before: OpenedWallet | undefined, nowMs: number): OpenedWallet {
    const wallet = deps.wallets[account.wallet];
    const read = (sealed: string): unknown => wallet.readConfig(openSettings(deps.keyring, account.id, sealed));
    const config =
      before?.account.settingsSealed === account.settingsSealed ? before.config : read(account.settingsSealed);
    return { account, wallet, config, previousConfig: previousOf(account, before, nowMs, read) };
  }

  return { openWallet, openRow };
}

/** Which accounts a merchant has, at most ROW_AGE_MS_MAX old; asked for with every attempt. */
export function createAccountLister(deps: { sql: Sql; clock: { now(): Date } }) {
  const listed = new Map<string, { readAtMs: number; accounts: Promise<WalletAccountRow[]> }>();

  return async function listAccounts(book: number, merchantId: string): Promise<WalletAccountRow[]> {
    const nowMs = deps.clock.now().getTime();
    const known = listed.get(merchantId);
    if (known !== undefined && nowMs - known.readAtMs < ROW_AGE_MS_MAX && nowMs >= known.readAtMs)
      return await known.accounts;
    if (listed.size > MERCHANTS_KEPT_MAX) listed.clear();
    const accounts = listWalletAccounts(deps.sql, book, merchantId);
    listed.set(merchantId, { readAtMs: nowMs, accounts });
    accounts.catch(() => listed.delete(merchantId));
    return await accounts;
  };
}

export type ListAccounts = ReturnType<typeof createAccountLister>;
export type WalletOpener = ReturnType<typeof createWalletOpener>;

export function sealSettings(keyring: Keyring, id: string, settings: unknown): string {
  return keyring.seal(JSON.stringify(settings), `wallet_accounts ${id}`);
}

export function openSettings(keyring: Keyring, id: string, sealed: string): unknown {
  return JSON.parse(keyring.open(sealed, `wallet_accounts ${id}`));
}

function previousOf(
  account: WalletAccountRow,
  before: OpenedWallet | undefined,
  nowMs: number,
  read: (sealed: string) => unknown,
): unknown {
  const { previousSettingsSealed: sealed, previousUntil: until } = account;
  if (sealed === null || until === null || until.getTime() <= nowMs) return null;
  return before?.account.previousSettingsSealed === sealed && before.previousConfig !== null
    ? before.previousConfig
    : read(sealed);
}
