import type { Sums } from './statement.ts';

export const NO_SUMS: Readonly<Sums> = { paymentsCount: 0, paymentsMinor: 0n, refundsCount: 0, refundsMinor: 0n };

/** Counts one payment or refund of so many minor units. */
export function addTo(sums: Sums, kind: 'payment' | 'refund', minor: bigint): void {
  if (kind === 'payment') {
    sums.paymentsCount += 1;
    sums.paymentsMinor += minor;
  } else {
    sums.refundsCount += 1;
    sums.refundsMinor += minor;
  }
}
