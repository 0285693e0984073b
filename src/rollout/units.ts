import { WHOLE_PPM } from './plan.ts';

const UNITS_PPM = { '%': 10_000, '‰': 1000, ppm: 1 } as const;
const UNITS_MS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Parts per million of `0.1%`, `1‰` or `250ppm`; null for what is no share, finer than a millionth, or more than the whole. */
export function readShare(text: string): number | null {
  const [, whole = '', decimals = '', unit = ''] = /^(\d{1,7})(?:\.(\d{1,4}))?(%|‰|ppm)$/.exec(text) ?? [];
  if (whole === '') return null;
  // In ten-thousandths of the unit, so that no share is ever rounded.
  const scaled = Number(whole) * 10_000 + Number(decimals.padEnd(4, '0'));
  const ppm = (scaled * UNITS_PPM[unit as keyof typeof UNITS_PPM]) / 10_000; // the pattern allows no other unit
  return Number.isSafeInteger(ppm) && ppm <= WHOLE_PPM ? ppm : null;
}

/** As people write it: `5%`, `1‰`, `0.25%`, `7ppm`. */
export function showShare(ppm: number): string {
  if (ppm !== 0 && ppm < 100) return `${ppm}ppm`;
  return ppm !== 0 && ppm < 10_000 && ppm % 1000 === 0 ? `${ppm / 1000}‰` : `${ppm / 10_000}%`;
}

/** Milliseconds of `90s`, `30m`, `2h` or `7d`; null for what is no duration. */
export function readDuration(text: string): number | null {
  const [, count = '', unit = ''] = /^(\d{1,6})(s|m|h|d)$/.exec(text) ?? [];
  return count === '' ? null : Number(count) * UNITS_MS[unit as keyof typeof UNITS_MS]; // the pattern allows no other unit
}

/** In the largest unit that is exact: `2h`, `90m`. Whole seconds only. */
export function showDuration(ms: number): string {
  const unit = (['d', 'h', 'm', 's'] as const).find((one) => ms % UNITS_MS[one] === 0) ?? 's';
  return ms === 0 ? '0s' : `${Math.round(ms / UNITS_MS[unit])}${unit}`;
}
