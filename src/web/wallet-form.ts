import { html, type Html } from '../base/html.ts';
import { pageLink, type CashierView, type WalletChoice } from './cashier-view.ts';
import { stepTexts } from './step-texts.ts';
import { texts, type Texts } from './texts.ts';
import { walletMark } from './wallet-marks.ts';

/** The list of wallets and the button: a plain form, so that it works before any script, and without. */
export function renderWalletForm(view: CashierView): Html {
  const text = texts[view.lang];
  const available = view.wallets.filter((wallet) => wallet.available);
  if (available.length === 0)
    return html`${renderFailure(view, text)}<h2>${text.chooseWallet}</h2><p class="muted">${text.noWallets}</p>`;
  const chosen = available[0];
  return html`${renderFailure(view, text)}${renderNotice(view)}<form class="choose" method="post" action="${pageLink(view, '/attempts')}" data-pay${view.startsNow && html` data-start-now`} data-testid="pay-form">
<fieldset>
<legend>${text.chooseWallet}</legend>
${view.wallets.map((wallet) => renderWallet(view, wallet, wallet === chosen))}</fieldset>
<div class="pay-bar"><button class="button" type="submit" data-busy="${text.payScriptBusy}" data-testid="pay">${text.pay(view.amount.text)}</button></div>
</form>`;
}

function renderFailure(view: CashierView, text: Texts): Html | null {
  if (view.state !== 'requires_payment_method' || view.attempt?.outcome !== 'failed') return null;
  return html`<div class="alert" data-testid="failure"><p><strong>${text.tryAgainTitle(view.attempt.label[view.lang])}</strong></p>
${view.attempt.failureText && html`<p>${view.attempt.failureText}</p>\n`}<p>${text.tryAgainHint}</p></div>
`;
}

function renderNotice(view: CashierView): Html | null {
  if (view.notice !== 'payer_unknown') return null;
  return html`<p class="alert" data-testid="notice">${stepTexts[view.lang].payerUnknown}</p>\n`;
}

function renderWallet(view: CashierView, wallet: WalletChoice, isChosen: boolean): Html {
  const hint = hintOf(view, wallet);
  return html`<label class="wallet" data-testid="wallet-${wallet.name}">
<input type="radio" name="wallet" value="${wallet.name}" required${isChosen && html` checked`}${!wallet.available && html` disabled`}>
${walletMark(wallet.name)}<span class="wallet-name">${wallet.label[view.lang]}${renderTag(view, wallet)}${hint && html`<span class="wallet-hint">${hint}</span>`}</span>
<span class="tick" aria-hidden="true"></span>
</label>
`;
}

function renderTag(view: CashierView, wallet: WalletChoice): Html | null {
  const tag = wallet.isHome ? stepTexts[view.lang].home : wallet.lastUsed ? texts[view.lang].lastUsed : null;
  return tag === null ? null : html` <span class="tag">${tag}</span>`;
}

function hintOf(view: CashierView, wallet: WalletChoice): string | null {
  const text = stepTexts[view.lang];
  if (!wallet.available) return texts[view.lang].notAvailable;
  switch (wallet.comesNext) {
    case 'page':
      return null;
    case 'code':
      return view.place.isPhone
        ? text.comesNextOtherPhone(wallet.app[view.lang])
        : text.comesNextCode(wallet.app[view.lang]);
    case 'other_browser':
      return text.comesNextBrowser;
  }
  return wallet.comesNext satisfies never;
}
