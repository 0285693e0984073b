import { timingSafeEqual } from 'node:crypto';
import { assert } from '../base/assert.ts';
import type { Log } from '../base/log.ts';
import type { Random } from '../base/random.ts';
import type { Secret } from '../base/secret.ts';
import type { Sql, Tx } from '../db/connect.ts';
import { blindIndex, openIndexKeys } from './blind-index.ts';
import type { CardVault, SealedPlace } from './card-vault.ts';
import { aboutKey, createDataKeys, ownerName } from './data-keys.ts';
import { type KekProvider, localKeks, showKekId } from './kek.ts';
import { type DataKey, openValue, sealValue, unreadable } from './sealed-value.ts';
import { countDataKeys, type DataKeyRow, findPeopleWithKey, insertDataKeys, registerKek } from './vault-store.ts';
import { VaultKeysError } from './vault-keys-error.ts';

export interface CardVaultDeps {
  sql: Sql;
  random: Random;
  log: Log;
  /** Newest first: the first seals and indexes, all of them open. */
  masters: readonly [Secret, ...Secret[]];
  /** Where data keys are wrapped; derived from the master secrets when it is left out. */
  keks?: KekProvider;
}

/** The vault with what its rotation needs (rotate.ts). */
export interface OpenedVault extends CardVault {
  readonly keks: KekProvider;
  /** The version of blind indexes that new rows get. */
  readonly indexVersion: number;
}

/**
 * Opens the vault. @throws VaultKeysError, and nothing is served, when the newest key is not the one that its id meant before, or when people's
 * data keys are wrapped under a key that is not configured.
 */
export async function openCardVault(deps: CardVaultDeps): Promise<OpenedVault> {
  const keks = deps.keks ?? localKeks(deps, deps.masters);
  await checkKeks(deps, keks);
  const indexKeys = await openIndexKeys(deps.sql, deps.masters);
  const newestIndex = indexKeys[0];
  assert(newestIndex !== undefined, 'there is a key for indexes');
  const dataKeys = createDataKeys(keks);
  const indexes = (field: string, text: string): { version: number; index: Buffer }[] =>
    indexKeys.map(({ version, key }) => ({ version, index: blindIndex(key, field, text) }));

  async function keysFor(sql: Sql | Tx, places: readonly SealedPlace[]): Promise<(place: SealedPlace) => DataKey> {
    const keys = await dataKeys.of(sql, places);
    return (place) => {
      const key = keys.get(ownerName(place));
      if (key === undefined) throw unreadable(place, 'this person has no data key');
      return key;
    };
  }

  return {
    keks,
    indexVersion: newestIndex.version,
    prepare: (tx, book, userIds) => prepareKeys(deps, keks, tx, book, userIds),
    async seal(tx, items) {
      const keyOf = await keysFor(tx, items.map(placeOf));
      return items.map(({ place, text }) => sealValue(deps.random, keyOf(place), place, text));
    },
    async open(sql, items) {
      const keyOf = await keysFor(sql, items.map(placeOf));
      return items.map(({ place, sealed }) => openValue(keyOf(place), place, sealed));
    },
    indexesOf: (number) => indexes('pan', number.reveal()),
    textIndexesOf: (field, text) => indexes(field, text),
  };
}

async function checkKeks(deps: CardVaultDeps, keks: KekProvider): Promise<void> {
  const currentId = keks.currentId();
  const checkValue = await keks.checkValue(currentId);
  const stored = await registerKek(deps.sql, currentId, checkValue);
  if (stored.length !== checkValue.length || !timingSafeEqual(stored, checkValue))
    throw new VaultKeysError(
      `another master secret had the key id ${showKekId(currentId)} before: take another new one`,
    );
  const counts = await countDataKeys(deps.sql);
  const lost = counts.filter(({ kekId }) => !keks.ids().includes(kekId));
  if (lost.length > 0)
    throw new VaultKeysError(
      `data keys of ${lost.reduce((sum, { count }) => sum + count, 0)} people are wrapped under ${lost
        .map(({ kekId }) => showKekId(kekId))
        .join(', ')}, whose master secret is not configured: put it back behind the new one`,
    );
  const old = counts.reduce((sum, { kekId, count }) => sum + (kekId === currentId ? 0 : count), 0);
  if (old > 0) deps.log.info({ dataKeys: old }, 'data keys wait to be wrapped under the newest master secret');
}

async function prepareKeys(
  deps: CardVaultDeps,
  keks: KekProvider,
  tx: Tx,
  book: number,
  userIds: readonly string[],
): Promise<void> {
  const wanted = [...new Set(userIds)].sort();
  const have = await findPeopleWithKey(tx, book, wanted);
  const rows: DataKeyRow[] = [];
  for (const userId of wanted) {
    if (have.has(userId)) continue;
    const [key, dekId] = [await keks.generate(), deps.random.bytes(16)];
    const { kekId, wrapped } = await keks.wrap(key, aboutKey({ book, userId }, dekId));
    key.fill(0);
    rows.push({ book, userId, dekId, kekId, wrapped });
  }
  if (rows.length > 0) await insertDataKeys(tx, book, rows);
}

function placeOf({ place }: { place: SealedPlace }): SealedPlace {
  return place;
}
