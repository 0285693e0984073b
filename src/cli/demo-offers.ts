import type { MerchantId } from '../cashier/payment.ts';
import { readPlan } from '../rollout/read-plan.ts';
import type { Server } from './command.ts';

/** What the demo shop has agreed on with wallets and platform, written as campaign files are (docs/reference/campaign.md). */
export const DEMO_CAMPAIGNS: readonly object[] = [
  {
    name: { 'zh-CN': '云闪付立减 5 元', en: '¥5 off with UnionPay' },
    kind: 'flat',
    by: 'hutong',
    currency: 'CNY',
    off: '5.00',
    funders: [{ funder: 'wallet', owner: 'unionpay', per_mille: 1000 }],
    conditions: { wallets: ['unionpay'], min_amount: '20.00' },
    limits: { count: { campaign: 100_000 }, money: { day: '10000.00' } },
  },
  {
    name: { 'zh-CN': '微信支付随机立减', en: 'A random discount with WeChat Pay' },
    kind: 'random',
    by: 'hutong',
    currency: 'CNY',
    off_from: '0.50',
    off_to: '3.00',
    funders: [{ funder: 'platform', per_mille: 1000 }],
    conditions: { wallets: ['wechatpay'], min_amount: '20.00' },
    limits: { money: { day: '10000.00' } },
  },
  {
    name: { 'zh-CN': '支付宝满 100 减 3', en: '¥3 off ¥100 with Alipay' },
    kind: 'threshold',
    by: 'wallet',
    currency: 'CNY',
    tiers: [{ at: '100.00', off: '3.00' }],
    funders: [{ funder: 'wallet', owner: 'alipay', per_mille: 1000 }],
    conditions: { wallets: ['alipay'] },
  },
  {
    name: { 'zh-CN': '小铺满 200 减 8', en: 'The shop: ¥8 off ¥200' },
    kind: 'threshold',
    by: 'hutong',
    currency: 'CNY',
    tiers: [{ at: '200.00', off: '8.00' }],
    funders: [{ funder: 'merchant', per_mille: 1000 }],
  },
];

/** 云闪付 is opened to half of the shop's buyers, and to its staff; the other steps wait for a person. */
export function demoPlan(merchantId: string): object {
  return {
    key: 'wallet.unionpay',
    wallet: 'unionpay',
    merchant: merchantId,
    always: { staff: true, buyers: [FIRST_BUYER] },
    steps: [
      { share: '50%', for: '1h', payments: 200, gate: true },
      { share: '100%', for: '1h', payments: 500 },
    ],
  };
}

/** The pretend buyer that the demo shop begins with. */
export const FIRST_BUYER = 'shopper-lin';
const OPERATOR = 'hutong start';
const REASON = 'the demo shop';

/** Publishes the shop's offers and stages its newest wallet, once: what was stopped or rolled back by hand stays so. */
export async function openDemoOffers(server: Server, book: number, merchantId: MerchantId): Promise<void> {
  const { offers, rollouts, sql } = server;
  const known = await offers.list({ viewer: merchantId, state: null, before: null, itemsMax: 1 });
  const actor = { kind: 'operator', name: OPERATOR } as const;
  if (known.data.length === 0)
    for (const campaign of DEMO_CAMPAIGNS)
      await offers.publish({ actor, merchantId, campaign, reason: REASON, claim: null });
  const staged = await rollouts.list({ book, merchantId, before: null, itemsMax: 1 });
  if (staged.length > 0) return;
  const because = { by: OPERATOR, reason: REASON };
  await sql.begin(async (tx) => {
    const { id } = await rollouts.create(tx, book, readPlan(demoPlan(merchantId)), because);
    await rollouts.act(tx, { book, id, merchantId: null }, { action: 'start' }, because);
  });
}
