import type { Clock } from '../../base/clock.ts';
import type { Random } from '../../base/random.ts';
import type { Scene } from '../../wallets/wallet.ts';
import type { Members } from '../../wallets/open/parse.ts';
import { membersOf } from '../../wallets/open/parse.ts';
import type { Buyer } from './buyer.ts';
import { expectThat, NotSeen } from './check-case.ts';
import type { Came, CheckAccount, CheckClient } from './check-client.ts';
import type { NotificationEar } from './notification-ear.ts';
import type { Observations } from './observations.ts';
import type { Manifest } from './read-manifest.ts';

const PERSON_PATIENCE_MS = 180_000;
const HOOK_PATIENCE_MS = 15_000;
const LOOK_MS = 100;

/** What every case works with. */
export interface CheckParts {
  manifest: Manifest;
  account: CheckAccount;
  client: CheckClient;
  buyer: Buyer;
  ear: NotificationEar;
  observations: Observations;
  clock: Clock;
  random: Random;
  sleep(ms: number): Promise<void>;
}

/** A payment of this run, to be found in the day's statement. */
export interface Done {
  kind: 'payment' | 'refund';
  no: string;
  minor: bigint;
}

/** The steps that cases are made of. Whatever is done here and is no case of its own is asked for, not judged. */
export class CheckWorld {
  readonly parts: CheckParts;
  /** What surely happened. */
  readonly done: Done[] = [];
  /** Orders that were undone: no statement tells of them. */
  readonly undone: string[] = [];
  #count = 0;

  constructor(parts: CheckParts) {
    this.parts = parts;
  }

  get client(): CheckClient {
    return this.parts.client;
  }

  get buyer(): Buyer {
    return this.parts.buyer;
  }

  freshNo(): string {
    this.#count += 1;
    return `CHECK${this.parts.random.bytes(9).toString('hex').toUpperCase()}${String(this.#count).padStart(3, '0')}`;
  }

  orderBody(changed: Members = {}): Members {
    return {
      amount: amountOf(1234n),
      scene: this.scene(),
      subject: '检查 check',
      expires_at: this.inSeconds(600),
      notify_url: this.parts.ear.url,
      return_url: 'https://shop.example/return',
      buyer_ip: '203.0.113.7',
      payer_id: null,
      payment_code: null,
      ...changed,
    };
  }

  /** A scene in which an order waits for its buyer and needs nothing else. */
  scene(): Scene {
    return this.parts.manifest.scenes.find((scene) => scene !== 'code' && scene !== 'jsapi') ?? 'web';
  }

  needScene(scene: Scene): void {
    if (!this.parts.manifest.scenes.includes(scene)) throw new NotSeen(`the wallet does not have the scene ${scene}`);
  }

  needHooks(): void {
    if (!this.buyer.isHook) throw new NotSeen('the wallet has no test hooks to play the buyer');
  }

  inSeconds(seconds: number): string {
    return new Date(this.parts.clock.now().getTime() + seconds * 1000).toISOString().replace(/\.\d{3}Z$/, 'Z');
  }

  query(orderNo: string): Promise<Came> {
    return this.client.get(`/orders/${orderNo}`);
  }

  async create(
    changed: Members = {},
    orderNo = this.freshNo(),
  ): Promise<{ orderNo: string; body: Members; came: Came }> {
    const body = this.orderBody(changed);
    return { orderNo, body, came: await this.client.post(`/orders/${orderNo}`, body) };
  }

  /** An order that waits for its buyer. @throws NotSeen when the wallet does not make one */
  async open(changed: Members = {}): Promise<{ orderNo: string; body: Members; came: Came }> {
    const created = await this.create(changed);
    if (created.came.json['state'] !== 'open') throw new NotSeen(`no order can be made: ${told(created.came)}`);
    return created;
  }

  /** An order that was paid. @throws NotSeen when it cannot be paid */
  async paid(minor = 1234n): Promise<{ orderNo: string; body: Members; order: Members }> {
    const { orderNo, body, came } = await this.open({ amount: amountOf(minor) });
    if (!(await this.buyer.pay(orderNo, came.json))) throw new NotSeen('the buyer could not pay');
    const order = await this.until(() => this.query(orderNo), isState('paid'));
    if (order === null) throw new NotSeen('the order was not paid');
    this.done.push({ kind: 'payment', no: orderNo, minor });
    return { orderNo, body, order: order.json };
  }

  refundBody(orderNo: string, minor: bigint, method: 'refund' | 'void' = 'refund'): Members {
    return { order_no: orderNo, method, amount: amountOf(minor), notify_url: this.parts.ear.url };
  }

  /** Asks for a refund and waits for its end. */
  async refund(
    orderNo: string,
    minor: bigint,
    method: 'refund' | 'void' = 'refund',
    refundNo = this.freshNo(),
  ): Promise<{ refundNo: string; first: Came; last: Came }> {
    const first = await this.client.post(`/refunds/${refundNo}`, this.refundBody(orderNo, minor, method));
    if (first.json['state'] !== 'accepted') return { refundNo, first, last: first };
    const last = await this.until(
      () => this.client.get(`/refunds/${refundNo}`),
      (came) => came.json['state'] !== 'accepted',
    );
    return { refundNo, first, last: last ?? first };
  }

  remember(kind: Done['kind'], no: string, minor: bigint): void {
    this.done.push({ kind, no, minor });
  }

  /** Asks until it is so; null when it is not so in time. A person has three minutes. */
  async until<T>(ask: () => Promise<T>, isSo: (value: T) => boolean, patienceMs?: number): Promise<T | null> {
    const limitMs = patienceMs ?? (this.buyer.isHook ? HOOK_PATIENCE_MS : PERSON_PATIENCE_MS);
    for (let waitedMs = 0; ; waitedMs += LOOK_MS) {
      const value = await ask();
      if (isSo(value)) return value;
      if (waitedMs >= limitMs) return null;
      await this.parts.sleep(LOOK_MS);
    }
  }
}

export function amountOf(minor: bigint): { currency: string; minor: string } {
  return { currency: 'CNY', minor: minor.toString() };
}

/** The minor units of an amount however it is written: how it must be written is a case of its own. */
export function minorOf(amount: unknown): bigint | null {
  const minor = membersOf(amount)?.['minor'];
  return /^\d+$/.test(String(minor)) ? BigInt(String(minor)) : null;
}

export function isState(state: string): (came: Came) => boolean {
  return (came) => came.json['state'] === state;
}

/** What came, in a few words. */
export function told(came: Came): string {
  const { state, reason, code } = came.json;
  const what = [
    ...(state === undefined ? [] : [`state ${JSON.stringify(state)}`]),
    ...(typeof reason === 'string' ? [`reason ${reason}`] : []),
    ...(code === undefined ? [] : [`code ${JSON.stringify(code)}`]),
  ];
  return `status ${came.status}${what.length === 0 ? '' : `, ${what.join(', ')}`}`;
}

/** Fails unless the reply was a 4xx: the request was refused. */
export function expectRefused(came: Came, what: string): void {
  expectThat(came.status >= 400 && came.status < 500, `${what} was answered with ${told(came)}`);
}
