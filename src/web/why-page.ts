import { html, type Html } from '../base/html.ts';
import { pageLink, type OfferLine } from './cashier-view.ts';
import { renderFooter, renderPage } from './page.ts';
import { priceTexts } from './price-texts.ts';
import { renderSandboxStrip } from './sandbox-strip.ts';
import { walletMark } from './wallet-marks.ts';
import { whyTexts } from './why-texts.ts';
import type { WhyView, WhyWallet } from './why-view.ts';

/** In test mode: which rollout and which offers made the list of wallets what it is, in plain words. */
export function renderWhyPage(view: WhyView): string {
  const text = whyTexts[view.lang];
  return renderPage({
    lang: view.lang,
    title: `${text.title} · ${view.merchantName}`,
    scripts: [],
    body: html`${renderSandboxStrip(view.lang, view.path, view.place)}<main class="sheet why-page" data-testid="why-page">
<h1>${text.title}</h1>
<p class="muted">${text.hint(view.amount)}</p>
${view.wallets.map((wallet) => renderWallet(view, wallet))}<p><a class="link-line" href="${pageLink(view, '', { stay: '1' })}" data-testid="back">${text.back}</a></p>
</main>
${renderFooter(view.lang, `${view.path}/why`)}`,
  });
}

function renderWallet(view: WhyView, { name, label, shown, said, price }: WhyWallet): Html {
  const text = whyTexts[view.lang];
  const priced = priceTexts[view.lang];
  return html`<section class="why" data-testid="decided-${name}" data-shown="${String(shown)}"><h2>${walletMark(name)}<span>${label[view.lang]}</span>${shown ? price !== null && html` <span class="line-price">${price.pay.text}</span>` : html` <span class="tag">${text.hidden}</span>`}</h2>
<p>${said[view.lang]}</p>
${price !== null && [renderLines(view, price.used, priced.used), renderLines(view, price.notUsed, priced.notUsed)]}</section>
`;
}

function renderLines(view: WhyView, lines: readonly OfferLine[], title: string): Html | null {
  if (lines.length === 0) return null;
  return html`<h3 class="fine">${title}</h3><ul>${lines.map(({ name, said }) => html`<li><strong>${name[view.lang]}</strong> <span>${said[view.lang]}</span></li>\n`)}</ul>`;
}
