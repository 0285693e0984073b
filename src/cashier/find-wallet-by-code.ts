import { Refusal } from '../base/refusal.ts';
import type { WalletName } from '../wallets/wallet.ts';
import type { Cashier } from './cashier.ts';

/**
 * Which wallet a payment code belongs to: by its length and first digits, among the wallets whose codes the shop can charge.
 * Codes of UnionPay's network are shown by many apps: there the first wallet of the registry that the shop has is taken.
 * @throws Refusal invalid_request without a code or wallet, wallet_not_available for a code of nobody
 */
export async function findWalletByCode(
  cashier: Cashier,
  wish: { book: number; merchantId: string; paymentCode: string | null },
): Promise<WalletName> {
  const { paymentCode } = wish;
  if (paymentCode === null)
    throw new Refusal('invalid_request', 'name a wallet, or send the payment code that was scanned', {
      param: 'wallet',
      in: 'body',
    });
  for (const wallet of Object.values(cashier.deps.wallets)) {
    if (wallet.can.paymentCode?.pattern.test(paymentCode) !== true) continue;
    const opened = await cashier.findWalletFor({ ...wish, wallet: wallet.name, scene: 'code', walletAccountId: null });
    if (!(opened instanceof Refusal)) return wallet.name;
  }
  throw new Refusal('wallet_not_available', 'no wallet of the shop takes this payment code', { param: 'payment_code' });
}
