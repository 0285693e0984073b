const SHANGHAI_MS = 8 * 3_600_000;
const CUT_OFF_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** The calendar day in Asia/Shanghai, `2026-11-23`. */
export function shanghaiDay(at: Date): string {
  return new Date(at.getTime() + SHANGHAI_MS).toISOString().slice(0, 10);
}

/** The day that the switch books to by the clock alone: from 23:00 it is the next one. */
export function settlementDayAt(at: Date): string {
  return new Date(at.getTime() + SHANGHAI_MS + CUT_OFF_MS).toISOString().slice(0, 10);
}

export function dayAfter(day: string): string {
  return new Date(Date.parse(day) + DAY_MS).toISOString().slice(0, 10);
}

/** F15: MMDD. */
export function shortDay(day: string): string {
  return day.slice(5, 7) + day.slice(8, 10);
}

/** F7: MMDDhhmmss in Asia/Shanghai. */
export function transmitStamp(at: Date): string {
  return new Date(at.getTime() + SHANGHAI_MS).toISOString().replace(/[-T:]/g, '').slice(4, 14);
}

/** `11-23 10:30:15` in Asia/Shanghai, for people. */
export function clockTime(at: Date): string {
  return new Date(at.getTime() + SHANGHAI_MS).toISOString().slice(5, 19).replace('T', ' ');
}
