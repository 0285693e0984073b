const SHANGHAI_MS = 8 * 3_600_000; // UTC+8 the year round
const DAY_MS = 86_400_000;

/** `yyyy-mm-dd` in Asia/Shanghai. */
export function shanghaiDay(at: Date): string {
  return new Date(at.getTime() + SHANGHAI_MS).toISOString().slice(0, 10);
}

/** The first instant of a day and of the one after it; null where the text is no day. */
export function dayLimits(day: string): { from: Date; to: Date } | null {
  const start = /^\d{4}-\d\d-\d\d$/.test(day) ? Date.parse(`${day}T00:00:00+08:00`) : Number.NaN;
  if (Number.isNaN(start) || shanghaiDay(new Date(start)) !== day) return null;
  return { from: new Date(start), to: new Date(start + DAY_MS) };
}
