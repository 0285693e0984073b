import type { Currency } from '../money/money.ts';
import type { Label } from '../wallets/wallet-names.ts';
import { explainApplied, explainNotUsed } from './explain-offers.ts';
import type { AppliedOffer, NotUsed, Quote, WalletQuote } from './offers.ts';

interface ShownAmount {
  currency: string;
  minor: string;
}

/** A quote as the API shows it: of a payment, or of a cart that is none yet. */
export interface ShownQuote {
  object: 'quote';
  at: string;
  quotes: ShownWalletQuote[];
}

export interface ShownWalletQuote {
  wallet: string;
  amount: ShownAmount;
  to_pay: ShownAmount;
  saved: ShownAmount;
  may_save: ShownAmount;
  exact: boolean;
  applied: ShownApplied[];
  not_used: ShownNotUsed[];
}

export interface ShownApplied {
  offer_id: string;
  version: number;
  name: Label;
  kind: string;
  by: 'hutong' | 'wallet';
  amount: ShownAmount;
  most: ShownAmount;
  paid_by: { funder: string; owner: string; amount: ShownAmount }[];
  voucher_id: string | null;
  explanation: Label;
}

export interface ShownNotUsed {
  offer_id: string;
  name: Label;
  code: string;
  facts: Record<string, string>;
  explanation: Label;
}

/** The best first, as the cashier puts them. */
export function showQuote(quote: Quote, currency: Currency): ShownQuote {
  return { object: 'quote', at: quote.at, quotes: quote.quotes.map((each) => showWalletQuote(each, currency)) };
}

function showWalletQuote(quote: WalletQuote, currency: Currency): ShownWalletQuote {
  return {
    wallet: quote.candidate.wallet,
    amount: showAmount(currency, quote.amountMinor),
    to_pay: showAmount(currency, quote.toPayMinor),
    saved: showAmount(currency, quote.savedMinor),
    may_save: showAmount(currency, quote.maySaveMinor),
    exact: quote.isExact,
    applied: quote.applied.map((offer) => showApplied(offer, currency)),
    not_used: quote.notUsed.map((offer) => showNotUsed(offer, currency)),
  };
}

/** An offer that is used, with who pays it, as payments and attempts show it, too. */
export function showApplied(offer: AppliedOffer, currency: Currency): ShownApplied {
  return {
    offer_id: offer.offerId,
    version: offer.version,
    name: offer.name,
    kind: offer.kind,
    by: offer.by,
    amount: showAmount(currency, offer.minor),
    most: showAmount(currency, offer.mostMinor),
    paid_by: offer.parts.map(({ funder, owner, minor }) => ({ funder, owner, amount: showAmount(currency, minor) })),
    voucher_id: offer.voucherId,
    explanation: explainApplied(offer, currency),
  };
}

function showNotUsed(offer: NotUsed, currency: Currency): ShownNotUsed {
  const { offerId, name, code, facts } = offer;
  return { offer_id: offerId, name, code, facts, explanation: explainNotUsed(offer, currency) };
}

function showAmount(currency: Currency, minor: bigint): ShownAmount {
  return { currency, minor: minor.toString() };
}
