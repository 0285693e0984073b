import { type PretendWallet, type PretendWallets } from '../pretend-wallets.ts';
import type { Dice } from './dice.ts';
import type { Answer, PatientCaller } from './patient-caller.ts';
import { describeBuyer, type Promised } from './shop-offers.ts';

export interface ShopDeps {
  dice: Dice;
  call: PatientCaller;
  wallets: PretendWallets;
  promised: Promised;
  isOver(): boolean;
  sleepers: Sleeper[];
  /** Those who paid although the order was over. */
  lateOnes: Sleeper[];
  told: Told;
}

/** What buyers were told that may not change afterwards. */
export interface Told {
  /** Why the buyer of a payment sees the wallets that he sees, by the payment's id, as it was first told. */
  decisions: Map<string, string>;
  /** Attempts that cost more than the buyer was shown just before. */
  dearer: string[];
  /** How often a buyer was shown a new price instead of being charged it. */
  askedAgain: number;
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

export async function createOrder({ dice, call, promised }: ShopDeps, orderNo: string): Promise<Order> {
  const minor = dice.between(1, 100_000);
  const answer = await call.post('/v1/payments', {
    order_no: orderNo,
    amount: { currency: 'CNY', minor: String(minor) },
    subject: '茉莉花茶',
    return_url: 'https://shop.example/orders',
    expires_in_seconds: dice.pick([60, 300, 900]),
    metadata: { order: orderNo },
    ...describeBuyer(dice, minor, promised),
  });
  need(answer, [201]);
  return { id: answer.json.id, minor };
}

const PRICES_MAX = 3;

/**
 * Null when the payment is over, the wallet is not for this buyer, or an earlier try may have gone through: the shop does not wait for that.
 * Most buyers look at the price first; most of those who are shown a new one pay that.
 */
export async function attempt(shop: ShopDeps, order: Order, wallet: string, body: object): Promise<Answer | null> {
  const { call, dice, told } = shop;
  const refusals = [
    'payment_not_payable',
    'payment_already_succeeded',
    'payment_processing',
    'wallet_not_available',
    'offer_changed',
  ];
  let shown = dice.isBelow(0.7) ? await lookAtPrice(shop, order, wallet) : null;
  for (let prices = 1; ; prices++) {
    const expected = shown === null ? {} : { expected_amount: { currency: 'CNY', minor: shown } };
    const sent = { ...body, ...expected };
    const answer = await call.post(`/v1/payments/${order.id}/attempts`, sent, ['payment_processing']);
    need(answer, [201], refusals);
    if (answer.json.code === 'offer_changed') {
      told.askedAgain += 1;
      shown = answer.json.amount_minor;
      if (prices < PRICES_MAX && dice.isBelow(0.8)) continue;
    }
    if (answer.status !== 201) return null;
    if (shown !== null && BigInt(answer.json.to_pay.minor) > BigInt(shown))
      told.dearer.push(`${answer.json.id} costs ${answer.json.to_pay.minor}, ${shown} was shown`);
    if (dice.isBelow(0.2)) await noteDecision(shop, order);
    return answer;
  }
}

/** What the wallet would cost; null when it is not shown to this buyer, or nothing is to be paid any more. */
async function lookAtPrice({ call }: ShopDeps, order: Order, wallet: string): Promise<string | null> {
  const answer = await call.get(`/v1/payments/${order.id}/quote`);
  need(answer, [200], ['payment_not_payable', 'payment_already_succeeded']);
  const quotes: { wallet: string; to_pay: { minor: string } }[] = answer.json.quotes ?? []; // as the API shows them
  return quotes.find((quote) => quote.wallet === wallet)?.to_pay.minor ?? null;
}

async function noteDecision({ call, told }: ShopDeps, { id }: Order): Promise<void> {
  const answer = await call.get(`/v1/payments/${id}/decision`);
  need(answer, [200]);
  if (!told.decisions.has(id)) told.decisions.set(id, decisionText(answer));
}

/** What of a decision never changes: all but how it stands at the moment, and what was made of it since. */
export function decisionText({ json }: Answer): string {
  return JSON.stringify(json, (name, value) => (name === 'shown_now' || name === 'replay' ? undefined : value));
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
