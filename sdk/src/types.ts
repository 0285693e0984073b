import type { Money } from './json.ts';
import type { OrderItem } from './offers.ts';

/* The objects of the API, field for field as docs/reference of the server names them. Times are ISO 8601 in UTC. */

export interface Payment {
  id: string;
  object: 'payment';
  /** Your own order number, unique. */
  order_no: string;
  amount: Money;
  subject: string;
  state: 'requires_payment_method' | 'requires_action' | 'processing' | 'succeeded' | 'canceled';
  cancellation_reason: 'requested_by_merchant' | 'expired' | null;
  cancel_requested_at: string | null;
  /** Through which it was paid. */
  wallet: string | null;
  paid_at: string | null;
  refunded: Money;
  /** On its way back. */
  refunding: Money;
  /** What offers took off; nothing until it is paid. */
  discount: Money;
  /** What the buyer paid in the end, also after a wallet's own discounts. */
  buyer_paid: Money | null;
  /** What of the amount can still be refunded. */
  refundable: Money;
  return_url: string;
  /** The code of the share link that the buyer came by. */
  link: string | null;
  metadata: Record<string, string>;
  /** As you told it, without the phone number. */
  buyer: ToldBuyer | null;
  items: OrderItem[];
  vouchers: string[];
  /** Send the buyer's browser there. */
  cashier_url: string;
  expires_at: string;
  created_at: string;
  /** Counts every change: of two states of one payment, the higher is the later. */
  version: number;
  livemode: boolean;
  attempts: Attempt[];
}

export interface ToldBuyer {
  id: string | null;
  device: string | null;
  region: string | null;
  app_version: string | null;
  staff: boolean;
}

/** Why the buyer of a payment sees which staged wallets; `decided_at` is null where nothing was decided. */
export interface PaymentDecision {
  object: 'decision';
  payment_id: string;
  decided_at: string | null;
  targeting_key: string | null;
  context: Record<string, string | number | boolean | null>;
  wallets: DecidedWallet[];
}

export interface DecidedWallet {
  wallet: string;
  shown: boolean;
  shown_now: boolean;
  arm: 'treatment' | 'control' | 'outside';
  reason: string;
  rollout: { id: string; version: number; step: number; share_ppm: number } | null;
  explanation: { 'zh-CN': string; en: string };
  replay: {
    result: 'same' | 'differs' | 'not_dealt' | 'version_missing';
    explanation: { 'zh-CN': string; en: string } | null;
  };
}

export interface Complaint {
  object: 'complaint';
  payment_id: string;
  reason: string;
  created_at: string;
}

export interface Attempt {
  id: string;
  object: 'attempt';
  payment_id: string;
  wallet: string;
  scene: Scene;
  /** `unknown`: the wallet did not answer; Hutong goes on asking. */
  outcome: 'pending' | 'succeeded' | 'failed' | 'unknown';
  /** accepted: it paid the payment. surplus: it came twice or too late and goes back by itself. */
  settled: 'accepted' | 'surplus' | null;
  failure: Failure | null;
  /** The wallet's own number of it. */
  wallet_payment_id: string | null;
  /** What the wallet is asked for: with `discount` it is the payment's amount. */
  to_pay: Money;
  discount: Money;
  offers: AppliedOffer[];
  /** What the wallet took off by itself, as it told after the payment. */
  wallet_discounts: WalletDiscount[];
  /** Everything that it ever told of them, oldest first. */
  wallet_reports: WalletReport[];
  next_action: NextAction | null;
  created_at: string;
  finished_at: string | null;
}

export interface AppliedOffer {
  offer_id: string;
  name: { 'zh-CN': string; en: string };
  kind: string;
  /** `wallet`: the wallet's own, expected only; its amount is 0. */
  by: 'hutong' | 'wallet';
  amount: Money;
  paid_by: FunderPart[];
}

export interface FunderPart {
  funder: 'merchant' | 'wallet' | 'bank' | 'platform' | 'other';
  owner: string | null;
  amount: Money;
}

export interface WalletDiscount {
  wallet_offer_id: string;
  name: string;
  scope: 'order' | 'item';
  prefunded: boolean;
  amount: Money;
  /** As the wallet told: the parts need not sum to the amount. */
  paid_by: FunderPart[];
}

/** What the wallet told at one time, of a payment or of a refund. */
export interface WalletReport {
  /** Null for one that was kept before this was. */
  heard_at: string | null;
  source: 'reply' | 'notification' | 'poll' | 'cancel' | null;
  /** Whether `wallet_discounts` and the ledger go by it. */
  counts: boolean;
  /** What the buyer paid or got back; null where the wallet did not say. */
  buyer: Money | null;
  discounts: WalletDiscount[];
}

/**
 * web: a desktop browser. wap: a phone browser. app: your own app. qr: a code that you show. jsapi: a page inside the
 * wallet's own browser. code: you have scanned the buyer's payment code.
 */
export type Scene = 'web' | 'wap' | 'app' | 'qr' | 'jsapi' | 'code';

export interface Failure {
  reason: string;
  wallet_code: string;
  message: string;
}

/** What the buyer's side does next, by `type`: form_post, redirect, open_app, app_order, app_request, qr, jsapi. */
export interface NextAction {
  type: string;
  [field: string]: unknown;
}

export interface Refund {
  id: string;
  object: 'refund';
  payment_id: string;
  attempt_id: string;
  refund_no: string;
  /** Of the order's money: what goes back through the wallet and what goes back to who paid for offers. */
  amount: Money;
  through_wallet: Money;
  discount: Money;
  offers: { offer_id: string; amount: Money; paid_by: FunderPart[] }[];
  wallet_discounts: WalletDiscount[];
  wallet_reports: WalletReport[];
  /** Null until it has succeeded. */
  buyer_received: Money | null;
  /** The lines of the order that it is about; empty where only an amount was named. */
  items: { id: string; quantity: number; amount: Money }[];
  state: 'pending' | 'succeeded' | 'failed';
  wallet: string;
  /** void: undone on the wallet's own clearing day. */
  method: 'refund' | 'void';
  reason: string;
  /** Hutong gave surplus money back by itself. */
  automatic: boolean;
  failure: Failure | null;
  created_at: string;
  finished_at: string | null;
}

export interface WebhookEndpoint {
  id: string;
  object: 'webhook_endpoint';
  url: string;
  /** `*` stands for every type. */
  event_types: string[];
  signatures: ('v1' | 'v1a')[];
  /** `whpk_…` for checking v1a signatures. */
  public_key: string | null;
  previous_secret_until: string | null;
  state: 'enabled' | 'disabled';
  disabled_reason: 'gone' | null;
  created_at: string;
}

/** `secret` (`whsec_…`) is shown only here: keep it. */
export interface WebhookEndpointWithSecret extends WebhookEndpoint {
  secret: string;
}

export type EventType = WebhookEvent['type'];

/** What a webhook brings. More types may be added: let a `switch` over them have a `default` that does nothing. */
export type WebhookEvent =
  | WebhookMessage<'payment.succeeded' | 'payment.canceled' | 'payment.corrected', Payment>
  | WebhookMessage<'refund.created' | 'refund.succeeded' | 'refund.failed' | 'refund.corrected', Refund>
  | WebhookMessage<'link.completed', CompletedLink>;

/** A link that was paid for the last time; `links.get` tells each share. */
export interface CompletedLink {
  id: string;
  object: 'link';
  code: string;
  kind: 'pay' | 'group';
  livemode: boolean;
  paid: Money;
}

export interface WebhookMessage<Type extends string, Data> {
  /** The same however often it is sent: do each id once. */
  id: string;
  type: Type;
  timestamp: string;
  data: Data;
}

/** An event as the API lists it. */
export type HutongEvent = WebhookEvent & { object: 'event'; object_id: string };

export interface WebhookDelivery {
  id: string;
  object: 'webhook_delivery';
  endpoint_id: string;
  event_id: string;
  event_type: string;
  /** parked: given up until it is replayed. canceled: its endpoint was deleted. */
  state: 'pending' | 'succeeded' | 'parked' | 'canceled';
  tries_count: number;
  next_try_at: string | null;
  last_status: number | null;
  last_reason: string | null;
  created_at: string;
  finished_at: string | null;
  tries: { sent_at: string; duration_ms: number; status: number | null; reason: string | null; reply: string | null }[];
}

export interface WalletAccount {
  id: string;
  object: 'wallet_account';
  wallet: string;
  /** Your number at the wallet. */
  merchant_no: string;
  label: string;
  enabled: boolean;
  created_at: string;
  updated_at: string;
}

/** A code for a shop to print; any wallet can scan it. */
export interface QrCode {
  id: string;
  object: 'qr_code';
  label: string;
  currency: string;
  /** Null: the buyer types it. */
  amount: Money | null;
  return_url: string | null;
  enabled: boolean;
  /** What the picture holds. */
  url: string;
  poster_url: string;
  created_at: string;
  updated_at: string;
}
