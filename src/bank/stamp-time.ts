/** The whole year round: China has no summer time. */
const SHANGHAI_MS = 8 * 3_600_000;

/** F7: MMDDhhmmss in Asia/Shanghai. */
export function toTransmittedAt(at: Date): string {
  return shanghai(at).slice(5, 19).replace(/[-T:]/g, '');
}

/** `20261123` as `2026-11-23`; null when there is no such day. */
export function toDay(digits: string): string | null {
  if (!/^\d{8}$/.test(digits)) return null;
  const day = `${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6)}`;
  const at = Date.parse(`${day}T00:00:00Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(day) ? day : null;
}

/** The day that an MMDD without a year (F15) means: the one next to `now`. Null when neither year has it. */
export function dayNear(monthDay: string, now: Date): string | null {
  const year = Number(shanghai(now).slice(0, 4));
  const days = [year - 1, year, year + 1].map((each) => toDay(`${each}${monthDay}`)).filter((day) => day !== null);
  const distance = (day: string) => Math.abs(Date.parse(`${day}T12:00:00+08:00`) - now.getTime());
  return days.toSorted((left, right) => distance(left) - distance(right))[0] ?? null;
}

/** Whether F7, which has no year, is within so many milliseconds of `now`. */
export function isTransmittedNear(digits: string, now: Date, withinMs: number): boolean {
  const [, month, day, hour, minute, second] = /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(digits) ?? [];
  const year = Number(shanghai(now).slice(0, 4));
  return [year - 1, year, year + 1].some((each) => {
    const atMs = Date.parse(`${each}-${month}-${day}T${hour}:${minute}:${second}+08:00`);
    return Math.abs(atMs - now.getTime()) <= withinMs; // never for what is no time
  });
}

function shanghai(at: Date): string {
  return new Date(at.getTime() + SHANGHAI_MS).toISOString();
}
