import { type PretendWallet, type PretendWallets } from '../pretend-wallets.ts';
import type { Dice } from './dice.ts';
import type { Answer, PatientCaller } from './patient-caller.ts';

export interface ShopDeps {
  dice: Dice;
  call: PatientCaller;
  wallets: PretendWallets;
  isOver(): boolean;
  sleepers: Sleeper[];
}

/** Somebody who pays much later, when every payment has expired. */
export interface Sleeper {
  wallet: PretendWallet;
  orderNo: string;
}

export interface Order {
  id: string;
  minor: number;
}

/** Each name as often as it is said. */
export function toCards<Name extends string>(counts: Readonly<Record<Name, number>>): Name[] {
  return Object.entries<number>(counts).flatMap(([name, count]) => Array<Name>(count).fill(name as Name)); // own keys
}

export async function createOrder({ dice, call }: ShopDeps, orderNo: string): Promise<Order> {
  const minor = dice.between(1, 100_000);
  const answer = await call.post('/v1/payments', {
    order_no: orderNo,
    amount: { currency: 'CNY', minor: String(minor) },
    subject: '茉莉花茶',
    return_url: 'https://shop.example/orders',
    expires_in_seconds: dice.pick([60, 300, 900]),
    metadata: { order: orderNo },
  });
  need(answer, [201]);
  return { id: answer.json.id, minor };
}

/** Null when the payment is over, or an earlier try may have gone through: the shop does not wait for that. */
export async function attempt(call: PatientCaller, order: Order, body: object): Promise<Answer | null> {
  const refusals = ['payment_not_payable', 'payment_already_succeeded', 'payment_processing'];
  const answer = await call.post(`/v1/payments/${order.id}/attempts`, body, ['payment_processing']);
  need(answer, [201], refusals);
  return answer.status === 201 ? answer : null;
}

export async function cancel({ call }: Pick<ShopDeps, 'call'>, order: Order): Promise<void> {
  need(await call.post(`/v1/payments/${order.id}/cancel`), [200], ['payment_already_succeeded']);
}

/** False when the time to pay was over before the buyer came. */
export function payIfOpen({ wallet, orderNo }: Sleeper): boolean {
  return buyerMay(() => wallet.sandbox.pay(orderNo));
}

/** False when the order was over at the wallet by then. */
export function buyerMay(act: () => unknown): boolean {
  try {
    act();
    return true;
  } catch (error) {
    if (error instanceof Error && /past its time|is not open|is over/.test(error.message)) return false;
    throw error;
  }
}

const LOOKS_MAX = 60;

/** Whole, in parts, or several at once that are too much together. */
export async function refund(shop: ShopDeps, order: Order): Promise<void> {
  const { dice, call } = shop;
  for (let looks = 0; ; looks++) {
    const { json } = await call.get(`/v1/payments/${order.id}`);
    if (json.state === 'succeeded') break;
    if (json.state === 'canceled' || looks === LOOKS_MAX || shop.isOver()) return;
    await pause(50);
  }
  const send = async (body: object): Promise<void> =>
    need(await call.post(`/v1/payments/${order.id}/refunds`, body), [201], ['refund_exceeds_payment']);
  const share = (of: number): object => ({ currency: 'CNY', minor: String(Math.max(1, Math.floor(order.minor * of))) });
  const way = dice.pick(['whole', 'parts', 'rush'] as const);
  if (way === 'whole') return send({ reason: '退货' });
  if (way === 'rush') {
    await Promise.all([1, 2, 3, 4].map(() => send({ amount: share(0.4) })));
    return;
  }
  for (let part = 1; part <= 3; part++)
    await send({ amount: share(0.25), refund_no: `${order.id}-${part}`, reason: `第 ${part} 次` });
}

/** @throws Error for every other answer */
export function need(answer: Answer, statuses: readonly number[], codes: readonly string[] = []): void {
  if (statuses.includes(answer.status) || codes.includes(answer.json.code)) return;
  throw new Error(`a shop was answered ${answer.status} ${answer.text}`);
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
