import type { Clock } from '../base/clock.ts';
import type { Sql } from '../db/connect.ts';
import type { Keyring } from '../vault/seal.ts';
import { findKeys, saveKeys } from './rail-store.ts';

/** Keeps a rail's working keys between two runs of the process. The text is the rail's own; here it is only sealed. */
export interface KeyStore {
  load(): Promise<string | null>;
  save(text: string): Promise<void>;
}

/** One per rail and institution (`cups 01020000`). `load` answers null, too, for keys that were sealed under a master secret that is gone. */
export function openKeyStore(deps: { sql: Sql; clock: Clock; keyring: Keyring }, rail: string): KeyStore {
  const about = `rail_keys ${rail}`;
  return {
    async load() {
      const sealed = await findKeys(deps.sql, rail);
      if (sealed === null) return null;
      try {
        return deps.keyring.open(sealed, about);
      } catch {
        return null; // the rail asks the switch for new ones
      }
    },
    save: (text) => saveKeys(deps.sql, rail, deps.keyring.seal(text, about), deps.clock.now()),
  };
}
