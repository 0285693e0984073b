import type { CardNumber } from '../base/card-number.ts';
import {
  CARD_FAILURES_PER_DEVICE_DAY_MAX,
  CARD_FAILURES_PER_NUMBER_DAY_MAX,
  CARD_FAILURES_PER_PERSON_DAY_MAX,
  CARD_TRIES_PER_PERSON_DAY_MAX,
} from '../base/limits.ts';
import { Refusal } from '../base/refusal.ts';
import { addDays, shanghaiDay, shanghaiMidnight } from '../base/shanghai.ts';
import type { Session } from '../users/users.ts';
import type { CardsDeps } from './cards-deps.ts';
import { lowerTryRows, raiseTryRows, type TryRow } from './try-store.ts';

/** A failure that was counted before it happened. */
export interface CountedFailure {
  /** The bank confirmed, or said nothing at all: it was none. */
  giveBack(): Promise<void>;
}

/**
 * Counts a failure of this person, this device and this number before the bank is asked, in its own committed transaction: tries in parallel
 * cannot pass together. Days are those of Asia/Shanghai. @throws Refusal too_many_tries, and nothing is counted
 */
export async function countFailure(
  deps: CardsDeps,
  session: Session,
  number: CardNumber | null,
): Promise<CountedFailure> {
  const { book } = session;
  const now = deps.clock.now();
  const day = shanghaiDay(now);
  await deps.users.countTry({
    book,
    what: 'card_details',
    who: session.userId,
    dayMax: CARD_TRIES_PER_PERSON_DAY_MAX,
  });
  const rows: TryRow[] = [
    { kind: 'person', who: session.userId, max: CARD_FAILURES_PER_PERSON_DAY_MAX },
    { kind: 'device', who: session.deviceId, max: CARD_FAILURES_PER_DEVICE_DAY_MAX },
  ];
  // Under every key, so that a change of keys gives nobody new tries.
  for (const { index } of number === null ? [] : deps.vault.indexesOf(number))
    rows.push({ kind: 'number', who: index.toString('hex'), max: CARD_FAILURES_PER_NUMBER_DAY_MAX });
  await deps.sql.begin(async (tx) => {
    if ((await raiseTryRows(tx, book, day, rows)) === rows.length) return;
    const tomorrow = shanghaiMidnight(addDays(day, 1));
    throw new Refusal('too_many_tries', 'details were wrong too often today', {
      retryAfterSeconds: Math.ceil((tomorrow.getTime() - now.getTime()) / 1000),
    });
  });
  return { giveBack: () => lowerTryRows(deps.sql, book, day, rows) };
}
