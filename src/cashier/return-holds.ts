import type { HoldReturn } from '../ledger/holds.ts';
import type { Attempt, Refund } from './payment.ts';

/**
 * What a refund that has succeeded gives back of the limits that its payment's offers used: of money, as much as goes back to who paid; of
 * counts, what was used, and only when nothing of the order is left. Null for nothing. `refunds` are all of the payment.
 */
export function returnedHolds(attempt: Attempt, refund: Refund, refunds: readonly Refund[]): HoldReturn | null {
  if (attempt.holdsState !== 'committed' || refund.automatic) return null;
  const isWhole = isAllBack(attempt, refund, refunds);
  const left = new Map((refund.shares ?? []).map(({ offerId, minor }) => [offerId, minor]));
  const lines: HoldReturn['lines'][number][] = [];
  for (const offer of attempt.offers ?? []) {
    if (offer.by !== 'hutong') continue; // a wallet's own is only expected, and holds nothing
    const shareMinor = left.get(offer.offerId) ?? 0n;
    // Of two vouchers of one campaign the first gives back what it can, then the second.
    const ownMinor = shareMinor < offer.minor ? shareMinor : offer.minor;
    left.set(offer.offerId, shareMinor - ownMinor);
    for (const line of offer.holds) {
      if (line.onSuccess === 'release') continue;
      const amount = line.unit === 'money' ? ownMinor : isWhole ? line.amount : 0n;
      if (amount > 0n) lines.push({ line, amount });
    }
  }
  return lines.length === 0 ? null : { id: refund.id, lines };
}

/** Nothing is left to be refunded, and nothing is still on its way. */
function isAllBack(attempt: Attempt, refund: Refund, refunds: readonly Refund[]): boolean {
  const others = refunds.filter((other) => other.attemptId === attempt.id && other.id !== refund.id);
  return (
    attempt.orderBackMinor === attempt.amountMinor + attempt.discountMinor &&
    others.every(({ outcome }) => outcome === 'succeeded' || outcome === 'failed')
  );
}
