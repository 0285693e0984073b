import { LINKS_CHANGES_READ_MAX, LINKS_MISSED_KEPT_MAX, LINKS_MISSED_MS } from '../base/link-limits.ts';
import type { OwnerSlot, OwnerThings } from './keep-owners.ts';
import type { LinkRow } from './link-store.ts';
import type { ReadyLink } from './link.ts';
import { toReady, type WhereLinksAre } from './ready-link.ts';

/** A link in memory with what it was made of. */
export interface KeptLink {
  row: LinkRow;
  owner: OwnerSlot;
  things: OwnerThings;
  ready: ReadyLink;
  /** Asked for again since it was last passed over. */
  isUsed: boolean;
}

export interface LinkMemory {
  byCode(code: string): KeptLink | undefined;
  byId(id: string): KeptLink | undefined;
  /** Puts it in, or in the place of what is older; the oldest that nobody asks for leaves. */
  keep(row: LinkRow, owner: OwnerSlot): KeptLink;
  /** As its owner is now; the same object while nothing has changed. */
  readyOf(kept: KeptLink): ReadyLink;
  isMissed(code: string): boolean;
  keepMissed(code: string): void;
  forgetMissed(codes: readonly string[]): void;
  /** Something of this id has changed with this number: what was read before says nothing. */
  noteChange(id: string, revision: bigint): void;
  isOvertaken(id: string, revision: bigint): boolean;
  clear(): void;
}

/** Links by code, at most `linksMax`. Chance guesses leave traces for LINKS_MISSED_MS, and a bounded number of them. */
export function createLinkMemory(
  where: WhereLinksAre,
  letGo: (owner: OwnerSlot) => void,
  linksMax: number,
): LinkMemory {
  const links = new Map<string, KeptLink>();
  const codes = new Map<string, string>();
  const missed = new Map<string, number>();
  /** The latest changes that were heard of: a reading that began before one of them is done again. */
  const changes = new Map<string, bigint>();

  function makeRoom(): void {
    for (const [code, kept] of links) {
      if (links.size < linksMax) return;
      links.delete(code);
      // Whoever was asked for since has another round; what is put back is met again behind all others.
      if (kept.isUsed) links.set(code, Object.assign(kept, { isUsed: false }));
      else forget(kept);
    }
  }

  function forget(kept: KeptLink): void {
    codes.delete(kept.row.id);
    letGo(kept.owner);
  }

  return {
    byCode: (code) => links.get(code),
    byId(id) {
      const code = codes.get(id);
      return code === undefined ? undefined : links.get(code);
    },
    keep(row, owner) {
      const known = links.get(row.code);
      if (known !== undefined) {
        if (row.revision > known.row.revision)
          Object.assign(known, { row, ready: toReady(where, row, known.owner.things), things: known.owner.things });
        return known;
      }
      makeRoom();
      const { things } = owner;
      const kept: KeptLink = { row, owner, things, ready: toReady(where, row, things), isUsed: false };
      owner.linksCount += 1;
      links.set(row.code, kept);
      codes.set(row.id, row.code);
      missed.delete(row.code);
      return kept;
    },
    readyOf(kept) {
      if (kept.things !== kept.owner.things) {
        kept.things = kept.owner.things;
        kept.ready = toReady(where, kept.row, kept.things);
      }
      return kept.ready;
    },
    isMissed(code) {
      const until = missed.get(code);
      if (until === undefined || until > performance.now()) return until !== undefined;
      missed.delete(code);
      return false;
    },
    keepMissed(code) {
      if (missed.size >= LINKS_MISSED_KEPT_MAX) deleteFirst(missed);
      missed.set(code, performance.now() + LINKS_MISSED_MS);
    },
    forgetMissed(forgotten) {
      for (const code of forgotten) missed.delete(code);
    },
    noteChange(id, revision) {
      changes.delete(id);
      if (changes.size >= 2 * LINKS_CHANGES_READ_MAX) deleteFirst(changes);
      changes.set(id, revision);
    },
    isOvertaken: (id, revision) => (changes.get(id) ?? 0n) > revision,
    clear() {
      for (const kept of links.values()) forget(kept);
      links.clear();
      missed.clear();
    },
  };
}

/** The one that has been there longest. */
function deleteFirst(map: Map<string, unknown>): void {
  for (const key of map.keys()) {
    map.delete(key);
    return;
  }
}
