import type { Attempt, Payment } from '../cashier/payment.ts';
import { buyerPaid } from '../cashier/show-discounts.ts';
import { type Currency, formatMoney, money } from '../money/money.ts';
import type { WalletQuote } from '../offers/offers.ts';
import type { PriceView } from './cashier-view.ts';
import { appliedLine, notUsedLine, reportedLine } from './offer-lines.ts';

/** What a wallet's line says of its price. */
export function toWalletPrice(quote: WalletQuote, currency: Currency): PriceView {
  const drawn = sum(quote.applied.filter(({ by }) => by === 'hutong').map(({ minor, mostMinor }) => mostMinor - minor));
  return {
    pay: { text: text(currency, quote.toPayMinor), minor: String(quote.toPayMinor) },
    saved: quote.savedMinor > 0n ? text(currency, quote.savedMinor) : null,
    maySave: maySave(currency, quote.maySaveMinor, drawn),
    used: quote.applied.map((offer) => appliedLine(offer, currency)),
    notUsed: quote.notUsed.map((offer) => notUsedLine(offer, currency)),
  };
}

/**
 * What an attempt asks for, and after it has succeeded what was paid. A draw is over by then; a wallet's own offers are an
 * estimate until it has reported, and what it does not report was not given.
 */
export function toAttemptPrice(payment: Payment, attempt: Attempt): PriceView | null {
  const { currency, reported } = attempt;
  const isOver = attempt.outcome === 'succeeded';
  const offers = (attempt.offers ?? []).filter(({ by }) => by === 'hutong' || !isOver);
  const told = isOver ? (reported?.discounts ?? []) : [];
  if (offers.length === 0 && told.length === 0) return null;
  const pay = isOver ? buyerPaid(attempt) : attempt.amountMinor;
  const saved = payment.amountMinor - pay;
  const estimated = sum(offers.filter(({ by }) => by === 'wallet').map(({ mostMinor }) => mostMinor));
  return {
    pay: { text: text(currency, pay), minor: String(pay) },
    saved: saved > 0n ? text(currency, saved) : null,
    maySave: maySave(currency, estimated, 0n),
    used: [
      ...offers.map((offer) => appliedLine(offer, currency)),
      ...told.map((discount) => reportedLine(discount, currency)),
    ],
    notUsed: [],
  };
}

function maySave(currency: Currency, minor: bigint, drawn: bigint): PriceView['maySave'] {
  if (minor <= 0n) return null;
  return { text: text(currency, minor), by: drawn <= 0n ? 'wallet' : drawn >= minor ? 'draw' : 'both' };
}

function text(currency: Currency, minor: bigint): string {
  return formatMoney(money(currency, minor));
}

function sum(minors: readonly bigint[]): bigint {
  return minors.reduce((total, minor) => total + minor, 0n);
}
