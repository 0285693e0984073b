import { html, type Html } from '../base/html.ts';
import type { CashierView } from './cashier-view.ts';
import { renderQrSvg } from './qr-svg.ts';
import { stepTexts } from './step-texts.ts';

/**
 * One code for all wallets: this very page. Opened in a wallet's own browser it starts that wallet's payment at once. Not
 * on a phone, which cannot scan its own screen.
 */
export function renderAnyWallet(view: CashierView): Html | null {
  if (view.place.isPhone || !view.wallets.some((wallet) => wallet.available)) return null;
  const text = stepTexts[view.lang];
  return html`<figure class="any-wallet" data-testid="any-wallet">
${renderQrSvg(view.url, text.anyWalletAlt)}
<figcaption><strong>${text.anyWalletTitle}</strong><span class="muted">${text.anyWalletHint}</span></figcaption>
</figure>
`;
}
