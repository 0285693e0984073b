import { html, type Html } from '../base/html.ts';
import type { Lang } from '../base/lang.ts';
import { codeTexts, type CodeTexts } from './code-texts.ts';
import type { Place } from './cashier-view.ts';
import { renderFooter, renderPage } from './page.ts';
import { renderSandboxStrip } from './sandbox-strip.ts';
import type { Label } from '../wallets/wallet-names.ts';
import { walletMark } from './wallet-marks.ts';

/** The page behind a shop's printed code, where the buyer types how much to pay. */
export interface CodePage {
  lang: Lang;
  path: string;
  /** Where the form goes: the path with what must not be lost on the way. */
  actionUrl: string;
  livemode: boolean;
  place: Place;
  merchantName: string;
  /** What the shop calls the code: a till, a table, a stall. */
  label: string;
  currencySign: string;
  /** The code's own amount, for people; null where the buyer types it. */
  fixedAmount: string | null;
  /** What was typed, when it is shown again with a fault. */
  typed: { amount: string; note: string };
  amountFault: string | null;
  noteFault: string | null;
  noteCharsMax: number;
  /** Sent along, so that the same page sent twice makes one payment. */
  nonce: string;
  wallets: readonly { name: string; label: Label }[];
}

/** A plain form that works without script; the phone brings its number pad. */
export function renderCodePage(page: CodePage): string {
  const text = codeTexts[page.lang];
  return renderPage({
    lang: page.lang,
    title: text.title(page.merchantName),
    scripts: ['hand-over.js'],
    body: html`${!page.livemode && renderSandboxStrip(page.lang, page.path, page.place)}<main class="sheet code" data-testid="code-page">
<h1 class="merchant"><span class="avatar" aria-hidden="true">${page.merchantName.match(/./u)?.[0]}</span><span>${text.title(page.merchantName)}</span></h1>
<p class="fine">${page.label}</p>
<form method="post" action="${page.actionUrl}" data-once data-testid="code-form">
<input type="hidden" name="nonce" value="${page.nonce}">
${page.fixedAmount === null ? renderAmountField(page, text) : html`<p class="amount" data-testid="amount">${page.fixedAmount}</p>\n`}<p class="field-row"><label class="fine" for="note">${text.note}</label>
<input class="field" id="note" name="note" value="${page.typed.note}" maxlength="${page.noteCharsMax}" placeholder="${text.notePlaceholder}" autocomplete="off"${renderFaultMark(page.noteFault, 'note-fault')}></p>
${renderFault(page.noteFault, 'note-fault')}<button class="button" type="submit" data-busy="${text.busy}" data-testid="next">${page.fixedAmount === null ? text.next : text.pay(page.fixedAmount)}</button>
</form>
${page.wallets.length > 0 && html`<p class="takes"><span class="fine">${text.takes}</span>${page.wallets.map((wallet) => html`<span class="takes-one">${walletMark(wallet.name)}<span class="visually-hidden">${wallet.label[page.lang]}</span></span>`)}</p>`}
</main>
${renderFooter(page.lang, page.path)}`,
  });
}

/** Where the buyer types how much. */
export function renderAmountField(
  page: Pick<CodePage, 'currencySign' | 'typed' | 'amountFault'>,
  text: CodeTexts,
): Html {
  return html`<p class="amount-row"><label for="amount">${text.amount}</label>
<span class="amount-box"><span aria-hidden="true">${page.currencySign}</span><input id="amount" name="amount" value="${page.typed.amount}" inputmode="decimal" autocomplete="off" autofocus enterkeyhint="next" placeholder="0.00"${renderFaultMark(page.amountFault, 'amount-fault')} data-testid="amount-field"></span></p>
${renderFault(page.amountFault, 'amount-fault')}`;
}

/** What a field with a fault says of itself. */
export function renderFaultMark(said: string | null, id: string): Html | null {
  return said === null ? null : html` aria-invalid="true" aria-errormessage="${id}"`;
}

/** The line under a field. */
export function renderFault(said: string | null, id: string): Html | null {
  return said === null ? null : html`<p class="alert" id="${id}" role="alert" data-testid="${id}">${said}</p>\n`;
}
