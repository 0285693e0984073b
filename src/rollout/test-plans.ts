import { NO_BUYER, type BuyerFacts } from '../base/buyer.ts';
import type { PlanFile } from './plan-file.ts';
import type { Plan } from './plan.ts';
import { readPlan } from './read-plan.ts';
import type { RolloutContext } from './rollouts.ts';

/** For tests of any folder: a plan as short as one can be, and what a test changes in it. */
export function testPlan(file: Partial<PlanFile> = {}): Plan {
  return readPlan({
    key: 'wallet.unionpay',
    wallet: 'unionpay',
    steps: [{ share: '1%' }, { share: '10%' }, { share: '100%' }],
    ...file,
  });
}

export const TEST_MERCHANT = 'mer_01ARZ3NDEKTSV4RRFFQ69G5FAV';

export function testContext(
  buyer: Partial<BuyerFacts> = {},
  more: Partial<Omit<RolloutContext, 'buyer'>> = {},
): RolloutContext {
  return {
    merchantId: TEST_MERCHANT,
    paymentId: 'pay_01ARZ3NDEKTSV4RRFFQ69G5FAV',
    buyer: { ...NO_BUYER, ...buyer },
    scene: 'web',
    app: null,
    currency: 'CNY',
    amountMinor: 1234n,
    bank: null,
    ...more,
  };
}
