import { assert } from '../base/assert.ts';
import { Refusal } from '../base/refusal.ts';
import type { HoldLine } from '../ledger/holds.ts';
import type { AppliedOffer } from '../offers/offers.ts';
import type { PaymentDecision } from '../rollout/rollouts.ts';
import { findAttemptsOf } from './attempt-store.ts';
import type { Cashier } from './cashier.ts';
import { isFinal } from './moves.ts';
import type { Payment } from './payment.ts';
import { decisionFor, decisionOf, listWallets } from './payment-decision.ts';
import { quoteWallet, type TriedPayment } from './quote-payment.ts';
import type { StartAttempt } from './start-attempt.ts';

/** What an attempt will cost, and what it needs for that; worked out before anything is locked. */
export interface AttemptPlan {
  /** What the wallet is to be asked for; null for the whole amount of the payment. */
  amountMinor: bigint | null;
  discountMinor: bigint;
  /** The offers behind it, drawn; null for none. */
  offers: readonly AppliedOffer[] | null;
  /** What the offers hold, then what the staged wallet holds. */
  lines: readonly HoldLine[];
  /** How many of the lines belong to offers. */
  offerLinesCount: number;
  /** The decision that this was planned with, kept or still to be kept; null where nothing is staged. */
  decision: PaymentDecision | null;
  /** Why it cannot be done; null where it can. Said in the record, where a repeated request hears what the first heard. */
  refusal: Refusal | null;
}

const PLAIN: AttemptPlan = Object.freeze({
  amountMinor: null,
  discountMinor: 0n,
  offers: null,
  lines: [],
  offerLinesCount: 0,
  decision: null,
  refusal: null,
});

/** Without offers and staged wallets there is nothing to plan, and nothing is read. `recent` stands for a payment that need not be read. */
export async function planAttempt(
  cashier: Cashier,
  request: StartAttempt,
  recent: Payment | null,
): Promise<AttemptPlan> {
  const { rollouts, offers } = cashier.deps;
  const { book, merchantId } = request;
  const payment = await readIfNeeded(cashier, request, recent);
  if (payment === null) return PLAIN;
  const wallets = await listWallets(cashier, payment);
  const decision = decisionFor(cashier.deps, payment, wallets, request, request.wallet);
  const price = offers.isPlain(book, merchantId)
    ? PLAIN
    : await priceAttempt(cashier, await readTried(cashier, payment), request);
  if (price.refusal !== null) return price;
  const amount = { currency: payment.currency, minor: price.amountMinor ?? payment.amountMinor };
  const risk = rollouts.riskLines(book, decisionOf(cashier.deps, payment, decision, request.wallet), amount);
  return { ...price, lines: [...price.lines, ...risk], decision };
}

/** Null where the plan is plain, or the payment can no longer be paid: then the record says why. */
async function readIfNeeded(cashier: Cashier, request: StartAttempt, recent: Payment | null): Promise<Payment | null> {
  const { rollouts, offers } = cashier.deps;
  const { book, merchantId } = request;
  const accounts = await cashier.listAccounts(book, merchantId);
  const isPlain = rollouts.isPlain(book, merchantId, [...new Set(accounts.map(({ wallet }) => wallet))]);
  if (isPlain && offers.isPlain(book, merchantId)) return null;
  const payment = recent ?? (await cashier.readPayment(book, request.paymentId));
  return payment === null || payment.merchantId !== merchantId || isFinal(payment.state) ? null : payment;
}

/** Quoted and drawn. Never more than the buyer was shown, and never less than one fen. */
async function priceAttempt(cashier: Cashier, tried: TriedPayment, request: StartAttempt): Promise<AttemptPlan> {
  const { payment } = tried;
  const quote = await quoteWallet(cashier, tried, request.device, request.wallet);
  if (quote === null) return PLAIN;
  if (request.expectedMinor !== null && quote.toPayMinor > request.expectedMinor)
    return { ...PLAIN, refusal: offerChanged(quote.toPayMinor) };
  const drawn = cashier.deps.offers.draw(quote.applied, await readDrawn(cashier, tried, quote.applied), payment.id);
  const isTooMuch = discountOf(drawn) >= payment.amountMinor;
  const applied = isTooMuch ? quote.applied : drawn;
  const discountMinor = discountOf(applied);
  const amountMinor = payment.amountMinor - discountMinor;
  assert(amountMinor >= 1n && amountMinor <= quote.toPayMinor, 'nobody pays more than was quoted, or nothing');
  const lines = applied.flatMap((offer) => (offer.by === 'hutong' ? offer.holds : []));
  return {
    amountMinor,
    discountMinor,
    offers: applied.length === 0 ? null : applied,
    lines,
    offerLinesCount: lines.length,
    decision: null,
    refusal: null,
  };
}

/** With nothing under way there is nothing to be handed over, and it need not be asked. */
async function readTried({ deps }: Cashier, payment: Payment): Promise<TriedPayment> {
  const isUnderWay = payment.state !== 'requires_payment_method';
  return { payment, attempts: isUnderWay ? await findAttemptsOf(deps.sql, payment.book, [payment.id]) : [] };
}

/** What earlier tries were promised, also those that have failed; asked only where something is to be drawn. */
async function readDrawn(
  { deps }: Cashier,
  { payment, attempts }: TriedPayment,
  applied: readonly AppliedOffer[],
): Promise<AppliedOffer[]> {
  if (!applied.some(({ by, minor, mostMinor }) => by === 'hutong' && mostMinor > minor)) return [];
  const tried = attempts.length > 0 ? attempts : await findAttemptsOf(deps.sql, payment.book, [payment.id]);
  return tried.flatMap(({ offers }) => (offers ?? []).filter(({ by }) => by === 'hutong'));
}

function discountOf(applied: readonly AppliedOffer[]): bigint {
  return applied.reduce((sum, { by, minor }) => (by === 'hutong' ? sum + minor : sum), 0n);
}

/** Somebody else was faster: what it costs now in minor units, looked up anew. */
export async function priceWithout(cashier: Cashier, request: StartAttempt, line: HoldLine): Promise<bigint> {
  cashier.deps.offers.forget([line.limit]);
  const payment = await cashier.readPayment(request.book, request.paymentId);
  assert(payment !== null, 'what was locked a moment ago is there');
  const quote = await quoteWallet(cashier, await readTried(cashier, payment), request.device, request.wallet);
  return quote?.toPayMinor ?? payment.amountMinor;
}

/** The buyer is to be asked again; nothing was sent. */
export function offerChanged(amountMinor: bigint): Refusal {
  return new Refusal('offer_changed', 'an offer has changed or is gone; show the new price and ask the buyer again', {
    amount_minor: amountMinor.toString(),
  });
}
