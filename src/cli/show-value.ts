import { formatMinor, money } from '../money/money.ts';

/** Fen as yuan: `12.34`. */
export function showFen(minor: bigint): string {
  return formatMinor(money('CNY', minor));
}

/** An instant as programs read it; null for what has not been. */
export function instantText(instant: Date | null): string | null {
  return instant?.toISOString() ?? null;
}
