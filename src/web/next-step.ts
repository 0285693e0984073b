import { html, linkUrl, type Html } from '../base/html.ts';
import { type AttemptView, type CashierView, pageLink, type PageAction } from './cashier-view.ts';
import { stepTexts } from './step-texts.ts';
import { texts } from './texts.ts';
import { walletMark } from './wallet-marks.ts';

/**
 * What the buyer does next, on the page itself. The attributes are read by hand-over.js, which only opens things; what
 * came of it is always asked of the server.
 */
export function renderNextStep(view: CashierView, attempt: AttemptView & { action: PageAction }): Html {
  const { action } = attempt;
  switch (action.type) {
    case 'qr':
      return renderScan(view, attempt);
    case 'jsapi':
      return renderBridge(view, attempt, action);
    case 'open_app':
      return renderOpenApp(view, attempt, action);
    case 'redirect':
      return renderContinue(view, attempt, action.url);
  }
  return action satisfies never;
}

/** A picture and not a drawing inside the page: a long press saves it. */
function renderScan(view: CashierView, attempt: AttemptView): Html {
  const text = stepTexts[view.lang];
  const app = attempt.app[view.lang];
  return html`<figure class="scan" data-testid="scan">
<h2 tabindex="-1" data-heading class="step-title">${walletMark(attempt.wallet)}${text.scanTitle(app)}</h2>
<img class="qr" src="${view.path}/codes/${attempt.id}.png" width="240" height="240" alt="${text.scanAlt(app)}">
<figcaption class="muted">${view.place.isPhone ? text.scanOnPhone(app) : text.scanHint(app)}${view.place.isPhone && attempt.wallet !== 'wechatpay' && html` ${text.scanFromAlbum(app)}`}</figcaption>
</figure>
`;
}

function renderBridge(view: CashierView, attempt: AttemptView, action: Extract<PageAction, { type: 'jsapi' }>): Html {
  const text = stepTexts[view.lang];
  const wallet = attempt.label[view.lang];
  const app = attempt.app[view.lang];
  return html`<div class="step" data-testid="bridge" data-bridge="${action.bridge}" data-attempt="${attempt.id}"
 data-fields="${JSON.stringify(action.fields)}" data-test-page="${action.testPageUrl}" data-paid-url="${pageLink(view, '/return')}">
<h2 tabindex="-1" data-heading class="step-title">${walletMark(attempt.wallet)}${text.bridgeTitle(wallet)}</h2>
<p class="muted" data-said="ready">${text.bridgeHint}</p>
<p class="alert" data-said="canceled" role="alert" hidden>${text.bridgeCanceled}</p>
<p class="alert" data-said="failed" role="alert" hidden>${text.bridgeFailed}</p>
<p class="alert" data-said="missing" role="alert" hidden>${text.bridgeMissing(app)}</p>
<p data-needs-script hidden><button type="button" class="button" data-call data-testid="call-bridge">${text.bridgeButton(wallet, view.price?.pay.text ?? view.amount.text)}</button></p>
${
  action.testPageUrl === null
    ? html`<noscript><p class="alert">${text.noScript}</p></noscript>`
    : html`<p><a class="link-line" href="${linkUrl(action.testPageUrl)}" data-testid="test-page">${text.bridgeTestPage(app)}</a></p>`
}
</div>
`;
}

/** In some app's browser links into other apps mostly end on an error page: there the wallet's page comes first. */
function renderOpenApp(
  view: CashierView,
  attempt: AttemptView,
  action: Extract<PageAction, { type: 'open_app' }>,
): Html {
  const text = stepTexts[view.lang];
  const app = attempt.app[view.lang];
  const openApp = (look: string, byItself: string | null): Html =>
    html`<p><a class="${look}" href="${appUrl(action.appUrl)}"${byItself && html` data-app="${byItself}"`} data-testid="app-link">${text.appButton(app)}</a></p>`;
  const openPage = (look: string, byItself: string | null): Html =>
    html`<p><a class="${look}" href="${linkUrl(action.fallbackUrl)}" referrerpolicy="strict-origin"${byItself && html` data-go="${byItself}"`} data-app-fallback data-testid="app-fallback">${text.appFallback}</a></p>`;
  return html`<div class="step" data-testid="open-app">
<h2 tabindex="-1" data-heading class="step-title">${walletMark(attempt.wallet)}${text.appTitle(app)}</h2>
<p class="muted">${text.appHint(app)}</p>
${view.place.isBrowser ? [openApp('button', attempt.id), openPage('link-line', null)] : [openPage('button', attempt.id), openApp('link-line', null)]}
</div>
`;
}

/** The browser was sent there already; the same order may be opened again, which is safer than a second one. */
function renderContinue(view: CashierView, attempt: AttemptView, url: string): Html {
  const label = stepTexts[view.lang].continueButton(attempt.label[view.lang]);
  return html`<p><a class="button" href="${linkUrl(url)}" referrerpolicy="strict-origin"${view.goesOn && html` data-go="${attempt.id}"`} data-testid="continue-wallet">${label}</a></p>\n`;
}

/**
 * Apps are opened by schemes of their own, of which there are many. Refused are those that run something in the page, and
 * those that carry a second address that nobody has looked at.
 */
const SCRIPTED = /^(?:javascript|data|vbscript|file|blob|about|filesystem|view-source|content|intent)$/i;

export function appUrl(text: string): string {
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(text)?.[1];
  return scheme === undefined || SCRIPTED.test(scheme) ? '#' : text;
}

/** "I have paid", where the page itself is the only thing to be asked. */
export function renderCheckLink(view: CashierView, label: string, look: 'button' | 'link-line'): Html {
  return html`<p><a class="${look}" href="${pageLink(view)}" data-check data-busy="${texts[view.lang].checking}" data-testid="have-paid">${label}</a></p>`;
}
