import { Agent, request } from 'undici';
import {
  SANDBOX_NOTIFICATIONS_KEPT_MAX,
  SANDBOX_NOTIFY_IN_FLIGHT_MAX,
  SANDBOX_NOTIFY_TIMEOUT_MS,
} from '../../../base/limits.ts';
import { sealFields } from './answer.ts';
import { toNotificationFacts } from './describe.ts';
import { type Fault, faultDelayMs } from './fault.ts';
import { writeForm } from './form.ts';
import type { Gateway } from './gateway.ts';
import type { Order } from './orders.ts';

/** One delivery of a notification, as it went. */
export interface SentNotification {
  at: string;
  merId: string;
  orderNo: string;
  txnType: string;
  /** From 1 on; a delivery that a fault doubled has the same number twice. */
  tryNo: number;
  url: string;
  /** What the merchant answered; null when nothing came back or nothing was sent. */
  status: number | null;
  error: string | null;
  body: string;
}

/**
 * Tells merchants what has happened, at most once for each of `delaysMs`, each counted from the delivery before, until one
 * is answered with 200. Whatever is still to be told is found again in the books after a restart.
 */
export class Notifier {
  readonly #delaysMs: readonly number[];
  readonly #agent = new Agent({ connections: SANDBOX_NOTIFY_IN_FLIGHT_MAX, pipelining: 1 });
  #stopped = false;
  readonly #waiting: { order: Order; fault: Fault | null }[] = [];
  readonly #running = new Set<Promise<void>>();
  readonly #sent: SentNotification[] = [];
  #gateway: Gateway | null = null;

  constructor(delaysMs: readonly number[]) {
    this.#delaysMs = delaysMs;
  }

  /** The gateway needs its notifier and the notifier its gateway; this closes the circle. */
  attach(gateway: Gateway): void {
    this.#gateway = gateway;
  }

  /** Plans the next delivery that is still owed for this finished transaction, if any. */
  begin(order: Order): void {
    const delayMs = this.#delaysMs[order.told.tries];
    const fromAt = order.told.lastAt ?? order.settledAt;
    if (delayMs === undefined || fromAt === null || order.told.acknowledged) return;
    this.#need().schedule.at(new Date(fromAt.getTime() + delayMs), () => this.#start(order));
  }

  /** The latest deliveries, oldest first. */
  sent(): readonly SentNotification[] {
    return this.#sent;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#waiting.length = 0;
    await this.#agent.destroy();
    await Promise.allSettled(this.#running);
  }

  #start(order: Order): void {
    const { faults, schedule, clock } = this.#need();
    const fault = faults.take('notify', order.orderId);
    if (fault?.kind === 'late' || fault?.kind === 'slow') {
      schedule.at(new Date(clock.now().getTime() + faultDelayMs(fault)), () => this.#queue(order, null));
    } else this.#queue(order, fault);
  }

  #queue(order: Order, fault: Fault | null): void {
    if (this.#stopped) return;
    if (this.#running.size >= SANDBOX_NOTIFY_IN_FLIGHT_MAX) {
      this.#waiting.push({ order, fault });
      return;
    }
    const run = this.#deliver(order, fault)
      .catch((error: unknown) => this.#need().log.error({ error, order: order.key }, 'a notification went wrong'))
      .finally(() => {
        this.#running.delete(run);
        const next = this.#waiting.shift();
        if (next !== undefined) this.#queue(next.order, next.fault);
      });
    this.#running.add(run);
  }

  async #deliver(order: Order, fault: Fault | null): Promise<void> {
    const gateway = this.#need();
    const facts = toNotificationFacts(gateway, order);
    if (fault?.kind === 'resp_code') facts.respCode = String(fault.value);
    const merchant = gateway.keys.merchants.get(order.merId);
    const body =
      fault?.kind === 'html'
        ? '<!doctype html><title>502</title>'
        : writeForm(await sealFields(gateway.keys, merchant, facts, fault));
    const copies = fault?.kind === 'duplicate' ? Number(fault.value ?? 2) : 1;
    let status: number | null = null;
    for (let copy = 0; copy < copies; copy++) {
      const reply = fault?.kind === 'silent' ? { status: null, error: 'lost' } : await this.#post(order.backUrl, body);
      if (this.#stopped) return;
      status = reply.status;
      this.#keep(order, body, reply);
    }
    const heard = fault?.kind === 'drop_after' ? null : status;
    gateway.books.record({ line: 'told', key: order.key, at: gateway.clock.now().toISOString(), status: heard });
    this.begin(order);
  }

  async #post(url: string, body: string): Promise<{ status: number | null; error: string | null }> {
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(), SANDBOX_NOTIFY_TIMEOUT_MS);
    try {
      const reply = await request(url, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded;charset=UTF-8' },
        body,
        dispatcher: this.#agent,
        signal: deadline.signal,
      });
      await reply.body.dump();
      return { status: reply.statusCode, error: null };
    } catch (error) {
      return { status: null, error: error instanceof Error ? error.message : 'unknown' };
    } finally {
      clearTimeout(timer);
    }
  }

  #keep(order: Order, body: string, reply: { status: number | null; error: string | null }): void {
    this.#sent.push({
      at: this.#need().clock.now().toISOString(),
      merId: order.merId,
      orderNo: order.orderId,
      txnType: order.txnType,
      tryNo: order.told.tries + 1,
      url: order.backUrl,
      ...reply,
      body,
    });
    if (this.#sent.length > SANDBOX_NOTIFICATIONS_KEPT_MAX) this.#sent.splice(0, SANDBOX_NOTIFICATIONS_KEPT_MAX / 10);
  }

  #need(): Gateway {
    if (this.#gateway === null) throw new Error('the notifier is not attached');
    return this.#gateway;
  }
}
