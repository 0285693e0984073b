import { idLetters, newId } from '../base/id.ts';
import { Refusal } from '../base/refusal.ts';
import type { PayerReading, WalletName } from '../wallets/wallet.ts';
import type { Cashier } from './cashier.ts';
import { wholeSecond } from './decide-outcome.ts';
import type { OpenedWallet } from './wallet-accounts.ts';

export interface PayerWish {
  book: number;
  merchantId: string;
  wallet: WalletName;
}

/**
 * Where a page inside a wallet's own browser sends the buyer to learn who pays; the browser comes back to `returnUrl`. Null
 * where the wallet needs no payer. @throws Refusal wallet_not_available
 */
export async function payerAskUrl(
  cashier: Cashier,
  wish: PayerWish & { returnUrl: string; state: string },
): Promise<string | null> {
  const opened = await openForPage(cashier, wish);
  return opened.wallet.identify === null ? null : opened.wallet.identify.askUrl(opened.config, wish);
}

/**
 * Turns what the browser came back with into a payer. The wallet is asked for whatever a browser brings, so only a few times
 * a minute for one payment. @throws Refusal wallet_not_available
 */
export async function readPayer(
  cashier: Cashier,
  wish: PayerWish & { paymentId: string; query: Readonly<Record<string, string>>; userAgent: string },
): Promise<PayerReading> {
  const { deps } = cashier;
  const opened = await openForPage(cashier, wish);
  if (opened.wallet.identify === null) return { kind: 'refused', reason: 'the wallet does not tell who pays' };
  if (!cashier.mayReadPayer(wish.paymentId)) return { kind: 'unknown', reason: 'asked too often' };
  const name = { orderNo: idLetters(newId('ask', deps, wish.book)), orderedAt: wholeSecond(deps.clock.now()) };
  return await opened.wallet.identify.read(deps, opened.config, { ...wish, name });
}

async function openForPage(cashier: Cashier, wish: PayerWish): Promise<OpenedWallet> {
  const opened = await cashier.findWalletFor({ ...wish, scene: 'jsapi', walletAccountId: null });
  if (opened instanceof Refusal) throw opened;
  return opened;
}
