import { newId } from '../base/id.ts';
import { Refusal } from '../base/refusal.ts';
import { chartAccount } from '../ledger/chart.ts';
import { currencies } from '../money/money.ts';
import type { CashierDeps } from './deps.ts';
import type { Merchant } from './merchant.ts';
import { insertMerchant } from './merchant-store.ts';

/** Opens a merchant together with its ledger account of each currency. */
export async function createMerchant(
  deps: CashierDeps,
  request: { book: number; name: string; livemode: boolean },
): Promise<Merchant> {
  const name = request.name.trim();
  if (name.length === 0 || name.length > 80 || /\p{Cc}/u.test(name))
    throw new Refusal('invalid_request', 'a merchant has a name of 1 to 80 letters', { param: 'name' });
  const merchant: Merchant = {
    book: request.book,
    id: newId('mer', deps, request.book),
    name,
    livemode: request.livemode,
    createdAt: deps.clock.now(),
  };
  await deps.sql.begin(async (tx) => {
    await insertMerchant(tx, merchant);
    await deps.ledger.openAccounts(
      tx,
      merchant.book,
      currencies.map((currency) => chartAccount('merchant_payable', merchant.id, currency, merchant.book)),
    );
  });
  return merchant;
}
