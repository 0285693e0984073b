import type { Cashier } from './cashier.ts';
import type { ScannedCode } from './pay-qr-code.ts';
import type { WalletName } from '../wallets/wallet.ts';
import { type Label, payLabel, WALLET_ORDER } from '../wallets/wallet-names.ts';

/** The wallets that a code can be paid with, each once, as people know them. */
export async function codeWallets(
  cashier: Cashier,
  code: ScannedCode['code'],
): Promise<{ name: WalletName; label: Label }[]> {
  const accounts = await cashier.listAccounts(code.book, code.merchantId);
  return accounts
    .filter(({ wallet, enabled }) => enabled && cashier.deps.can(wallet).currencies.includes(code.currency))
    .filter(({ wallet }, at, all) => all.findIndex((other) => other.wallet === wallet) === at)
    .sort((left, right) => WALLET_ORDER.indexOf(left.wallet) - WALLET_ORDER.indexOf(right.wallet))
    .map(({ wallet, label }) => ({ name: wallet, label: payLabel(wallet, label) }));
}
