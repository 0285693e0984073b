import { html, type Html } from '../base/html.ts';
import { walletLabel, type CashierView } from './cashier-view.ts';
import { texts } from './texts.ts';
import { walletMark } from './wallet-marks.ts';
import { renderWalletForm } from './wallet-form.ts';

/**
 * Between leaving for a wallet and the evidence coming back. The first button only asks again, which any reload does; the
 * other wallets are folded away, because a second try is what makes people pay twice.
 */
export function renderWaiting(view: CashierView): Html {
  const text = texts[view.lang];
  const wallet = view.attempt?.wallet ?? null;
  const isAtWallet = view.state === 'requires_action' && wallet !== null;
  const hint =
    view.attempt?.outcome === 'unknown' ? text.unknownHint : isAtWallet ? text.waitingHint : text.processingHint;
  return html`<div class="waiting" data-testid="waiting">
<div class="waiting-mark"><div class="spinner" aria-hidden="true"></div>${wallet && walletMark(wallet)}</div>
<h2 tabindex="-1" data-heading>${isAtWallet ? text.waitingTitle(walletLabel(view, wallet)) : text.processingTitle}</h2>
<p class="muted">${hint}</p>
<p><a class="button" href="${view.path}?lang=${view.lang}" data-check data-busy="${text.checking}" data-testid="have-paid">${isAtWallet ? text.havePaid : text.refresh}</a></p>
${
  view.state === 'requires_action' &&
  html`<details class="other" data-testid="other-wallet"><summary>${text.otherWallet}</summary>
<p class="muted">${text.otherWalletHint}</p>
${renderWalletForm(view)}</details>`
}
</div>`;
}
