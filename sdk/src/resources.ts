import { at, call, list } from './call.ts';
import type { Money } from './json.ts';
import type { List, ListParams } from './list.ts';
import type { CallOptions, Transport } from './transport.ts';
import type { Buyer, OrderItem, Quote } from './offers.ts';
import type {
  Attempt,
  Complaint,
  EventType,
  HutongEvent,
  Payment,
  PaymentDecision,
  QrCode,
  Refund,
  Scene,
  WalletAccount,
  WebhookDelivery,
  WebhookEndpoint,
  WebhookEndpointWithSecret,
} from './types.ts';

export interface NewPayment {
  order_no: string;
  amount: Money;
  subject: string;
  return_url: string;
  expires_in_seconds?: number;
  /** The code of the share link that the buyer came by, for counting. */
  link?: string;
  metadata?: Record<string, string>;
  /** Who buys: for offers with a limit per person, first-use offers and staged wallets. */
  buyer?: Buyer;
  /** Together they are the amount. */
  items?: OrderItem[];
  /** Voucher codes that the buyer brings. */
  vouchers?: string[];
}

export class Payments {
  readonly #transport: Transport;
  readonly attempts: Attempts;
  constructor(transport: Transport) {
    this.#transport = transport;
    this.attempts = new Attempts(transport);
  }
  create(payment: NewPayment, options?: CallOptions): Promise<Payment> {
    return call(this.#transport, { method: 'POST', path: '/v1/payments', body: payment }, options);
  }
  get(id: string, options?: CallOptions): Promise<Payment> {
    return call(this.#transport, { method: 'GET', path: at('/v1/payments', id) }, options);
  }
  list(
    params: ListParams & { order_no?: string; state?: Payment['state'] } = {},
    options?: CallOptions,
  ): List<Payment> {
    return list(this.#transport, '/v1/payments', params, options);
  }
  cancel(id: string, options?: CallOptions): Promise<Payment> {
    return call(this.#transport, { method: 'POST', path: at('/v1/payments', id, '/cancel'), body: {} }, options);
  }
  /** What the buyer would pay with each wallet now, the best first. */
  quote(id: string, options?: CallOptions): Promise<Quote> {
    return call(this.#transport, { method: 'GET', path: at('/v1/payments', id, '/quote') }, options);
  }
  /** Why the buyer sees which staged wallets. */
  decision(id: string, options?: CallOptions): Promise<PaymentDecision> {
    return call(this.#transport, { method: 'GET', path: at('/v1/payments', id, '/decision') }, options);
  }
  /** Tell that the buyer complained; the first one of a payment is kept. */
  complain(id: string, reason: string, options?: CallOptions): Promise<Complaint> {
    const path = at('/v1/payments', id, '/complaints');
    return call(this.#transport, { method: 'POST', path, body: { reason } }, options);
  }
}

export interface NewAttempt {
  /** May be left out with a payment code, which tells its wallet. */
  wallet?: string;
  scene: Scene;
  /** What you scanned, in scene `code`. */
  payment_code?: string;
  /** Who pays, in scene `jsapi` of wallets that ask for it. */
  payer?: { id: string; wallet_app?: string };
  /** What the buyer was shown; where it costs more by now, nothing is charged (`offer_changed`). */
  expected_amount?: Money;
  buyer_ip?: string;
}

export class Attempts {
  readonly #transport: Transport;
  constructor(transport: Transport) {
    this.#transport = transport;
  }
  /** Only for a cashier of your own; the one at `payment.cashier_url` does this by itself. */
  create(paymentId: string, attempt: NewAttempt, options?: CallOptions): Promise<Attempt> {
    const path = at('/v1/payments', paymentId, '/attempts');
    return call(this.#transport, { method: 'POST', path, body: attempt }, options);
  }
}

export interface NewRefund {
  /** Of the order's money; all that is left, if neither this nor `items` is given. */
  amount?: Money;
  /** Lines of the order that go back, in place of an amount. */
  items?: { id: string; quantity: number }[];
  reason?: string;
  /** Your own number for it, unique. */
  refund_no?: string;
}

export class Refunds {
  readonly #transport: Transport;
  constructor(transport: Transport) {
    this.#transport = transport;
  }
  create(paymentId: string, refund: NewRefund = {}, options?: CallOptions): Promise<Refund> {
    const path = at('/v1/payments', paymentId, '/refunds');
    return call(this.#transport, { method: 'POST', path, body: refund }, options);
  }
  get(id: string, options?: CallOptions): Promise<Refund> {
    return call(this.#transport, { method: 'GET', path: at('/v1/refunds', id) }, options);
  }
  list(params: ListParams & { payment_id?: string } = {}, options?: CallOptions): List<Refund> {
    return list(this.#transport, '/v1/refunds', params, options);
  }
}

export interface NewWebhookEndpoint {
  url: string;
  /** All, if not given. */
  event_types?: string[];
  /** Also sign with ed25519 (v1a), so that the receiver needs only the public key. */
  ed25519?: boolean;
}

export class WebhookEndpoints {
  readonly #transport: Transport;
  constructor(transport: Transport) {
    this.#transport = transport;
  }
  create(endpoint: NewWebhookEndpoint, options?: CallOptions): Promise<WebhookEndpointWithSecret> {
    return call(this.#transport, { method: 'POST', path: '/v1/webhook-endpoints', body: endpoint }, options);
  }
  get(id: string, options?: CallOptions): Promise<WebhookEndpoint> {
    return call(this.#transport, { method: 'GET', path: at('/v1/webhook-endpoints', id) }, options);
  }
  list(params: ListParams = {}, options?: CallOptions): List<WebhookEndpoint> {
    return list(this.#transport, '/v1/webhook-endpoints', params, options);
  }
  async delete(id: string, options?: CallOptions): Promise<void> {
    await this.#transport.call({ method: 'DELETE', path: at('/v1/webhook-endpoints', id) }, options);
  }
  /** After the receiver had answered 410. */
  enable(id: string, options?: CallOptions): Promise<WebhookEndpoint> {
    return call(
      this.#transport,
      { method: 'POST', path: at('/v1/webhook-endpoints', id, '/enable'), body: {} },
      options,
    );
  }
  /** The old secret goes on signing beside the new one for `overlap_seconds`; 0 ends it at once. */
  rotateSecret(
    id: string,
    params: { overlap_seconds: number },
    options?: CallOptions,
  ): Promise<WebhookEndpointWithSecret> {
    const path = at('/v1/webhook-endpoints', id, '/rotate-secret');
    return call(this.#transport, { method: 'POST', path, body: params }, options);
  }
}

export class Events {
  readonly #transport: Transport;
  constructor(transport: Transport) {
    this.#transport = transport;
  }
  get(id: string, options?: CallOptions): Promise<HutongEvent> {
    return call(this.#transport, { method: 'GET', path: at('/v1/events', id) }, options);
  }
  list(params: ListParams & { type?: EventType; object_id?: string } = {}, options?: CallOptions): List<HutongEvent> {
    return list(this.#transport, '/v1/events', params, options);
  }
}

export interface WebhookDeliveryFilter extends ListParams {
  endpoint_id?: string;
  event_id?: string;
  state?: WebhookDelivery['state'];
}

export class WebhookDeliveries {
  readonly #transport: Transport;
  constructor(transport: Transport) {
    this.#transport = transport;
  }
  list(params: WebhookDeliveryFilter = {}, options?: CallOptions): List<WebhookDelivery> {
    return list(this.#transport, '/v1/webhook-deliveries', params, options);
  }
  /** Sends it once more; the message keeps its id. */
  replay(id: string, options?: CallOptions): Promise<WebhookDelivery> {
    return call(
      this.#transport,
      { method: 'POST', path: at('/v1/webhook-deliveries', id, '/replay'), body: {} },
      options,
    );
  }
}

export interface NewWalletAccount {
  wallet: string;
  label?: string;
  /** Numbers, keys and certificates, as the server's page on the wallet names them. */
  settings: Record<string, unknown>;
}

export class WalletAccounts {
  readonly #transport: Transport;
  constructor(transport: Transport) {
    this.#transport = transport;
  }
  create(account: NewWalletAccount, options?: CallOptions): Promise<WalletAccount> {
    return call(this.#transport, { method: 'POST', path: '/v1/wallet-accounts', body: account }, options);
  }
  get(id: string, options?: CallOptions): Promise<WalletAccount> {
    return call(this.#transport, { method: 'GET', path: at('/v1/wallet-accounts', id) }, options);
  }
  /** All of them: they are few. */
  list(options?: CallOptions): List<WalletAccount> {
    return list(this.#transport, '/v1/wallet-accounts', {}, options);
  }
  /** Names it anew, or switches it on or off. */
  change(id: string, change: { label?: string; enabled?: boolean }, options?: CallOptions): Promise<WalletAccount> {
    return call(this.#transport, { method: 'PATCH', path: at('/v1/wallet-accounts', id), body: change }, options);
  }
  /** Puts new keys in place without a stop; what the wallet sent under the old ones is read for `overlap_hours` more. */
  rotate(
    id: string,
    change: { settings: Record<string, unknown>; overlap_hours?: number },
    options?: CallOptions,
  ): Promise<WalletAccount> {
    const path = at('/v1/wallet-accounts', id, '/rotate');
    return call(this.#transport, { method: 'POST', path, body: change }, options);
  }
  /** An order of the smallest amount through this account, to see that it works. */
  testOrder(id: string, order: { scene?: 'web' | 'wap' | 'qr' } = {}, options?: CallOptions): Promise<Attempt> {
    const path = at('/v1/wallet-accounts', id, '/test-order');
    return call(this.#transport, { method: 'POST', path, body: order }, options);
  }
}

export interface NewQrCode {
  /** What the buyer pays for, such as the till's name. */
  label: string;
  currency?: string;
  /** The buyer types it, if not given. */
  amount?: Money;
  return_url?: string;
}

export class QrCodes {
  readonly #transport: Transport;
  constructor(transport: Transport) {
    this.#transport = transport;
  }
  create(code: NewQrCode, options?: CallOptions): Promise<QrCode> {
    return call(this.#transport, { method: 'POST', path: '/v1/qr-codes', body: code }, options);
  }
  get(id: string, options?: CallOptions): Promise<QrCode> {
    return call(this.#transport, { method: 'GET', path: at('/v1/qr-codes', id) }, options);
  }
  list(params: ListParams = {}, options?: CallOptions): List<QrCode> {
    return list(this.#transport, '/v1/qr-codes', params, options);
  }
  /** Names it anew, or switches it on or off: a printed code cannot be called back. */
  change(id: string, change: { label?: string; enabled?: boolean }, options?: CallOptions): Promise<QrCode> {
    return call(this.#transport, { method: 'PATCH', path: at('/v1/qr-codes', id), body: change }, options);
  }
}
