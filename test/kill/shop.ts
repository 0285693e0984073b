import type { UnionpaySandbox } from '../../src/sandbox/wallets/unionpay/unionpay.ts';
import type { Dice } from './dice.ts';
import type { Answer, PatientCaller } from './patient-caller.ts';

export interface ShopDeps {
  dice: Dice;
  call: PatientCaller;
  unionpay: UnionpaySandbox;
  isOver(): boolean;
  /** Order numbers at the wallet that somebody pays much later, when every payment has expired. */
  sleepers: string[];
}

interface Order {
  id: string;
  minor: number;
}

/** Sells until it is over: one order after the other, each with a story of its own. */
export async function runShop(shop: ShopDeps, shopNo: number): Promise<void> {
  for (let orderNo = 1; !shop.isOver(); orderNo++) await sell(shop, `shop-${shopNo}-order-${orderNo}`);
}

const STORIES = {
  usual: 46,
  refunds: 22,
  raced: 10,
  declined: 6,
  twice: 5,
  closedEarly: 3,
  paidAfterCancel: 4,
  abandoned: 2,
  asleep: 2,
} as const;
type Story = keyof typeof STORIES;
const STORY_CARDS = Object.entries(STORIES).flatMap(([story, count]) => Array<Story>(count).fill(story as Story)); // own keys

async function sell(shop: ShopDeps, orderNo: string): Promise<void> {
  const { dice, unionpay } = shop;
  const order = await createOrder(shop, orderNo);
  const story = dice.pick(STORY_CARDS);
  if (story === 'closedEarly') return cancel(shop, order);
  const first = await startAttempt(shop, order);
  if (first === null) return;
  switch (story) {
    case 'usual':
      payIfOpen(shop, first);
      return;
    case 'refunds':
      if (payIfOpen(shop, first)) await refund(shop, order);
      return;
    case 'raced': {
      const wish = cancel(shop, order);
      await pause(dice.between(0, 12));
      payIfOpen(shop, first);
      await wish;
      return;
    }
    case 'declined':
      unionpay.decline(first, dice.pick(['64', '65', '38']));
      if (dice.isBelow(0.5)) payIfOpen(shop, first);
      return;
    case 'twice': {
      const second = await startAttempt(shop, order);
      payIfOpen(shop, first);
      if (second !== null) payIfOpen(shop, second);
      return;
    }
    case 'paidAfterCancel':
      await cancel(shop, order);
      await pause(dice.between(0, 40));
      unionpay.pay(first, { late: true });
      return;
    case 'abandoned':
      return;
    case 'asleep':
      shop.sleepers.push(first);
      return;
    default:
      story satisfies never;
  }
}

async function createOrder({ dice, call }: ShopDeps, orderNo: string): Promise<Order> {
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

/** The order number at the wallet, or null when there is nothing to pay: the payment is over, or the wallet did not answer. */
async function startAttempt({ call }: ShopDeps, order: Order): Promise<string | null> {
  const answer = await call.post(`/v1/payments/${order.id}/attempts`, { wallet: 'unionpay', scene: 'app' });
  need(answer, [201], ['payment_not_payable', 'payment_already_succeeded']);
  if (answer.status !== 201 || answer.json.next_action === null) return null;
  return answer.json.id.slice('att_'.length);
}

async function cancel({ call }: ShopDeps, order: Order): Promise<void> {
  need(await call.post(`/v1/payments/${order.id}/cancel`), [200], ['payment_already_succeeded']);
}

/** False when the time to pay was over before the buyer came. */
function payIfOpen({ unionpay }: ShopDeps, orderNo: string): boolean {
  try {
    unionpay.pay(orderNo);
    return true;
  } catch (error) {
    if (error instanceof Error && error.message.includes('past its time')) return false;
    throw error;
  }
}

const LOOKS_MAX = 60;

/** Whole, in parts, or several at once that are too much together. */
async function refund(shop: ShopDeps, order: Order): Promise<void> {
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

function need(answer: Answer, statuses: readonly number[], codes: readonly string[] = []): void {
  if (statuses.includes(answer.status) || codes.includes(answer.json.code)) return;
  throw new Error(`a shop was answered ${answer.status} ${answer.text}`);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
