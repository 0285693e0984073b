import { html, type Html } from '../../base/html.ts';
import type { Lang } from '../../base/lang.ts';
import { assetPath } from '../assets.ts';
import type { Place } from '../cashier-view.ts';
import { codeTexts } from '../code-texts.ts';
import { renderAmountField, renderFault, renderFaultMark } from '../code-page.ts';
import { renderFooter, renderPage } from '../page.ts';
import { renderSandboxStrip } from '../sandbox-strip.ts';
import { symbol } from '../symbols.ts';
import { type PayNotice, payTexts } from './pay-texts.ts';

/** What the pages of a link that asks for money have in common. */
export interface PayFrame {
  lang: Lang;
  path: string;
  /** Where the form goes: the path with what must not be lost on the way. */
  actionUrl: string;
  livemode: boolean;
  place: Place;
  merchantName: string;
  subject: string;
  /** Sent along, so that the same page sent twice makes one payment. */
  nonce: string;
  /** The buyer has just come back from the cashier, and their payment went through, may still go through, or nothing is known of one. */
  back: 'paid' | 'unclear' | 'unknown' | null;
  notice: PayNotice | null;
}

/** The page where one payment begins: of a fixed amount, or of one that the buyer types. */
export interface PayPage extends PayFrame {
  currencySign: string;
  /** For people; null where the buyer types it. */
  fixedAmount: string | null;
  /** What may be typed, for people. */
  range: { least: string; most: string } | null;
  typed: { amount: string; note: string };
  amountFault: string | null;
  noteFault: string | null;
  noteCharsMax: number;
}

const PAY_STYLES = html`<link rel="stylesheet" href="${assetPath('link-pay.css')}">\n`;

/** A plain form that works without script. */
export function renderPayPage(page: PayPage): string {
  const text = codeTexts[page.lang];
  const own = payTexts[page.lang];
  return renderFrame(page, own.payTo(page.merchantName), [
    html`<h1 class="merchant"><span class="avatar" aria-hidden="true">${page.merchantName.match(/./u)?.[0]}</span><span>${own.payTo(page.merchantName)}</span></h1>
<p class="fine pay-subject">${page.subject}</p>
${renderBack(page)}<form method="post" action="${page.actionUrl}" data-once data-testid="pay-form">
<input type="hidden" name="nonce" value="${page.nonce}">
${page.fixedAmount === null ? html`${renderAmountField(page, text)}${page.range && page.amountFault === null && html`<p class="fine pay-range">${own.range(page.range.least, page.range.most)}</p>\n`}` : html`<p class="amount" data-testid="amount">${page.fixedAmount}</p>\n`}<p class="field-row"><label class="fine" for="note">${text.note}</label>
<input class="field" id="note" name="note" value="${page.typed.note}" maxlength="${page.noteCharsMax}" placeholder="${text.notePlaceholder}" autocomplete="off"${renderFaultMark(page.noteFault, 'note-fault')}></p>
${renderFault(page.noteFault, 'note-fault')}<button class="button" type="submit" data-busy="${text.busy}" data-testid="next">${page.fixedAmount === null ? text.next : text.pay(page.fixedAmount)}</button>
</form>`,
  ]);
}

/** The frame of every page of such a link. */
export function renderFrame(page: PayFrame, title: string, body: readonly Html[]): string {
  return renderPage({
    lang: page.lang,
    title,
    scripts: ['hand-over.js'],
    head: PAY_STYLES,
    body: html`${!page.livemode && renderSandboxStrip(page.lang, page.path, page.place)}<main class="sheet code" data-testid="pay-page">
${page.notice && renderNotice(page.lang, page.notice)}${body}
</main>
${renderFooter(page.lang, page.path)}`,
  });
}

/** What somebody reads who comes back to a page that can be paid again. */
export function renderBack({ lang, back }: PayFrame): Html | null {
  const text = payTexts[lang];
  if (back === 'unknown') return html`<p class="alert" role="status" data-testid="back">${text.back}</p>\n`;
  if (back === null) return null;
  const { title, hint } = back === 'paid' ? text.yours : text.unclear;
  return html`<div class="alert alert-calm" role="status" data-testid="back" data-kind="${back}"><p><strong>${title}</strong></p><p>${hint}</p></div>\n`;
}

function renderNotice(lang: Lang, notice: PayNotice): Html {
  const { title, hint } = payTexts[lang].notices[notice];
  return html`<div class="alert" role="alert" data-testid="notice" data-kind="${notice}"><p><strong>${title}</strong></p><p>${hint}</p></div>\n`;
}

/** A page of its own for a link that takes no payment. */
export function renderNoticePage({ lang, notice }: { lang: Lang; notice: PayNotice }): string {
  return renderMessage(
    { lang, kind: notice, mark: notice === 'paid' ? 'done' : 'notice' },
    payTexts[lang].notices[notice],
  );
}

/** Back from the cashier, whatever the link takes by now: what became of one's own payment. */
export function renderOutcomePage(page: {
  lang: Lang;
  outcome: 'paid' | 'unclear';
  /** For people; null while it is unclear. */
  amount: string | null;
  /** Where to look again, or to pay once more where the link can be paid again; null for neither. */
  path: string | null;
}): string {
  const { lang, outcome, amount, path } = page;
  const text = payTexts[lang];
  const isPaid = outcome === 'paid';
  return renderMessage(
    { lang, kind: isPaid ? 'yours' : 'unclear', mark: isPaid ? 'done' : 'notice' },
    isPaid ? text.yours : text.unclear,
    html`${amount && html`<p class="amount" data-testid="amount">${amount}</p>\n`}${path && html`<p><a class="${isPaid ? 'link to-link' : 'button'}" href="${path}" data-testid="on">${isPaid ? text.toLink : text.unclear.again}</a></p>\n`}`,
  );
}

function renderMessage(
  page: { lang: Lang; kind: string; mark: 'done' | 'notice' },
  { title, hint }: { title: string; hint: string },
  more: Html | null = null,
): string {
  return renderPage({
    lang: page.lang,
    title,
    scripts: [],
    head: PAY_STYLES,
    body: html`<main class="sheet message" data-testid="notice" data-kind="${page.kind}">
${symbol(page.mark)}
<h1>${title}</h1>
<p class="muted">${hint}</p>
${more}</main>
${renderFooter(page.lang, null)}`,
  });
}
