import type { EffectEvent } from './effects.ts';
import { reportedParts } from './offer-accounts.ts';
import type { Attempt, BookedPart, Payment, Refund } from './payment.ts';
import { settledAmount } from './settled-amount.ts';
import { buyerPaid, buyerReceived } from './show-discounts.ts';

/** A payment as it was before a decision, or is after it. */
interface Seen {
  payment: Payment;
  attempts: readonly Attempt[];
  refunds: readonly Refund[];
}

/**
 * What a shop has been told and is otherwise now: what the buyer paid or got back, what the wallet settles, or who pays for a discount.
 * Found by comparing before and after, so whichever way a report comes, each change is told once; the payment's comes before its refunds',
 * and its version grows. What has just ended is told by its own event.
 */
export function tellCorrections(before: Seen, after: Seen, events: EffectEvent[]): void {
  const { payment, attempts } = after;
  const isCorrected = attempts.some((attempt, index) => {
    const known = before.attempts[index];
    return known?.settled === 'accepted' && figuresOfPayment(known) !== figuresOfPayment(attempt);
  });
  if (isCorrected) {
    payment.version += 1;
    events.push({
      type: 'payment.corrected',
      payment: { ...payment },
      attempts: attempts.map((attempt) => ({ ...attempt })),
    });
  }
  for (const [index, refund] of after.refunds.entries()) {
    const known = before.refunds[index];
    if (known?.outcome === 'succeeded' && figuresOfRefund(known) !== figuresOfRefund(refund))
      events.push({ type: 'refund.corrected', refund: { ...refund } });
  }
}

/** Where nothing that was told can be, it is as if nothing had been told. */
function figuresOfPayment(attempt: Attempt): string {
  const counted: Attempt = attempt.reported?.counts === null ? { ...attempt, reported: null } : attempt;
  const settledMinor = settledAmount(attempt.wallet, attempt.paidMinor, counted.reported);
  return [buyerPaid(counted), settledMinor ?? 'open', partsText(reportedParts(counted))].join(' ');
}

function figuresOfRefund(refund: Refund): string {
  return `${buyerReceived(refund)} ${partsText(refund.reported?.booked ?? [])}`;
}

/** The same for the same parts, in whatever order the wallet named them. */
function partsText(parts: readonly BookedPart[]): string {
  return parts
    .map(({ kind, owner, minor }) => `${kind} ${owner} ${minor}`)
    .sort()
    .join(', ');
}
