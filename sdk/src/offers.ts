import { at, call, list } from './call.ts';
import type { Money } from './json.ts';
import type { List, ListParams } from './list.ts';
import type { CallOptions, Transport } from './transport.ts';
import type { FunderPart } from './types.ts';

/** Chinese and English. */
export interface Label {
  'zh-CN': string;
  en: string;
}

/** What an offer says, as the server's page on campaigns names its fields. */
export type Campaign = Record<string, unknown>;

export interface Offer {
  id: string;
  object: 'offer';
  /** Null: the platform's. */
  merchant_id: string | null;
  state: 'published' | 'stopped';
  version: number;
  campaign: Campaign;
  created_at: string;
  created_by: string;
  stopped_at: string | null;
  updated_at: string;
}

/** With how it is used; what is the platform's business alone is null. */
export interface OfferInFull extends Offer {
  /** Counts, or minor units, as integers in strings. */
  usage: { limit: string; unit: 'count' | 'money'; max: string; used: string; held: string; left: string }[] | null;
  vouchers_count: number | null;
  /** At your shop, of the last 31 days; minor units. */
  cost: {
    day: string;
    funder: string;
    owner: string;
    currency: string;
    granted: string;
    taken_back: string;
    payments: number;
  }[];
  moves:
    | {
        move: 'published' | 'changed' | 'stopped' | 'resumed' | 'vouchers_issued';
        version: number;
        by: string;
        reason: string | null;
        vouchers_count: number | null;
        at: string;
      }[]
    | null;
  versions: { version: number; campaign: Campaign; created_at: string }[];
}

export interface Voucher {
  id: string;
  object: 'voucher';
  offer_id: string;
  /** The last six letters of its code. */
  tail: string;
  /** For one buyer alone. */
  bound: boolean;
  valid_until: string | null;
  state: 'unused' | 'held' | 'used' | 'expired' | null;
  issued_at: string;
}

/** `code` is shown only here: keep it. */
export interface VoucherWithCode extends Voucher {
  code: string;
}

/** What an order costs with each wallet, the best first. */
export interface Quote {
  object: 'quote';
  at: string;
  quotes: WalletQuote[];
}

export interface WalletQuote {
  wallet: string;
  amount: Money;
  to_pay: Money;
  saved: Money;
  /** What the wallet itself may take off besides, or a draw may add: an estimate. */
  may_save: Money;
  /** False where there were more combinations than are looked at. */
  exact: boolean;
  applied: {
    offer_id: string;
    version: number;
    name: Label;
    kind: string;
    by: 'hutong' | 'wallet';
    amount: Money;
    most: Money;
    paid_by: FunderPart[];
    voucher_id: string | null;
    explanation: Label;
  }[];
  not_used: { offer_id: string; name: Label; code: string; facts: Record<string, string>; explanation: Label }[];
}

/** Who buys, as you know them. Nothing of it is needed. */
export interface Buyer {
  /** Your own, lasting name of the buyer. */
  id?: string;
  /** Kept as a keyed hash only. */
  phone?: string;
  device?: string;
  /** ISO 3166-2: `CN-SH`. */
  region?: string;
  app_version?: string;
  /** One of your own people. */
  staff?: boolean;
}

/** A line of the order; together they are its amount. */
export interface OrderItem {
  id: string;
  name: string;
  quantity: number;
  /** Of the whole line, in minor units. */
  amount_minor: bigint;
}

export interface Cart {
  amount: Money;
  items?: OrderItem[];
  buyer?: Buyer;
  /** Codes that the buyer brings. */
  vouchers?: string[];
  /** Only these; all that you take, if not given. */
  wallets?: string[];
}

/** `count` for whoever brings them, or `buyers`: one for each of these alone. */
export type NewVouchers = ({ count: number } | { buyers: string[] }) & { valid_until?: string; reason?: string };

export class Offers {
  readonly #transport: Transport;
  constructor(transport: Transport) {
    this.#transport = transport;
  }
  /** What you pay yourself, or an estimate of a wallet's own; the operator publishes all others. */
  publish(offer: { campaign: Campaign; reason?: string }, options?: CallOptions): Promise<Offer> {
    return call(this.#transport, { method: 'POST', path: '/v1/offers', body: offer }, options);
  }
  get(id: string, options?: CallOptions): Promise<OfferInFull> {
    return call(this.#transport, { method: 'GET', path: at('/v1/offers', id) }, options);
  }
  list(params: ListParams & { state?: Offer['state'] } = {}, options?: CallOptions): List<Offer> {
    return list(this.#transport, '/v1/offers', params, options);
  }
  /** All of the new terms; `from_version` is the version that you changed. */
  change(
    id: string,
    change: { campaign: Campaign; from_version: number; reason?: string },
    options?: CallOptions,
  ): Promise<Offer> {
    return call(this.#transport, { method: 'POST', path: at('/v1/offers', id, '/versions'), body: change }, options);
  }
  /** On every node within a second. */
  stop(id: string, why: { reason?: string } = {}, options?: CallOptions): Promise<Offer> {
    return call(this.#transport, { method: 'POST', path: at('/v1/offers', id, '/stop'), body: why }, options);
  }
  resume(id: string, why: { reason?: string } = {}, options?: CallOptions): Promise<Offer> {
    return call(this.#transport, { method: 'POST', path: at('/v1/offers', id, '/resume'), body: why }, options);
  }
  async issueVouchers(id: string, vouchers: NewVouchers, options?: CallOptions): Promise<VoucherWithCode[]> {
    const path = at('/v1/offers', id, '/vouchers');
    const issued = await call<{ data: VoucherWithCode[] }>(
      this.#transport,
      { method: 'POST', path, body: vouchers },
      options,
    );
    return issued.data;
  }
  listVouchers(id: string, params: ListParams = {}, options?: CallOptions): List<Voucher> {
    return list(this.#transport, at('/v1/offers', id, '/vouchers'), params, options);
  }
  /** What a cart would cost with each wallet, for product pages; nothing is kept or promised. */
  quote(cart: Cart, options?: CallOptions): Promise<Quote> {
    return call(this.#transport, { method: 'POST', path: '/v1/offers/quote', body: cart }, options);
  }
}
