import { CLEARING_RETRY_SECONDS, CLEARING_TRIES_MAX } from '../base/limits.ts';
import type { ClearingDay } from './clearing.ts';
import type { ClearingDeps } from './clearing-deps.ts';
import { compareDay } from './compare-day.ts';
import { fetchDay } from './fetch-day.ts';
import { learnDay } from './learn-day.ts';
import { LeaseLost, moveDay } from './move-day.ts';

/** Takes a day that is leased to us as far as it goes now. A step writes its result in one transaction: a crash only repeats a step. */
export async function advanceDay(deps: ClearingDeps, leased: ClearingDay): Promise<void> {
  try {
    if (leased.triesCount > CLEARING_TRIES_MAX) return await giveUp(deps, leased);
    let day = leased;
    if (day.state === 'waiting') {
      const fetched = await fetchDay(deps, day);
      if (fetched.kind === 'none') return await postpone(deps, day, fetched.reason);
      day = fetched.day;
    }
    await learnDay(deps, day);
    await compareDay(deps, day);
  } catch (error) {
    if (!(error instanceof LeaseLost)) throw error;
    deps.log.info({ day: leased.day }, 'somebody else goes on with this day of clearing');
  }
}

async function postpone(deps: ClearingDeps, day: ClearingDay, reason: string): Promise<void> {
  const dueAt = new Date(deps.clock.now().getTime() + CLEARING_RETRY_SECONDS * 1000);
  await moveDay(deps, deps.sql, day, { reason: reason.slice(0, 500), dueAt, goOn: false });
}

async function giveUp(deps: ClearingDeps, day: ClearingDay): Promise<void> {
  // A day that was read and cannot be compared is a fault of ours: it stays where it is, and is told until somebody looks.
  if (day.state === 'waiting') await moveDay(deps, deps.sql, day, { state: 'unavailable', dueAt: null, goOn: false });
  else await postpone(deps, day, day.reason ?? 'it was read and could not be compared; the log says why');
  deps.log.error({ day: day.day, tries: day.triesCount }, 'a day of clearing is stuck');
}
