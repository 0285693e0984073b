import { createHash } from 'node:crypto';
import type { Lang } from '../base/lang.ts';

/** All that the cashier page shows, ready-made by the cashier; the page decides nothing about money. */
export interface CashierView {
  lang: Lang;
  /** The page's own address without query: `/c/pay_…/token`. */
  path: string;
  /** false shows that no real money moves. */
  livemode: boolean;
  merchantName: string;
  orderNo: string;
  subject: string;
  /** `text` is for people: `¥12.34`. */
  amount: { currency: string; text: string };
  state: 'requires_payment_method' | 'requires_action' | 'processing' | 'succeeded' | 'canceled';
  cancellationReason: null | 'requested_by_merchant' | 'expired';
  /** ISO instant. */
  expiresAt: string;
  /** ISO instant of the server, so that the countdown need not trust the phone's clock. */
  now: string;
  /** Every wallet of this shop, in the order to show them. All that are available have the buyer's own scene. */
  wallets: readonly WalletChoice[];
  /** The newest attempt. */
  attempt: null | {
    wallet: string;
    outcome: 'pending' | 'succeeded' | 'failed' | 'unknown';
    failureText?: string | undefined;
  };
  /** The wallet's name; null until the payment has succeeded. */
  paidWith: null | string;
  /** ISO instant. */
  paidAt: string | null;
  refunded: null | { text: string };
  /** The shop's page; linked only if it is http or https. */
  returnUrl: string;
}

export interface WalletChoice {
  name: string;
  label: Record<Lang, string>;
  scene: 'web' | 'wap';
  available: boolean;
  /** For the buyer: why it is not available. */
  reason?: string | undefined;
  lastUsed: boolean;
}

/** What `GET {path}/state` answers: the page fetches itself anew when `version` is another one. */
export interface CashierState {
  state: CashierView['state'];
  version: string;
  expires_in_ms: number;
  /** True when the page need not ask any more. */
  final: boolean;
}

export function showCashierState(view: CashierView): CashierState {
  return {
    state: view.state,
    version: cashierVersion(view),
    expires_in_ms: expiresInMs(view),
    final: isFinal(view),
  };
}

/** Changes when anything that the page shows changes, except the time that passes and the language. */
export function cashierVersion(view: CashierView): string {
  const shown = [
    view.state,
    view.cancellationReason,
    view.attempt && [view.attempt.wallet, view.attempt.outcome, view.attempt.failureText],
    view.wallets.map((wallet) => [wallet.name, wallet.scene, wallet.available, wallet.lastUsed]),
    view.expiresAt,
    view.paidWith,
    view.paidAt,
    view.refunded?.text,
  ];
  return createHash('sha256').update(JSON.stringify(shown)).digest('hex').slice(0, 16);
}

/** Milliseconds left to pay, never below zero. */
export function expiresInMs(view: CashierView): number {
  return Math.max(0, Date.parse(view.expiresAt) - Date.parse(view.now));
}

export function isFinal(view: CashierView): boolean {
  return view.state === 'succeeded' || view.state === 'canceled';
}

/** A wallet's name as the buyer knows it; its own name when the shop does not offer it any more. */
export function walletLabel(view: CashierView, name: string): string {
  return view.wallets.find((wallet) => wallet.name === name)?.label[view.lang] ?? name;
}
