import type { Currency } from '../money/money.ts';
import type { SucceededOutcome } from '../wallets/wallet.ts';
import { isSound, reportedParts } from './offer-accounts.ts';
import type { Attempt, ReportedPay } from './payment.ts';

/** What of a report is new: whether it is to be booked, and what an operator should look at, null for nothing. */
export interface TakenReport {
  isBooked: boolean;
  differs: string | null;
}

/**
 * What the wallet tells of discounts of its own with a payment that has succeeded: kept and booked once, when it is first told,
 * be that with the payment or later. What contradicts it afterwards is for an operator and changes nothing.
 */
export function takeReport(attempt: Attempt, outcome: SucceededOutcome): TakenReport {
  const told = readReport(outcome, attempt.currency, attempt.paidMinor);
  if (told === null) return NOTHING;
  const differs = (why: string): TakenReport => ({ isBooked: false, differs: why });
  if (attempt.reported !== null)
    return isSame(attempt.reported, told)
      ? NOTHING
      : differs('the wallet tells of other discounts than before; nothing was changed');
  if (attempt.refundingMinor + attempt.refundedMinor > 0n)
    return differs('the wallet tells of discounts after a refund has begun; they are not booked');
  attempt.reported = told;
  if (!isSound(told, attempt.paidMinor))
    return differs('the wallet tells of discounts that cannot be; they are kept and not booked');
  // Surplus money goes back whole, and with it what the wallet took off.
  return { isBooked: attempt.settled === 'accepted' && reportedParts(attempt).length > 0, differs: null };
}

const NOTHING: TakenReport = { isBooked: false, differs: null };

/** Null where the wallet says nothing, or that nothing was taken off. */
export function readReport(outcome: SucceededOutcome, currency: Currency, wholeMinor: bigint): ReportedPay | null {
  const { discounts = [], buyerPaid } = outcome;
  const buyerMinor = buyerPaid?.currency === currency ? buyerPaid.minor : null;
  if (discounts.length === 0 && (buyerMinor === null || buyerMinor === wholeMinor)) return null;
  return { buyerMinor, discounts };
}

/** The same discounts in whatever order; what one of the two does not say is no difference. */
function isSame(known: ReportedPay, told: ReportedPay): boolean {
  const isBuyerSame = known.buyerMinor === null || told.buyerMinor === null || known.buyerMinor === told.buyerMinor;
  return isBuyerSame && (told.discounts.length === 0 || namesOf(known) === namesOf(told));
}

function namesOf({ discounts }: ReportedPay): string {
  const names = discounts.map(({ walletOfferId, minor, parts }) =>
    [walletOfferId, minor, ...parts.map((part) => `${part.funder} ${part.owner ?? ''} ${part.minor}`).sort()].join(
      '\t',
    ),
  );
  return names.sort().join('\n');
}
