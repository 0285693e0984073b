import { assertNever } from '../base/assert.ts';
import type { BuyerFacts, OrderItem } from '../base/buyer.ts';
import { tailOfSealed } from '../offers/voucher-code.ts';
import type { Keyring } from '../vault/seal.ts';
import { cashierUrl } from './cashier-link.ts';
import type { Attempt, Payment, Refund } from './payment.ts';
import {
  buyerPaid,
  buyerReceived,
  refundable,
  showAmount,
  showOffers,
  showRefundItems,
  showReported,
  showReports,
  showShares,
} from './show-discounts.ts';

export interface ShowDeps {
  keyring: Keyring;
  /** Where buyers and wallets reach us, without a slash at the end. */
  publicUrl: string;
}

/** A payment as the API, the webhooks and the pages tell it; docs/reference/payment.md has every field. */
export function showPayment(deps: ShowDeps, payment: Payment, attempts: readonly Attempt[]): object {
  const accepted = attempts.find((attempt) => attempt.settled === 'accepted');
  return {
    id: payment.id,
    object: 'payment',
    order_no: payment.orderNo,
    amount: showAmount(payment.currency, payment.amountMinor),
    subject: payment.subject,
    state: payment.state,
    cancellation_reason: payment.cancellationReason,
    cancel_requested_at: showTime(payment.cancelRequestedAt),
    wallet: accepted?.wallet ?? null,
    paid_at: showTime(payment.paidAt),
    refunded: showAmount(payment.currency, accepted?.refundedMinor ?? 0n),
    refunding: showAmount(payment.currency, accepted?.refundingMinor ?? 0n),
    discount: showAmount(payment.currency, accepted?.discountMinor ?? 0n),
    buyer_paid: accepted === undefined ? null : showAmount(payment.currency, buyerPaid(accepted)),
    refundable: showAmount(payment.currency, accepted === undefined ? 0n : refundable(accepted)),
    return_url: payment.returnUrl,
    link: payment.linkCode,
    metadata: payment.metadata,
    buyer: showBuyer(payment.buyer),
    items: (payment.items ?? []).map(showItem),
    vouchers: (payment.vouchers ?? []).map(tailOfSealed),
    cashier_url: cashierUrl(deps, payment.id),
    expires_at: payment.expiresAt.toISOString(),
    created_at: payment.createdAt.toISOString(),
    version: payment.version,
    livemode: payment.livemode,
    attempts: attempts.map((attempt) => showAttempt(attempt)),
  };
}

/** As the shop told it, but for the phone number: of that only a hash was kept. */
function showBuyer(buyer: BuyerFacts | null): object | null {
  if (buyer === null) return null;
  const { id, device, region, appVersion, isStaff } = buyer;
  return { id, device, region, app_version: appVersion, staff: isStaff };
}

function showItem({ id, name, quantity, amountMinor }: OrderItem): object {
  return { id, name, quantity, amount_minor: amountMinor.toString() };
}

/** An attempt as the API tells it; `next_action` only while the buyer still has something to do. */
export function showAttempt(attempt: Attempt): object {
  return {
    id: attempt.id,
    object: 'attempt',
    payment_id: attempt.paymentId,
    wallet: attempt.wallet,
    scene: attempt.scene,
    outcome: attempt.outcome,
    settled: attempt.settled,
    failure:
      attempt.failureReason === null
        ? null
        : { reason: attempt.failureReason, wallet_code: attempt.failureCode, message: attempt.failureMessage },
    wallet_payment_id: attempt.walletPaymentId,
    to_pay: showAmount(attempt.currency, attempt.amountMinor),
    discount: showAmount(attempt.currency, attempt.discountMinor),
    offers: showOffers(attempt),
    wallet_discounts: showReported(attempt.currency, attempt.reported),
    wallet_reports: showReports(attempt.currency, attempt.reported),
    next_action: attempt.outcome === 'pending' ? showNextAction(attempt.nextAction) : null,
    created_at: attempt.createdAt.toISOString(),
    finished_at: showTime(attempt.finishedAt),
  };
}

/** A refund as the API and the webhooks tell it. An unknown outcome shows as pending: it is still being asked about. */
export function showRefund(refund: Refund): object {
  return {
    id: refund.id,
    object: 'refund',
    payment_id: refund.paymentId,
    attempt_id: refund.attemptId,
    refund_no: refund.refundNo,
    amount: showAmount(refund.currency, refund.amountMinor + refund.discountMinor),
    through_wallet: showAmount(refund.currency, refund.amountMinor),
    discount: showAmount(refund.currency, refund.discountMinor),
    offers: showShares(refund),
    wallet_discounts: showReported(refund.currency, refund.reported),
    wallet_reports: showReports(refund.currency, refund.reported),
    buyer_received: refund.outcome === 'succeeded' ? showAmount(refund.currency, buyerReceived(refund)) : null,
    items: showRefundItems(refund),
    state: refund.outcome === 'unknown' ? 'pending' : refund.outcome,
    wallet: refund.wallet,
    method: refund.method,
    reason: refund.reason,
    automatic: refund.automatic,
    failure:
      refund.failureReason === null
        ? null
        : { reason: refund.failureReason, wallet_code: refund.failureCode, message: refund.failureMessage },
    created_at: refund.createdAt.toISOString(),
    finished_at: showTime(refund.finishedAt),
  };
}

function showNextAction(action: Attempt['nextAction']): object | null {
  if (action === null) return null;
  switch (action.type) {
    case 'app_order':
      return { type: 'app_order', order_string: action.orderString, sdk_mode: action.sdkMode };
    case 'open_app':
      return { type: 'open_app', app_url: action.appUrl, fallback_url: action.fallbackUrl };
    case 'jsapi':
      return { type: 'jsapi', bridge: action.bridge, fields: action.fields, test_page_url: action.testPageUrl };
    case 'form_post':
    case 'redirect':
    case 'app_request':
    case 'qr':
      return action;
    default:
      return assertNever(action);
  }
}

function showTime(time: Date | null): string | null {
  return time === null ? null : time.toISOString();
}
