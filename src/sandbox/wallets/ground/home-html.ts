import { html, type Html } from '../../../base/html.ts';
import { formatMoney } from '../../../money/money.ts';
import type { Brand } from './ground.ts';
import { CODE_BUYERS, type Order } from './order.ts';
import { layout } from './page-layout.ts';
import { type Language, TEXT } from './page-text.ts';

export interface HomeRow {
  order: Order;
  /** Its page; null where it has none. */
  path: string | null;
}

export interface HomeView {
  brand: Brand;
  language: Language;
  hasCodes: boolean;
  rows: readonly HomeRow[];
}

export function homePage(view: HomeView): Html {
  const { brand, language, rows } = view;
  const text = TEXT[language];
  const lang = html`<input type="hidden" name="lang" value="${language}">`;
  return layout({
    brand,
    language,
    selfPath: '/app?lang=',
    title: text.home,
    content: html`
<div class="home">
  <section class="panel">
    <h1>${brand.name[language]}</h1>
    <p class="hint">${text.homeNote}</p>
    <form method="get" action="/sandbox/scan" class="stack">
      ${lang}
      <label for="text">${text.scanTitle}</label>
      <input id="text" name="text" class="field" required autocomplete="off" placeholder="${text.scanHint}">
      <button class="main">${text.scanGo}</button>
    </form>
  </section>
  ${view.hasCodes ? codeForm(language, lang) : null}
  <section class="panel">
    <h2>${text.lastOrders}</h2>
    ${rows.length === 0 ? html`<p class="hint">${text.noOrders}</p>` : html`<ul class="rows">${rows.map((row) => rowOf(row, language))}</ul>`}
  </section>
</div>`,
  });
}

function codeForm(language: Language, lang: Html): Html {
  const text = TEXT[language];
  return html`<section class="panel">
    <h2>${text.codeTitle}</h2>
    <p class="hint">${text.codeNote}</p>
    <form method="post" action="/app/codes" class="stack">
      ${lang}
      <label for="buyer">${text.codeBuyer}</label>
      <select id="buyer" name="buyer" class="field">
        ${CODE_BUYERS.map((buyer) => html`<option value="${buyer}">${text.codeBuyers[buyer]}</option>`)}
      </select>
      <button class="main">${text.codeShow}</button>
    </form>
  </section>`;
}

function rowOf({ order, path }: HomeRow, language: Language): Html {
  const text = TEXT[language];
  const name = order.kind === 'refund' ? text.refund : (order.subject ?? order.orderNo);
  const content = html`<span class="row-name">${name}<small class="number">${order.orderNo}</small></span><span class="row-amount">${formatMoney(order.amount)}<small>${text.states[order.state]}</small></span>`;
  return html`<li>${path === null ? html`<span class="row">${content}</span>` : html`<a class="row" href="${path}">${content}</a>`}</li>`;
}

export interface CodeView {
  brand: Brand;
  language: Language;
  code: string;
  /** The code as a picture; null once it is no longer good. */
  picture: Html | null;
}

/** What the buyer holds out at the till. It looks again by itself and moves on when the code was scanned. */
export function codePage(view: CodeView): Html {
  const { brand, language, code, picture } = view;
  const text = TEXT[language];
  const content =
    picture === null
      ? html`<section class="panel result"><div class="sign bad" aria-hidden="true"></div><h1>${text.codeTitle}</h1><p class="reason">${text.codeGone}</p><a class="main" href="/app?lang=${language}">${text.home}</a></section>`
      : html`<section class="panel result" data-look-again-in="2">
  <h1>${text.codeTitle}</h1>
  <div class="code-picture" role="img" aria-label="${text.codeTitle}">${picture}</div>
  <p class="code-number number">${code.replace(/(.{4})(?=.)/g, '$1 ')}</p>
  <p class="hint">${text.codeWaiting}</p>
  <a class="plain" href="/app?lang=${language}">${text.home}</a>
</section>`;
  return layout({ brand, language, selfPath: `/app/codes/${code}?lang=`, title: text.codeTitle, content });
}
