import { html, linkUrl, type Html } from '../base/html.ts';
import type { CashierView } from './cashier-view.ts';
import { texts, type Texts } from './texts.ts';

/** The sign of the currency stands smaller before the number, as on a price tag. */
export function renderAmount(view: CashierView, text: Texts): Html {
  const [, sign = '', digits = view.amount.text] = /^(\D*)(\d.*)$/.exec(view.amount.text) ?? [];
  const look = digits.length > 11 ? 'amount amount-long' : 'amount';
  return html`<p class="${look}" data-testid="amount"><span class="visually-hidden">${text.amount} </span><span class="currency">${sign}</span>${digits}</p>`;
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
