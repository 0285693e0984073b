import { createSecretKey } from 'node:crypto';
import { assert } from '../base/assert.ts';
import { VAULT_KEYS_KEPT_MAX, VAULT_UNWRAPS_AT_ONCE } from '../base/limits.ts';
import type { Sql, Tx } from '../db/connect.ts';
import type { KekProvider } from './kek.ts';
import type { DataKey } from './sealed-value.ts';
import { type DataKeyRow, readDataKeys } from './vault-store.ts';

export interface Owner {
  book: number;
  userId: string;
}

export interface DataKeys {
  /** The keys of these people by `ownerName`; whoever has none is missing. */
  of(sql: Sql | Tx, people: readonly Owner[]): Promise<Map<string, DataKey>>;
}

/** Unwrapped keys, the last used ones kept. Those of a transaction that may yet be rolled back are used and forgotten. */
export function createDataKeys(keks: KekProvider): DataKeys {
  const kept = new Map<string, DataKey>();
  return {
    async of(sql, people) {
      const found = new Map<string, DataKey>();
      const missing = new Map<string, Owner>();
      for (const { book, userId } of people) {
        const name = ownerName({ book, userId });
        if (found.has(name) || missing.has(name)) continue;
        const key = kept.get(name);
        if (key === undefined) missing.set(name, { book, userId });
        else {
          kept.delete(name);
          kept.set(name, key);
          found.set(name, key);
        }
      }
      if (missing.size === 0) return found;
      const rows = await readDataKeys(sql, [...missing.values()]);
      for (let from = 0; from < rows.length; from += VAULT_UNWRAPS_AT_ONCE) {
        const some = rows.slice(from, from + VAULT_UNWRAPS_AT_ONCE);
        const keys = await Promise.all(some.map((row) => unwrapKey(keks, row)));
        for (const [index, key] of keys.entries()) {
          const row = some[index];
          assert(row !== undefined, 'every row has its key');
          found.set(ownerName(row), key);
          if (row.isCommitted) kept.set(ownerName(row), key);
        }
      }
      for (const name of kept.keys()) {
        if (kept.size <= VAULT_KEYS_KEPT_MAX) break;
        kept.delete(name); // its bytes are overwritten by the runtime when nobody holds it any more
      }
      return found;
    },
  };
}

export function ownerName({ book, userId }: Owner): string {
  return `${book}|${userId}`;
}

/** What a wrapped key is bound to: nobody else's key opens in its place. */
export function aboutKey(owner: Owner, dekId: Buffer): string {
  return `${owner.book}|${owner.userId}|${dekId.toString('hex')}|dek|v1`;
}

async function unwrapKey(keks: KekProvider, row: DataKeyRow): Promise<DataKey> {
  const bytes = await keks.unwrap(row.kekId, row.wrapped, aboutKey(row, row.dekId));
  assert(bytes.length === 32, 'a data key has 32 bytes');
  const key = createSecretKey(bytes);
  bytes.fill(0);
  return { dekId: row.dekId, kekId: row.kekId, key };
}
