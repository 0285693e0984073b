import type { PretendWallet } from '../pretend-wallets.ts';
import { attempt, cancel, type Order, pause, payIfOpen, refund, type ShopDeps, toCards } from './order-steps.ts';

/** What happens at a till where the shop scans the buyer's payment code. */
const STORY_CARDS = toCards({
  pays: 34,
  refunds: 14,
  entersPin: 18,
  /** Nobody ever enters it: the charge must be undone. */
  forgetsPin: 12,
  declines: 6,
  /** The cashier gives up in the moment in which the buyer enters the PIN. */
  raced: 8,
  /** Two tills charge the same payment, each with a code of its own. */
  twoTills: 8,
});

export async function sellAtTill(shop: ShopDeps, order: Order, wallet: PretendWallet): Promise<void> {
  const { dice } = shop;
  const story = dice.pick(STORY_CARDS);
  const charge = (buyer: 'pays' | 'asks_pin' | 'declines', at = wallet): Promise<string | null> =>
    chargeCode(shop, order, at, at.sandbox.paymentCode(buyer));
  switch (story) {
    case 'pays':
      await charge('pays');
      return;
    case 'refunds':
      if ((await charge('pays')) !== null) await refund(shop, order);
      return;
    case 'entersPin': {
      const orderNo = await charge('asks_pin');
      if (orderNo !== null && !enterPin(wallet, orderNo) && dice.isBelow(0.5)) await charge('pays');
      return;
    }
    case 'forgetsPin':
      await charge('asks_pin');
      return;
    case 'declines':
      if ((await charge('declines')) !== null && dice.isBelow(0.5)) await charge('pays');
      return;
    case 'raced': {
      const orderNo = await charge('asks_pin');
      const wish = cancel(shop, order);
      await pause(dice.between(0, 12));
      if (orderNo !== null) enterPin(wallet, orderNo);
      await wish;
      return;
    }
    case 'twoTills': {
      const other = shop.wallets.all[dice.between(0, shop.wallets.all.length - 1)] ?? wallet;
      const [first] = await Promise.all([charge(dice.pick(['pays', 'asks_pin'])), charge('pays', other)]);
      if (first !== null) enterPin(wallet, first);
      return;
    }
    default:
      story satisfies never;
  }
}

/** The order number at the wallet; null when it was not charged. Nobody names the wallet: the code tells it. */
async function chargeCode(
  shop: ShopDeps,
  order: Order,
  wallet: PretendWallet,
  paymentCode: string,
): Promise<string | null> {
  const answer = await attempt(shop, order, wallet.name, { scene: 'code', payment_code: paymentCode });
  if (answer === null) return null;
  if (answer.json.wallet !== wallet.name)
    throw new Error(`a code of ${wallet.name} was charged at ${answer.json.wallet}`);
  return answer.json.id.slice('att_'.length);
}

/** False when there was nothing to enter it for: paid already, undone, declined, or the wallet never heard of the charge. */
function enterPin(wallet: PretendWallet, orderNo: string): boolean {
  const isWaiting = wallet.sandbox.orders({ orderNo }).some((order) => order.state === 'open');
  return isWaiting && payIfOpen({ wallet, orderNo });
}
