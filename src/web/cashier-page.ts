import { html, type Html } from '../base/html.ts';
import { assertNever } from '../base/assert.ts';
import { cashierVersion, expiresInMs, isFinal, pageLink, type CashierView } from './cashier-view.ts';
import { assetPath } from './assets.ts';
import { renderFooter, renderPage } from './page.ts';
import { offerFacts, renderAmount, renderFacts } from './payment-facts.ts';
import { renderResult } from './payment-result.ts';
import { renderWaiting } from './payment-waiting.ts';
import { texts, type Texts } from './texts.ts';
import { renderAnyWallet } from './any-wallet.ts';
import { renderSandboxStrip } from './sandbox-strip.ts';
import { renderWalletForm } from './wallet-form.ts';

/** How often an open page asks for news: eager while a wallet is at work, calm while the buyer is choosing. */
const EAGER_POLL_MS = 1500;
const CALM_POLL_MS = 5000;
const NO_SCRIPT_REFRESH_SECONDS = 4;

/**
 * The page where a buyer chooses a wallet and then follows the payment. Works without script: choosing is a form, and the
 * page reloads itself while it waits. Serve it with `securityHeaders([])`: its forms are answered by pages of ours, which
 * lead on to wallets.
 */
export function renderCashier(view: CashierView): string {
  const text = texts[view.lang];
  const heading = headingOf(view, text);
  const isWaiting = view.state === 'requires_action' || view.state === 'processing';
  const pollMs = isFinal(view) ? 0 : isWaiting ? EAGER_POLL_MS : CALM_POLL_MS;
  return renderPage({
    lang: view.lang,
    title: `${heading} · ${view.merchantName}`,
    scripts: ['cashier.js', 'hand-over.js'],
    head: html`<noscript><link rel="stylesheet" href="${assetPath('no-script.css')}"></noscript>
${isWaiting && html`<noscript><meta http-equiv="refresh" content="${NO_SCRIPT_REFRESH_SECONDS}"></noscript>\n`}`,
    body: html`${!view.livemode && renderSandboxStrip(view.lang, view.path, view.place, view.isExplained)}<main id="cashier" class="${isFinal(view) ? 'sheet' : 'cashier'}" data-testid="cashier" data-state="${view.state}"
 data-version="${cashierVersion(view)}" data-poll-ms="${pollMs}" data-state-url="${stateUrl(view)}"
 data-expires-in-ms="${expiresInMs(view)}" data-announce="${announcementOf(view, text)}">
${isFinal(view) ? renderResult(view) : html`${renderSummary(view, text)}${renderOpen(view)}`}
</main>
<p id="announce" class="visually-hidden" role="status"></p>
<p id="connection" class="toast" hidden>${text.connectionLost}</p>
${renderFooter(view.lang, view.path)}`,
  });
}

function renderOpen(view: CashierView): Html {
  switch (view.state) {
    case 'requires_payment_method':
      return html`<section class="panel">${renderWalletForm(view)}</section>`;
    case 'requires_action':
    case 'processing':
      return html`<section class="panel">${renderWaiting(view)}</section>`;
    case 'succeeded':
    case 'canceled':
      return html``;
    default:
      return assertNever(view.state);
  }
}

function renderSummary(view: CashierView, text: Texts): Html {
  return html`<section class="summary">
<h1 class="merchant"><span class="avatar" aria-hidden="true">${view.merchantName.match(/./u)?.[0]}</span><span>${text.payTo(view.merchantName)}</span></h1>
${renderAmount(view, text)}
${view.state !== 'processing' && renderTimer(view, text)}
${renderFacts([
  { name: text.subject, value: view.subject },
  { name: text.orderNo, value: view.orderNo, look: 'mono' },
  ...(view.state === 'requires_payment_method' ? [] : offerFacts(view)),
])}
${view.state === 'requires_payment_method' && renderAnyWallet(view)}</section>
`;
}

/** Names the stand-in, in case the browser keeps no cookies: the state must be of the same place as the page. */
function stateUrl(view: CashierView): string {
  const { standsInFor } = view.place;
  return pageLink(view, '/state', standsInFor === null ? {} : { as: standsInFor });
}

function renderTimer(view: CashierView, text: Texts): Html {
  return html`<p class="timer" role="timer"><span>${text.timeLeft}</span> <span class="digits" id="time-left">${timeLeftText(expiresInMs(view), text)}</span></p>`;
}

function timeLeftText(leftMs: number, text: Texts): string {
  const seconds = Math.floor(leftMs / 1000);
  return seconds >= 3600
    ? text.hours(Math.round(seconds / 3600))
    : text.minutesSeconds(Math.floor(seconds / 60), seconds % 60);
}

function headingOf(view: CashierView, text: Texts): string {
  switch (view.state) {
    case 'requires_payment_method':
      return text.cashierTitle;
    case 'requires_action':
      return view.attempt === null ? text.processingTitle : text.waitingTitle(view.attempt.label[view.lang]);
    case 'processing':
      return text.processingTitle;
    case 'succeeded':
      return text.succeededTitle;
    case 'canceled':
      return view.cancellationReason === 'expired' ? text.expiredTitle : text.canceledTitle;
    default:
      return assertNever(view.state);
  }
}

/** What a screen reader hears when the page changes by itself. */
function announcementOf(view: CashierView, text: Texts): string {
  if (view.attempt?.outcome === 'failed' && view.state === 'requires_payment_method') {
    return `${text.tryAgainTitle(view.attempt.label[view.lang])} ${view.attempt.failureText ?? ''}`;
  }
  const paid = view.price?.pay.text ?? view.amount.text;
  return view.state === 'succeeded' ? `${text.succeededTitle} ${paid}` : headingOf(view, text);
}
