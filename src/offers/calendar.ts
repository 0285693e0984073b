import { assertNever } from '../base/assert.ts';
import { CAMPAIGN_DAYS_MAX } from '../base/limits.ts';
import { addDays, isDay, shanghaiDay, shanghaiMidnight } from '../base/shanghai.ts';
import type { CampaignCalendar, LimitWindow } from './campaign.ts';

/*
 * When a campaign runs, in Asia/Shanghai. A window of hours is a piece of time that begins on one day, also when it ends on the next:
 * weekdays and days left out are those of its beginning.
 */

const MINUTE_MS = 60_000;
const DAY_MINUTES = 1440;
const WHOLE_DAY = [{ from: 0, to: DAY_MINUTES }];

export type CalendarState = 'not_started' | 'ended' | 'open' | 'closed_now';

export function calendarState(calendar: CampaignCalendar, at: Date): CalendarState {
  if (calendar.from !== null && at < calendar.from) return 'not_started';
  if (calendar.until !== null && at >= calendar.until) return 'ended';
  const today = shanghaiDay(at);
  const minute = Math.floor((at.getTime() - shanghaiMidnight(today).getTime()) / MINUTE_MS);
  const isOpen = hoursOf(calendar).some(({ from, to }) =>
    from < to
      ? minute >= from && minute < to && runsOn(calendar, today)
      : (minute >= from && runsOn(calendar, today)) || (minute < to && runsOn(calendar, addDays(today, -1))),
  );
  return isOpen ? 'open' : 'closed_now';
}

/** The next instant from then on at which it is open; null where there is none within the days that are looked ahead. */
export function nextOpening(calendar: CampaignCalendar, at: Date): Date | null {
  const start = calendar.from !== null && calendar.from > at ? calendar.from : at;
  if (calendarState(calendar, start) === 'open') return start;
  // From the day before: one of its windows may cross midnight.
  for (
    let ahead = -1, day = addDays(shanghaiDay(start), -1);
    ahead <= CAMPAIGN_DAYS_MAX;
    ahead++, day = addDays(day, 1)
  ) {
    if (!runsOn(calendar, day)) continue;
    const midnight = shanghaiMidnight(day).getTime();
    const begins = hoursOf(calendar)
      .map(({ from }) => new Date(midnight + from * MINUTE_MS))
      .filter((instant) => instant >= start)
      .sort((a, b) => a.getTime() - b.getTime())[0];
    if (begins === undefined) continue;
    return calendar.until !== null && begins >= calendar.until ? null : begins;
  }
  return null;
}

/** The day, week or month of an instant, as it stands in a limit's name: `2026-11-23`, `2026-W48`, `2026-11`. */
export function windowName(window: Exclude<LimitWindow, 'campaign'>, at: Date): string {
  const today = shanghaiDay(at);
  switch (window) {
    case 'day':
      return today;
    case 'month':
      return today.slice(0, 7);
    case 'week':
      return isoWeek(today);
    default:
      return assertNever(window);
  }
}

/** The first instant after the day, week or month that an instant lies in. */
export function windowEnd(window: Exclude<LimitWindow, 'campaign'>, at: Date): Date {
  const today = shanghaiDay(at);
  switch (window) {
    case 'day':
      return shanghaiMidnight(addDays(today, 1));
    case 'week':
      return shanghaiMidnight(addDays(today, 8 - weekdayOf(today)));
    case 'month':
      return shanghaiMidnight(`${addDays(`${today.slice(0, 7)}-01`, 31).slice(0, 7)}-01`);
    default:
      return assertNever(window);
  }
}

/** 1 is Monday, 7 Sunday. */
export function weekdayOf(day: string): number {
  return new Date(`${day}T00:00:00Z`).getUTCDay() || 7;
}

/** `2026-11-01` or `2026-11-01T10:00` in Asia/Shanghai; null where the calendar or the clock has no such moment. */
export function readMoment(text: string): { instant: Date; isDay: boolean } | null {
  const [day = '', time] = text.split('T');
  if (!isDay(day)) return null;
  if (time === undefined) return { instant: shanghaiMidnight(day), isDay: true };
  const minute = readMinute(time);
  if (minute === null || minute === DAY_MINUTES) return null;
  return { instant: new Date(shanghaiMidnight(day).getTime() + minute * MINUTE_MS), isDay: false };
}

/** Minutes of the day from `00:00` to `24:00`. */
export function readMinute(text: string): number | null {
  const [, hour, minute] = /^(\d\d):(\d\d)$/.exec(text) ?? [];
  const minutes = Number(hour) * 60 + Number(minute);
  return Number(minute) < 60 && minutes <= DAY_MINUTES ? minutes : null;
}

function hoursOf({ hours }: CampaignCalendar): readonly { from: number; to: number }[] {
  return hours.length === 0 ? WHOLE_DAY : hours;
}

function runsOn({ weekdays, except }: CampaignCalendar, day: string): boolean {
  return (weekdays.length === 0 || weekdays.includes(weekdayOf(day))) && !except.includes(day);
}

/** ISO 8601: a week belongs to the year of its Thursday. */
function isoWeek(day: string): string {
  const thursday = addDays(day, 4 - weekdayOf(day));
  const year = thursday.slice(0, 4);
  const days = (Date.parse(`${thursday}T00:00:00Z`) - Date.parse(`${year}-01-01T00:00:00Z`)) / 86_400_000;
  return `${year}-W${String(Math.floor(days / 7) + 1).padStart(2, '0')}`;
}
