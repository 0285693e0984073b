import { assert } from '../base/assert.ts';

/** A day of a wallet's own calendar, in Asia/Shanghai: `2026-11-11` as bills name it, and the instants it lies between. */
export interface WalletDay {
  day: string;
  /** Inclusive. */
  startsAt: Date;
  /** Exclusive. */
  endsAt: Date;
}

/** `00:00`: the day ends at midnight. `23:00`: the last hour belongs to the next day. */
export type DayEnd = `${number}:${number}`;

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
/** China has one time zone and has had no summer time since 1991. */
const SHANGHAI_MS = 8 * 3_600_000;

/** The wallet's day that an instant falls into. */
export function walletDayOf(instant: Date, dayEndsAt: DayEnd): WalletDay {
  const dayNo = Math.floor((instant.getTime() + SHANGHAI_MS + earlyMs(dayEndsAt)) / DAY_MS);
  return fromDayNo(dayNo, dayEndsAt);
}

/** The wallet's day of that name. The name is a real date of the calendar; `isDay` tells. */
export function walletDay(day: string, dayEndsAt: DayEnd): WalletDay {
  assert(isDay(day), 'a day is a date');
  return fromDayNo(Date.parse(`${day}T00:00:00Z`) / DAY_MS, dayEndsAt);
}

/** The day before or after by so many. */
export function addDays(day: string, count: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + count * DAY_MS).toISOString().slice(0, 10);
}

/** True when text is a date of the calendar, `yyyy-mm-dd`. */
export function isDay(text: string): boolean {
  if (!/^20\d\d-\d\d-\d\d$/.test(text)) return false;
  const ms = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(text);
}

function fromDayNo(dayNo: number, dayEndsAt: DayEnd): WalletDay {
  const startsMs = dayNo * DAY_MS - SHANGHAI_MS - earlyMs(dayEndsAt);
  return {
    day: new Date(dayNo * DAY_MS).toISOString().slice(0, 10),
    startsAt: new Date(startsMs),
    endsAt: new Date(startsMs + DAY_MS),
  };
}

/** How long before midnight the day ends. */
function earlyMs(dayEndsAt: DayEnd): number {
  const [hours, minutes] = dayEndsAt.split(':').map(Number);
  assert(hours !== undefined && minutes !== undefined && hours < 24 && minutes < 60, 'a day ends at hh:mm');
  const endMinutes = hours * 60 + minutes;
  return endMinutes === 0 ? 0 : DAY_MS - endMinutes * MINUTE_MS;
}
