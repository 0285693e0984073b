import { formatMoney, type Money } from '../../money/money.ts';
import type { Product } from './products.ts';
import type { ShopDeps } from './shop.ts';
import { type Shopper, toBuyer } from './shoppers.ts';

/** What a product costs this buyer at best, for people. */
export interface BestPrice {
  pay: string;
  saved: string;
  /** With which wallet; null where every wallet costs the same. */
  wallet: string | null;
}

/** A page does not wait longer than this for a better price. */
const QUOTE_MS_MAX = 1_500;

/** Null where no wallet takes anything off, and where Hutong does not answer: the shop sells at its own price as well. */
export async function findBestPrice(deps: ShopDeps, product: Product, shopper: Shopper): Promise<BestPrice | null> {
  const { id, name, price } = product;
  const buyer = toBuyer(shopper);
  try {
    const { quotes } = await deps.hutong.offers.quote(
      {
        amount: price,
        items: [{ id, name: name['zh-CN'], quantity: 1, amount_minor: price.minor }],
        ...(buyer === undefined ? {} : { buyer }),
      },
      { timeoutMs: QUOTE_MS_MAX, maxRetries: 0 },
    );
    const [best] = quotes; // the best comes first
    if (best === undefined || best.saved.minor <= 0n) return null;
    const isEverywhere = quotes.length > 1 && quotes.every(({ to_pay: toPay }) => toPay.minor === best.to_pay.minor);
    return {
      pay: show(price, best.to_pay.minor),
      saved: show(price, best.saved.minor),
      wallet: isEverywhere ? null : best.wallet,
    };
  } catch (error) {
    deps.log.warn({ error: String(error), productId: id }, 'no quote for a product');
    return null;
  }
}

function show({ currency }: Money, minor: bigint): string {
  return formatMoney({ currency, minor });
}
