import type { BuyerFacts, OrderItem } from '../base/buyer.ts';
import type { AccountKind } from '../ledger/chart.ts';
import type { HoldLine } from '../ledger/holds.ts';
import type { Currency } from '../money/money.ts';
import type { AppliedOffer } from '../offers/offers.ts';
import type { Metric, PaymentDecision } from '../rollout/rollouts.ts';
import type { FailureReason, NextAction, ReportedDiscount, Scene, WalletName } from '../wallets/wallet.ts';
import type { CancellationReason, OutcomeKind, PaymentState } from './moves.ts';

export type MerchantId = `mer_${string}`;
export type PaymentId = `pay_${string}`;
export type AttemptId = `att_${string}`;
export type RefundId = `rf_${string}`;
export type WalletAccountId = `wa_${string}`;

/** What a shop asks to be paid; a row of `payments`. Amounts are minor units. */
export interface Payment {
  book: number;
  id: PaymentId;
  merchantId: MerchantId;
  /** The shop's own order number, unique per merchant. */
  orderNo: string;
  currency: Currency;
  amountMinor: bigint;
  subject: string;
  returnUrl: string;
  /** The code of the share link that the buyer came by, as the shop or the link said; null for none. */
  linkCode: string | null;
  metadata: Record<string, string>;
  /** What the shop told of its buyer; null where it told nothing. */
  buyer: BuyerFacts | null;
  /** The buyer in one word, the same for all payments of this buyer at this shop; null where the shop names none. */
  buyerKey: string | null;
  /** The order's lines; null where the shop told none. */
  items: readonly OrderItem[] | null;
  /** Voucher codes that came with the order, sealed (offers/voucher-code.ts); null for none. */
  vouchers: readonly string[] | null;
  /** Which staged wallets this payment may see: decided once. Null until somebody looked, or where nothing is staged. */
  decision: PaymentDecision | null;
  /** What its rollouts have counted of it, each once; null for nothing. */
  observed: readonly Metric[] | null;
  /** What the buyer complained of, as the shop told it, once. */
  complaint: { reason: string; at: Date } | null;
  livemode: boolean;
  state: PaymentState;
  cancellationReason: CancellationReason | null;
  cancelRequestedAt: Date | null;
  succeededAttemptId: AttemptId | null;
  paidAt: Date | null;
  expiresAt: Date;
  createdAt: Date;
  /** Counts every change; pages and webhooks put states in order by it. */
  version: number;
  dueAt: Date | null;
}

/** One try to pay a payment through one wallet; a row of `attempts`. */
export interface Attempt {
  book: number;
  id: AttemptId;
  paymentId: PaymentId;
  merchantId: MerchantId;
  wallet: WalletName;
  walletAccountId: WalletAccountId;
  scene: Scene;
  orderNo: string;
  orderedAt: Date;
  currency: Currency;
  amountMinor: bigint;
  subject: string;
  outcome: OutcomeKind;
  /** `accepted` paid the payment, `surplus` came twice or too late and goes back by itself. */
  settled: 'accepted' | 'surplus' | null;
  failureReason: FailureReason | null;
  failureCode: string | null;
  failureMessage: string | null;
  unknownReason: string | null;
  nextAction: NextAction | null;
  walletPaymentId: string | null;
  walletFacts: Record<string, string> | null;
  occurredAt: Date | null;
  finishedAt: Date | null;
  paidMinor: bigint;
  refundingMinor: bigint;
  refundedMinor: bigint;
  /** What our offers take off: `amountMinor + discountMinor` is the order's money. */
  discountMinor: bigint;
  /** The offers behind it, drawn; null for none. A wallet's own are in it with their estimate. */
  offers: readonly AppliedOffer[] | null;
  /** What it holds in the ledger until its outcome is known; null for nothing. */
  holds: readonly HoldLine[] | null;
  holdsState: 'held' | 'committed' | 'released' | null;
  /** Of the order's money, what is going back or has gone back. */
  orderBackMinor: bigint;
  /** What the wallet told of its own discounts; null where it told nothing. */
  reported: AttemptReport | null;
  asksCount: number;
  /** The payment's own end; for a payment code, when it is undone if nobody knows whether it was paid. */
  expiresAt: Date;
  createdAt: Date;
  dueAt: Date | null;
  /** When the wallet was last asked to undo it, written before: since the first time the buyer is to keep the money. */
  undoRequestedAt: Date | null;
}

/** Money going back; a row of `refunds`, which is one request to the wallet. */
export interface Refund {
  book: number;
  id: RefundId;
  paymentId: PaymentId;
  attemptId: AttemptId;
  merchantId: MerchantId;
  refundNo: string;
  wallet: WalletName;
  walletAccountId: WalletAccountId;
  currency: Currency;
  /** What the wallet is asked to give back. */
  amountMinor: bigint;
  /** What goes back to who paid our offers: with `amountMinor` it is the order's money that this refund is about. */
  discountMinor: bigint;
  /** The same, share by share; null for none. */
  shares: readonly OfferShare[] | null;
  /** The lines of the order that it is about; null where only an amount was named. */
  items: readonly RefundItem[] | null;
  /** What the wallet took back of its own discounts, as it told or as its rule says; null where it had given none. */
  reported: RefundReport | null;
  method: 'refund' | 'void';
  /** True when Hutong gives surplus money back by itself. */
  automatic: boolean;
  reason: string;
  orderNo: string;
  orderedAt: Date;
  outcome: OutcomeKind;
  failureReason: FailureReason | null;
  failureCode: string | null;
  failureMessage: string | null;
  unknownReason: string | null;
  walletRefundId: string | null;
  sentAt: Date | null;
  asksCount: number;
  createdAt: Date;
  finishedAt: Date | null;
  dueAt: Date | null;
}

/** What of an offer goes back with a refund, to each who paid for it. */
export interface OfferShare {
  offerId: string;
  minor: bigint;
  /** Of an item offer: what of it belongs to each line; empty otherwise. */
  items: readonly { id: string; minor: bigint }[];
  parts: AppliedOffer['parts'];
}

/** A line of the order, or some of its pieces, that goes back. */
export interface RefundItem {
  id: string;
  quantity: number;
  /** Their price before any discount. */
  minor: bigint;
}

/** A wallet's own discounts, as it told them. */
export interface ReportedPay {
  /** What the buyer paid or got back; null where the wallet did not say. */
  buyerMinor: bigint | null;
  discounts: readonly ReportedDiscount[];
}

/** One report of a wallet, as it came. */
export interface ToldReport extends ReportedPay {
  /** When we heard it, ISO 8601 in UTC; null for one that was kept before this was. */
  heardAt: string | null;
  /** By which way; null as above. */
  source: ReportSource | null;
}

/** A wallet's answer to a call of ours (`reply`, `poll`, `cancel`) says how it stands then; a notification may be an old one. */
export type ReportSource = 'reply' | 'notification' | 'poll' | 'cancel';

/** What a wallet told of a payment: the report that counts, nothing where none can be, and all of them. */
export interface AttemptReport extends ReportedPay {
  /** Oldest first; it only grows, up to WALLET_REPORTS_MAX. From then on the newest that can be takes the last place. */
  told: readonly ToldReport[];
  /** Which of them counts and is booked; null where none can be. */
  counts: number | null;
  /** True once the wallet told more than there is room for: an operator was told, and is not told again. */
  hadMore?: true;
}

/** The same of a refund: of several reports the newest one that can be counts. */
export interface RefundReport extends AttemptReport {
  /** True where no report of this refund counts, and the wallet's rule was applied. */
  isComputed: boolean;
  /** What was booked: with all refunds of a payment it sums to what was booked of the payment. */
  booked: readonly BookedPart[];
}

/** What one account of the ledger pays of a discount; what nobody is named for may be below zero. */
export interface BookedPart {
  kind: Extract<AccountKind, `offer_${string}`>;
  owner: string;
  minor: bigint;
}

export interface Alert {
  book: number;
  id: `alr_${string}`;
  kind: AlertKind;
  /** The attempt, refund, wallet account, statement, rollout, host or link it is about. */
  subjectId: string | null;
  detail: string;
  createdAt: Date;
}

export type AlertKind =
  | 'notification_refused'
  | 'notification_unmatched'
  | 'amount_differs'
  | 'outcome_contradicts'
  | 'surplus_money'
  | 'automatic_refund_failed'
  | 'discount_differs'
  | 'offer_overrun'
  | 'statement_refused'
  | 'statement_missing'
  | 'statement_changed'
  | 'statement_breaks'
  | 'leg_flagged'
  | 'leg_unanswered'
  | 'reversal_refused'
  | 'rollout_halted'
  | 'rollout_rolled_back'
  | 'link_host_lapsed'
  | 'link_reported';
