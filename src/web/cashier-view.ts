import { createHash } from 'node:crypto';
import type { Lang } from '../base/lang.ts';
import type { NextAction } from '../wallets/wallet.ts';
import type { Label } from '../wallets/wallet-names.ts';

/** All that the cashier page shows, ready-made by the cashier; the page decides nothing about money. */
export interface CashierView {
  lang: Lang;
  /** The page's own address without query: `/c/pay_…/token`. */
  path: string;
  /** The same with our host in front, for other phones and other browsers. */
  url: string;
  /** false shows that no real money moves. */
  livemode: boolean;
  place: Place;
  merchantName: string;
  orderNo: string;
  subject: string;
  /** The order's price; `text` is for people: `¥12.34`. */
  amount: { currency: string; text: string };
  /** What the newest attempt asks for, and of a paid payment what was paid; null where that is the order's price. */
  price: PriceView | null;
  state: 'requires_payment_method' | 'requires_action' | 'processing' | 'succeeded' | 'canceled';
  cancellationReason: null | 'requested_by_merchant' | 'expired';
  /** ISO instant. */
  expiresAt: string;
  /** ISO instant of the server, so that the countdown need not trust the phone's clock. */
  now: string;
  /** Every wallet of this shop, in the order to show them. */
  wallets: readonly WalletChoice[];
  /** The newest attempt. */
  attempt: null | AttemptView;
  /**
   * Something to say above the wallets: who pays could not be learned, the buyer came back without having paid, or an offer was
   * gone when the buyer pressed the button.
   */
  notice: null | 'payer_unknown' | 'came_back' | 'price_changed';
  /** With `price_changed`: the price that was shown before, `¥95.00`; null where it is not known. */
  priceBefore: string | null;
  /** In test mode, where rollouts or offers run: a page says why these wallets are shown at these prices. */
  isExplained: boolean;
  /** The page sends its form by itself, once: this is a wallet's own browser and its wallet is chosen. */
  startsNow: boolean;
  /** The page follows its way to the wallet by itself, once: the payment was started on the way here. */
  goesOn: boolean;
  /** The wallet's name; null until the payment has succeeded. */
  paidWith: null | string;
  /** ISO instant. */
  paidAt: string | null;
  refunded: null | { text: string };
  /** The shop's page; linked only if it is http or https. */
  returnUrl: string;
}

/** Where the buyer is. */
export interface Place {
  isPhone: boolean;
  /** A browser of its own and not some app's. */
  isBrowser: boolean;
  /** The app whose browser this is; null in a browser of its own and in an app that we do not know. */
  app: Label | null;
  /** In test mode: the app that this browser stands in for, by its name in `?as=`; null where it is itself. */
  standsInFor: string | null;
}

export interface WalletChoice {
  name: string;
  label: Label;
  /** The app to scan with or to open. */
  app: Label;
  /** What happens after choosing it here. */
  comesNext: 'page' | 'code' | 'other_browser';
  available: boolean;
  /** This browser is that wallet's own. */
  isHome: boolean;
  lastUsed: boolean;
  /** A code for another phone can be shown besides. */
  hasCode: boolean;
  /** This is some app's browser, and the wallet can be paid outside it. */
  hasWayOut: boolean;
  /** What paying with it costs; null at a shop without offers, where every wallet costs the order's price. */
  price: PriceView | null;
}

/** What a buyer pays, what others pay of it, and what the other offers lack. */
export interface PriceView {
  /** For people, and in minor units: the form sends back what was shown. */
  pay: { text: string; minor: string };
  /** What is taken off for sure: `¥5.00`; null for nothing. */
  saved: string | null;
  /** What may come off besides, at most, and who decides that; null for nothing. */
  maySave: null | { text: string; by: 'wallet' | 'draw' | 'both' };
  /** The offers that are used, each with what it takes off and who pays for that. */
  used: readonly OfferLine[];
  /** The others, each with the reason. */
  notUsed: readonly OfferLine[];
}

/** One offer in words. */
export interface OfferLine {
  name: Label;
  said: Label;
}

export interface AttemptView {
  id: string;
  wallet: string;
  label: Label;
  app: Label;
  outcome: 'pending' | 'succeeded' | 'failed' | 'unknown';
  failureText?: string | undefined;
  /** What the buyer does next in this place; null where it was meant for another one. */
  action: PageAction | null;
}

/** The next steps that stay on the page; for the others the browser has left already, and may follow once more. */
export type PageAction = Extract<NextAction, { type: 'qr' | 'jsapi' | 'open_app' | 'redirect' }>;

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

/** Changes when anything that the page shows changes, except the time that passes, the language and a notice. */
export function cashierVersion(view: CashierView): string {
  const shown = [
    view.state,
    view.cancellationReason,
    view.attempt && [
      view.attempt.id,
      view.attempt.wallet,
      view.attempt.outcome,
      view.attempt.failureText,
      view.attempt.action?.type,
    ],
    [...view.wallets]
      .sort((left, right) => (left.name < right.name ? -1 : 1)) // what the wallets cost changes their order
      .map(({ name, comesNext, available, lastUsed, price }) => [name, comesNext, available, lastUsed, price]),
    view.price,
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
export function walletLabel({ wallets, attempt, lang }: CashierView, name: string): string {
  const known = wallets.find((wallet) => wallet.name === name) ?? (attempt?.wallet === name ? attempt : undefined);
  return known?.label[lang] ?? name;
}

/** The page's own address with its language, and what else it is to be told. */
export function pageLink(
  view: Pick<CashierView, 'path' | 'lang'>,
  below = '',
  told: Record<string, string> = {},
): string {
  return `${view.path}${below}?${new URLSearchParams({ lang: view.lang, ...told }).toString()}`;
}
