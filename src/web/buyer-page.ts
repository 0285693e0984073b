import type { Lang } from '../base/lang.ts';
import type { BuyerView, BuyerWallet } from '../cashier/buyer-view.ts';
import type { Attempt, Payment } from '../cashier/payment.ts';
import { formatMoney, money } from '../money/money.ts';
import type { WalletQuote } from '../offers/offers.ts';
import { homeWallets, type Way, waysToPay } from '../wallets/detect/ways.ts';
import type { WayOut } from './browser-help.ts';
import type { AttemptView, CashierView, PageAction, PriceView, WalletChoice } from './cashier-view.ts';
import { FAILURE_TEXTS } from './failure-texts.ts';
import { toPlace, type Whereabouts } from './place.ts';
import { toAttemptPrice, toWalletPrice } from './price-view.ts';
import { appLabel, payLabel, WALLET_ORDER } from '../wallets/wallet-names.ts';

export interface BuyerSurroundings {
  lang: Lang;
  path: string;
  publicUrl: string;
  where: Whereabouts;
  /** The wallet that this browser chose last. */
  lastWallet: string | null;
  /** The wallet that the address asks for: the buyer chose it in an app and came on to this browser. */
  askedWallet: string | null;
  notice: CashierView['notice'];
  /** The price that was shown before it changed, in minor units; null where it is not known. */
  beforeMinor: bigint | null;
  /** The page may send its form by itself. */
  startsNow: boolean;
  /** The page follows its way to the wallet by itself. */
  goesOn: boolean;
  now: Date;
}

/** What the page shows of a payment, for this buyer in this browser. */
export function toCashierView(view: BuyerView, around: BuyerSurroundings): CashierView {
  const { payment, attempts } = view;
  const accepted = attempts.find((attempt) => attempt.settled === 'accepted');
  const newest = attempts.at(-1);
  const refundedMinor = accepted?.refundedMinor ?? 0n;
  return {
    lang: around.lang,
    path: around.path,
    url: around.publicUrl + around.path,
    livemode: payment.livemode,
    place: toPlace(around.where),
    merchantName: view.merchantName,
    orderNo: payment.orderNo,
    subject: payment.subject,
    amount: { currency: payment.currency, text: formatMoney(money(payment.currency, payment.amountMinor)) },
    price: toPrice(view, accepted ?? newest),
    state: payment.state,
    cancellationReason: payment.cancellationReason,
    expiresAt: payment.expiresAt.toISOString(),
    now: around.now.toISOString(),
    wallets: toChoices(view, around),
    attempt: newest === undefined ? null : toAttemptView(newest, view.wallets, around),
    notice: around.notice,
    priceBefore: around.beforeMinor === null ? null : formatMoney(money(payment.currency, around.beforeMinor)),
    isExplained: !payment.livemode && (view.decision !== null || view.quotes.length > 0),
    startsNow: around.startsNow,
    goesOn: around.goesOn,
    paidWith: accepted?.wallet ?? null,
    paidAt: payment.paidAt?.toISOString() ?? null,
    refunded: refundedMinor === 0n ? null : { text: refundedText(view, accepted) },
    returnUrl: payment.returnUrl,
  };
}

/** Of a payment that nobody is at work on, the wallets' own lines say the prices. */
function toPrice({ payment }: BuyerView, attempt: Attempt | undefined): PriceView | null {
  if (attempt === undefined || payment.state === 'requires_payment_method') return null;
  return toAttemptPrice(payment, attempt);
}

/** A wallet's own discount goes back to whom the wallet chooses: of the whole, the buyer gets what the buyer has paid. */
function refundedText({ payment }: BuyerView, accepted: Attempt | undefined): string {
  const refundedMinor = accepted?.refundedMinor ?? 0n;
  const isWhole = accepted !== undefined && refundedMinor === accepted.amountMinor;
  const price = isWhole ? toAttemptPrice(payment, accepted) : null;
  return price?.pay.text ?? formatMoney(money(payment.currency, refundedMinor));
}

/** What can be done here with a wallet, best first. */
export function waysOf(wallet: BuyerWallet, where: Whereabouts): Way[] {
  return waysToPay(where.detected, wallet.name, wallet.scenes);
}

/**
 * The shop's wallet whose own browser this is and that can be paid here without asking for anything more. Null as well where
 * another wallet would cost the buyer less: then nothing is opened without being chosen.
 */
export function homeOf(view: BuyerView, where: Whereabouts): { wallet: BuyerWallet; way: Way } | null {
  for (const name of homeWallets(where.detected)) {
    const wallet = view.wallets.find((candidate) => candidate.name === name);
    const way = wallet === undefined ? undefined : waysOf(wallet, where)[0];
    if (wallet !== undefined && way?.kind === 'scene') return isCheapest(view, wallet.name) ? { wallet, way } : null;
  }
  return null;
}

function isCheapest(view: BuyerView, name: string): boolean {
  const quotes = view.quotes;
  const own = quotes.find(({ candidate }) => candidate.wallet === name)?.toPayMinor ?? view.payment.amountMinor;
  return quotes.every(({ toPayMinor }) => toPayMinor >= own);
}

/** What a wallet costs now, in minor units; null where no offers run. */
export function priceNow(view: BuyerView, name: string): bigint | null {
  return view.quotes.find(({ candidate }) => candidate.wallet === name)?.toPayMinor ?? null;
}

/** The way that leaves this app, where there is one. */
export function wayOut(ways: readonly Way[]): WayOut | null {
  return ways.find((way): way is WayOut => way.kind === 'open_in_browser' || way.kind === 'copy_link') ?? null;
}

/** Some app's browser; known or not. */
export function isInApp(where: Whereabouts): boolean {
  return where.detected.app !== 'browser';
}

/** Asked for; then what can be paid without leaving the app; of those the cheapest; then this app's own and what this browser used last. */
function toChoices(view: BuyerView, around: BuyerSurroundings): WalletChoice[] {
  const { wallets, payment } = view;
  const quotes = view.quotes;
  const homes: readonly string[] = homeWallets(around.where.detected);
  const choices = wallets.map((wallet): { choice: WalletChoice; rank: (number | bigint)[] } => {
    const ways = waysOf(wallet, around.where);
    const comesNext = comesNextOf(ways[0]);
    const isHome = homes.includes(wallet.name) && comesNext === 'page';
    const lastUsed = wallet.name === around.lastWallet;
    const quote = quotes.find(({ candidate }) => candidate.wallet === wallet.name);
    const choice: WalletChoice = {
      name: wallet.name,
      label: payLabel(wallet.name, wallet.label),
      app: appLabel(wallet.name, wallet.label),
      comesNext,
      available: ways.length > 0,
      isHome,
      lastUsed,
      hasCode: ways.some((way) => way.kind === 'show_qr'),
      hasWayOut: isInApp(around.where) && wayOut(ways) !== null,
      price: quote === undefined ? plainPrice(payment, quotes) : toWalletPrice(quote, payment.currency),
    };
    return {
      choice,
      rank: [
        Number(ways.length === 0),
        Number(wallet.name !== around.askedWallet),
        Number(comesNext === 'other_browser'),
        quote?.toPayMinor ?? payment.amountMinor,
        -(quote?.maySaveMinor ?? 0n),
        isHome ? homes.indexOf(wallet.name) : homes.length,
        EFFORT[comesNext][around.where.detected.isPhone ? 'phone' : 'desktop'],
        Number(!lastUsed),
        WALLET_ORDER.indexOf(wallet.name),
      ],
    };
  });
  return choices.sort((left, right) => compareRanks(left.rank, right.rank)).map(({ choice }) => choice);
}

/** Beside wallets with offers, one without any says the order's price; where no offers run, nothing is said of prices. */
function plainPrice(payment: Payment, quotes: readonly WalletQuote[]): PriceView | null {
  if (quotes.length === 0) return null;
  const minor = String(payment.amountMinor);
  const text = formatMoney(money(payment.currency, payment.amountMinor));
  return { pay: { text, minor }, saved: null, maySave: null, used: [], notUsed: [] };
}

/** What a wallet asks of the buyer here; a desktop's buyer has a phone at hand to scan with, a phone's needs a second one. */
const EFFORT: Record<WalletChoice['comesNext'], { phone: number; desktop: number }> = {
  page: { phone: 0, desktop: 0 },
  code: { phone: 1, desktop: 0 },
  other_browser: { phone: 2, desktop: 2 },
};

function compareRanks(left: readonly (number | bigint)[], right: readonly (number | bigint)[]): number {
  const at = left.findIndex((rank, index) => rank !== right[index]);
  return (left[at] ?? 0) < (right[at] ?? 0) ? -1 : Number(at !== -1);
}

function comesNextOf(way: Way | undefined): WalletChoice['comesNext'] {
  switch (way?.kind) {
    case undefined:
    case 'open_in_browser':
    case 'copy_link':
      return 'other_browser';
    case 'scene':
      return way.scene === 'qr' ? 'code' : 'page';
    case 'show_qr':
      return 'code';
  }
  return way satisfies never;
}

function toAttemptView(attempt: Attempt, wallets: readonly BuyerWallet[], around: BuyerSurroundings): AttemptView {
  const wallet = wallets.find((candidate) => candidate.name === attempt.wallet);
  return {
    id: attempt.id,
    wallet: attempt.wallet,
    label: payLabel(attempt.wallet, wallet?.label ?? ''),
    app: appLabel(attempt.wallet, wallet?.label ?? ''),
    outcome: attempt.outcome,
    failureText: attempt.failureReason === null ? undefined : FAILURE_TEXTS[attempt.failureReason][around.lang],
    action: attempt.outcome === 'pending' && fitsHere(attempt, wallet, around.where) ? pageActionOf(attempt) : null,
  };
}

/** A page of one payment may be open in several places: each shows only what can be done in it. A code is for all. */
function fitsHere(attempt: Attempt, wallet: BuyerWallet | undefined, where: Whereabouts): boolean {
  if (wallet === undefined) return false;
  if (attempt.scene === 'qr') return true;
  return waysOf(wallet, where).some((way) => way.kind === 'scene' && way.scene === attempt.scene);
}

function pageActionOf({ nextAction }: Attempt): PageAction | null {
  switch (nextAction?.type) {
    case 'qr':
    case 'jsapi':
    case 'open_app':
    case 'redirect':
      return nextAction;
    case 'form_post': // posting it a second time may be refused as a repeat
    case 'app_order':
    case 'app_request':
    case undefined:
      return null;
  }
  return nextAction satisfies never;
}
