import { type Money, addMoney, money, subtractMoney } from '../../../money/money.ts';
import { type BookFile, openBookFile } from './book-file.ts';

/** What a merchant asked for, as it stays. */
export interface Request {
  merId: string;
  orderId: string;
  /** With merId and orderId the transaction's name, YYYYMMDDhhmmss. */
  txnTime: string;
  via: 'front' | 'app' | 'back';
  txnType: '01' | '04' | '31';
  txnSubType: string;
  bizType: string;
  accessType: string;
  channelType: string;
  encoding: string;
  amountFen: string;
  backUrl: string;
  frontUrl?: string;
  frontFailUrl?: string;
  reqReserved?: string;
  subject?: string;
  /** Sensitive values are to be encrypted in what we send. */
  encrypted: boolean;
  /** The request's own signature: the same request again is recognised by it. */
  signature: string;
}

/** One transaction in the gateway's books: a payment, a refund or a void. */
export interface Order extends Request {
  key: string;
  sequence: number;
  amount: Money;
  orderedAt: Date;
  /** Payments: the last moment to pay. */
  openUntil: Date;
  /** Payments through the app SDK. */
  tn: string | null;
  /** Lets the page's forms through; nobody can guess it. */
  token: string;
  /** Refunds and voids: the payment they undo. */
  originalKey: string | null;
  queryId: string | null;
  traceNo: string | null;
  /** open: may still be paid (payments) or is being worked on (refunds, voids). */
  state: 'open' | 'succeeded' | 'failed' | 'closed';
  /** The last answer of the issuer; a payment stays open after a failed try. */
  lastCode: string | null;
  settledAt: Date | null;
  settleDate: string | null;
  cardIndex: number;
  /** Payments: refunds and voids that were accepted and did not fail. */
  undone: Money;
  /** Payments: refunds and voids that have finished. */
  refunded: Money;
  /** Deliveries of the notification so far, and whether one was answered with 200. */
  told: { tries: number; lastAt: Date | null; acknowledged: boolean };
}

/** A line of the books; everything is rebuilt from these. */
export type BookLine =
  | {
      line: 'ordered';
      key: string;
      sequence: number;
      at: string;
      openUntil: string;
      token: string;
      tn: string | null;
      queryId: string | null;
      originalKey: string | null;
      request: Request;
    }
  | {
      line: 'settled';
      key: string;
      at: string;
      respCode: string;
      queryId: string;
      traceNo: string;
      settleDate: string;
      cardIndex: number;
    }
  | { line: 'refused'; key: string; at: string; respCode: string }
  | { line: 'closed'; key: string; at: string }
  | { line: 'told'; key: string; at: string; status: number | null };

export function orderKey(name: { merId: string; orderId: string; txnTime: string }): string {
  return `${name.merId}|${name.orderId}|${name.txnTime}`;
}

/**
 * The gateway's books in memory, every change written to the file before it counts. All changes are synchronous, so
 * whoever looks first and then records is never overtaken.
 */
export class Books {
  readonly orders = new Map<string, Order>();
  readonly #byQueryId = new Map<string, Order>();
  readonly #byTn = new Map<string, Order>();
  readonly #byToken = new Map<string, Order>();
  readonly #byOrderId = new Map<string, Order[]>();
  #sequence = 0;
  readonly #file: BookFile<BookLine>;

  constructor(path: string | null) {
    this.#file = openBookFile(path, (line) => this.#apply(line));
  }

  record(line: BookLine): void {
    this.#file.append(line);
    this.#apply(line);
  }

  /** The number of the next order; it makes queryId, traceNo and tn unique. */
  nextSequence(): number {
    return this.#sequence + 1;
  }

  find(name: { merId: string; orderId: string; txnTime: string }): Order | undefined {
    return this.orders.get(orderKey(name));
  }

  findByQueryId(queryId: string): Order | undefined {
    return this.#byQueryId.get(queryId);
  }

  findByTn(tn: string): Order | undefined {
    return this.#byTn.get(tn);
  }

  findByToken(token: string): Order | undefined {
    return this.#byToken.get(token);
  }

  /** Every order that some merchant gave this number, oldest first. */
  listByOrderId(orderId: string): readonly Order[] {
    return this.#byOrderId.get(orderId) ?? [];
  }

  close(): void {
    this.#file.close();
  }

  #apply(line: BookLine): void {
    if (line.line === 'ordered') return this.#applyOrdered(line);
    const order = this.orders.get(line.key);
    if (order === undefined) throw new Error(`the books have no order ${line.key}`);
    const at = new Date(line.at);
    switch (line.line) {
      case 'settled':
        Object.assign(order, {
          state: 'succeeded',
          lastCode: line.respCode,
          settledAt: at,
          queryId: line.queryId,
          traceNo: line.traceNo,
          settleDate: line.settleDate,
          cardIndex: line.cardIndex,
        });
        this.#byQueryId.set(line.queryId, order);
        this.#original(order, (original) => (original.refunded = addMoney(original.refunded, order.amount)));
        return;
      case 'refused':
        order.lastCode = line.respCode;
        if (order.originalKey === null) return;
        order.state = 'failed';
        order.settledAt = at;
        this.#original(order, (original) => (original.undone = subtractMoney(original.undone, order.amount)));
        return;
      case 'closed':
        order.state = 'closed';
        order.openUntil = at;
        return;
      case 'told':
        order.told = {
          tries: order.told.tries + 1,
          lastAt: at,
          acknowledged: order.told.acknowledged || line.status === 200,
        };
        return;
      default:
        line satisfies never;
    }
  }

  #applyOrdered(line: Extract<BookLine, { line: 'ordered' }>): void {
    const zero = money('CNY', 0n);
    const order: Order = {
      ...line.request,
      key: line.key,
      sequence: line.sequence,
      amount: money('CNY', BigInt(line.request.amountFen)),
      orderedAt: new Date(line.at),
      openUntil: new Date(line.openUntil),
      tn: line.tn,
      token: line.token,
      originalKey: line.originalKey,
      queryId: line.queryId,
      traceNo: null,
      state: 'open',
      lastCode: null,
      settledAt: null,
      settleDate: null,
      cardIndex: 0,
      undone: zero,
      refunded: zero,
      told: { tries: 0, lastAt: null, acknowledged: false },
    };
    this.#sequence = Math.max(this.#sequence, line.sequence);
    this.orders.set(order.key, order);
    this.#byToken.set(order.token, order);
    if (order.tn !== null) this.#byTn.set(order.tn, order);
    if (order.queryId !== null) this.#byQueryId.set(order.queryId, order);
    const namesakes = this.#byOrderId.get(order.orderId);
    if (namesakes === undefined) this.#byOrderId.set(order.orderId, [order]);
    else namesakes.push(order);
    this.#original(order, (original) => (original.undone = addMoney(original.undone, order.amount)));
  }

  #original(order: Order, change: (original: Order) => void): void {
    if (order.originalKey === null) return;
    const original = this.orders.get(order.originalKey);
    if (original === undefined) throw new Error(`the books have no order ${order.originalKey}`);
    change(original);
  }
}
