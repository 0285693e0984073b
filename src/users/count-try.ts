import { Refusal } from '../base/refusal.ts';
import { toBeijing } from '../wallets/beijing.ts';
import { findLastTry, takeTry, type TryRow } from './try-store.ts';
import type { UsersDeps } from './users-deps.ts';

export interface Try {
  book: number;
  /** `phone_look_up` */
  what: string;
  who: string;
  dayMax: number;
}

const DAY_MS = 86_400_000;

/**
 * Counts a try of somebody at something before it is made; `pauseSeconds` have to lie between two. Days are those of Asia/Shanghai.
 * @throws Refusal too_many_tries
 */
export async function countTry(
  deps: Pick<UsersDeps, 'sql' | 'clock' | 'keyring'>,
  one: Try,
  pauseSeconds: number,
): Promise<void> {
  const now = deps.clock.now();
  const who = deps.keyring.digest('try', `${one.what} ${one.who}`);
  const row: TryRow = { book: one.book, what: one.what, who, day: toBeijing(now).slice(0, 10) };
  // With a pause of nothing, a clock that was set back must not refuse everybody.
  const lastBefore = new Date(now.getTime() + (pauseSeconds === 0 ? DAY_MS : -pauseSeconds * 1000));
  if (await takeTry(deps.sql, row, { dayMax: one.dayMax, now, lastBefore })) return;
  throw new Refusal('too_many_tries', 'this was tried too often', {
    retryAfterSeconds: await secondsToWait(deps, row, now, pauseSeconds),
  });
}

async function secondsToWait(
  deps: Pick<UsersDeps, 'sql'>,
  row: TryRow,
  now: Date,
  pauseSeconds: number,
): Promise<number> {
  const lastAt = await findLastTry(deps.sql, row);
  const pauseMs = lastAt === null ? 0 : lastAt.getTime() + pauseSeconds * 1000 - now.getTime();
  if (pauseMs > 0) return Math.ceil(pauseMs / 1000);
  return Math.ceil((Date.parse(`${row.day}T00:00:00+08:00`) + DAY_MS - now.getTime()) / 1000);
}
