import { html, type Html } from '../base/html.ts';
import { pageLink, type AttemptView, type CashierView, type PageAction } from './cashier-view.ts';
import { renderCheckLink, renderNextStep } from './next-step.ts';
import { priceTexts } from './price-texts.ts';
import { stepTexts } from './step-texts.ts';
import { texts } from './texts.ts';
import { renderWalletForm } from './wallet-form.ts';
import { walletMark } from './wallet-marks.ts';
import { renderShown } from './wallet-price.ts';

/**
 * Between choosing a wallet and the evidence coming back: what to do next, a way to ask again, and the other wallets. They
 * are folded away, because a second try is what makes people pay twice, except for a buyer who came back without paying.
 */
export function renderWaiting(view: CashierView): Html {
  const text = texts[view.lang];
  const attempt = view.state === 'requires_action' ? view.attempt : null;
  const step = actionOf(attempt);
  const stepSays = step !== null && step.action.type !== 'redirect' && view.notice !== 'came_back';
  return html`<div class="waiting" data-testid="waiting">
${!stepSays && renderHead(view, attempt)}${step !== null && renderNextStep(view, step)}
${renderCheckLink(view, attempt === null ? text.refresh : text.havePaid, step === null ? 'button' : 'link-line')}
${attempt !== null && renderOthers(view, attempt)}
</div>`;
}

function renderHead(view: CashierView, attempt: AttemptView | null): Html {
  const text = texts[view.lang];
  const cameBack = attempt !== null && view.notice === 'came_back';
  const mayHaveFailed = attempt !== null && !cameBack && attempt.outcome !== 'unknown';
  const title = cameBack
    ? stepTexts[view.lang].cameBackTitle
    : attempt === null
      ? text.processingTitle
      : text.waitingTitle(attempt.label[view.lang]);
  return html`<div class="waiting-mark"><div class="spinner" aria-hidden="true"></div>${view.attempt && walletMark(view.attempt.wallet)}</div>
<h2 tabindex="-1" data-heading>${title}</h2>
<p class="muted"${cameBack && html` data-testid="came-back"`}>${hintOf(view, attempt !== null)}</p>
${attempt !== null && renderMaySave(view)}${mayHaveFailed && html`<p class="fine">${stepTexts[view.lang].refusedHint}</p>\n`}`;
}

/** The wallet's own offers are known when it has told of them; until then they are an estimate, and said to be one. */
function renderMaySave(view: CashierView): Html | null {
  const may = view.price?.maySave;
  return may
    ? html`<p class="fine" data-testid="may-save">${priceTexts[view.lang].maySave(may.by, may.text)}</p>\n`
    : null;
}

function hintOf(view: CashierView, isAtWallet: boolean): string {
  const text = texts[view.lang];
  if (view.attempt?.outcome === 'unknown') return text.unknownHint;
  if (!isAtWallet) return text.processingHint;
  return view.notice === 'came_back' ? stepTexts[view.lang].cameBackHint : text.waitingHint;
}

function renderOthers(view: CashierView, attempt: AttemptView): Html {
  const text = texts[view.lang];
  const choice = view.wallets.find((wallet) => wallet.name === attempt.wallet);
  const offersCode = choice?.hasCode === true && attempt.action?.type !== 'qr';
  return html`<details class="other" data-testid="other-wallet"${(view.notice === 'came_back' || view.notice === 'price_changed') && html` open`}><summary>${text.otherWallet}</summary>
<p class="muted">${text.otherWalletHint}</p>
${renderWalletForm(view)}
${
  offersCode &&
  html`<form method="post" action="${pageLink(view, '/attempts')}" data-pay><input type="hidden" name="wallet" value="${attempt.wallet}"><input type="hidden" name="way" value="show_qr">${choice && renderShown(choice)}
<button class="link" type="submit" data-busy="${text.payScriptBusy}" data-testid="show-code">${stepTexts[view.lang].codeForOtherPhone(attempt.app[view.lang])}</button></form>`
}${choice?.hasWayOut === true && html`<p><a class="link-line" href="${pageLink(view, '/elsewhere', { wallet: attempt.wallet })}" data-testid="elsewhere">${stepTexts[view.lang].elsewhere}</a></p>`}</details>`;
}

function actionOf(attempt: CashierView['attempt']): (AttemptView & { action: PageAction }) | null {
  if (attempt === null || attempt.action === null) return null;
  return { ...attempt, action: attempt.action };
}
