import { isDeepStrictEqual } from 'node:util';
import { need, pause, toCards } from '../kill/order-steps.ts';
import { PATIENCE_MS } from '../kill/patient-caller.ts';
import type { TestShop } from '../wallet-shop.ts';
import { type MoveDeps, prove } from './move-stories.ts';
import type { Somebody } from './people.ts';

/** As the protocol shows them; read field by field. */
type Shown = ReturnType<typeof JSON.parse>;

/** What a shop remembers of an order that the wallet has answered. */
export interface ShopOrder {
  shop: TestShop;
  no: string;
  minor: number;
  /** With which the order was made; sent again it is the same. */
  facts: object;
  /** States that the shop was told in answers, each where it was new. */
  states: string[];
  refunds: { no: string; minor: number; state: string }[];
}

export interface ShopDeps extends MoveDeps {
  shops: readonly TestShop[];
  now(): Date;
  orders: ShopOrder[];
  problems: string[];
}

type Story = 'code' | 'refunded' | 'refundedInRush' | 'undone' | 'page' | 'pageByTwo' | 'nobody';

const STORY_CARDS = toCards<Story>({
  code: 30,
  refunded: 25,
  refundedInRush: 12,
  undone: 12,
  page: 10,
  pageByTwo: 6,
  nobody: 3,
});

/** Buys until it is over, mostly with a payment code. */
export async function goShopping(deps: ShopDeps, who: Somebody): Promise<void> {
  while (!deps.isOver()) await buyOnce(deps, who);
}

async function buyOnce(deps: ShopDeps, who: Somebody): Promise<void> {
  const { dice } = deps;
  const story = dice.pick(STORY_CARDS);
  const shop = dice.pick(deps.shops);
  const minor = dice.between(1, 600);
  switch (story) {
    case 'nobody':
      await placeOrder(deps, shop, minor, {});
      return;
    case 'page':
    case 'pageByTwo':
      return payOnPage(deps, who, await placeOrder(deps, shop, minor, {}), story === 'page' ? 1 : 2);
    case 'code':
    case 'refunded':
    case 'refundedInRush':
    case 'undone': {
      const order = await payByCode(deps, who, shop, minor);
      if (order === null || story === 'code') return;
      if (story === 'undone') return undo(deps, order);
      const parts = story === 'refunded' ? [dice.between(1, minor)] : [minor, minor, Math.ceil(minor / 2)];
      await Promise.all(parts.map((part) => refund(deps, order, part)));
      return;
    }
    default:
      story satisfies never;
  }
}

async function payByCode(deps: ShopDeps, who: Somebody, shop: TestShop, minor: number): Promise<ShopOrder | null> {
  const made = await who.call.post('/api/payment-codes', { card_id: deps.dice.pick(who.cards).id });
  need(made, [200], ['too_many_tries']);
  if (made.status !== 200) return null;
  return await placeOrder(deps, shop, minor, { scene: 'code', payment_code: made.json.code });
}

async function placeOrder(deps: ShopDeps, shop: TestShop, minor: number, how: object): Promise<ShopOrder> {
  const expiresAt = new Date(deps.now().getTime() + deps.dice.pick([120, 600, 1800]) * 1000).toISOString();
  const order = { shop, no: shop.freshNo(), minor, facts: { expires_at: expiresAt, ...how }, states: [], refunds: [] };
  await lookAt(deps, order);
  deps.orders.push(order);
  return order;
}

/** The same order sent again shows what has become of it. */
export async function lookAt(deps: Pick<ShopDeps, 'problems' | 'isOver'>, order: ShopOrder): Promise<Shown> {
  const { shop, no, minor, facts } = order;
  const shown = await patiently(deps, () => shop.order(no, minor, facts));
  if (shown.order_no !== no || !isDeepStrictEqual(shown.amount, { currency: 'CNY', minor: String(minor) }))
    deps.problems.push(`order ${no} of ${minor} fen was answered ${JSON.stringify(shown)}`);
  if (!order.states.includes(shown.state)) order.states.push(shown.state);
  return shown;
}

async function payOnPage(deps: ShopDeps, who: Somebody, order: ShopOrder, callers: number): Promise<void> {
  const shown = await lookAt(deps, order);
  if (shown.web_url === null) return;
  const token = new URL(shown.web_url).pathname.split('/').at(-1) ?? '';
  const cardId = deps.dice.pick(who.cards).id;
  const proof = await prove(who, { kind: 'purchase', subject: token, detail: cardId });
  const answers = await who.call.postAtOnce(callers, `/api/orders/${token}/pay`, { card_id: cardId, proof });
  for (const answer of answers) {
    need(answer, [200], ['step_up_invalid', 'step_up_required', 'payment_not_payable', 'payment_already_succeeded']);
    if (answer.status !== 200) continue;
    if (answer.json.move !== null) deps.witness.see(answer.json.move);
    if (answer.json.order.state === 'paid' && !order.states.includes('paid')) order.states.push('paid');
  }
}

/** Asked for until the wallet has said what it makes of it. */
async function refund(deps: ShopDeps, order: ShopOrder, minor: number): Promise<void> {
  const no = `REFUND${order.no}N${order.refunds.length}`;
  const kept = { no, minor, state: '' };
  order.refunds.push(kept);
  const shown = await patiently(deps, () => order.shop.refund(order.no, minor, no));
  kept.state = shown.state;
}

/**
 * Asked for until it is done. A bank whose first answer was lost and who then refuses says nothing of the first sending: whether the money went
 * back is only known from the switch's file of that day, which comes when days pass. A shop waits for that until the kills are over, or its patience is;
 * `settle` waits on, and `compareShops` then looks at the order.
 */
async function undo(deps: ShopDeps, order: ShopOrder): Promise<void> {
  await pause(deps.dice.between(0, 400));
  const endsMs = performance.now() + UNDO_PATIENCE_MS;
  const isOnItsWay = (shown: Shown): boolean =>
    shown.code === 'unavailable' && (deps.isOver() || performance.now() > endsMs);
  const shown = await patiently(deps, () => order.shop.undo(order.no, order.minor), isOnItsWay);
  if (shown.code === undefined && !order.states.includes(shown.state)) order.states.push(shown.state);
}

const AGAIN = ['unavailable', 'too_many_requests', 'time_refused', 'nonce_used'];
const PAUSE_MS_MAX = 400;
const UNDO_PATIENCE_MS = 75_000;

/**
 * A shop asks again until it is answered, or with something that `isEnough`; each time with a signature of its own, as the protocol wants it.
 */
async function patiently(
  deps: Pick<ShopDeps, 'problems'>,
  ask: () => Promise<Shown>,
  isEnough: (shown: Shown) => boolean = () => false,
): Promise<Shown> {
  const endsMs = performance.now() + PATIENCE_MS;
  for (let pauseMs = 20; ; pauseMs = Math.min(pauseMs * 2, PAUSE_MS_MAX)) {
    const shown = await ask().catch(() => null); // refused, reset or cut
    if (shown !== null && (shown.code === undefined || isEnough(shown))) return shown;
    if (shown !== null && !AGAIN.includes(shown.code)) {
      deps.problems.push(`a shop was answered ${JSON.stringify(shown)}`);
      if (shown.code !== 'internal_error') return shown;
    }
    if (performance.now() > endsMs) throw new Error(`a shop was never answered; at last ${JSON.stringify(shown)}`);
    await pause(pauseMs);
  }
}
