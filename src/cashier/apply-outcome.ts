import type { Outcome } from '../wallets/wallet.ts';
import type { Cashier } from './cashier.ts';
import { decideOutcome, type OutcomeSource } from './decide-outcome.ts';
import type { Attempt, Payment } from './payment.ts';

/**
 * The one door: whatever is learned about an attempt, from whomever, comes through here. Returns the payment's state
 * afterwards. Applying the same outcome again changes nothing. Where the source depends on how the attempt
 * stands by then, a function tells it.
 */
export async function applyOutcome(
  cashier: Cashier,
  attempt: Pick<Attempt, 'book' | 'id' | 'paymentId'>,
  outcome: Outcome,
  source: OutcomeSource | ((locked: Attempt) => OutcomeSource),
  /** Set when the merchant itself caused this (a cancel), so that somebody else's payment stays absent. */
  merchantId: string | null,
): Promise<Payment['state'] | null> {
  let state: Payment['state'] | null = null;
  await cashier.change({
    book: attempt.book,
    of: { paymentId: attempt.paymentId },
    merchantId,
    withRefunds: 'where_refunded',
    refundNo: null,
    key: null,
    decide(folder, effects) {
      const locked = folder.attempts.find((candidate) => candidate.id === attempt.id);
      if (locked !== undefined) {
        const from = typeof source === 'function' ? source(locked) : source;
        decideOutcome(cashier.decideDeps, folder, locked, outcome, from, effects);
      }
      state = folder.payment.state;
      return null;
    },
  });
  return state;
}
