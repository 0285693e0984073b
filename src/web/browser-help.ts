import { html, type Html } from '../base/html.ts';
import type { BrowserMenu } from '../wallets/detect/app-row.ts';
import type { Way } from '../wallets/detect/ways.ts';
import { browserHelpTexts, type BrowserHelpTexts } from './browser-help-texts.ts';
import { type CashierView, pageLink, type WalletChoice } from './cashier-view.ts';
import { renderFooter, renderPage } from './page.ts';
import { renderQrSvg } from './qr-svg.ts';
import { renderSandboxStrip } from './sandbox-strip.ts';
import { walletMark } from './wallet-marks.ts';

/** The ways that leave this app. */
export type WayOut = Extract<Way, { kind: 'open_in_browser' | 'copy_link' }>;

/**
 * For a wallet that cannot be paid in this app: where the app keeps "open in browser", the link to copy, a code for another
 * phone and the way back to the other wallets. `url` leads to the cashier with the wallet chosen.
 */
export function renderBrowserHelp(view: CashierView, wallet: WalletChoice, way: WayOut, url: string): string {
  const { lang } = view;
  const text = browserHelpTexts[lang];
  const menu = way.kind === 'open_in_browser' ? way.menu : 'none';
  const said = wordsFor(view, wallet, way, text);
  return renderPage({
    lang,
    title: said.title,
    scripts: ['hand-over.js'],
    body: html`${!view.livemode && renderSandboxStrip(lang, view.path, view.place)}${menu !== 'none' && renderPointer(menu)}<main class="sheet help" data-testid="browser-help" data-menu="${menu}">
<div class="help-mark">${walletMark(wallet.name)}</div>
<h1>${said.title}</h1>
<p class="muted">${said.because}</p>
<ol class="steps">${said.steps.map((step) => html`<li>${step}</li>`)}</ol>
${menu !== 'none' && html`<p class="muted">${text.orCopy}</p>\n`}<p><label class="fine" for="link">${text.address}</label><input class="field mono" id="link" value="${url}" readonly data-testid="link"></p>
<p data-needs-script hidden><button type="button" class="button" data-copy="link" data-copied="${text.copied}" data-by-hand="${text.copyByHand}" data-testid="copy">${text.copy}</button></p>
<details class="other"${!view.place.isPhone && html` open`}><summary>${said.scan}</summary>${renderQrSvg(url, text.codeAlt)}</details>
<p><a class="link-line" href="${pageLink(view, '', { stay: '1' })}" data-testid="back">${text.back}</a></p>
</main>
${renderFooter(lang, null)}`,
  });
}

function wordsFor(view: CashierView, wallet: WalletChoice, way: WayOut, text: BrowserHelpTexts) {
  const label = wallet.label[view.lang];
  const app = wallet.app[view.lang];
  const scan = text.orScan(app);
  if (way.kind === 'copy_link' && way.openIn === 'wallet')
    return { title: text.titleInWallet(app), because: text.becauseInWallet(app), steps: text.stepsInWallet(app), scan };
  const because = view.place.app === null ? text.becauseHere(label) : text.because(view.place.app[view.lang], label);
  return { title: text.title(label), because, steps: text.steps[way.kind === 'copy_link' ? 'none' : way.menu], scan };
}

/** Points to the corner where the app keeps its menu. */
function renderPointer(menu: Exclude<BrowserMenu, 'none'>): Html {
  return html`<div class="pointer pointer-${menu === 'dots_top_right' ? 'dots' : 'share'}" aria-hidden="true"><svg viewBox="0 0 72 56" focusable="false"><path d="M6 50C14 26 34 14 62 10M62 10l-13-4M62 10l-9 10"/></svg></div>
`;
}
