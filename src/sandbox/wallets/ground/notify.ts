import { Agent, request } from 'undici';
import {
  SANDBOX_NOTIFICATIONS_KEPT_MAX,
  SANDBOX_NOTIFY_IN_FLIGHT_MAX,
  SANDBOX_NOTIFY_REPLY_BYTES_MAX,
  SANDBOX_NOTIFY_TIMEOUT_MS,
} from '../../../base/limits.ts';
import { type Fault, faultDelayMs } from './fault.ts';
import type { Composed, Ground } from './ground.ts';
import type { Order } from './order.ts';

/** One delivery of a notification, as it went. */
export interface SentNotification {
  at: string;
  merchantNo: string;
  orderNo: string;
  kind: Order['kind'];
  /** From 1 on; a delivery that a fault doubled has the same number twice. */
  tryNo: number;
  url: string;
  /** What the merchant answered; null when nothing came back or nothing was sent. */
  status: number | null;
  error: string | null;
  headers: Record<string, string>;
  body: string;
}

interface Reply {
  status: number | null;
  text: string;
  error: string | null;
}

/**
 * Tells merchants what has happened, at most once for each of `delaysMs`, each counted from the delivery before, until the
 * wallet calls an answer taken. Whatever is still to be told is found again in the books after a restart.
 */
export class Notifier {
  readonly #delaysMs: readonly number[];
  readonly #agent = new Agent({ connections: SANDBOX_NOTIFY_IN_FLIGHT_MAX, pipelining: 1 });
  #stopped = false;
  readonly #waiting: { order: Order; fault: Fault | null }[] = [];
  readonly #running = new Set<Promise<void>>();
  readonly #sent: SentNotification[] = [];
  #ground: Ground | null = null;

  constructor(delaysMs: readonly number[]) {
    this.#delaysMs = delaysMs;
  }

  /** The ground needs its notifier and the notifier its ground; this closes the circle. */
  attach(ground: Ground): void {
    this.#ground = ground;
  }

  /** Plans the next delivery that is still owed for this finished transaction, if any. */
  begin(order: Order): void {
    const delayMs = this.#delaysMs[order.told.tries];
    const fromAt = order.told.lastAt ?? order.settledAt;
    if (delayMs === undefined || fromAt === null || order.told.acknowledged || order.notifyUrl === null) return;
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
    const fault = faults.take('notify', order.orderNo);
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
    const { side, books, clock } = this.#need();
    if (order.notifyUrl === null) return;
    const composed = await side.compose(order, fault);
    if (fault?.kind === 'html') composed.body = '<!doctype html><title>502</title>';
    const copies = fault?.kind === 'duplicate' ? Number(fault.value ?? 2) : 1;
    let reply: Reply = { status: null, text: '', error: 'lost' };
    for (let copy = 0; copy < copies; copy++) {
      if (fault?.kind !== 'silent') reply = await this.#post(order.notifyUrl, composed);
      if (this.#stopped) return;
      this.#keep(order, order.notifyUrl, composed, reply);
    }
    const wasHeard = fault?.kind !== 'drop_after' && reply.status !== null;
    const acknowledged = wasHeard && side.isTaken(reply.status ?? 0, reply.text);
    books.record({ line: 'told', key: order.key, at: clock.now().toISOString(), acknowledged });
    this.begin(order);
  }

  async #post(url: string, composed: Composed): Promise<Reply> {
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(), SANDBOX_NOTIFY_TIMEOUT_MS);
    try {
      const { headers, body } = composed;
      const dispatcher = this.#agent;
      const reply = await request(url, { method: 'POST', headers, body, dispatcher, signal: deadline.signal });
      return { status: reply.statusCode, text: await readStart(reply.body), error: null };
    } catch (error) {
      return { status: null, text: '', error: error instanceof Error ? error.message : 'unknown' };
    } finally {
      clearTimeout(timer);
    }
  }

  #keep(order: Order, url: string, composed: Composed, reply: Reply): void {
    const { merchantNo, orderNo, kind } = order;
    const at = this.#need().clock.now().toISOString();
    const { status, error } = reply;
    this.#sent.push({ at, merchantNo, orderNo, kind, tryNo: order.told.tries + 1, url, status, error, ...composed });
    if (this.#sent.length > SANDBOX_NOTIFICATIONS_KEPT_MAX) this.#sent.splice(0, SANDBOX_NOTIFICATIONS_KEPT_MAX / 10);
  }

  #need(): Ground {
    if (this.#ground === null) throw new Error('the notifier is not attached');
    return this.#ground;
  }
}

/** What a merchant answers is a word or two; of a longer answer only the beginning is looked at. */
async function readStart(body: AsyncIterable<unknown>): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    if (!Buffer.isBuffer(chunk) || bytes > SANDBOX_NOTIFY_REPLY_BYTES_MAX) continue;
    bytes += chunk.length;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
