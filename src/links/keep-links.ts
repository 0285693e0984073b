import { createGatherer } from '../base/gather.ts';
import {
  LINKS_CHANGES_READ_MAX,
  LINKS_KEPT_MAX,
  LINKS_LOOK_MS,
  LINKS_READ_MS_MAX,
  LINKS_STALE_MS,
} from '../base/link-limits.ts';
import { Refusal } from '../base/refusal.ts';
import { within } from '../base/within.ts';
import type { Sql } from '../db/connect.ts';
import { startWatch, type Watch } from '../db/watch.ts';
import { keepOwners, ownerKey, type OwnerThings } from './keep-owners.ts';
import { readRevision } from './link-book-store.ts';
import { isLinkCode } from './link-code.ts';
import { createLinkMemory, type KeptLink } from './link-memory.ts';
import { findLinksByCode, findLinksById, listChangedLinks, type LinkRow } from './link-store.ts';
import type { ReadyLink } from './link.ts';
import { LINKS_CHANNEL, type LinksDeps } from './links-deps.ts';
import type { LinkFinder } from './links.ts';
import { toReady } from './ready-link.ts';

export interface KeptLinks extends LinkFinder {
  /** Rows that were just read, ready to be shown; they are not put in memory. */
  makeReady(rows: readonly LinkRow[]): Promise<ReadyLink[]>;
  /** A change was made here: whoever asks next reads first. */
  doubt(): void;
  /** Links of these codes were made here. */
  forgetMissed(codes: readonly string[]): void;
  /** Resolves when the hosts under which links are served are in memory. @throws Refusal unavailable */
  ready(): Promise<void>;
  startWork(): void;
  stop(): Promise<void>;
}

/** How often a reading is done again because something changed meanwhile, before it is given up. */
const READINGS_MAX = 5;
/** More look-ups than these do not wait for the database at once. */
const WAITING_MAX = 20_000;

/**
 * The book's links in memory, as they are asked for. A change is heard at once or found by looking (db/watch.ts): nodes ask for the number of
 * the last change, and for what carries a later one. A node that has heard nothing for LINKS_STALE_MS asks before it opens a link, and when
 * nobody answers it opens none: it may have been taken down.
 */
export function keepLinks(deps: LinksDeps, linksMax = LINKS_KEPT_MAX): KeptLinks {
  const { book } = deps;
  const owners = keepOwners(deps);
  const memory = createLinkMemory(deps, (owner) => owners.letGo(owner), linksMax);
  let known: bigint | null = null;
  let readAtMs = Number.NEGATIVE_INFINITY;
  /** When the last reading that was answered began. */
  let answeredFromMs = Number.NEGATIVE_INFINITY;
  /** What was read before says nothing any more. */
  let doubtedAtMs = Number.NEGATIVE_INFINITY;
  /** Counts how often everything was forgotten. */
  let age = 0;
  let reading: Promise<void> | null = null;
  let watch: Watch | null = null;
  let waitingCount = 0;

  const isFresh = (): boolean => performance.now() - readAtMs <= LINKS_STALE_MS;

  async function read(sql: Sql): Promise<void> {
    const startedAtMs = performance.now();
    const revision = await readRevision(sql, book);
    if (known === null) await startAnew(sql);
    else if (revision > known) await catchUp(sql, known);
    // Read after the number: what changed in between is in the rows already and read once more.
    if (known === null || revision > known) known = revision;
    answeredFromMs = Math.max(answeredFromMs, startedAtMs);
    if (startedAtMs >= doubtedAtMs) readAtMs = Math.max(readAtMs, startedAtMs);
  }

  async function catchUp(sql: Sql, after: bigint): Promise<void> {
    const links = await listChangedLinks(sql, book, after, LINKS_CHANGES_READ_MAX + 1);
    const since = { after, itemsMax: LINKS_CHANGES_READ_MAX };
    const wereFew = await owners.readChanges(sql, since, (id, revision) => memory.noteChange(id, revision));
    if (!wereFew || links.length > LINKS_CHANGES_READ_MAX) {
      await startAnew(sql);
      return;
    }
    for (const row of links) {
      memory.noteChange(row.id, row.revision);
      const kept = memory.byCode(row.code);
      if (kept !== undefined) memory.keep(row, kept.owner);
    }
  }

  async function startAnew(sql: Sql): Promise<void> {
    await owners.startAnew(sql, () => {
      age += 1;
      memory.clear();
    });
  }

  async function readNow(): Promise<void> {
    reading ??= within(LINKS_READ_MS_MAX, read(deps.sql), () => new Error('no answer in time'))
      .catch((error: unknown) => deps.log.warn({ error }, 'changes of links could not be read: none is opened'))
      .finally(() => (reading = null));
    await reading;
  }

  /**
   * A reading that began after somebody asked tells him all that had happened by then; changes that are made here meanwhile are for who asks
   * after them. @throws Refusal unavailable
   */
  async function hear(): Promise<void> {
    const askedAtMs = performance.now();
    const isTold = (): boolean => isFresh() || answeredFromMs >= askedAtMs;
    // The first may have begun before he asked.
    for (let reads = 0; reads < 2 && !isTold(); reads++) await readNow();
    if (!isTold()) throw new Refusal('unavailable', 'links cannot be looked up right now', { retryAfterSeconds: 1 });
  }

  /** Reads rows with their owners, again where one of them was changed meanwhile, and keeps them. */
  async function load(readRows: () => Promise<LinkRow[]>): Promise<KeptLink[]> {
    for (let readings = 0; readings < READINGS_MAX; readings++) {
      const began = age;
      const rows = await readRows();
      const things = await thingsOf(rows);
      const isOld = (row: LinkRow): boolean => {
        const owner = things.get(ownerKey(row));
        return memory.isOvertaken(row.id, row.revision) || memory.isOvertaken(ownerKey(row), owner?.revision ?? 0n);
      };
      if (began !== age || rows.some(isOld)) continue;
      return rows.flatMap((row) => {
        const key = ownerKey(row);
        const found = things.get(key);
        return found === undefined ? [] : [memory.keep(row, owners.keep(key, found))];
      });
    }
    throw new Refusal('unavailable', 'links change faster than they can be read', { retryAfterSeconds: 1 });
  }

  async function thingsOf(rows: readonly LinkRow[]): Promise<Map<string, OwnerThings>> {
    const found = new Map<string, OwnerThings>();
    const missing = new Set<string>();
    for (const row of rows) {
      const key = ownerKey(row);
      const slot = owners.get(key);
      if (slot === undefined) missing.add(key);
      else found.set(key, slot.things);
    }
    for (const [key, things] of await owners.read(deps.sql, [...missing])) found.set(key, things);
    return found;
  }

  const gatherCodes = createGatherer<KeptLink>(async (codes) => {
    const found = new Map(
      (await load(() => findLinksByCode(deps.sql, book, codes))).map((kept) => [kept.row.code, kept]),
    );
    for (const code of codes) if (!found.has(code)) memory.keepMissed(code);
    return found;
  });
  const gatherIds = createGatherer<KeptLink>(
    async (ids) => new Map((await load(() => findLinksById(deps.sql, book, ids))).map((kept) => [kept.row.id, kept])),
  );

  async function ask(
    key: string,
    inMemory: (key: string) => KeptLink | undefined,
    gather: (key: string) => Promise<KeptLink | undefined>,
  ): Promise<KeptLink | undefined> {
    if (waitingCount >= WAITING_MAX)
      throw new Refusal('overloaded', 'too many links are being looked up', { retryAfterSeconds: 1 });
    waitingCount += 1;
    try {
      if (!isFresh()) await hear();
      return inMemory(key) ?? (memory.isMissed(key) ? undefined : await gather(key));
    } finally {
      waitingCount -= 1;
    }
  }

  /** A code of one host is unknown at another, and at a host that its owner has lost: whoever has it now did not make the link. */
  const at = (servedHost: string | null, kept: KeptLink | undefined): ReadyLink | null => {
    if (kept === undefined || kept.row.servedHost !== servedHost) return null;
    const isLost = servedHost !== null && owners.servingHost(servedHost)?.merchantId !== kept.owner.key;
    return isLost ? null : memory.readyOf(kept);
  };

  return {
    find(servedHost, code) {
      if (isFresh()) {
        const kept = memory.byCode(code);
        if (kept !== undefined) {
          kept.isUsed = true;
          return at(servedHost, kept);
        }
        if (!isLinkCode(code) || memory.isMissed(code)) return null;
      } else if (!isLinkCode(code)) return null;
      return ask(code, (key) => memory.byCode(key), gatherCodes).then((kept) => at(servedHost, kept));
    },
    async findById(idBook, id) {
      if (idBook !== book) return null;
      const kept = await ask(id, (key) => memory.byId(key), gatherIds);
      return kept === undefined ? null : memory.readyOf(kept);
    },
    async findByCode(code) {
      const kept = isLinkCode(code) ? await ask(code, (key) => memory.byCode(key), gatherCodes) : undefined;
      return kept === undefined ? null : memory.readyOf(kept);
    },
    servingHost: (host) => owners.servingHost(host),
    appsOfHost: (host) => owners.appsOfHost(host),
    async makeReady(rows) {
      const things = await thingsOf(rows);
      return rows.flatMap((row) => {
        const kept = memory.byCode(row.code);
        if (kept !== undefined && kept.row.revision === row.revision) return [memory.readyOf(kept)];
        const owner = things.get(ownerKey(row));
        return owner === undefined ? [] : [toReady(deps, row, owner)];
      });
    },
    forgetMissed: (codes) => memory.forgetMissed(codes),
    doubt() {
      readAtMs = Number.NEGATIVE_INFINITY;
      doubtedAtMs = performance.now();
      watch?.kick();
    },
    async ready() {
      // A machine that is just starting may be slow.
      for (let readings = 0; readings < READINGS_MAX; readings++) {
        if (known !== null) return;
        await readNow();
      }
      if (known === null) await hear();
    },
    startWork() {
      const { sql, log } = deps;
      const when = { channel: LINKS_CHANNEL, pollMs: LINKS_LOOK_MS, readMsMax: LINKS_READ_MS_MAX };
      watch ??= startWatch({ sql, name: 'links', ...when, read, log });
    },
    async stop() {
      await watch?.stop();
      await reading;
    },
  };
}
