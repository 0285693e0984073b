import { LINK_LOOK_CONCURRENCY, LINK_LOOK_SECONDS_MAX, LINK_LOOK_SECONDS_MIN } from '../../base/link-limits.ts';
import type { Tx } from '../../db/connect.ts';
import { type DueLoop, startDueLoop } from '../../db/due.ts';
import type { Transfers } from '../../transfers/transfers.ts';
import type { LinksDeps } from '../links-deps.ts';
import { claimHeldLinks, listHolds } from './hold-store.ts';
import { type KnownHold, settleHolds } from './settle-holds.ts';
import type { Terms } from './terms.ts';
import { findTerms, lockTerms } from './terms-store.ts';

export interface HoldDeps extends Pick<LinksDeps, 'sql' | 'clock'> {
  transfers: Pick<Transfers, 'confirmedBy'>;
}

const WORK_IDLE_MS = 1000;

/** Learns what became of shares of collections whether anybody looks or not; any number of processes may. */
export function startHoldWork(deps: HoldDeps & Pick<LinksDeps, 'log' | 'book'>): DueLoop {
  const { sql, clock, book } = deps;
  const wait = { secondsMin: LINK_LOOK_SECONDS_MIN, secondsMax: LINK_LOOK_SECONDS_MAX };
  return startDueLoop({
    name: 'shares of collections',
    concurrency: LINK_LOOK_CONCURRENCY,
    idleMs: WORK_IDLE_MS,
    log: deps.log,
    claim: (itemsMax) => claimHeldLinks(sql, { book, now: clock.now(), ...wait, itemsMax }),
    async work(linkId) {
      const [terms] = await findTerms(sql, book, [linkId]);
      if (terms !== undefined) await lookAtHolds(deps, terms);
    },
  });
}

/** What keeps a share by now; looked at anew only where something is open. */
export async function lookAtHolds(deps: HoldDeps, terms: Terms): Promise<KnownHold[]> {
  const holds = await listHolds(deps.sql, terms.book, [terms.linkId]);
  if (holds.every(({ state }) => state !== 'open')) return holds.map((hold) => ({ ...hold, isConfirmed: true }));
  return await deps.sql.begin(async (tx) => await lockHolds(tx, deps, terms));
}

/** The same with the link locked to the end of the transaction. */
export async function lockHolds(tx: Tx, deps: HoldDeps, terms: Terms): Promise<KnownHold[]> {
  await lockTerms(tx, terms.book, [terms.linkId]);
  const holds = await listHolds(tx, terms.book, [terms.linkId]);
  return await settleHolds(tx, deps.transfers, terms, holds, deps.clock.now());
}
