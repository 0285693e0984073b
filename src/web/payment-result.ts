import { html, type Html } from '../base/html.ts';
import { walletLabel, type CashierView } from './cashier-view.ts';
import { offerFacts, renderAmount, renderFacts, renderReturnLink, showTime, type Fact } from './payment-facts.ts';
import { symbol } from './symbols.ts';
import { priceTexts } from './price-texts.ts';
import { texts, type Texts } from './texts.ts';

const RETURN_AFTER_SECONDS = 10;

/** The end of a payment: paid, refunded, expired or canceled. Only a clean success returns to the shop by itself. */
export function renderResult(view: CashierView): Html {
  if (view.state === 'succeeded') return renderSucceeded(view, texts[view.lang]);
  return renderCanceled(view, texts[view.lang]);
}

function renderSucceeded(view: CashierView, text: Texts): Html {
  const { refunded } = view;
  return html`<section class="result" data-testid="result">
${symbol(refunded === null ? 'done' : 'refunded')}
<h1 tabindex="-1" data-heading>${refunded === null ? text.succeededTitle : text.refunded(refunded.text)}</h1>
${refunded !== null && html`<p class="muted">${text.refundedHint}${view.price !== null && html` ${priceTexts[view.lang].refundedHint}`}</p>`}
${refunded === null ? renderAmount(view, text) : null}
${renderFacts([...(refunded === null ? [] : [amountFact(view, text)]), ...offerFacts(view), ...factsOf(view, text), ...paidFactsOf(view, text)])}
${renderReturnLink(view)}
${refunded === null && renderAutoReturn(text)}</section>`;
}

/** Shown and run by script only; a buyer may stop it. */
function renderAutoReturn(text: Texts): Html {
  return html`<p class="auto-return" data-return-seconds="${RETURN_AFTER_SECONDS}" data-testid="auto-return" hidden>
<span data-text="${text.returnIn('{s}')}">${text.returnIn(String(RETURN_AFTER_SECONDS))}</span>
<button type="button" class="link" data-testid="stay">${text.stayHere}</button></p>
`;
}

function renderCanceled(view: CashierView, text: Texts): Html {
  const isExpired = view.cancellationReason === 'expired';
  return html`<section class="result" data-testid="result">
${symbol(isExpired ? 'closed' : 'canceled')}
<h1 tabindex="-1" data-heading>${isExpired ? text.expiredTitle : text.canceledTitle}</h1>
<p class="muted">${isExpired ? text.expiredHint : text.canceledHint}</p>
${view.refunded !== null && html`<p class="alert alert-calm" data-testid="refunded"><strong>${text.refunded(view.refunded.text)}</strong> ${text.refundedHint}</p>`}
${renderFacts([amountFact(view, text), ...factsOf(view, text)])}
${renderReturnLink(view)}
</section>`;
}

function amountFact(view: CashierView, text: Texts): Fact {
  return { name: text.amount, value: view.amount.text, look: 'digits' };
}

function factsOf(view: CashierView, text: Texts): Fact[] {
  return [
    { name: text.merchant, value: view.merchantName },
    { name: text.subject, value: view.subject },
    { name: text.orderNo, value: view.orderNo, look: 'mono' },
  ];
}

function paidFactsOf(view: CashierView, text: Texts): Fact[] {
  const facts: Fact[] = [];
  if (view.price !== null && view.refunded !== null)
    facts.push({ name: priceTexts[view.lang].paid, value: view.price.pay.text, look: 'digits' });
  if (view.paidWith !== null) facts.push({ name: text.paidWith, value: walletLabel(view, view.paidWith) });
  if (view.paidAt !== null) facts.push({ name: text.paidAt, value: showTime(view.paidAt), look: 'digits' });
  return facts;
}
