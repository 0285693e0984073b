import { setTimeout as pause } from 'node:timers/promises';
import { CliError } from '../../command.ts';
import type { RolloutDemoWorld } from './world.ts';

/** What became of one buyer's payment. */
export interface Bought {
  wallet: 'unionpay' | 'wechatpay';
  /** Whether 云闪付 was among the wallets that the buyer saw. */
  sawUnionpay: boolean;
  succeeded: boolean;
  savedFen: bigint;
}

const PRICE_FEN = '9900';
const LOOK_MS = 10;
const LOOKS_MAX = 1500;
const AT_ONCE = 8;
/** How each wallet takes an order from the shop's own server. */
const SCENES = { unionpay: 'app', wechatpay: 'qr' } as const;

/** A reply of the API, field by field. */
type Reply = ReturnType<typeof JSON.parse>;

export interface Buyers {
  /** So many new buyers, one payment each; ends early when `isOver` says so. */
  buy(count: number, isOver: () => Promise<boolean>): Promise<Bought[]>;
  /** Which of these buyers see 云闪付, asked with a payment of their own that nobody pays. */
  whoSees(names: readonly string[]): Promise<boolean[]>;
}

/** Where buyers buy: a server, its shop's key, and the wallets in which they pay. */
export type BuyersWorld = Pick<RolloutDemoWorld, 'url' | 'apiKey' | 'unionpay' | 'wechatpay'>;

/** Buyers who take the best deal that they are shown. Each is somebody new: `buyer-0001`. */
export function createBuyers(world: BuyersWorld): Buyers {
  let count = 0;
  let orders = 0;

  async function order(buyer: string): Promise<{ id: string; wallets: Reply[] }> {
    orders += 1;
    const payment = await call(world, 'POST', '/v1/payments', `order-${orders}`, {
      order_no: `R${orders}`,
      amount: { currency: 'CNY', minor: PRICE_FEN },
      subject: '青花盖碗',
      return_url: 'https://shop.example/orders/1',
      buyer: { id: buyer },
    });
    const quote = await call(world, 'GET', `/v1/payments/${payment.id}/quote`);
    return { id: payment.id, wallets: quote.quotes };
  }

  async function buyOnce(): Promise<Bought> {
    count += 1;
    return await buyAs(`buyer-${String(count).padStart(4, '0')}`);
  }

  async function buyAs(buyer: string): Promise<Bought> {
    const { id, wallets } = await order(buyer);
    const best = wallets.find((one) => Object.hasOwn(SCENES, one.wallet));
    const wallet = best.wallet as Bought['wallet']; // a key of SCENES
    const attempt = await call(world, 'POST', `/v1/payments/${id}/attempts`, `attempt-${id}`, {
      wallet,
      scene: SCENES[wallet],
      expected_amount: best.to_pay,
    });
    // Halted between the look and the choice: the buyer looks again.
    if (attempt.code === 'wallet_not_available') return await buyAs(buyer);
    if (attempt.outcome === 'pending') world[wallet].pay(String(attempt.id).slice('att_'.length));
    return {
      wallet,
      sawUnionpay: wallets.some((one) => one.wallet === 'unionpay'),
      succeeded: await isPaid(id),
      savedFen: BigInt(best.saved.minor),
    };
  }

  async function isPaid(id: string): Promise<boolean> {
    for (let look = 0; look < LOOKS_MAX; look++) {
      const { state, attempts } = await call(world, 'GET', `/v1/payments/${id}`);
      if (state === 'succeeded') return true;
      if (attempts[0]?.outcome === 'failed') return false;
      await pause(LOOK_MS);
    }
    throw new CliError('A payment of the demo did not come to an end.');
  }

  return {
    async buy(countMax, isOver) {
      const bought: Bought[] = [];
      let begun = 0;
      let isDone = false;
      await Promise.all(
        Array.from({ length: AT_ONCE }, async () => {
          while (begun < countMax && !isDone) {
            begun += 1;
            bought.push(await buyOnce());
            isDone ||= await isOver();
          }
        }),
      );
      return bought;
    },
    async whoSees(names) {
      const seen: boolean[] = [];
      for (const name of names) {
        const { wallets } = await order(name);
        seen.push(wallets.some((one) => one.wallet === 'unionpay'));
      }
      return seen;
    },
  };
}

async function call(world: BuyersWorld, method: string, path: string, key?: string, body?: object): Promise<Reply> {
  const reply = await fetch(world.url + path, {
    method,
    headers: {
      authorization: `Bearer ${world.apiKey}`,
      ...(key === undefined ? {} : { 'idempotency-key': key, 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const json: Reply = await reply.json();
  if (!reply.ok && json.code !== 'wallet_not_available')
    throw new CliError(`${method} ${path} was refused: ${json.detail ?? json.title ?? reply.status}`);
  return json;
}
