import type { HoldLine } from '../ledger/holds.ts';
import type { Attempt } from './payment.ts';

/** How what an attempt holds of limits comes to its end; written to the ledger with the decision. */
export interface HoldsEnd {
  attempt: Attempt;
  /** `late`: it had been given back, and then the money came after all. */
  to: 'commit' | 'release' | 'late';
}

/** The attempt paid its payment: what it held is used up. */
export function useHolds(attempt: Attempt, ends: HoldsEnd[]): void {
  if (attempt.holdsState === null || attempt.holdsState === 'committed') return;
  ends.push({ attempt, to: attempt.holdsState === 'held' ? 'commit' : 'late' });
  attempt.holdsState = 'committed';
}

/** Nothing will come of the attempt, or it counts for nothing: others may have what it held. */
export function releaseHolds(attempt: Attempt, ends: HoldsEnd[]): void {
  if (attempt.holdsState !== 'held') return;
  ends.push({ attempt, to: 'release' });
  attempt.holdsState = 'released';
}

/**
 * What the next attempt of the same payment takes over: only one of them can ever count, so a buyer who comes back and picks another wallet
 * still has the place that he held. What is at risk at a staged wallet stays held; so does everything of an attempt that may have been paid.
 */
export function handedOver(attempts: readonly Attempt[]): { id: string; lines: readonly HoldLine[] }[] {
  return attempts.flatMap(({ id, outcome, holds, holdsState }) => {
    const isFree = outcome === 'pending' && holdsState === 'held' && holds !== null;
    return isFree && holds.every(({ onSuccess }) => onSuccess === 'commit') ? [{ id, lines: holds }] : [];
  });
}
