import { formatMoney } from '../../../money/money.ts';
import { CARDS, type PretendCard, cardAt } from './cards.ts';
import { DECLINE_CODES, respText } from './codes.ts';
import type { Fields } from './form.ts';
import { type Markup, html } from './markup.ts';
import type { Order } from './orders.ts';
import { type Language, TEXT } from './page-text.ts';

const PIN_KEYS = ['1', '2', '3', '4', '5', '6', '7', '8', '9'];

export interface PayView {
  order: Order;
  merchant: string;
  now: Date;
  /** The code with which the last try failed. */
  error: string | null;
  language: Language;
}

/** Card, PIN, pay; and below it what a simulator can do besides. Every button is a form, so it works without script. */
export function payPage(view: PayView): Markup {
  const { order, language } = view;
  const text = TEXT[language];
  const amount = formatMoney(order.amount);
  const secondsLeft = Math.max(0, Math.floor((order.openUntil.getTime() - view.now.getTime()) / 1000));
  const hidden = html`<input type="hidden" name="order" value="${order.token}"><input type="hidden" name="lang" value="${language}">`;
  return layout(
    language,
    `/pay?order=${order.token}&lang=`,
    amount,
    html`
<div class="columns">
  <section class="bill" aria-label="${text.payTo} ${view.merchant}">
    <h1 class="shop"><span class="shop-mark" aria-hidden="true">${view.merchant.slice(0, 1)}</span>${view.merchant}</h1>
    <p class="amount">${amount}</p>
    ${order.subject === undefined ? null : html`<p class="goods">${order.subject}</p>`}
    <dl>
      <div><dt>${text.orderNo}</dt><dd class="number">${order.orderId}</dd></div>
      <div><dt>${text.timeLeft}</dt><dd><span class="number" role="timer" data-seconds-left="${secondsLeft}">${showSeconds(secondsLeft)}</span></dd></div>
    </dl>
  </section>
  <div class="work">
    ${
      view.error === null
        ? null
        : html`<p class="error" role="alert"><b>${respText(view.error, language)}</b> ${text.tryAgain}</p>`
    }
    <form method="post" action="/pay" class="panel" autocomplete="off">
      ${hidden}
      <fieldset class="cards">
        <legend>${text.pickCard}</legend>
        ${CARDS.map((card, index) => cardChoice(card, index, language))}
      </fieldset>
      <div class="pin" data-pin>
        <label for="pin">${text.pin}</label>
        <div class="pin-entry">
          <input id="pin" name="pin" type="password" inputmode="numeric" pattern="[0-9]{6}" minlength="6" maxlength="6" required autocomplete="off" aria-describedby="pin-hint">
          <span class="pin-dots" aria-hidden="true" hidden>${Array.from({ length: 6 }, () => html`<i></i>`)}</span>
        </div>
        <p id="pin-hint" class="hint">${text.pinHint}</p>
        <div class="pad" hidden>
          ${PIN_KEYS.map((key) => html`<button type="button" data-key="${key}">${key}</button>`)}
          <button type="button" data-key="clear" class="soft">${text.clear}</button>
          <button type="button" data-key="0">0</button>
          <button type="button" data-key="erase" class="soft" aria-label="${text.erase}">⌫</button>
        </div>
      </div>
      <button class="main" name="action" value="pay">${text.pay} ${amount}</button>
    </form>
  </div>
  <section class="panel lab" aria-labelledby="lab">
    <h2 id="lab">${text.lab}</h2>
    <p class="hint">${text.labNote}</p>
    <div class="lab-rows">
      <form method="post" action="/pay">
        ${hidden}
        <label for="reason">${text.reason}</label>
        <select id="reason" name="reason">
          ${DECLINE_CODES.map((code) => html`<option value="${code}">${code} ${respText(code, language)}</option>`)}
        </select>
        <button class="plain" name="action" value="decline">${text.decline}</button>
      </form>
      <form method="post" action="/pay">${hidden}<button class="plain" name="action" value="expire">${text.expire}</button></form>
    </div>
  </section>
</div>`,
  );
}

export interface ResultView {
  order: Order;
  merchant: string;
  /** The order is still open: the payer may try again. */
  canRetry: boolean;
  /** The signed fields that go back with the browser; null when it goes back empty-handed or into an app. */
  back: Fields | null;
  language: Language;
}

export function resultPage(view: ResultView): Markup {
  const { order, language } = view;
  const text = TEXT[language];
  const isPaid = order.state === 'succeeded';
  const title = isPaid ? text.paid : view.canRetry ? text.failed : text.over;
  const card = cardAt(order.cardIndex);
  const reason = isPaid ? null : view.canRetry ? respText(order.lastCode ?? '60', language) : text.closedNote;
  return layout(
    language,
    `/pay/result?order=${order.token}&lang=`,
    title,
    html`
<section class="panel result">
  <div class="sign ${isPaid ? 'good' : 'bad'}" aria-hidden="true"></div>
  <h1>${title}</h1>
  ${reason === null ? null : html`<p class="reason">${reason}</p>`}
  <p class="amount">${formatMoney(order.amount)}</p>
  <dl>
    <div><dt>${text.payTo}</dt><dd>${view.merchant}</dd></div>
    <div><dt>${text.orderNo}</dt><dd class="number">${order.orderId}</dd></div>
    ${
      isPaid
        ? html`<div><dt>${text.paidWith}</dt><dd>${card.bank[language]} ${card.accNo.slice(-4)}</dd></div>
    <div><dt>${text.queryId}</dt><dd class="number">${order.queryId ?? ''}</dd></div>`
        : null
    }
  </dl>
  ${wayOut(view)}
</section>`,
  );
}

/** Back to the merchant: a form with the signed fields after a success, else a plain link. UnionPay 5.1.0, 前台返回. */
function wayOut(view: ResultView): Markup {
  const { order, back, language } = view;
  const text = TEXT[language];
  const again = view.canRetry
    ? html`<a class="main" href="/pay?order=${order.token}&lang=${language}">${text.again}</a>`
    : null;
  if (back !== null && order.frontUrl !== undefined) {
    return html`<form method="post" action="${order.frontUrl}" data-submit-in="5">
    ${Object.entries(back).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
    <button class="main">${text.back}</button>
    <p class="hint" hidden><span data-count>5</span> ${text.backIn}</p>
  </form>`;
  }
  const url = order.frontFailUrl ?? order.frontUrl;
  if (order.via === 'app' || url === undefined) return html`${again}<p class="hint">${text.backToApp}</p>`;
  return html`${again}<a class="${again === null ? 'main' : 'plain'}" href="${url}" rel="noreferrer">${text.back}</a>`;
}

/** A front order that was not taken. */
export function refusedPage(respCode: string, message: string, goOnToken: string | null): Markup {
  const text = TEXT.zh;
  return layout(
    'zh',
    null,
    text.refusedTitle,
    html`
<section class="panel result" data-resp-code="${respCode}">
  <div class="sign bad" aria-hidden="true"></div>
  <h1>${text.refusedTitle} <small lang="en">${TEXT.en.refusedTitle}</small></h1>
  <p class="reason">${message}</p>
  <p class="reason" lang="en">${respText(respCode, 'en')}</p>
  <dl><div><dt>respCode</dt><dd class="number">${respCode}</dd></div></dl>
  ${goOnToken === null ? null : html`<a class="main" href="/pay?order=${goOnToken}">${text.goOn}</a>`}
</section>`,
  );
}

export function gonePage(language: Language): Markup {
  const text = TEXT[language];
  return layout(
    language,
    null,
    text.refusedTitle,
    html`<section class="panel result"><div class="sign bad" aria-hidden="true"></div><h1>${text.refusedTitle}</h1><p class="reason">${text.gone}</p></section>`,
  );
}

function cardChoice(card: PretendCard, index: number, language: Language): Markup {
  const text = TEXT[language];
  const kind = card.payCardType === '01' ? text.debit : text.credit;
  const state = card.refusal === '64' ? text.poor : card.refusal === '63' ? text.frozen : null;
  return html`<label class="card ${card.tint}">
          <input type="radio" name="card" value="${index}"${index === 0 ? html` checked` : null}>
          <span class="bank" aria-hidden="true">${card.bank.zh.slice(0, 1)}</span>
          <span class="card-name">${card.bank[language]}<small>${kind} (${card.accNo.slice(-4)})</small></span>
          ${state === null ? null : html`<em>${state}</em>`}
          <span class="tick" aria-hidden="true"></span>
        </label>`;
}

function layout(language: Language, selfPath: string | null, title: string, content: Markup): Markup {
  const text = TEXT[language];
  return html`<!doctype html>
<html lang="${text.htmlLang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="theme-color" content="#c8102e">
<meta name="robots" content="noindex">
<title>${title} · ${text.app} ${text.simulator}</title>
<link rel="icon" href="/assets/mark.svg" type="image/svg+xml">
<link rel="stylesheet" href="/font/index.css">
<link rel="stylesheet" href="/assets/wallet.css">
<script src="/assets/wallet.js" defer></script>
</head>
<body>
<header class="top">
  <div class="top-row">
    <img src="/assets/mark.svg" alt="" width="32" height="32">
    <p class="brand">${text.app}</p>
    <span class="badge">模拟器 <span lang="en">Simulator</span></span>
    ${selfPath === null ? null : html`<a class="language" href="${selfPath}${text.otherLang}" lang="${text.otherLang}">${text.other}</a>`}
  </div>
</header>
<main>${content}</main>
<footer>${text.simulatorNote}</footer>
</body>
</html>
`;
}

function showSeconds(seconds: number): string {
  const two = (count: number) => String(count).padStart(2, '0');
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  return `${hours > 0 ? `${hours}:` : ''}${two(minutes % 60)}:${two(seconds % 60)}`;
}
