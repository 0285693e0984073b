const BEIJING_MS = 8 * 3_600_000;

/** An instant as many wallets write it: YYYYMMDDhhmmss in Beijing time. */
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
