import {
  OFFERS_LOOK_MS,
  OFFERS_READ_MS_MAX,
  OFFERS_STALE_MS,
  OFFERS_STOPPED_KEPT_HOURS,
  OFFERS_STOPPED_KEPT_MAX,
} from '../base/limits.ts';
import { within } from '../base/within.ts';
import type { Sql } from '../db/connect.ts';
import { startWatch, type Watch } from '../db/watch.ts';
import { listRunningOffers, type OfferRow, readRevision } from './offer-store.ts';
import { OFFERS_CHANNEL, type OffersDeps } from './offers-deps.ts';
import { readPublished } from './read-published.ts';
import type { PublishedOffer } from './quote-input.ts';

/** The offers that concern one shop. */
export interface ShopOffers {
  offers: readonly PublishedOffer[];
  /** When the last of those that run will have ended, milliseconds; -Infinity where none runs, Infinity where one has no end. */
  lastEndMs: number;
  asksFirstUse: boolean;
}

export interface KeptOffers {
  /** As they are now, at most OFFERS_STALE_MS old; null while that cannot be known. */
  fresh(merchantId: string): Promise<ShopOffers | null>;
  /** As they were when they were last read; null before the first time. */
  known(merchantId: string): ShopOffers | null;
  /** A change was made here: whoever asks next reads first. */
  doubt(): void;
  startWork(): void;
  stop(): Promise<void>;
}

const SHOPS_KEPT_MAX = 10_000;

interface Snapshot {
  revision: bigint;
  rows: readonly PublishedOffer[];
  /** What was found for a shop, made at its first question. */
  shops: Map<string, ShopOffers>;
}

/**
 * All offers of the book in memory. A change is heard at once or found by looking (db/watch.ts). When neither works, whoever asks reads by
 * himself, and where that fails, too, there is no answer: an offer that may have been stopped is not promised to anybody.
 */
export function keepOffers(deps: OffersDeps): KeptOffers {
  let snapshot: Snapshot | null = null;
  let readAtMs = Number.NEGATIVE_INFINITY;
  /** What was read before says nothing any more. */
  let doubtedAtMs = Number.NEGATIVE_INFINITY;
  let reading: Promise<void> | null = null;
  let watch: Watch | null = null;

  async function read(sql: Sql): Promise<void> {
    const startedAtMs = performance.now();
    const revision = await readRevision(sql, deps.book);
    if (snapshot === null || snapshot.revision !== revision) {
      const since = new Date(deps.clock.now().getTime() - OFFERS_STOPPED_KEPT_HOURS * 3_600_000);
      const rows = await listRunningOffers(sql, deps.book, { since, stoppedMax: OFFERS_STOPPED_KEPT_MAX });
      // Read after the number: what changed in between is in the rows already and read once more.
      if (snapshot === null || snapshot.revision < revision)
        snapshot = { revision, rows: toPublished(rows, snapshot?.rows ?? []), shops: new Map() };
    }
    if (startedAtMs >= doubtedAtMs) readAtMs = Math.max(readAtMs, startedAtMs);
  }

  /** What did not change stays the same object: the engine keeps what it made of it. */
  function toPublished(rows: readonly OfferRow[], before: readonly PublishedOffer[]): PublishedOffer[] {
    const known = new Map(before.map((offer) => [`${offer.id} ${offer.version} ${offer.state}`, offer]));
    return rows.flatMap((row) => {
      const same = known.get(`${row.id} ${row.version} ${row.state}`);
      if (same !== undefined) return [same];
      const offer = readPublished(row);
      if (offer === null)
        deps.log.error({ offerId: row.id, version: row.version }, 'an offer cannot be read: it is not used');
      return offer === null ? [] : [offer];
    });
  }

  const isFresh = (): boolean => performance.now() - readAtMs <= OFFERS_STALE_MS;

  async function readNow(): Promise<void> {
    reading ??= within(OFFERS_READ_MS_MAX, read(deps.sql), () => new Error('no answer in time'))
      .catch((error: unknown) => deps.log.warn({ error }, 'the offers could not be read: quotes do without them'))
      .finally(() => (reading = null));
    await reading;
  }

  function known(merchantId: string): ShopOffers | null {
    if (snapshot === null) return null;
    let shop = snapshot.shops.get(merchantId);
    if (shop === undefined) {
      if (snapshot.shops.size === SHOPS_KEPT_MAX) snapshot.shops.clear();
      shop = toShop(snapshot.rows.filter((offer) => concerns(offer, merchantId)));
      snapshot.shops.set(merchantId, shop);
    }
    return shop;
  }

  return {
    async fresh(merchantId) {
      // The first may have begun before a change that was made here.
      for (let reads = 0; reads < 2 && !isFresh(); reads++) await readNow();
      return isFresh() ? known(merchantId) : null;
    },
    known,
    doubt() {
      readAtMs = Number.NEGATIVE_INFINITY;
      doubtedAtMs = performance.now();
      watch?.kick();
    },
    startWork() {
      const { sql, log } = deps;
      const when = { channel: OFFERS_CHANNEL, pollMs: OFFERS_LOOK_MS, readMsMax: OFFERS_READ_MS_MAX };
      watch ??= startWatch({ sql, name: 'offers', ...when, read, log });
    },
    async stop() {
      await watch?.stop();
      await reading;
    },
  };
}

/** Whether a shop's buyers may get it at all. */
export function concerns({ merchantId, campaign }: PublishedOffer, shopId: string): boolean {
  if (merchantId !== null && merchantId !== shopId) return false;
  return campaign.merchants.length === 0 || campaign.merchants.includes(shopId);
}

function toShop(offers: readonly PublishedOffer[]): ShopOffers {
  const running = offers.filter(({ state }) => state === 'published');
  return {
    offers,
    lastEndMs: Math.max(...running.map(({ campaign }) => campaign.when.until?.getTime() ?? Number.POSITIVE_INFINITY)),
    asksFirstUse: running.some(({ campaign }) => campaign.conditions.firstUse !== null),
  };
}
