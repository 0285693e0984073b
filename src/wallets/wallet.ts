import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Send } from '../base/outbound.ts';
import type { Random } from '../base/random.ts';
import type { Money } from '../money/money.ts';

/**
 * The shape of every foreign wallet. A connector keeps nothing and decides nothing: it turns our request into theirs,
 * asks once, and turns their answer into an Outcome. Only documented states count; silence, an unreadable or unsigned
 * reply and an undocumented code are `unknown`. It never throws for what the other side does.
 */
export interface Wallet<Config> {
  name: WalletName;
  /** Where the wire format is documented. */
  docsUrl: string;
  can: WalletCan;
  /** Wire fields that are masked wherever a call is shown to people. */
  secretFields: readonly string[];
  /** Checks what a merchant gives us. @throws Refusal invalid_request naming the wrong setting, never its value. */
  readConfig(input: unknown): Config;
  /** The merchant's number at the wallet, for people and for matching notifications. */
  merchantNo(config: Config): string;
  /** Whether the account moves real money. Live keys must not be served by a test account, nor the other way round. */
  environment(config: Config): 'production' | 'test';
  pay(deps: WalletDeps, config: Config, request: PayRequest): Promise<PayReply>;
  query(deps: WalletDeps, config: Config, request: QueryRequest): Promise<Outcome>;
  /** Closes an unpaid order where `can.closeUnpaid`; else asks. `failed` means: it will never be paid. */
  cancel(deps: WalletDeps, config: Config, request: QueryRequest): Promise<Outcome>;
  /** `failed` with `not_sent` is about this call only: an earlier one under the same name may have arrived. */
  refund(deps: WalletDeps, config: Config, request: RefundRequest): Promise<Outcome>;
  /** `failed` with `not_found` is final only once the request can no longer be on its way; the caller waits that long. */
  queryRefund(deps: WalletDeps, config: Config, request: RefundRequest): Promise<Outcome>;
  /** Verifies first, then translates with the same table as query. */
  readNotification(deps: WalletDeps, config: Config, raw: RawNotification): Promise<NotificationReading>;
  /** What the wallet wants to hear when a notification has been taken. */
  acknowledgement: { status: number; contentType: string; body: string };
}

export type WalletName = 'unionpay';

/** Where the buyer is when paying. web: a desktop browser. wap: a phone browser. app: the merchant's own app. */
export type Scene = 'web' | 'wap' | 'app';

/** What the wallet can do, as data: what it cannot do is told before it is tried. */
export interface WalletCan {
  scenes: readonly Scene[];
  currencies: readonly Money['currency'][];
  closeUnpaid: boolean;
  /** A paid order can be undone at once, within the wallet's own clearing day. */
  voidPaid: boolean;
  refundWindowDays: number;
  /** Seconds after the start of an attempt at which to ask, while nobody tells us. */
  askAfterSeconds: readonly number[];
  /** Seconds after the start of a refund at which to ask. */
  askRefundAfterSeconds: readonly number[];
}

export interface WalletDeps {
  send: Send;
  clock: Clock;
  random: Random;
  log: Log;
}

/** One order as both sides name it. `orderedAt` is in whole seconds; some wallets make it part of the name. */
export interface OrderName {
  /** Ours, 26 letters and digits, new for every attempt and refund. */
  orderNo: string;
  orderedAt: Date;
}

export interface PayRequest extends OrderName {
  amount: Money;
  scene: Scene;
  /** What is bought, shown to the buyer by the wallet. */
  subject: string;
  expiresAt: Date;
  notifyUrl: string;
  /** Where the wallet sends the buyer's browser back to. */
  returnUrl: string;
}

/** What the buyer's side does next. */
export type NextAction =
  | { type: 'form_post'; url: string; fields: Record<string, string> }
  | { type: 'redirect'; url: string }
  | { type: 'app_order'; orderString: string; sdkMode: string };

export type PayReply = { kind: 'pending'; action: NextAction } | FailedOutcome | UnknownOutcome;

export interface QueryRequest extends OrderName {
  amount: Money;
  expiresAt: Date;
}

export interface RefundRequest {
  /** The refund's own name at the wallet. */
  refund: OrderName;
  amount: Money;
  /** `void` undoes the whole payment within the clearing day, only where `can.voidPaid`. */
  method: 'refund' | 'void';
  paid: OrderName & { walletPaymentId: string; amount: Money };
  notifyUrl: string;
}

/** `succeeded` and `failed` are final evidence. `pending` is a documented "not yet". Everything else is `unknown`. */
export type Outcome = SucceededOutcome | { kind: 'pending' } | FailedOutcome | UnknownOutcome;

export interface SucceededOutcome {
  kind: 'succeeded';
  /** The wallet's own id of the transaction. */
  walletPaymentId: string;
  /** What the wallet says was paid or refunded; the cashier compares it. */
  amount: Money;
  /** When the wallet says it happened; null when it does not say. */
  occurredAt: Date | null;
  /** Other documented things worth keeping, already masked: clearing day, card kind, masked account. */
  facts: Record<string, string>;
}

export interface FailedOutcome {
  kind: 'failed';
  reason: FailureReason;
  walletCode: string;
  walletMessage: string;
}

export interface UnknownOutcome {
  kind: 'unknown';
  /** For the operator: what came instead of an answer. */
  reason: string;
  walletCode?: string;
}

export type FailureReason =
  | 'declined'
  | 'insufficient_funds'
  | 'limit_exceeded'
  | 'card_invalid'
  | 'authentication_failed'
  | 'risk_refused'
  | 'expired'
  | 'not_found'
  | 'not_sent'
  | 'wallet_busy'
  | 'window_closed'
  | 'already_undone'
  | 'amount_refused'
  | 'merchant_misconfigured'
  | 'other';

export interface RawNotification {
  headers: Record<string, string>;
  body: Buffer;
}

export type NotificationReading =
  | {
      kind: 'payment' | 'refund';
      merchantNo: string;
      /** Ours: the attempt's or the refund's order number. */
      orderNo: string;
      orderedAt: Date | null;
      outcome: Outcome;
    }
  /** Not signed as it must be, or not readable: changes nothing, is logged for the operator. */
  | { kind: 'refused'; reason: string };
