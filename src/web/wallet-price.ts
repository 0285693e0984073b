import { html, type Html } from '../base/html.ts';
import type { CashierView, OfferLine, PriceView, WalletChoice } from './cashier-view.ts';
import { priceTexts } from './price-texts.ts';
import { texts } from './texts.ts';

/** The best deal, said above the wallets; nothing where no wallet takes anything off. */
export function renderBestDeal(view: CashierView): Html | null {
  const best = bestDeal(view.wallets);
  if (best === null) return null;
  const text = priceTexts[view.lang];
  const { label, price } = best.wallet;
  if (best.isEverywhere) return html`<p class="best" data-testid="best">${text.everyone(price.saved ?? '')}</p>\n`;
  return html`<p class="best" data-testid="best"><strong>${text.best(label[view.lang], price.pay.text)}</strong>${view.lang === 'en' ? ', ' : '，'}${text.bestSaves(price.saved ?? '')}</p>\n`;
}

/** The cheapest of the wallets that can be chosen here, if it takes anything off; the first in the list where several are. */
export function bestDeal(wallets: readonly WalletChoice[]) {
  const priced = wallets.filter((wallet) => wallet.available).filter(hasPrice);
  const [first] = priced;
  if (first === undefined) return null;
  const wallet = priced.reduce((best, other) => (payOf(other) < payOf(best) ? other : best), first);
  if (wallet.price.saved === null) return null;
  const isEverywhere = priced.every((other) => payOf(other) === payOf(wallet)) && priced.length > 1;
  return { wallet, isEverywhere };
}

/** At the end of a wallet's line: its price, and the order's price where that is another. */
export function renderLinePrice(view: CashierView, { price }: WalletChoice): Html | null {
  if (price === null) return null;
  return html`<span class="line-price"><span class="visually-hidden">${priceTexts[view.lang].price} </span><span class="digits">${price.pay.text}</span>${price.saved !== null && html` ${renderWas(view)}`}</span>`;
}

/** The order's price, struck through, read out with a word before it. */
export function renderWas(view: CashierView): Html {
  return html`<s class="digits"><span class="visually-hidden">${priceTexts[view.lang].was} </span>${view.amount.text}</s>`;
}

/** Below a wallet's line: what is saved in one line, and behind it every offer with its reason. Opens without script. */
export function renderWhy(view: CashierView, wallet: WalletChoice): Html | null {
  const { price } = wallet;
  if (price === null || price.used.length + price.notUsed.length === 0) return null;
  const text = priceTexts[view.lang];
  return html`<details class="why" data-testid="why-${wallet.name}"><summary><span class="visually-hidden">${wallet.label[view.lang]} </span>${summaryOf(view, price)}</summary>
${renderLines(view, price.used, text.used)}${renderLines(view, price.notUsed, text.notUsed)}</details>
`;
}

/** One offer is said whole, with who pays for it; of several, what they take off together. */
function summaryOf(view: CashierView, { saved, maySave, used }: PriceView): Html {
  const text = priceTexts[view.lang];
  if (saved === null && maySave === null) return html`${text.why}`;
  const [only] = used.length === 1 ? used : [];
  const isSaid = only !== undefined && saved !== null;
  const may = maySave === null || (isSaid && maySave.by === 'draw') ? null : text.maySave(maySave.by, maySave.text);
  return html`${saved !== null && html`<span class="saved">${isSaid ? only.said[view.lang] : text.saved(saved)}</span> `}${may !== null && html`<span>${may}</span>`}`;
}

function renderLines(view: CashierView, lines: readonly OfferLine[], title: string): Html | null {
  if (lines.length === 0) return null;
  return html`<p class="fine">${title}</p><ul>${lines.map(({ name, said }) => html`<li><strong>${name[view.lang]}</strong> <span>${said[view.lang]}</span></li>\n`)}</ul>`;
}

/** What the button says. Where prices differ its words follow the choice by script, and without script name no price. */
export function renderPayButton(view: CashierView, chosen: WalletChoice): Html {
  const text = texts[view.lang];
  const says = text.pay(chosen.price?.pay.text ?? view.amount.text);
  const isOne = new Set(view.wallets.map(({ price }) => price?.pay.minor)).size === 1;
  return html`<button class="button" type="submit" data-busy="${text.payScriptBusy}" data-testid="pay">${isOne ? says : html`<span data-shows="button">${says}</span><span class="no-script">${priceTexts[view.lang].payWithoutPrice}</span>`}</button>`;
}

/** Beside a wallet's radio button, for cashier.js: what the rest of the page shows while it is chosen. */
export function priceAttributes(view: CashierView, { price }: WalletChoice): Html | null {
  if (price === null) return null;
  const pay = texts[view.lang].pay(price.pay.text);
  return html` data-amount="${price.pay.text}" data-button="${pay}" data-saved="${price.saved && priceTexts[view.lang].saved(price.saved)}"`;
}

/** What was shown goes back with the form, wallet by wallet, so that nobody is charged more than they saw. */
export function renderShown({ name, price }: WalletChoice): Html | null {
  return price && html`<input type="hidden" name="pay-${name}" value="${price.pay.minor}">`;
}

function hasPrice(wallet: WalletChoice): wallet is WalletChoice & { price: PriceView } {
  return wallet.price !== null;
}

function payOf({ price }: { price: PriceView }): bigint {
  return BigInt(price.pay.minor);
}
