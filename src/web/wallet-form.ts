import { html, type Html } from '../base/html.ts';
import { pageLink, type CashierView, type WalletChoice } from './cashier-view.ts';
import { stepTexts } from './step-texts.ts';
import { texts, type Texts } from './texts.ts';
import { priceTexts } from './price-texts.ts';
import { walletMark } from './wallet-marks.ts';
import {
  bestDeal,
  priceAttributes,
  renderBestDeal,
  renderLinePrice,
  renderPayButton,
  renderShown,
  renderWhy,
} from './wallet-price.ts';

/** The list of wallets and the button: a plain form, so that it works before any script, and without. */
export function renderWalletForm(view: CashierView): Html {
  const text = texts[view.lang];
  const chosen = view.wallets.find((wallet) => wallet.available);
  if (chosen === undefined)
    return html`${renderFailure(view, text)}<h2>${text.chooseWallet}</h2><p class="muted">${text.noWallets}</p>`;
  const best = bestDeal(view.wallets);
  return html`${renderFailure(view, text)}${renderNotice(view, chosen)}${renderBestDeal(view)}<form class="choose" method="post" action="${pageLink(view, '/attempts')}" data-pay${view.startsNow && html` data-start-now`} data-testid="pay-form">
<fieldset>
<legend>${text.chooseWallet}</legend>
${view.wallets.map((wallet) => renderWallet(view, wallet, { isChosen: wallet === chosen, isBest: best?.isEverywhere === false && wallet === best.wallet }))}</fieldset>
<div class="pay-bar">${renderPayButton(view, chosen)}</div>
</form>`;
}

function renderFailure(view: CashierView, text: Texts): Html | null {
  if (view.state !== 'requires_payment_method' || view.attempt?.outcome !== 'failed') return null;
  return html`<div class="alert" data-testid="failure"><p><strong>${text.tryAgainTitle(view.attempt.label[view.lang])}</strong></p>
${view.attempt.failureText && html`<p>${view.attempt.failureText}</p>\n`}<p>${text.tryAgainHint}</p></div>
`;
}

function renderNotice(view: CashierView, chosen: WalletChoice): Html | null {
  if (view.notice === 'price_changed') return renderPriceChanged(view, chosen);
  if (view.notice !== 'payer_unknown') return null;
  return html`<p class="alert" data-testid="notice">${stepTexts[view.lang].payerUnknown}</p>\n`;
}

/** Nothing was sent: the buyer sees the new price and presses again, or chooses otherwise. */
function renderPriceChanged(view: CashierView, chosen: WalletChoice): Html {
  const text = priceTexts[view.lang];
  const now = chosen.price?.pay.text ?? view.amount.text;
  return html`<div class="alert" role="alert" data-testid="price-changed"><p><strong>${text.changedTitle}</strong></p>
<p>${text.changed(view.priceBefore, chosen.label[view.lang], now)}${text.changedHint}</p></div>
`;
}

function renderWallet(view: CashierView, wallet: WalletChoice, as: { isChosen: boolean; isBest: boolean }): Html {
  const hint = hintOf(view, wallet);
  return html`<div class="choice"><label class="wallet" data-testid="wallet-${wallet.name}">
<input type="radio" name="wallet" value="${wallet.name}" required${as.isChosen && html` checked`}${!wallet.available && html` disabled`}${priceAttributes(view, wallet)}>
${walletMark(wallet.name)}<span class="wallet-name">${wallet.label[view.lang]}${renderTags(view, wallet, as.isBest)}${hint && html`<span class="wallet-hint">${hint}</span>`}</span>
${wallet.available && renderLinePrice(view, wallet)}<span class="tick" aria-hidden="true"></span>
</label>${wallet.available && [renderShown(wallet), renderWhy(view, wallet)]}</div>
`;
}

function renderTags(view: CashierView, wallet: WalletChoice, isBest: boolean): Html {
  const tag = wallet.isHome ? stepTexts[view.lang].home : wallet.lastUsed ? texts[view.lang].lastUsed : null;
  return html`${isBest && html` <span class="tag tag-best">${priceTexts[view.lang].bestTag}</span>`}${tag !== null && html` <span class="tag">${tag}</span>`}`;
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
