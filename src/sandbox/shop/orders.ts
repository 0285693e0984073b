import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Lang } from '../../base/lang.ts';
import type { OrderPrice, OrderRefund } from './order-price.ts';

export type OrderState = 'unpaid' | 'paid' | 'refunding' | 'refunded' | 'closed';

/** One order of the demo shop. Instants are ISO, the amount is in minor units as the API writes it. */
export interface Order {
  orderNo: string;
  productId: string;
  /** Who bought it: a key of shoppers.ts. */
  shopper: string;
  lang: Lang;
  /** The code of the share link that the buyer came by; null for who came otherwise. */
  link: string | null;
  amount: { currency: string; minor: string };
  state: OrderState;
  createdAt: string;
  payment: null | { id: string; cashierUrl: string };
  /** The wallet's name, once it is paid. */
  paidWith: string | null;
  /** What the buyer paid, and what was taken off; null until it is paid. */
  price: OrderPrice | null;
  /** Null until money goes back. */
  refund: OrderRefund | null;
  /** What the shop heard, oldest first; a webhook that comes twice stands here once. */
  heard: readonly Heard[];
}

export interface Heard {
  /** The webhook's id, or the shop's own name for what it asked. */
  id: string;
  type: string;
  at: string;
}

const ORDERS_MAX = 10_000;

/** The shop's book: in memory, and one JSON line per change in a file when there is a folder for it. */
export class Orders {
  readonly #orders = new Map<string, Order>();
  readonly #orderNoOfPayment = new Map<string, string>();
  readonly #file: string | null;

  constructor(dataDir: string | null) {
    this.#file = dataDir === null ? null : join(dataDir, 'shop-orders.jsonl');
    if (dataDir !== null) mkdirSync(dataDir, { recursive: true });
    if (this.#file !== null && existsSync(this.#file)) this.#readBack(readFileSync(this.#file, 'utf8'));
  }

  find(orderNo: string): Order | undefined {
    return this.#orders.get(orderNo);
  }

  findByPayment(paymentId: string): Order | undefined {
    return this.find(this.#orderNoOfPayment.get(paymentId) ?? '');
  }

  /** Keeps the order as it now is. The line is written before this returns, so changes stand in the order they happened. */
  save(order: Order): Order {
    if (this.#file !== null) appendFileSync(this.#file, `${JSON.stringify(order)}\n`);
    this.#keep(order);
    return order;
  }

  #keep(order: Order): void {
    this.#orders.set(order.orderNo, order);
    if (order.payment !== null) this.#orderNoOfPayment.set(order.payment.id, order.orderNo);
    const [oldest] = this.#orders.values();
    if (this.#orders.size <= ORDERS_MAX || oldest === undefined) return;
    this.#orders.delete(oldest.orderNo);
    if (oldest.payment !== null) this.#orderNoOfPayment.delete(oldest.payment.id);
  }

  #readBack(text: string): void {
    for (const line of text.split('\n')) {
      const order = readOrder(line);
      if (order !== null) this.#keep(order);
    }
  }
}

/** A line as we wrote it; null when it was torn by a crash. */
function readOrder(line: string): Order | null {
  try {
    // What the book of an earlier shop did not write yet stands before it.
    const order: Order = { shopper: 'guest', link: null, price: null, refund: null, ...JSON.parse(line) };
    return typeof order.orderNo === 'string' && Array.isArray(order.heard) ? order : null;
  } catch {
    return null;
  }
}
