import { addMoney, money, subtractMoney } from '../../../money/money.ts';
import { type BookFile, openBookFile } from './book-file.ts';
import { fromKept } from './discounts.ts';
import type { BookLine, CodeBuyer, Order } from './order.ts';

interface KeptCode {
  buyer: CodeBuyer;
  at: Date;
  /** The key of the order that was charged to it; null while it can still be used. */
  usedBy: string | null;
}

/**
 * A simulator's books in memory, every change written to the file before it counts. All changes are synchronous, so
 * whoever looks first and then records is never overtaken.
 */
export class Books {
  /** By key, oldest first. */
  readonly orders = new Map<string, Order>();
  /** Payment codes that were shown, by their digits. */
  readonly codes = new Map<string, KeptCode>();
  readonly #byWalletId = new Map<string, Order>();
  readonly #byToken = new Map<string, Order>();
  readonly #byOrderNo = new Map<string, Order[]>();
  readonly #byWire: ReadonlyMap<string, Map<string, Order>>;
  #sequence = 0;
  readonly #file: BookFile<BookLine>;

  /** `indexed` are the names in `wire` by which orders can be found. */
  constructor(path: string | null, indexed: readonly string[] = []) {
    this.#byWire = new Map(indexed.map((name) => [name, new Map<string, Order>()]));
    this.#file = openBookFile(path, (line) => this.#apply(line));
  }

  record(line: BookLine): void {
    this.#file.append(line);
    this.#apply(line);
  }

  /** The number of the next order; it makes a wallet's own numbers unique. */
  nextSequence(): number {
    return this.#sequence + 1;
  }

  find(key: string): Order | undefined {
    return this.orders.get(key);
  }

  findByWalletId(walletId: string): Order | undefined {
    return this.#byWalletId.get(walletId);
  }

  findByToken(token: string): Order | undefined {
    return this.#byToken.get(token);
  }

  /** @throws Error when the simulator does not index this name */
  findByWire(name: string, value: string): Order | undefined {
    const index = this.#byWire.get(name);
    if (index === undefined) throw new Error(`the books have no index of ${name}`);
    return index.get(value);
  }

  /** Every order that some merchant gave this number, oldest first. */
  listByOrderNo(orderNo: string): readonly Order[] {
    return this.#byOrderNo.get(orderNo) ?? [];
  }

  /** A merchant's transactions that succeeded from `from` on and before `to`, for bills. */
  listSettled(merchantNo: string, from: Date, to: Date): Order[] {
    return [...this.orders.values()].filter(
      (order) =>
        order.merchantNo === merchantNo &&
        order.state === 'succeeded' &&
        order.settledAt !== null &&
        order.settledAt >= from &&
        order.settledAt < to,
    );
  }

  /** Refunds of a payment, oldest first. */
  listRefunds(payment: Order): Order[] {
    return [...this.orders.values()].filter((order) => order.originalKey === payment.key);
  }

  close(): void {
    this.#file.close();
  }

  #apply(line: BookLine): void {
    if (line.line === 'ordered') this.#applyOrdered(line);
    else if (line.line === 'code') {
      this.codes.set(line.code, { buyer: line.buyer, at: new Date(line.at), usedBy: null });
    } else if (line.line === 'code_used') {
      const code = this.codes.get(line.code);
      if (code !== undefined) code.usedBy = line.key;
    } else this.#applyChange(line, this.#need(line.key));
  }

  #applyChange(line: Exclude<BookLine, { line: 'ordered' | 'code' | 'code_used' }>, order: Order): void {
    switch (line.line) {
      case 'settled':
        order.state = 'succeeded';
        order.lastCode = line.code;
        order.settledAt = new Date(line.at);
        order.walletId = line.walletId;
        order.cardIndex = line.cardIndex;
        if (line.discounts !== undefined) order.discounts = line.discounts.map(fromKept);
        this.#byWalletId.set(line.walletId, order);
        this.#note(order, line.wire);
        this.#original(order, (original) => (original.refunded = addMoney(original.refunded, order.amount)));
        return;
      case 'refused':
        order.lastCode = line.code;
        if (!line.final) return;
        order.state = 'failed';
        order.settledAt = new Date(line.at);
        this.#original(order, (original) => (original.undone = subtractMoney(original.undone, order.amount)));
        return;
      case 'closed':
        order.state = 'closed';
        order.openUntil = new Date(line.at);
        order.endedAt = order.openUntil;
        return;
      case 'reversed':
        if (order.state === 'succeeded') order.refunded = order.amount;
        order.state = 'reversed';
        order.endedAt = new Date(line.at);
        return;
      case 'noted':
        return this.#note(order, line.wire);
      case 'told':
        order.told = {
          tries: order.told.tries + 1,
          lastAt: new Date(line.at),
          acknowledged: order.told.acknowledged || line.acknowledged,
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
      wire: {},
      sequence: line.sequence,
      amount: money('CNY', BigInt(line.request.amountFen)),
      orderedAt: new Date(line.at),
      openUntil: new Date(line.openUntil),
      token: line.token,
      walletId: line.walletId,
      originalKey: line.originalKey,
      state: 'open',
      lastCode: null,
      settledAt: null,
      endedAt: null,
      cardIndex: 0,
      discounts: (line.discounts ?? []).map(fromKept),
      undone: zero,
      refunded: zero,
      told: { tries: 0, lastAt: null, acknowledged: false },
    };
    if (this.orders.has(order.key)) throw new Error(`the books have ${order.key} already`);
    this.#sequence = Math.max(this.#sequence, line.sequence);
    this.orders.set(order.key, order);
    this.#byToken.set(order.token, order);
    if (order.walletId !== null) this.#byWalletId.set(order.walletId, order);
    this.#note(order, line.request.wire);
    const namesakes = this.#byOrderNo.get(order.orderNo);
    if (namesakes === undefined) this.#byOrderNo.set(order.orderNo, [order]);
    else namesakes.push(order);
    this.#original(order, (original) => (original.undone = addMoney(original.undone, order.amount)));
  }

  #note(order: Order, wire: Record<string, string>): void {
    order.wire = { ...order.wire, ...wire };
    for (const [name, value] of Object.entries(wire)) this.#byWire.get(name)?.set(value, order);
  }

  #original(order: Order, change: (original: Order) => void): void {
    if (order.originalKey !== null) change(this.#need(order.originalKey));
  }

  #need(key: string): Order {
    const order = this.orders.get(key);
    if (order === undefined) throw new Error(`the books have no order ${key}`);
    return order;
  }
}
