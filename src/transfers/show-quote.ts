import { money } from '../money/money.ts';
import { isLevelEnough, levelFor } from '../users/proof-levels.ts';
import type { Act, ProofLevel, Session } from '../users/users.ts';
import type { LimitLeft } from '../limits/limits.ts';
import type { QuoteRow } from './quote-row.ts';
import type { Quote } from './transfers.ts';

/** What has to be proved: this quote, this amount, to whom it was shown to go. */
export function actOf(quote: QuoteRow): Act {
  const { bank, last4, nameMasked } = quote.shownTo;
  const payee = [nameMasked, bank, last4].filter((part) => part !== '').join(' ');
  return { kind: quote.kind, subject: quote.id, amount: money('CNY', quote.amountMinor), payee };
}

/** What was asked for at the quote, or more where it is confirmed from a device that is new. */
export function levelOf(quote: QuoteRow, session: Session): ProofLevel {
  const asked = levelFor({
    kind: quote.kind,
    amount: money('CNY', quote.amountMinor),
    deviceIsNew: session.deviceIsNew,
    payeeIsNew: false,
    byPaymentCode: false,
  });
  return isLevelEnough(quote.level, asked) ? quote.level : asked;
}

/** `left` is what each part's card has left, in order of the parts. */
export function showQuote(quote: QuoteRow, left: readonly LimitLeft[][]): Quote {
  return {
    id: quote.id,
    kind: quote.kind,
    amount: money('CNY', quote.amountMinor),
    fee: money('CNY', 0n),
    arrival: quote.arrival,
    arrivesAt: quote.arrivesAt,
    to: quote.shownTo,
    parts: quote.parts.map((part, index) => ({
      fromCardId: part.cardId,
      from: { bank: part.bank, last4: part.last4, nameMasked: part.nameMasked },
      amount: money('CNY', part.amountMinor),
      left: left[index] ?? [],
    })),
    explanation: quote.explanation,
    act: actOf(quote),
    level: quote.level,
    advice: quote.advice,
    expiresAt: quote.expiresAt,
  };
}
