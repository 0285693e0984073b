import { formatMoney, money } from '../money/money.ts';
import type { Poster } from '../qr/poster.ts';
import { walletColour } from '../wallets/wallet-names.ts';
import type { Cashier } from './cashier.ts';
import { codeWallets } from './code-wallets.ts';
import { openQrCode, type ScannedCode } from './pay-qr-code.ts';
import { qrCodeUrl } from './qr-codes.ts';

/**
 * What stands on the poster of a shop's code, by whatever door it is asked for, and when the code was last changed.
 * @throws Refusal not_found, qr_code_disabled
 */
export async function describePoster(cashier: Cashier, id: string): Promise<{ poster: Poster; changedAt: Date }> {
  const scanned = await openQrCode(cashier, id);
  const wallets = await codeWallets(cashier, scanned.code);
  const poster = {
    text: qrCodeUrl(cashier.deps, scanned.code.id),
    shopName: scanned.merchantName,
    detail: detailOf(scanned),
    wallets: wallets.map(({ name, label }) => ({ name: label['zh-CN'], colour: walletColour(name) })),
    idLine: scanned.code.id,
  };
  return { poster, changedAt: scanned.code.updatedAt };
}

function detailOf({ code }: ScannedCode): string {
  const amount = code.amountMinor === null ? [] : [formatMoney(money(code.currency, code.amountMinor))];
  return [code.label, ...amount].join(' · ');
}
