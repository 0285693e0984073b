const BEIJING_MS = 8 * 3_600_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** An instant as UnionPay writes it: YYYYMMDDhhmmss in Beijing time. */
export function toStamp(at: Date): string {
  return new Date(at.getTime() + BEIJING_MS).toISOString().replace(/[-T:]/g, '').slice(0, 14);
}

/** Null when the text is no existing second: 20260230… is refused, not rolled over to March. */
export function fromStamp(text: string): Date | null {
  const parts = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(text);
  if (parts === null) return null;
  const [year, month, day, hour, minute, second] = parts.slice(1).map(Number);
  const at = new Date(Date.UTC(year ?? 0, (month ?? 0) - 1, day, hour, minute, second) - BEIJING_MS);
  return toStamp(at) === text ? at : null;
}

/** The clearing day an instant falls in, YYYYMMDD: it runs from 23:00 of the day before to 23:00, Beijing time. */
export function clearingDay(at: Date): string {
  return toStamp(new Date(at.getTime() + HOUR_MS)).slice(0, 8);
}

export function daysBetween(from: Date, to: Date): number {
  return (to.getTime() - from.getTime()) / DAY_MS;
}
