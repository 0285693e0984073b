import { html, type Html } from '../base/html.ts';
import { assert } from '../base/assert.ts';
import { walletLabel, type CashierView, type WalletChoice } from './cashier-view.ts';
import { texts, type Texts } from './texts.ts';
import { walletMark } from './wallet-marks.ts';

/** The list of wallets and the button: a plain form, so that it works before any script, and without. */
export function renderWalletForm(view: CashierView): Html {
  const text = texts[view.lang];
  const available = view.wallets.filter((wallet) => wallet.available);
  if (available.length === 0)
    return html`${renderFailure(view, text)}<h2>${text.chooseWallet}</h2><p class="muted">${text.noWallets}</p>`;
  const scene = available[0]?.scene ?? 'web';
  assert(
    available.every((wallet) => wallet.scene === scene),
    'one buyer is in one scene',
  );
  const chosen = available.find((wallet) => wallet.lastUsed) ?? available[0];
  return html`${renderFailure(view, text)}<form class="choose" method="post" action="${view.path}/attempts?lang=${view.lang}" data-pay data-testid="pay-form">
<input type="hidden" name="scene" value="${scene}">
<fieldset>
<legend>${text.chooseWallet}</legend>
${view.wallets.map((wallet) => renderWallet(view, wallet, wallet === chosen))}</fieldset>
<div class="pay-bar"><button class="button" type="submit" data-busy="${text.payScriptBusy}" data-testid="pay">${text.pay(view.amount.text)}</button></div>
</form>`;
}

function renderFailure(view: CashierView, text: Texts): Html | null {
  if (view.state !== 'requires_payment_method' || view.attempt?.outcome !== 'failed') return null;
  return html`<div class="alert" data-testid="failure"><p><strong>${text.tryAgainTitle(walletLabel(view, view.attempt.wallet))}</strong></p>
${view.attempt.failureText && html`<p>${view.attempt.failureText}</p>\n`}<p>${text.tryAgainHint}</p></div>
`;
}

function renderWallet(view: CashierView, wallet: WalletChoice, isChosen: boolean): Html {
  const text = texts[view.lang];
  const hint = wallet.available ? null : (wallet.reason ?? text.notAvailable);
  return html`<label class="wallet" data-testid="wallet-${wallet.name}">
<input type="radio" name="wallet" value="${wallet.name}" required${isChosen && html` checked`}${!wallet.available && html` disabled`}>
${walletMark(wallet.name)}<span class="wallet-name">${wallet.label[view.lang]}${wallet.lastUsed && html` <span class="tag">${text.lastUsed}</span>`}${hint && html`<span class="wallet-hint">${hint}</span>`}</span>
<span class="tick" aria-hidden="true"></span>
</label>
`;
}
