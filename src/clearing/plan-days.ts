import { CLEARING_DELAY_SECONDS, CLEARING_PLAN_DAYS_MAX } from '../base/limits.ts';
import { addDays } from '../base/shanghai.ts';
import { endOfSettlementDay, settlementDayOf } from '../transfers/settlement-day.ts';
import { findLastDay, insertDays } from './clearing-day-store.ts';
import type { ClearingDeps } from './clearing-deps.ts';

/** Makes a row of every day of the switch up to the present one, beginning with the one in which this was first started. */
export async function planDays(deps: ClearingDeps, book: number): Promise<void> {
  const now = deps.clock.now();
  const today = settlementDayOf(now);
  const last = await findLastDay(deps.sql, book);
  const days: { day: string; dueAt: Date }[] = [];
  for (let day = last === null ? today : addDays(last, 1); day <= today; day = addDays(day, 1)) {
    if (days.length === CLEARING_PLAN_DAYS_MAX) break;
    days.push({ day, dueAt: new Date(endOfSettlementDay(day).getTime() + CLEARING_DELAY_SECONDS * 1000) });
  }
  await insertDays(deps.sql, book, days, now);
}
