import { ManualClock } from '../../../base/clock.ts';
import { silentLog } from '../../../base/log.ts';
import { systemRandom } from '../../../base/random.ts';
import type { Ground, WalletSide } from './ground.ts';
import { type NewOrder, type Order, orderKey } from './order.ts';
import { takePayment } from './payments.ts';
import { type Simulator, startSimulator } from './simulator.ts';

/** For tests: the smallest wallet that stands on the ground, without any address of its own. */
export interface TestWallet extends Simulator {
  ground: Ground;
  clock: ManualClock;
  /** Takes an order as a wallet's own address would. */
  order(orderNo: string, more?: Partial<NewOrder>): Order;
}

const MERCHANT_NO = 'M1';

export async function startTestWallet(dataDir: string | null = null, notifyDelaysMs = [0]): Promise<TestWallet> {
  const clock = new ManualClock(new Date('2026-11-23T02:00:00Z'));
  let kept: Ground | null = null;
  const options = { port: 0, clock, random: systemRandom, log: silentLog, dataDir, notifyDelaysMs, refundDelayMs: 0 };
  const simulator = await startSimulator(options, {
    operations: { native: 'pay', micropay: 'pay' },
    kinds: ['of_its_own'],
    aliases: { errcode: 'code' },
    notifyDelaysMs: [],
    refundDelayMs: 0,
    indexed: ['prepayId'],
    build: (ground) => {
      kept = ground;
      return createSide(ground);
    },
  });
  const ground = ((): Ground => {
    if (kept === null) throw new Error('not built');
    return kept;
  })();
  const order = (orderNo: string, more: Partial<NewOrder> = {}): Order =>
    takePayment(ground, newOrder(orderNo, more), new Date(clock.now().getTime() + 900_000));
  return { ...simulator, ground, clock, order };
}

export function newOrder(orderNo: string, more: Partial<NewOrder> = {}): NewOrder {
  return {
    key: orderKey('payment', MERCHANT_NO, orderNo),
    kind: 'payment',
    merchantNo: MERCHANT_NO,
    orderNo,
    amountFen: '1234',
    subject: 'Tea',
    via: 'native',
    notifyUrl: null,
    returnUrl: null,
    fingerprint: 'as asked',
    wire: { prepayId: `wx-${orderNo}` },
    ...more,
  };
}

function createSide(ground: Ground): WalletSide {
  return {
    brand: {
      name: { zh: '测试钱包', en: 'Test wallet' },
      colour: '#07c160',
      colourDeep: '#05994c',
      markSvg: '<svg xmlns="http://www.w3.org/2000/svg"/>',
      walletIdName: { zh: '交易单号', en: 'Transaction' },
      balance: { zh: '零钱', en: 'Change' },
    },
    codes: {
      paid: 'SUCCESS',
      waiting: 'USERPAYING',
      timedOut: 'CLOSED',
      wrongPin: 'WRONG_PIN',
      noFunds: 'NOTENOUGH',
      cardFrozen: 'FROZEN',
      declines: ['NOTENOUGH', 'RULELIMIT'],
      isPaid: (code) => code === 'SUCCESS',
      text: (code) => ({ zh: `代码 ${code}`, en: `code ${code}` }),
    },
    merchants: () => [{ merchantNo: MERCHANT_NO, name: '测试商店' }],
    settings: () => [{ mchid: MERCHANT_NO }],
    registerRoutes: () => {},
    number: (order) => ({ walletId: `W${order.sequence}`, wire: { settledIn: 'wallet' } }),
    compose: (order) => Promise.resolve({ headers: { 'content-type': 'text/plain' }, body: order.orderNo }),
    isTaken: (status, body) => status === 200 && body === 'success',
    wayBack: (order) => Promise.resolve(order.returnUrl === null ? null : { kind: 'link', url: order.returnUrl }),
    scan: (text) => ground.books.findByWire('prepayId', text.replace('test://', '')) ?? null,
    mintCode: (random) => `13${(random.bytes(6).readUIntBE(0, 6) % 10 ** 14).toString().padStart(16, '0')}`,
  };
}
