import { isThisMachine } from '../settings.ts';
import type { FailedOutcome, NextAction, Outcome, PayReply, Scene, UnknownOutcome } from '../wallet.ts';
import { assertNever } from '../../base/assert.ts';
import { QR_TEXT_BYTES_MAX } from '../../base/limits.ts';
import type { OpenConfig } from './config.ts';
import { reasonOf } from './codes.ts';
import { discountsOf } from './discounts.ts';
import type { ShownOrder, ShownRefund } from './parse.ts';

/** An order's state, from a query, a call or a notification: one table for all. Open Wallet Protocol, "Orders". */
export function orderOutcome(order: ShownOrder): Outcome {
  switch (order.state) {
    case 'open':
      return { kind: 'pending' };
    case 'paid':
      if (order.walletPaymentId === null || order.paidAt === null) return unknown('paid without its evidence', 'paid');
      return succeeded(order.walletPaymentId, order, order.paidAt);
    case 'closed':
      return failed(reasonOf(order.reason), order.reason ?? 'closed');
    case 'undone':
      return failed('already_undone', 'undone');
    default:
      return unknown('a state that is not documented', order.state);
  }
}

/** Open Wallet Protocol, "Refunds". */
export function refundOutcome(refund: ShownRefund): Outcome {
  switch (refund.state) {
    case 'accepted':
      return { kind: 'pending' };
    case 'succeeded':
      if (refund.walletRefundId === null || refund.refundedAt === null)
        return unknown('refunded without its evidence', 'succeeded');
      return succeeded(refund.walletRefundId, refund, refund.refundedAt);
    case 'failed':
      return failed(reasonOf(refund.reason), refund.reason ?? 'failed');
    default:
      return unknown('a state that is not documented', refund.state);
  }
}

/** What the buyer does next with an order that was taken. */
export function payReply(config: OpenConfig, order: ShownOrder, scene: Scene): PayReply {
  const outcome = orderOutcome(order);
  if (outcome.kind !== 'pending') return outcome;
  if (scene === 'code') return { kind: 'pending', action: null };
  const action = nextAction(config, order, scene);
  return action === null ? unknown('taken without a way to pay', 'open') : { kind: 'pending', action };
}

function nextAction(config: OpenConfig, order: ShownOrder, scene: Exclude<Scene, 'code'>): NextAction | null {
  const isTest = config.environment === 'test';
  const webUrl = order.webUrl !== null && isPage(order.webUrl, isTest) ? order.webUrl : null;
  switch (scene) {
    case 'web':
    case 'jsapi': // the wallet's own browser knows the address and opens its till over the page
      return webUrl === null ? null : { type: 'redirect', url: webUrl };
    case 'wap':
    case 'app':
      if (webUrl === null) return null;
      if (order.appUrl === null) return { type: 'redirect', url: webUrl };
      return isAppLink(order.appUrl) ? { type: 'open_app', appUrl: order.appUrl, fallbackUrl: webUrl } : null;
    case 'qr':
      return order.qrText === null || Buffer.byteLength(order.qrText) > QR_TEXT_BYTES_MAX
        ? null
        : { type: 'qr', text: order.qrText };
    default:
      return assertNever(scene);
  }
}

/** https; a test account may also be sent to this machine. */
function isPage(text: string, isTest: boolean): boolean {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || url.username !== '') return false;
  return url.protocol === 'https:' || (isTest && isThisMachine(url));
}

/**
 * Schemes that lead to no wallet's app: what a browser runs or reads by itself, what reaches a phone's other parts, and
 * `intent`, which carries a second address that nobody has looked at.
 */
const NO_APP =
  /^(about|android-app|blob|content|data|file|filesystem|ftp|http|intent|javascript|mailto|sms|smsto|tel|vbscript|view-source|wss?):$/;

/** An app's own scheme, or an https link that the app has claimed. */
function isAppLink(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || url.username !== '') return false;
  return /^[a-z][a-z0-9+.-]+:$/.test(url.protocol) && !NO_APP.test(url.protocol);
}

function succeeded(walletPaymentId: string, evidence: ShownOrder | ShownRefund, occurredAt: Date): Outcome {
  return { kind: 'succeeded', walletPaymentId, amount: evidence.amount, occurredAt, ...discountsOf(evidence) };
}

export function failed(reason: FailedOutcome['reason'], walletCode: string, walletMessage = ''): FailedOutcome {
  return { kind: 'failed', reason, walletCode: plain(walletCode), walletMessage };
}

export function unknown(reason: string, walletCode = ''): UnknownOutcome {
  return walletCode === '' ? { kind: 'unknown', reason } : { kind: 'unknown', reason, walletCode: plain(walletCode) };
}

function plain(text: string): string {
  return text.replace(/[^\w-]/g, '?').slice(0, 32);
}
