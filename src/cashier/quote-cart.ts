import type { BuyerFacts, OrderItem } from '../base/buyer.ts';
import { newId } from '../base/id.ts';
import type { Money } from '../money/money.ts';
import type { Quote } from '../offers/offers.ts';
import type { WalletName } from '../wallets/wallet.ts';
import type { Cashier } from './cashier.ts';
import { listWallets } from './payment-decision.ts';
import type { MerchantId } from './payment.ts';
import { quoteOrder } from './quote-payment.ts';
import { buyerKeyOf } from './read-buyer.ts';

/** A cart that is no payment yet. */
export interface Cart {
  book: number;
  merchantId: MerchantId;
  amount: Money;
  items: readonly OrderItem[];
  buyer: BuyerFacts;
  vouchers: readonly string[];
  /** Of the shop's wallets only these; null for all. */
  wallets: readonly WalletName[] | null;
}

/** What this buyer would pay with each wallet of the shop that the cashier would show them, the best first. Nothing is kept or promised. */
export async function quoteCart(cashier: Cashier, cart: Cart): Promise<Quote> {
  const { book, merchantId, amount } = cart;
  const taken = await listWallets(cashier, { book, merchantId, currency: amount.currency });
  const wallets = taken.filter((wallet) => cart.wallets === null || cart.wallets.includes(wallet));
  return await quoteOrder(
    cashier,
    {
      book,
      merchantId,
      currency: amount.currency,
      amountMinor: amount.minor,
      items: cart.items,
      buyer: cart.buyer,
      buyerKey: buyerKeyOf(cart.buyer),
      vouchers: cart.vouchers,
    },
    hideStaged(cashier, cart, wallets),
  );
}

/** A staged wallet is promised to whom the cashier will show it: without a name or a device that is decided payment by payment. */
function hideStaged(cashier: Cashier, cart: Cart, wallets: readonly WalletName[]): WalletName[] {
  const { rollouts } = cashier.deps;
  const { book, merchantId, buyer, amount } = cart;
  if (rollouts.isPlain(book, merchantId, wallets)) return [...wallets];
  const context = {
    merchantId,
    paymentId: newId('pay', cashier.deps, book),
    buyer,
    scene: null,
    app: null,
    currency: amount.currency,
    amountMinor: amount.minor,
    bank: null,
  };
  const isKnown = buyer.id !== null || buyer.device !== null;
  return rollouts
    .decide(book, context, wallets, null)
    .wallets.filter(({ shown, rollout }) => rollout === null || (shown && isKnown))
    .map(({ wallet }) => wallet);
}
