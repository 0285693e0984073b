import type { Currency } from '../money/money.ts';
import type { FailureReason, NextAction, Scene, WalletName } from '../wallets/wallet.ts';
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
  metadata: Record<string, string>;
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
  amountMinor: bigint;
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

export interface Alert {
  book: number;
  id: `alr_${string}`;
  kind: AlertKind;
  /** The attempt, refund or wallet account it is about. */
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
  | 'statement_refused'
  | 'statement_missing'
  | 'statement_changed'
  | 'statement_breaks'
  | 'leg_flagged'
  | 'leg_unanswered'
  | 'reversal_refused';
