import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Send } from '../base/outbound.ts';
import type { Random } from '../base/random.ts';
import type { Money } from '../money/money.ts';
import type { StatementSource } from './statement.ts';

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
  /** The scenes of `can.scenes` that this account is set up for: some need a number or a key of their own. */
  scenes(config: Config): readonly Scene[];
  pay(deps: WalletDeps, config: Config, request: PayRequest): Promise<PayReply>;
  query(deps: WalletDeps, config: Config, request: QueryRequest): Promise<Outcome>;
  /**
   * Closes an unpaid order where `can.closeUnpaid`; else asks. `failed` means: it will never be paid. An order by payment
   * code is undone instead, paid or not: `failed` means that the buyer keeps or gets back the money.
   */
  cancel(deps: WalletDeps, config: Config, request: QueryRequest): Promise<Outcome>;
  /** `failed` with `not_sent` is about this call only: an earlier one under the same name may have arrived. */
  refund(deps: WalletDeps, config: Config, request: RefundRequest): Promise<Outcome>;
  /** `failed` with `not_found` is final only once the request can no longer be on its way; the caller waits that long. */
  queryRefund(deps: WalletDeps, config: Config, request: RefundRequest): Promise<Outcome>;
  /** Verifies first, then translates with the same table as query. */
  readNotification(deps: WalletDeps, config: Config, raw: RawNotification): Promise<NotificationReading>;
  /** What the wallet wants to hear when a notification has been taken. */
  acknowledgement: { status: number; contentType: string; body: string };
  /** How a page inside the wallet's own browser learns who pays; null where `jsapi` is no scene or needs no payer. */
  identify: PayerIdentification<Config> | null;
  /** The wallet's daily bill; null where none is documented. */
  statement: StatementSource<Config> | null;
  /** What the wallet itself publishes and changes from time to time; null where there is nothing to fetch. */
  refresh: SettingsRefresh<Config> | null;
}

/** Fetches the wallet's own certificates, once a day. */
export interface SettingsRefresh<Config> {
  /** What comes is merged over the account's settings and read by `readConfig` before it counts. */
  fetch(deps: WalletDeps, config: Config, name: OrderName): Promise<RefreshReply>;
}

/** `settings` is empty when everything is as it was. */
export type RefreshReply =
  | { kind: 'settings'; settings: Record<string, string> }
  | { kind: 'failed' | 'unknown'; reason: string };

/** `meituanpay`, `hutongwallet` (our own, which the cashier knows no better than the others) and `open` are spoken to by the Open Wallet Protocol. */
export type WalletName = 'unionpay' | 'wechatpay' | 'alipay' | 'jdpay' | 'meituanpay' | 'hutongwallet' | 'open';

/** Those that speak the Open Wallet Protocol. */
export type OpenWalletName = 'meituanpay' | 'hutongwallet' | 'open';

/**
 * Where the buyer is when paying. web: a desktop browser. wap: a phone's browser. app: the merchant's own app. qr: the
 * buyer scans a code that we show. jsapi: a page inside the wallet's own browser. code: the shop scans the buyer's
 * payment code (付款码).
 */
export type Scene = 'web' | 'wap' | 'app' | 'qr' | 'jsapi' | 'code';

/** What the wallet can do, as data: what it cannot do is told before it is tried. */
export interface WalletCan {
  scenes: readonly Scene[];
  currencies: readonly Money['currency'][];
  closeUnpaid: boolean;
  /** Closing an order gives back what the buyer pays at that very moment, instead of failing: from then on it is being undone. */
  cancelUndoes: boolean;
  /** A paid order can be undone at once, within the wallet's own clearing day. */
  voidPaid: boolean;
  refundWindowDays: number;
  /** Seconds after the start of an attempt at which to ask, while nobody tells us. */
  askAfterSeconds: readonly number[];
  /** Seconds after the start of a refund at which to ask. */
  askRefundAfterSeconds: readonly number[];
  /** Null exactly where `code` is not among the scenes. */
  paymentCode: PaymentCodeRule | null;
}

/** How a wallet's payment codes look, and how long the shop's till waits for the buyer's PIN. */
export interface PaymentCodeRule {
  /** Matches the whole code. Two wallets' patterns may overlap: 62… is shown by every app of UnionPay's network. */
  pattern: RegExp;
  /** Seconds after the charge at which to ask while the buyer enters the PIN. */
  askAfterSeconds: readonly number[];
  /** Seconds after the charge at which it is undone if it is still not known to be paid. */
  undoAfterSeconds: number;
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
  /** The buyer's network address as we see it; null when the merchant's server asks for the buyer. */
  buyerIp: string | null;
  /** Who pays, in scene `jsapi`, as `identify` or the merchant told; null where the wallet needs no payer. */
  payer: Payer | null;
  /** What the shop has scanned, in scene `code` and in no other. One-time: it is never kept and never logged. */
  paymentCode: string | null;
}

/** A person as one wallet knows them for one merchant: openid, buyer_open_id, appUserId. */
export interface Payer {
  id: string;
  /** The app that the person pays in where a wallet is a network of apps, such as `UnionPay/1.0 CloudPay`. */
  walletApp: string | null;
}

/**
 * What the buyer's side does next.
 * form_post: the browser posts a form. redirect: the browser goes there. open_app: the phone opens an app by its link and
 * goes to the page when there is no such app. app_order, app_request: the merchant's app hands the text, or the fields,
 * to the wallet's SDK. qr: the text is shown as a QR code. jsapi: the page hands the fields to the script bridge of the
 * wallet's own browser; `testPageUrl` is where a simulator stands in for that bridge.
 */
export type NextAction =
  | { type: 'form_post'; url: string; fields: Record<string, string> }
  | { type: 'redirect'; url: string }
  | { type: 'open_app'; appUrl: string; fallbackUrl: string }
  | { type: 'app_order'; orderString: string; sdkMode: string }
  | { type: 'app_request'; fields: Record<string, string> }
  | { type: 'qr'; text: string }
  | {
      type: 'jsapi';
      bridge: 'WeixinJSBridge' | 'AlipayJSBridge';
      fields: Record<string, string>;
      testPageUrl: string | null;
    };

/** `action` is null where the buyer is busy in the wallet already: entering the PIN after a payment code was scanned. */
export type PayReply =
  | { kind: 'pending'; action: NextAction | null }
  | SucceededOutcome
  | FailedOutcome
  | UnknownOutcome;

export interface QueryRequest extends OrderName {
  amount: Money;
  scene: Scene;
  expiresAt: Date;
}

export interface RefundRequest {
  /** The refund's own name at the wallet. */
  refund: OrderName;
  amount: Money;
  /** `void` undoes the whole payment within the clearing day, only where `can.voidPaid`. */
  method: 'refund' | 'void';
  paid: OrderName & { walletPaymentId: string; amount: Money; scene: Scene };
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
  /** What the wallet took off by offers of its own, or of a refund took back; left out where it says nothing. */
  discounts?: readonly ReportedDiscount[];
  /** What the buyer paid, or got back, as the wallet says; left out where it does not say. */
  buyerPaid?: Money;
}

/** A discount as a wallet reports it. Parts that do not sum to it leave a gap, which is kept and blamed on nobody. */
export interface ReportedDiscount {
  /** The wallet's own number of the coupon or activity; empty where it gives none. */
  walletOfferId: string;
  name: string;
  scope: 'order' | 'item';
  minor: bigint;
  /** Paid for beforehand: the wallet settles it with the shop like the buyer's own money. */
  prefunded: boolean;
  parts: readonly { funder: 'merchant' | 'wallet' | 'bank' | 'other'; owner: string | null; minor: bigint }[];
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
  | 'code_invalid'
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

/** Two steps: the wallet's browser goes to `askUrl` and comes back with something that `read` turns into a payer. */
export interface PayerIdentification<Config> {
  /** The wallet appends what it has to say to `returnUrl`; `state` comes back unchanged where the wallet carries one. */
  askUrl(config: Config, request: { returnUrl: string; state: string }): string;
  read(deps: WalletDeps, config: Config, came: PayerCame): Promise<PayerReading>;
}

export interface PayerCame {
  /** The query of the address that the browser came back to, decoded once. */
  query: Readonly<Record<string, string>>;
  userAgent: string;
  /** A fresh name: at some wallets asking is a transaction. */
  name: OrderName;
}

/** `refused`: the person or the wallet said no. `unknown`: no usable answer; the page may try again or go another way. */
export type PayerReading = { kind: 'payer'; payer: Payer } | { kind: 'refused' | 'unknown'; reason: string };
