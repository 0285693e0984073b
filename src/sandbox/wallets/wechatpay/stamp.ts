const SHANGHAI_MS = 8 * 3_600_000; // UTC+8 the year round
const DAY_MS = 24 * 3_600_000;

/** API v3, 日期格式: RFC 3339 with the offset of Beijing. */
export function toStamp(at: Date): string {
  return `${shifted(at).slice(0, 19)}+08:00`;
}

/** Null unless the text is a real date and time with its offset. */
export function fromStamp(text: string): Date | null {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/.test(text)) return null;
  const at = new Date(text);
  return Number.isNaN(at.getTime()) ? null : at;
}

/** `2026-11-23 10:11:12` in Beijing, as bills write it. */
export function toBillTime(at: Date): string {
  return shifted(at).slice(0, 19).replace('T', ' ');
}

/** `20261123101112` in Beijing, as it stands inside numbers. */
export function toDigits(at: Date): string {
  return shifted(at).slice(0, 19).replace(/\D/g, '');
}

/** Start and end of a day of Beijing; null when the text is no day. */
export function dayOf(text: string): { from: Date; to: Date } | null {
  const from = fromStamp(`${text}T00:00:00+08:00`);
  if (from === null || !toBillTime(from).startsWith(text)) return null;
  return { from, to: new Date(from.getTime() + DAY_MS) };
}

function shifted(at: Date): string {
  return new Date(at.getTime() + SHANGHAI_MS).toISOString();
}
