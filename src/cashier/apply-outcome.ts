import type { Outcome } from '../wallets/wallet.ts';
import type { Cashier } from './cashier.ts';
import { decideOutcome, type OutcomeSource } from './decide-outcome.ts';
import type { Attempt, Payment } from './payment.ts';

/**
 * The one door: whatever is learned about an attempt, from whomever, comes through here. Returns the payment's state
 * afterwards. Applying the same outcome again changes nothing. A function makes the outcome of the attempt as it stands now.
 */
export async function applyOutcome(
  cashier: Cashier,
  attempt: Pick<Attempt, 'book' | 'id' | 'paymentId'>,
  outcome: Outcome | ((locked: Attempt) => Outcome),
  source: OutcomeSource,
  /** Set when the merchant itself caused this (a cancel), so that somebody else's payment stays absent. */
  merchantId: string | null,
): Promise<Payment['state'] | null> {
  let state: Payment['state'] | null = null;
  await cashier.change({
    book: attempt.book,
    of: { paymentId: attempt.paymentId },
    merchantId,
    withRefunds: false,
    refundNo: null,
    key: null,
    decide(folder, effects) {
      const locked = folder.attempts.find((candidate) => candidate.id === attempt.id);
      if (locked !== undefined) {
        const learned = typeof outcome === 'function' ? outcome(locked) : outcome;
        decideOutcome(cashier.decideDeps, folder, locked, learned, source, effects);
      }
      state = folder.payment.state;
      return null;
    },
  });
  return state;
}
