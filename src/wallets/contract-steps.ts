import { inspect } from 'node:util';
import { expect } from 'vitest';
import type { Money } from '../money/money.ts';
import type { WalletFault, WalletHarness } from './contract.ts';
import type { StatementItem, StatementLine } from './statement.ts';
import type {
  NextAction,
  NotificationReading,
  Outcome,
  PayReply,
  PayRequest,
  QueryRequest,
  RawNotification,
  RefundRequest,
  Scene,
} from './wallet.ts';

export const EXPIRES_AFTER_MS = 15 * 60_000;

export type ContractSteps = ReturnType<typeof contractSteps>;

/** What the sentences of the contract are made of. `h` tells the harness once there is one. */
export function contractSteps<Config>(h: () => WalletHarness<Config>) {
  const said: unknown[] = [];
  /** What surely happened, to be found in the day's bill. */
  const done: Pick<StatementLine, 'kind' | 'orderNo' | 'amountMinor' | 'settledMinor'>[] = [];
  return {
    said,
    done,
    newOrder,
    newName,
    scenesThatWait,
    firstScene,
    codeOf,
    ordered,
    paid,
    refundOf,
    refunded,
    withFault,
    pay,
    query,
    cancel,
    refund,
    queryRefund,
    read,
  };

  async function newOrder(minor: bigint, scene: Scene): Promise<PayRequest> {
    return {
      ...newName(),
      amount: cny(minor),
      scene,
      subject: '云南咖啡 & 茶 = 2 袋',
      expiresAt: new Date(wholeSecond(h().clock.now()).getTime() + EXPIRES_AFTER_MS),
      notifyUrl: h().notifyUrl,
      returnUrl: 'https://shop.example/c/pay_1/token/return',
      buyerIp: '203.0.113.7',
      payer: scene === 'jsapi' ? ((await h().sandbox.payer?.()) ?? null) : null,
      paymentCode: scene === 'code' ? codeOf('pays') : null,
    };
  }

  /** Scenes in which the buyer does something before the money moves. */
  function scenesThatWait(): Scene[] {
    return h().wallet.can.scenes.filter((scene) => scene !== 'code');
  }

  function firstScene(): Scene {
    const [scene] = scenesThatWait();
    if (scene === undefined) throw new Error('a wallet has a scene');
    return scene;
  }

  function codeOf(buyer: 'pays' | 'asks_pin' | 'declines'): string {
    const { paymentCode } = h().sandbox;
    if (paymentCode === null) throw new Error('the harness makes no payment codes');
    return paymentCode(buyer);
  }

  /** Every order a second later than the one before, as in life. */
  function newName(): { orderNo: string; orderedAt: Date } {
    h().clock.advanceMs(1000);
    return {
      orderNo: `C${h().deps.random.bytes(12).toString('hex').toUpperCase()}`,
      orderedAt: wholeSecond(h().clock.now()),
    };
  }

  async function ordered(minor: bigint): Promise<PayRequest> {
    const order = await newOrder(minor, firstScene());
    await h().sandbox.visit(actionOf(await pay(order)));
    return order;
  }

  async function paid(minor: bigint): Promise<PayRequest> {
    const order = await ordered(minor);
    await h().sandbox.pay(order.orderNo);
    done.push({ kind: 'payment', orderNo: order.orderNo, amountMinor: minor });
    return order;
  }

  async function refundOf(order: PayRequest, minor: bigint, method: RefundRequest['method']): Promise<RefundRequest> {
    const outcome = await query(order);
    if (outcome.kind !== 'succeeded') throw new Error(`not paid: ${outcome.kind}`);
    const { orderNo, orderedAt, scene } = order;
    return {
      refund: newName(),
      amount: cny(minor),
      method,
      paid: { orderNo, orderedAt, scene, walletPaymentId: outcome.walletPaymentId, amount: outcome.amount },
      notifyUrl: h().notifyUrl,
    };
  }

  async function refunded(order: PayRequest, minor: bigint): Promise<RefundRequest> {
    const request = await refundOf(order, minor, 'refund');
    expect(['pending', 'succeeded']).toContain((await refund(request)).kind);
    await h().sandbox.finishRefund(request.refund.orderNo);
    expect(await queryRefund(request)).toMatchObject({ kind: 'succeeded', amount: { minor } });
    done.push({ kind: 'refund', orderNo: request.refund.orderNo, amountMinor: minor });
    return request;
  }

  async function withFault<T>(fault: WalletFault, action: () => Promise<T>): Promise<T> {
    h().sandbox.setFault(fault);
    try {
      return await action();
    } finally {
      h().sandbox.clearFaults();
    }
  }

  async function heard<T>(promise: Promise<T>): Promise<T> {
    const value = await promise;
    said.push(value);
    return value;
  }

  function pay(order: PayRequest): Promise<PayReply> {
    return heard(h().wallet.pay(h().deps, h().config, order));
  }

  function query(order: PayRequest): Promise<Outcome> {
    return heard(h().wallet.query(h().deps, h().config, queryOf(order)));
  }

  function refund(request: RefundRequest): Promise<Outcome> {
    return heard(h().wallet.refund(h().deps, h().config, request));
  }

  function queryRefund(request: RefundRequest): Promise<Outcome> {
    return heard(h().wallet.queryRefund(h().deps, h().config, request));
  }

  function read(notification: RawNotification | undefined): Promise<NotificationReading> {
    if (notification === undefined) throw new Error('no notification came');
    return heard(h().wallet.readNotification(h().deps, h().config, notification));
  }

  function cancel(order: PayRequest): Promise<Outcome> {
    return heard(h().wallet.cancel(h().deps, h().config, queryOf(order)));
  }
}

export function actionOf(reply: PayReply): NextAction {
  if (reply.kind !== 'pending' || reply.action === null)
    throw new Error(`no next action: ${inspect(reply, { depth: 5 })}`);
  return reply.action;
}

export function queryOf(order: PayRequest): QueryRequest {
  const { orderNo, orderedAt, amount, scene, expiresAt } = order;
  return { orderNo, orderedAt, amount, scene, expiresAt };
}

export async function gather(items: AsyncIterable<StatementItem>): Promise<StatementItem[]> {
  const gathered: StatementItem[] = [];
  for await (const item of items) gathered.push(item);
  return gathered;
}

export function shanghaiDay(at: Date): string {
  return new Date(at.getTime() + 8 * 3_600_000).toISOString().slice(0, 10);
}

function cny(minor: bigint): Money {
  return { currency: 'CNY', minor };
}

function wholeSecond(at: Date): Date {
  return new Date(Math.floor(at.getTime() / 1000) * 1000);
}
