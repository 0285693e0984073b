import type { Hutong } from '../../src/hutong.ts';
import { BOOK } from '../../src/hutong.ts';
import { campaignOf, issue, publish } from '../../src/offers/test-offers.ts';
import { testPlan } from '../../src/rollout/test-plans.ts';
import type { Dice } from './dice.ts';

/** The wallet that only some of the buyers see. */
export const STAGED = 'alipay';

const BUYERS = 6;
const VOUCHERS = 3;
const ARTICLE = 'tea';

/** What the shop's buyers bring with them. */
export interface Promised {
  voucherCodes: readonly string[];
  rolloutId: string;
}

/**
 * Offers of which every limit is met: a count and a budget that are soon gone, one use for each buyer and day, a draw, one on an article,
 * vouchers that several buyers bring; and a wallet that is opened in two steps while everything dies around it.
 */
export async function promise({ sql, offers, rollouts }: Hutong, merchantId: string): Promise<Promised> {
  const shop = [{ funder: 'merchant' as const, per_mille: 1000 }]; // a word of the schema, not any text
  const campaigns = [
    campaignOf({
      off: '3.00',
      funders: shop,
      conditions: { min_amount: '10.00' },
      limits: { count: { campaign: 12 } },
    }),
    campaignOf({
      kind: 'percent',
      off_per_mille: 120,
      off_max: '20.00',
      funders: [
        { funder: 'platform', per_mille: 667 },
        { funder: 'bank', owner: 'ICBC', per_mille: 333 },
      ],
      limits: { money: { campaign: '90.00' } },
    }),
    campaignOf({
      off: '5.00',
      funders: [{ funder: 'wallet', per_mille: 1000 }],
      conditions: { min_amount: '8.00' },
      limits: { per_user: { day: 1 } },
    }),
    campaignOf({
      kind: 'random',
      off_from: '1.00',
      off_to: '9.00',
      funders: [{ funder: 'bank', owner: 'CMB', per_mille: 1000 }],
      limits: { money: { day: '40.00' }, count: { day: 15 } },
    }),
    campaignOf({
      kind: 'item',
      item: { articles: [ARTICLE], off: '1.50', quantity_max: 2 },
      funders: shop,
      limits: { per_user: { day: 4 }, count: { campaign: 30 } },
    }),
  ];
  for (const campaign of campaigns) await publish(offers, merchantId, campaign);
  const voucher = campaignOf({ kind: 'voucher', value: { kind: 'flat', off: '8.00' }, funders: shop });
  const { id } = await publish(offers, merchantId, voucher);
  const issued = await issue(offers, id, Array<null>(VOUCHERS).fill(null), { merchantId });
  return { voucherCodes: issued.map(({ code }) => code), rolloutId: await stage({ sql, rollouts }, merchantId) };
}

/** Nothing that happens here stops it: buyers who leave and wallets with a bad day are the test's own doing. */
async function stage({ sql, rollouts }: Pick<Hutong, 'sql' | 'rollouts'>, merchantId: string): Promise<string> {
  const plan = testPlan({
    key: `wallet.${STAGED}`,
    wallet: STAGED,
    merchant: merchantId,
    steps: [{ share: '30%', for: '0s', payments: 20 }, { share: '50%' }],
    at_risk: { money: '20000.00', payments: 25 },
    guardrails: [{ metric: 'failed', tolerated: '90%' }],
    floor: null,
  });
  const because = { by: 'operator', reason: 'a test' };
  return await sql.begin(async (tx) => {
    const { id } = await rollouts.create(tx, BOOK, plan, because);
    await rollouts.act(tx, { book: BOOK, id, merchantId: null }, { action: 'start' }, because);
    return id;
  });
}

/** What an order of so much tells beside its amount: who buys, what, and with which voucher. */
export function describeBuyer(dice: Dice, minor: number, { voucherCodes }: Promised): object {
  const pieces = minor < 1000 ? 0 : dice.between(0, 3);
  const line = (id: string, quantity: number, costs: number) => ({
    id,
    name: '茶',
    quantity,
    amount_minor: String(costs),
  });
  const costs = pieces * 300;
  return {
    ...(dice.isBelow(0.7) ? { buyer: { id: `buyer-${dice.between(1, BUYERS)}` } } : {}),
    ...(pieces === 0 ? {} : { items: [line(ARTICLE, pieces, costs), line('pot', 1, minor - costs)] }),
    ...(dice.isBelow(0.2) ? { vouchers: [dice.pick(voucherCodes)] } : {}),
  };
}
