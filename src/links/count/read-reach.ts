import { addDays, shanghaiDay } from '../../base/shanghai.ts';
import type { LinksDeps } from '../links-deps.ts';
import { listSketches } from './count-store.ts';
import { openSalt } from './day-salts.ts';
import { hashPerson } from './hash-person.ts';
import { findSalt } from './salt-store.ts';

export interface LinkReach {
  /** Who opened it today and yesterday, days of Asia/Shanghai, each day's people added up. */
  people: number;
  /**
   * Whether this person was among them, as far as can still be told: an opening of the last second may not be written yet, one of a day whose
   * salt is gone cannot be found, and among more than LINK_PEOPLE_EXACT_MAX people somebody may be taken for another who was there.
   */
  hasOpened: boolean;
}

export type ReachDeps = Pick<LinksDeps, 'sql' | 'log' | 'keyring'>;

/** How far a link has come lately, and whether the person with this address and browser has opened it. Nothing of the person is kept. */
export async function readReach(
  deps: ReachDeps,
  wish: { book: number; linkId: string; now: Date; address: string; userAgent: string },
): Promise<LinkReach> {
  const { book, linkId, address, userAgent } = wish;
  const until = shanghaiDay(wish.now);
  const days = await listSketches(deps.sql, { book, linkId, from: addDays(until, -1), until });
  let [people, hasOpened] = [0, false];
  for (const { day, sketch } of days) {
    people += sketch.estimate();
    const sealed = hasOpened ? null : await findSalt(deps.sql, book, day);
    const salt = sealed === null ? null : openSalt(deps, { book, day, sealed });
    if (salt !== null && sketch.has(hashPerson(salt, address, userAgent))) hasOpened = true;
  }
  return { people, hasOpened };
}
