import { html, linkUrl, type Html } from '../base/html.ts';
import type { CashierView, PriceView, WalletChoice } from './cashier-view.ts';
import { priceTexts } from './price-texts.ts';
import { texts, type Texts } from './texts.ts';
import { renderWas } from './wallet-price.ts';

/**
 * What is to be paid, large, and what it was before the offers. While a wallet is being chosen it is that wallet's price, which
 * cashier.js keeps up with. The sign of the currency stands smaller before the number, as on a price tag.
 */
export function renderAmount(view: CashierView, text: Texts): Html {
  const chosen = view.state === 'requires_payment_method' ? view.wallets.find(({ available }) => available) : undefined;
  const price = chosen === undefined ? view.price : chosen.price;
  const shown = price?.pay.text ?? view.amount.text;
  const [, sign = '', digits = shown] = /^(\D*)(\d.*)$/.exec(shown) ?? [];
  const look = digits.length > 11 ? 'amount amount-long' : 'amount';
  return html`<p class="${look}" data-testid="amount"><span class="visually-hidden">${text.amount} </span><span class="currency">${sign}</span><span${follows(chosen, 'digits')}>${digits}</span></p>
${price !== null && renderTakenOff(view, price, chosen)}`;
}

function renderTakenOff(view: CashierView, price: PriceView, chosen: WalletChoice | undefined): Html {
  const said = priceTexts[view.lang];
  return html`<p class="taken-off" data-testid="taken-off"${price.saved === null && html` hidden`}>${renderWas(view)} <span class="saved"${follows(chosen, 'saved')}>${price.saved && said.saved(price.saved)}</span>${chosen && html`<span class="no-script fine">${said.withWallet(chosen.label[view.lang])}</span>`}</p>
`;
}

/** While a wallet is being chosen, the words follow the choice. What an attempt costs stays. */
function follows(chosen: WalletChoice | undefined, what: string): Html | null {
  return chosen === undefined ? null : html` data-shows="${what}"`;
}

/** The offers of an attempt, one line each. */
export function offerFacts(view: CashierView): Fact[] {
  return (view.price?.used ?? []).map(({ name, said }) => ({
    name: name[view.lang],
    value: html`<span class="saved">${said[view.lang]}</span>`,
  }));
}

export interface Fact {
  name: string;
  value: string | Html;
  look?: 'mono' | 'digits';
}

export function renderFacts(facts: readonly Fact[]): Html {
  return html`<dl class="facts">
${facts.map((fact) => html`<div><dt>${fact.name}</dt><dd class="${fact.look ?? ''}">${fact.value}</dd></div>\n`)}</dl>`;
}

/** Where the buyer came from. */
export function renderReturnLink(view: CashierView): Html {
  return html`<a class="button" href="${linkUrl(view.returnUrl)}" data-return data-testid="return">${texts[view.lang].returnToShop}</a>`;
}

/** An instant as shops in China print it, in China's time whatever the server's zone is. */
export function showTime(iso: string): Html {
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone: 'Asia/Shanghai',
    dateStyle: 'short',
    timeStyle: 'medium',
    hourCycle: 'h23',
  }).format(Date.parse(iso));
  return html`<time datetime="${iso}">${parts.replace(', ', ' ')}</time>`;
}
