import { addDays, shanghaiDay, shanghaiMidnight } from '../base/shanghai.ts';
import type { FreezeWindow } from './plan.ts';

const MINUTE_MS = 60_000;
/** Windows that follow one another without a gap for so long are taken to have no end. */
const WINDOWS_MAX = 800;

/** When the freeze that lies over this instant ends; the instant itself where none does, null where there is no end to it. */
export function endOfFreeze(windows: readonly FreezeWindow[], at: Date): Date | null {
  let free = at;
  for (let no = 0; no < WINDOWS_MAX; no++) {
    const end = latestEnd(windows, free);
    if (end === null) return free;
    free = end;
  }
  return null;
}

export function isFrozen(windows: readonly FreezeWindow[], at: Date): boolean {
  return latestEnd(windows, at) !== null;
}

/** Of the windows that lie over this instant, the last end. One that goes past midnight began yesterday. */
function latestEnd(windows: readonly FreezeWindow[], at: Date): Date | null {
  const today = shanghaiDay(at);
  let latest: Date | null = null;
  for (const window of windows)
    for (const day of [addDays(today, -1), today]) {
      const end = endOn(window, day, at);
      if (end !== null && (latest === null || end > latest)) latest = end;
    }
  return latest;
}

function endOn(window: FreezeWindow, day: string, at: Date): Date | null {
  if (window.firstDay !== null && day < window.firstDay) return null;
  if (window.lastDay !== null && day > window.lastDay) return null;
  if (window.days.length > 0 && !window.days.includes(weekday(day))) return null;
  const midnight = shanghaiMidnight(day).getTime();
  const minutes = window.untilMinute + (window.untilMinute <= window.fromMinute ? 24 * 60 : 0);
  const begin = midnight + window.fromMinute * MINUTE_MS;
  const end = midnight + minutes * MINUTE_MS;
  return at.getTime() >= begin && at.getTime() < end ? new Date(end) : null;
}

/** 1 is Monday, 7 Sunday. */
function weekday(day: string): number {
  const sundayIsZero = new Date(`${day}T00:00:00Z`).getUTCDay();
  return sundayIsZero === 0 ? 7 : sundayIsZero;
}
