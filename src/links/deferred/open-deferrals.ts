import { DEFERRAL_MINUTES, DEFERRAL_SWEEP_ITEMS } from '../../base/link-limits.ts';
import { Refusal } from '../../base/refusal.ts';
import { createBatch } from '../../db/batch.ts';
import type { KeyClaim } from '../../db/idempotency-store.ts';
import { withKey } from '../../db/with-key.ts';
import { type Repeating, startRepeating } from '../count/repeat.ts';
import type { ReadyLink } from '../link.ts';
import type { LinksDeps } from '../links-deps.ts';
import type { Keyed, LinkReader } from '../links.ts';
import { standingOf } from '../ready-link.ts';
import { type ShownLink, showReady } from '../show-link.ts';
import { type DeferralCode, newDeferralCode, readDeferralCode } from './deferral-code.ts';
import {
  deleteOldDeferrals,
  type DeferralRow,
  findDeferredLink,
  insertDeferrals,
  takeDeferral,
} from './deferral-store.ts';

export type DeferralsDeps = Pick<LinksDeps, 'sql' | 'clock' | 'random' | 'log' | 'keyring' | 'book'> & {
  reader: Pick<LinkReader, 'findById'>;
};

export interface IssuedDeferral {
  /** What the person copies, or an Android store hands on: the only place where it stands. */
  code: DeferralCode;
  expiresAt: Date;
}

/** What a claim answers. The app shows the link and asks before it opens it: the code may have been somebody else's. */
export interface ShownDeferral {
  object: 'link_deferral';
  link: ShownLink;
  ask_first: true;
}

/**
 * Codes that bring a link over the installation of an app, by the person's own hand or by a store's referrer. Who holds a code may claim it,
 * once, within the hour; no address, browser, amount or person stands behind it, so that none can be guessed from one.
 */
export interface Deferrals {
  /** On somebody's explicit wish and only then. @throws Refusal not_found for a link that does not stand, overloaded, unavailable */
  issue(ready: ReadyLink): Promise<IssuedDeferral>;
  /** By the backend of the app: the link must be its merchant's, else the code stays as it was. @throws Refusal not_found */
  claim(request: { merchantId: string; livemode: boolean; code: string; claim: KeyClaim }): Promise<Keyed>;
  /** By whoever pasted it on our page; null when there is none, or no longer. */
  claimByPaste(code: string): Promise<ReadyLink | null>;
  /** Deletes what nobody claimed. Returns how many. */
  sweep(): Promise<number>;
  startWork(): void;
  stop(): Promise<void>;
}

const SWEEP_EVERY_MS = 10 * 60_000;
const BATCH_ITEMS_MAX = 200;
const BATCH_QUEUE_MAX = 2000;
const PURPOSE = 'link deferral';

export function openDeferrals(deps: DeferralsDeps): Deferrals {
  const { sql, clock, keyring, book, reader, log } = deps;
  let sweeping: Repeating | null = null;
  const batch = createBatch<DeferralRow, true>({
    name: 'deferred codes',
    sql,
    itemsMax: BATCH_ITEMS_MAX,
    queueMax: BATCH_QUEUE_MAX,
    async run(tx, rows) {
      await insertDeferrals(tx, rows);
      return rows.map(() => true as const);
    },
  });
  const hashOf = (code: DeferralCode): Buffer => keyring.digest(PURPOSE, code);

  /** The link that a code would open now. */
  async function look(text: string): Promise<{ codeHash: Buffer; ready: ReadyLink } | null> {
    const code = readDeferralCode(text);
    if (code === null) return null;
    const codeHash = hashOf(code);
    const linkId = await findDeferredLink(sql, book, codeHash, clock.now());
    const ready = linkId === null ? null : await reader.findById(book, linkId);
    return ready === null || standingOf(ready.link, clock.now()) !== 'active' ? null : { codeHash, ready };
  }

  async function sweep(): Promise<number> {
    for (let swept = 0; ; ) {
      const count = await deleteOldDeferrals(sql, clock.now(), DEFERRAL_SWEEP_ITEMS);
      swept += count;
      if (count < DEFERRAL_SWEEP_ITEMS) return swept;
    }
  }

  return {
    async issue({ link }) {
      const issuedAt = clock.now();
      if (standingOf(link, issuedAt) !== 'active') throw new Refusal('not_found', 'there is no such link');
      const code = newDeferralCode(deps.random);
      const expiresAt = new Date(issuedAt.getTime() + DEFERRAL_MINUTES * 60_000);
      await batch.submit({ book: link.book, codeHash: hashOf(code), linkId: link.id, issuedAt, expiresAt });
      return { code, expiresAt };
    },
    async claim({ merchantId, livemode, code, claim }) {
      const found = await look(code); // outside of the transaction: a link may have to be read
      return await withKey(sql, claim, clock.now(), null, async (tx) => {
        const { owner, livemode: isLive } = found?.ready.link ?? { owner: null, livemode: false };
        const isOwn = owner?.kind === 'merchant' && owner.merchantId === merchantId && isLive === livemode;
        const taken = found !== null && isOwn && (await takeDeferral(tx, takenBy(found, book, clock.now())));
        if (!taken)
          throw new Refusal('not_found', 'the code is unknown, used, or older than an hour', { param: 'code' });
        return { status: 200, body: JSON.stringify(showDeferral(found.ready)) };
      });
    },
    async claimByPaste(code) {
      const found = await look(code);
      if (found === null) return null;
      return (await takeDeferral(sql, takenBy(found, book, clock.now()))) ? found.ready : null;
    },
    sweep,
    startWork() {
      const run = async (): Promise<void> => void (await sweep());
      sweeping ??= startRepeating({ name: 'old deferred codes', everyMs: SWEEP_EVERY_MS, run, log });
    },
    async stop() {
      await Promise.all([sweeping?.stop(), batch.close()]);
    },
  };
}

function takenBy({ codeHash, ready }: { codeHash: Buffer; ready: ReadyLink }, book: number, now: Date) {
  return { book, codeHash, linkId: ready.link.id, now };
}

function showDeferral(ready: ReadyLink): ShownDeferral {
  return { object: 'link_deferral', link: showReady(ready), ask_first: true };
}
