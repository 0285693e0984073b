import { Refusal } from '../base/refusal.ts';
import { type ShownQuote, showQuote } from '../offers/show-quote.ts';
import { findAttemptsOf } from './attempt-store.ts';
import type { Cashier } from './cashier.ts';
import { isFinal } from './moves.ts';
import { decisionFor, decisionNow, decisionOf, listWallets, NOWHERE } from './payment-decision.ts';
import { quoteOrder, toOrder } from './quote-payment.ts';
import { readOwnPayment } from './read-payments.ts';

/**
 * What the buyer of a payment would pay with each wallet now, the best first. Staged wallets that this buyer is not shown are left out; nothing
 * is kept or promised by asking. @throws Refusal not_found, payment_not_payable, payment_already_succeeded
 */
export async function tellQuote(cashier: Cashier, merchantId: string, paymentId: string): Promise<ShownQuote> {
  const payment = await readOwnPayment(cashier, merchantId, paymentId);
  if (payment.state === 'succeeded') throw new Refusal('payment_already_succeeded', 'the payment has been paid');
  if (isFinal(payment.state)) throw new Refusal('payment_not_payable', 'the payment was canceled or its time is over');
  const wallets = await listWallets(cashier, payment);
  const [found, attempts] = [
    decisionFor(cashier.deps, payment, wallets, NOWHERE, null),
    await findAttemptsOf(cashier.deps.sql, payment.book, [payment.id]),
  ];
  const decision = found === null ? null : decisionNow(cashier.deps, payment.book, found, attempts, null);
  const shown = wallets.filter((wallet) => decisionOf(cashier.deps, payment, decision, wallet).shown);
  return showQuote(await quoteOrder(cashier, toOrder(cashier, { payment, attempts }, null), shown), payment.currency);
}
