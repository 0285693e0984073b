import type { Guarded } from '../plan.ts';

/** What a simulated rollout happens in. */
export interface World {
  /** Payments a second that the rollout concerns, of all buyers together. */
  paymentsPerSecond: number;
  /** How often payments go wrong where the wallet is not seen, as parts of one. */
  bad: Readonly<Record<Guarded, number>>;
  /** Of those who see the wallet, so many pay with it; a part of one. */
  chosen: number;
  /** By so much more often a payment with the wallet fails; a part of one. 0: nothing changes (A/A). */
  drop: number;
  /** How often each buyer pays; 1: every payment is another buyer's. */
  paymentsPerBuyer: number;
  /** For so many buyers, a part of one, all that goes wrong goes wrong; 1: for whomever. At least as many as fail. */
  unlucky: number;
  /** Only buyers' first payments, as in real rollouts; `every payment` shows what that is good for. */
  compared: 'first payments' | 'every payment';
}

/** How often a payment with the wallet fails; a part of one. */
export function failingOf({ bad, drop }: World): number {
  return Math.min(1, bad.failed + drop);
}

/** What goes wrong besides failures, in a shop where all is well. */
export const ORDINARY_BAD: Readonly<Omit<Record<Guarded, number>, 'failed'>> = {
  slow: 0.02,
  unknown: 0.005,
  duplicate: 0.0005,
  refunded: 0.03,
  complained: 0.001,
};
