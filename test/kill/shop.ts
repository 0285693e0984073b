import { type PretendWallet, type SimulatorName, scan } from '../pretend-wallets.ts';
import {
  attempt,
  buyerMay,
  cancel,
  createOrder,
  type Order,
  pause,
  payIfOpen,
  refund,
  type ShopDeps,
  type Sleeper,
  toCards,
} from './order-steps.ts';
import { sellAtTill } from './till.ts';

/** Sells until it is over: one order after the other, each with a wallet, a scene and a story of its own. */
export async function runShop(shop: ShopDeps, shopNo: number): Promise<void> {
  for (let orderNo = 1; !shop.isOver(); orderNo++) await sell(shop, `shop-${shopNo}-order-${orderNo}`);
}

const WALLETS: readonly SimulatorName[] = ['unionpay', 'wechatpay', 'alipay', 'jdpay', 'meituanpay'];

const STORY_CARDS = toCards({
  usual: 46,
  refunds: 22,
  raced: 10,
  declined: 6,
  twice: 5,
  closedEarly: 3,
  paidAfterCancel: 4,
  abandoned: 2,
  asleep: 2,
});

async function sell(shop: ShopDeps, orderNo: string): Promise<void> {
  const { dice, wallets } = shop;
  const order = await createOrder(shop, orderNo);
  const wallet = wallets.get(dice.pick(WALLETS));
  if (dice.isBelow(0.4)) return sellAtTill(shop, order, wallet);
  const story = dice.pick(STORY_CARDS);
  if (story === 'closedEarly') return cancel(shop, order);
  const first = await startAttempt(shop, order, wallet);
  if (first === null) return;
  switch (story) {
    case 'usual':
      payIfOpen(first);
      return;
    case 'refunds':
      if (payIfOpen(first)) await refund(shop, order);
      return;
    case 'raced': {
      const wish = cancel(shop, order);
      await pause(dice.between(0, 12));
      payIfOpen(first);
      await wish;
      return;
    }
    case 'declined': {
      const reason = wallet.name === 'unionpay' ? dice.pick(['64', '65', '38']) : undefined;
      buyerMay(() => wallet.sandbox.decline(first.orderNo, reason));
      if (dice.isBelow(0.5)) payIfOpen(first);
      return;
    }
    case 'twice': {
      const second = await startAttempt(shop, order, wallets.get(dice.pick(WALLETS)));
      payIfOpen(first);
      if (second !== null) payIfOpen(second);
      return;
    }
    case 'paidAfterCancel':
      await cancel(shop, order);
      await pause(dice.between(0, 40));
      // Unless the cancel found it open, and undid it: then there is nothing to pay any more.
      if (buyerMay(() => wallet.sandbox.pay(first.orderNo, { late: true }))) shop.lateOnes.push(first);
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

/** Null when there is nothing to pay: the payment is over, the wallet is not for this buyer, or it did not answer. */
async function startAttempt(shop: ShopDeps, order: Order, wallet: PretendWallet): Promise<Sleeper | null> {
  const scene = wallet.name === 'unionpay' ? shop.dice.pick(['app', 'qr']) : 'qr';
  const answer = await attempt(shop, order, wallet.name, { wallet: wallet.name, scene });
  if (answer === null || answer.json.next_action === null) return null;
  if (scene === 'qr') await scan(wallet, answer.json.next_action.text);
  return { wallet, orderNo: answer.json.id.slice('att_'.length) };
}
