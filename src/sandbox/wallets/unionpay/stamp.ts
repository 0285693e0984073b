import { toStamp } from '../ground/stamp.ts';

export { fromStamp, toStamp } from '../ground/stamp.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** The clearing day an instant falls in, YYYYMMDD: it runs from 23:00 of the day before to 23:00, Beijing time. */
export function clearingDay(at: Date): string {
  return toStamp(new Date(at.getTime() + HOUR_MS)).slice(0, 8);
}

export function daysBetween(from: Date, to: Date): number {
  return (to.getTime() - from.getTime()) / DAY_MS;
}
