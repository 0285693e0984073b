const BEIJING_MS = 8 * 3_600_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const UNIT_MS: Readonly<Record<string, number>> = { m: 60_000, h: HOUR_MS, d: DAY_MS };

/** An instant as Alipay writes it: `yyyy-MM-dd HH:mm:ss` in Beijing time. */
export function toStamp(at: Date): string {
  const iso = new Date(at.getTime() + BEIJING_MS).toISOString();
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)}`;
}

/** Null when the text is no existing second. */
export function fromStamp(text: string): Date | null {
  const parts = /^(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)$/.exec(text);
  if (parts === null) return null;
  const [year, month, day, hour, minute, second] = parts.slice(1).map(Number);
  const at = new Date(Date.UTC(year ?? 0, (month ?? 0) - 1, day, hour, minute, second) - BEIJING_MS);
  return toStamp(at) === text ? at : null;
}

/** The instants at which a day, `yyyy-MM-dd`, begins and ends. Null when there is no such day. */
export function dayOf(text: string): { from: Date; to: Date } | null {
  const from = fromStamp(`${text} 00:00:00`);
  return from === null ? null : { from, to: new Date(from.getTime() + DAY_MS) };
}

/** `timeout_express`: 1m to 15d, or `1c` for the end of the day. Null when it is no such thing. */
export function timeoutAt(text: string, now: Date): Date | null {
  if (text === '1c') return dayOf(toStamp(now).slice(0, 10))?.to ?? null;
  const parts = /^([1-9]\d{0,4})([mhd])$/.exec(text);
  const ms = Number(parts?.[1]) * (UNIT_MS[parts?.[2] ?? ''] ?? 0);
  return parts === null || ms > 15 * DAY_MS ? null : new Date(now.getTime() + ms);
}

export function daysBetween(from: Date, to: Date): number {
  return (to.getTime() - from.getTime()) / DAY_MS;
}
