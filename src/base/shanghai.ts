import { assert } from './assert.ts';

/*
 * The calendar in which limits and settlement days are counted. China has one time zone and has had no summer time since 1991, so
 * a local time is UTC and eight hours.
 */

const SHANGHAI_MS = 8 * 3_600_000;

/** `2026-11-23`: the day in Asia/Shanghai that an instant falls into. */
export function shanghaiDay(instant: Date): string {
  return new Date(instant.getTime() + SHANGHAI_MS).toISOString().slice(0, 10);
}

/** The instant at which a day of Asia/Shanghai begins. */
export function shanghaiMidnight(day: string): Date {
  const ms = Date.parse(`${day}T00:00:00Z`);
  assert(!Number.isNaN(ms), 'a day is a date');
  return new Date(ms - SHANGHAI_MS);
}

/** The day before or after by so many. */
export function addDays(day: string, count: number): string {
  return shanghaiDay(new Date(shanghaiMidnight(day).getTime() + count * 86_400_000));
}

/** True when text is a date of the calendar, `yyyy-mm-dd`. */
export function isDay(text: string): boolean {
  if (!/^20\d\d-\d\d-\d\d$/.test(text)) return false;
  const ms = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(text);
}

/** The first day of the day, month or year that an instant lies in, and the first day after it. */
export function windowAround(window: 'day' | 'month' | 'year', instant: Date): { startsOn: string; endsOn: string } {
  const today = shanghaiDay(instant);
  if (window === 'day') return { startsOn: today, endsOn: addDays(today, 1) };
  const year = Number(today.slice(0, 4));
  if (window === 'year') return { startsOn: `${year}-01-01`, endsOn: `${year + 1}-01-01` };
  const startsOn = `${today.slice(0, 7)}-01`;
  return { startsOn, endsOn: `${addDays(startsOn, 31).slice(0, 7)}-01` };
}
