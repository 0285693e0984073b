import { Refusal } from '../base/refusal.ts';
import { type PaymentCodePattern, readPaymentCode } from '../qr/payment-code.ts';
import type { WalletName } from '../wallets/wallet.ts';
import type { Cashier } from './cashier.ts';

export interface Scan {
  book: number;
  merchantId: string;
  /** Null: the code tells. */
  wallet: WalletName | null;
  /** As the shop's scanner sent it. */
  text: string;
}

/**
 * Which wallet a scanned payment code belongs to, and the code without what scanners add. By its length and first digits,
 * among the wallets whose codes the shop can charge. Codes of UnionPay's network are shown by many apps: there the first
 * wallet of the registry that the shop has is taken.
 * @throws Refusal invalid_request for what is no payment code, wallet_not_available for a code that the shop cannot charge
 */
export async function readScan(cashier: Cashier, scan: Scan): Promise<{ wallet: WalletName; paymentCode: string }> {
  const reading = readPaymentCode(scan.text, rulesOf(cashier, scan.wallet));
  if (reading.kind === 'refused')
    throw new Refusal('invalid_request', 'not a payment code of a wallet', { param: 'payment_code', in: 'body' });
  for (const wallet of reading.wallets) {
    const opened = await cashier.findWalletFor({ ...scan, wallet, scene: 'code', walletAccountId: null });
    if (!(opened instanceof Refusal)) return { wallet, paymentCode: reading.code };
  }
  throw new Refusal('wallet_not_available', 'no wallet of the shop takes this payment code', { param: 'payment_code' });
}

function rulesOf(cashier: Cashier, only: WalletName | null): PaymentCodePattern<WalletName>[] {
  return Object.values(cashier.deps.wallets).flatMap(({ name, can }) =>
    can.paymentCode === null || (only !== null && only !== name) ? [] : [{ name, pattern: can.paymentCode.pattern }],
  );
}
