import type { Log } from '../base/log.ts';
import { VAULT_REWRAP_ITEMS } from '../base/limits.ts';
import type { Sql } from '../db/connect.ts';
import { type DueLoop, startDueLoop } from '../db/due.ts';
import { aboutKey } from './data-keys.ts';
import { showKekId } from './kek.ts';
import type { OpenedVault } from './open-card-vault.ts';
import { countDataKeys, lockStaleDataKeys, readIndexKeys, updateWrapped } from './vault-store.ts';

/*
 * Changing the master secret while it serves: put the new one behind the old one on every node, then in front, and let this run. Data
 * keys are wrapped anew (what they sealed is not touched), blind indexes are made anew by whoever keeps them, and once nothing is left
 * the old secret can go. It can be stopped and started at any point, and run on several nodes at once.
 */

/** Rows with blind indexes, kept by another folder, which makes them anew itself. */
export interface IndexedRows {
  /** `cards`, `people` */
  name: string;
  countStale(indexVersion: number): Promise<number>;
  /** Brings at most `limit` rows to the vault's newest version; how many it did. */
  reindex(limit: number): Promise<number>;
}

export interface VaultStatus {
  /** `3fa9`: the key that new data keys are wrapped under. */
  currentKek: string;
  dataKeys: { kek: string; count: number; isConfigured: boolean }[];
  /** Data keys that still have to be wrapped anew. */
  dataKeysLeft: number;
  indexVersion: number;
  indexesLeft: { name: string; count: number }[];
  /** True when every master secret but the newest can be removed. */
  isDone: boolean;
}

interface RotationDeps {
  sql: Sql;
  vault: OpenedVault;
  indexed: readonly IndexedRows[];
}

export async function vaultStatus(deps: RotationDeps): Promise<VaultStatus> {
  const { keks, indexVersion } = deps.vault;
  const counts = await countDataKeys(deps.sql);
  const indexesLeft: VaultStatus['indexesLeft'] = [];
  for (const rows of deps.indexed) indexesLeft.push({ name: rows.name, count: await rows.countStale(indexVersion) });
  const currentId = keks.currentId();
  const dataKeysLeft = counts.reduce((sum, { kekId, count }) => sum + (kekId === currentId ? 0 : count), 0);
  return {
    currentKek: showKekId(currentId),
    dataKeys: counts.map(({ kekId, count }) => ({
      kek: showKekId(kekId),
      count,
      isConfigured: keks.ids().includes(kekId),
    })),
    dataKeysLeft,
    indexVersion,
    indexesLeft,
    isDone: dataKeysLeft === 0 && indexesLeft.every(({ count }) => count === 0),
  };
}

/**
 * One piece of the work: at most 500 data keys and 500 rows of each kind. Returns how many were changed; 0 means done. A node whose
 * newest secret is older than another node's leaves it alone, or the two would undo each other's work.
 */
export async function rotateVault(deps: RotationDeps): Promise<number> {
  if (!(await isNewest(deps))) return 0;
  let changed = await rewrapSome(deps);
  for (const rows of deps.indexed) changed += await rows.reindex(VAULT_REWRAP_ITEMS);
  return changed;
}

/** Looks once a minute for something to rotate and works it off piece by piece beside everything else. */
export function startVaultRotation(deps: RotationDeps & { log: Log }): DueLoop {
  return startDueLoop({
    name: 'vault rotation',
    concurrency: 1,
    idleMs: 60_000,
    log: deps.log,
    claim: async () => ((await isNewest(deps)) && !(await vaultStatus(deps)).isDone ? ['piece'] : []),
    work: async () => {
      const changed = await rotateVault(deps);
      if (changed > 0) deps.log.info({ changed }, 'data keys and indexes were brought to the newest master secret');
    },
  });
}

async function isNewest({ sql, vault }: RotationDeps): Promise<boolean> {
  const versions = await readIndexKeys(sql);
  return versions.every(({ version }) => version <= vault.indexVersion);
}

async function rewrapSome({ sql, vault: { keks } }: RotationDeps): Promise<number> {
  return await sql.begin(async (tx) => {
    const rows = await lockStaleDataKeys(tx, keks.currentId(), VAULT_REWRAP_ITEMS);
    const rewrapped: typeof rows = [];
    for (const row of rows) {
      const about = aboutKey(row, row.dekId);
      const key = await keks.unwrap(row.kekId, row.wrapped, about);
      rewrapped.push({ ...row, ...(await keks.wrap(key, about)) });
      key.fill(0);
    }
    if (rewrapped.length > 0) await updateWrapped(tx, rewrapped);
    return rewrapped.length;
  });
}
