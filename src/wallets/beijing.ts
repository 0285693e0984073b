/* Wallets of China write times of Beijing without saying so. UTC+8 the year round; there has been no summer time since 1991. */

const BEIJING_MS = 8 * 3_600_000;

/** `2026-11-23T10:11:12` in Beijing. */
export function toBeijing(at: Date): string {
  return new Date(at.getTime() + BEIJING_MS).toISOString().slice(0, 19);
}

/** Null unless the text is a real second, `2026-11-23T10:11:12` in Beijing: 31 June is not rolled over. */
export function fromBeijing(text: string): Date | null {
  const ms = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(text) ? Date.parse(`${text}+08:00`) : Number.NaN;
  return Number.isNaN(ms) || toBeijing(new Date(ms)) !== text ? null : new Date(ms);
}

/** `20261123101112` in Beijing. */
export function toBeijingDigits(at: Date): string {
  return toBeijing(at).replace(/\D/g, '');
}

/** Null unless the text is a real second, `20261123101112` in Beijing. */
export function fromBeijingDigits(text: string): Date | null {
  const parts = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(text);
  if (parts === null) return null;
  const [, year, month, day, hour, minute, second] = parts;
  return fromBeijing(`${year}-${month}-${day}T${hour}:${minute}:${second}`);
}
