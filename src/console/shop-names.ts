import { readMerchants } from '../cashier/operator-reads.ts';
import type { ConsoleDeps } from './console-deps.ts';

const SHOPS_MAX = 1000;

/** Tells a shop's name by its id; null stands for every shop, and one that is not among the first thousand goes by its id. */
export async function shopNames({ cashier, book }: ConsoleDeps): Promise<(merchantId: string | null) => string | null> {
  const shops = new Map(
    (await readMerchants(cashier.deps, book, SHOPS_MAX)).map(({ id, name }) => [id as string, name]),
  ); // looked up by any text
  return (merchantId) => (merchantId === null ? null : (shops.get(merchantId) ?? merchantId));
}
