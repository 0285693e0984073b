import type { Candidate, Quote, QuoteRequest, WalletQuote } from '../offers/offers.ts';
import { openVoucherCodes } from '../offers/voucher-code.ts';
import type { WalletName } from '../wallets/wallet.ts';
import type { Cashier } from './cashier.ts';
import { buyerOf } from './payment-decision.ts';
import { handedOver } from './attempt-holds.ts';
import type { Attempt, Payment } from './payment.ts';
import { findUsedWallets } from './payment-store.ts';

/** What the buyer would pay with each of these wallets, the best first; null where no offer runs at the shop: then all cost the same. */
export async function quotePayment(
  cashier: Cashier,
  { payment, attempts }: TriedPayment,
  device: string | null,
  wallets: readonly WalletName[],
): Promise<Quote | null> {
  if (cashier.deps.offers.isPlain(payment.book, payment.merchantId)) return null;
  return await quoteOrder(cashier, toOrder(cashier, { payment, attempts }, device), wallets);
}

/** A payment and what was tried of it so far. */
export interface TriedPayment {
  payment: Payment;
  attempts: readonly Attempt[];
}

/** What offers look at in a payment. */
export function toOrder({ deps }: Cashier, { payment, attempts }: TriedPayment, device: string | null): Order {
  const { book, merchantId, currency, amountMinor, buyerKey } = payment;
  const items = payment.items ?? [];
  const vouchers = openVoucherCodes(deps.keyring, payment.id, payment.vouchers ?? []);
  const held = handedOver(attempts).flatMap(({ lines }) => lines);
  return { book, merchantId, currency, amountMinor, items, vouchers, buyerKey, held, buyer: buyerOf(payment, device) };
}

/** What is bought and by whom; it need not be a payment yet. */
export type Order = Pick<
  QuoteRequest,
  'book' | 'merchantId' | 'currency' | 'amountMinor' | 'items' | 'buyer' | 'vouchers' | 'held'
> &
  Pick<Payment, 'buyerKey'>;

/** The same for any order, also where no offer runs. */
export async function quoteOrder(cashier: Cashier, order: Order, wallets: readonly WalletName[]): Promise<Quote> {
  const { deps } = cashier;
  const { buyerKey: _, ...asked } = order;
  const request: QuoteRequest = {
    ...asked,
    firstUse: await readFirstUse(cashier, order, wallets),
    candidates: wallets.map(toCandidate),
    at: deps.clock.now(),
  };
  const [quote] = await deps.offers.quote([request]);
  if (quote === undefined) throw new Error('assertion failed: every request for a quote is answered');
  return quote;
}

/** The same for one wallet. */
export async function quoteWallet(
  cashier: Cashier,
  tried: TriedPayment,
  device: string | null,
  wallet: WalletName,
): Promise<WalletQuote | null> {
  const quote = await quotePayment(cashier, tried, device, [wallet]);
  return quote?.quotes[0] ?? null;
}

/** Which bank's card it will be, only the wallet knows. */
function toCandidate(wallet: WalletName): Candidate {
  return { wallet, bank: null, cardKind: null, card: null, instalment: null };
}

/** Nothing is a first use where the buyer is not known. */
async function readFirstUse(
  { deps }: Cashier,
  { book, merchantId, buyerKey }: Order,
  wallets: readonly WalletName[],
): Promise<QuoteRequest['firstUse']> {
  if (buyerKey === null || !deps.offers.asksFirstUse(book, merchantId)) return { merchant: false, wallets: [] };
  const used = await findUsedWallets(deps.sql, book, merchantId, buyerKey);
  return { merchant: used.length === 0, wallets: wallets.filter((wallet) => !used.includes(wallet)) };
}
