import { createHash } from 'node:crypto';
import { QR_PAYMENT_SECONDS } from '../../base/limits.ts';
import { Refusal } from '../../base/refusal.ts';
import { readPaymentsByOrder } from '../../cashier/linked-payments.ts';
import type { Payment, PaymentId } from '../../cashier/payment.ts';
import { money } from '../../money/money.ts';
import type { PayDeps } from './pay-deps.ts';
import type { Terms } from './terms.ts';

export interface LinkPayment {
  nonce: string;
  orderNo: string;
  amountMinor: bigint;
  subject: string;
  payerName: string | null;
  /** Null where places have no end. */
  placeNo: number | null;
  /** Where the buyer comes back to: our own page of the link. */
  returnUrl: string;
}

/**
 * The payment of this order number, made now where there is none yet: asked twice, by whomever, it is one payment.
 * @throws Refusal order_no_taken when the shop has used the number for something else, link_payment_over when it was there and is cancelled or expired
 */
export async function openLinkPayment(deps: PayDeps, terms: Terms, wish: LinkPayment): Promise<PaymentId> {
  const { book, merchantId } = terms;
  if (merchantId === null) throw new Error('assertion failed: payments of links are shops’');
  try {
    const result = await deps.cashier.create(book, {
      merchantId,
      livemode: terms.livemode,
      orderNo: wish.orderNo,
      amount: money(terms.currency, wish.amountMinor),
      subject: wish.subject,
      returnUrl: wish.returnUrl,
      expiresInSeconds: QR_PAYMENT_SECONDS,
      linkCode: terms.code,
      metadata: toMetadata(terms, wish),
      buyer: null,
      items: null,
      vouchers: null,
      claim: {
        book,
        merchantId,
        key: `link:${terms.linkId}:${wish.nonce}`,
        route: 'POST /l/pay',
        fingerprint: createHash('sha256').update(`${wish.amountMinor} ${wish.subject}`).digest('hex'),
      },
    });
    if (result.reply === null) throw new Error('assertion failed: a new payment has a reply');
    const { id }: { id: PaymentId } = JSON.parse(result.reply.body); // showPayment's own shape
    if (result.replayed) checkAlive(await deps.cashier.readPayment(book, id));
    return id;
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== 'order_no_taken') throw error;
    // The key may be forgotten by now, or the payment was made for another who opened the same place.
    const [payment] = await readPaymentsByOrder(deps.sql, book, [{ merchantId, orderNo: wish.orderNo }]);
    if (payment === undefined || payment.metadata['link'] !== terms.linkId) throw error;
    checkAlive(payment);
    return payment.id;
  }
}

/** What was cancelled or expired is never paid any more: nobody is led there to find that out. */
function checkAlive(payment: Payment | null): void {
  if (payment?.state === 'canceled') throw paymentOver();
}

export function paymentOver(): Refusal {
  return new Refusal('link_payment_over', 'the payment of this form was cancelled or has expired');
}

function toMetadata(terms: Terms, wish: LinkPayment): Record<string, string> {
  const isShare = terms.shares.length > 0 && wish.placeNo !== null;
  return {
    link: terms.linkId,
    ...(terms.orderNo === null ? {} : { order_no: terms.orderNo }),
    ...(isShare ? { share: `${wish.placeNo}/${terms.shares.length}` } : {}),
    ...(wish.payerName === null ? {} : { payer: wish.payerName }),
  };
}
