import { bookOfId, isId } from '../base/id.ts';
import { Refusal } from '../base/refusal.ts';
import type { KeyClaim } from '../db/idempotency-store.ts';
import { withKey } from '../db/with-key.ts';
import { type BilledAccount, findBilledAccount, pageBilledAccounts, updateFeeBps } from './day-records-store.ts';
import type { CashierDeps } from './deps.ts';
import { type Reply, toReply } from './reply.ts';

export type { BilledAccount } from './day-records-store.ts';

const PAGE_ITEMS = 500;
export const FEE_BPS_MAX = 10_000;

/** Every account of a book, in id order, read page by page. */
export async function* eachBilledAccount(deps: CashierDeps, book: number): AsyncGenerator<BilledAccount> {
  for (let afterId = ''; ; ) {
    const page = await pageBilledAccounts(deps.sql, book, afterId, PAGE_ITEMS);
    yield* page;
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE_ITEMS) return;
    afterId = last.id;
  }
}

/** Of one merchant, or of anybody where whoever runs the server asks. @throws Refusal not_found */
export async function getBilledAccount(
  deps: CashierDeps,
  id: string,
  merchantId: string | null,
): Promise<BilledAccount> {
  const account = isId('wa', id) ? await findBilledAccount(deps.sql, bookOfId(id), id) : null;
  if (account === null || (merchantId !== null && account.merchantId !== merchantId))
    throw new Refusal('not_found', 'there is no such wallet account');
  return account;
}

/** Says what the wallet keeps of each payment, in hundredths of a percent; null: nobody knows. @throws Refusal not_found */
export async function setFee(
  deps: CashierDeps,
  request: { merchantId: string; id: string; feeBps: number | null; claim: KeyClaim | null },
): Promise<Reply & { replayed: boolean }> {
  const { id, merchantId, feeBps } = request;
  if (feeBps !== null && (!Number.isInteger(feeBps) || feeBps < 0 || feeBps > FEE_BPS_MAX))
    throw new Refusal('invalid_request', `a whole number from 0 to ${FEE_BPS_MAX}`, { param: 'fee_bps', in: 'body' });
  if (!isId('wa', id)) throw new Refusal('not_found', 'there is no such wallet account');
  const now = deps.clock.now();
  return await withKey(deps.sql, request.claim, now, null, async (tx) => {
    if (!(await updateFeeBps(tx, { book: bookOfId(id), id, merchantId }, feeBps, now)))
      throw new Refusal('not_found', 'there is no such wallet account');
    return toReply(200, { object: 'wallet_fee', wallet_account_id: id, fee_bps: feeBps });
  });
}
