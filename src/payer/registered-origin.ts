import type { PayerDeps } from './payer-deps.ts';
import type { Shop } from './order.ts';

/** Whether a shop may be told, and its buyers may return, at this address: one of its origins, https in live mode. */
export function isRegistered(
  deps: Pick<PayerDeps, 'testBuyers'>,
  shop: Pick<Shop, 'origins'>,
  address: string,
): boolean {
  const url = new URL(address);
  const isTest = deps.testBuyers !== null;
  if (url.protocol !== 'https:' && !isTest) return false;
  return shop.origins.length === 0 ? isTest : shop.origins.includes(url.origin);
}
