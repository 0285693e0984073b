import { html, linkUrl, type Html } from '../../../base/html.ts';
import { formatMoney, type Money, money } from '../../../money/money.ts';
import { type PretendCard, cardAt, cardsOf } from './cards.ts';
import { type GivenDiscount, sumOf } from './discounts.ts';
import type { Brand, WalletCodes, WayBack } from './ground.ts';
import type { Order } from './order.ts';
import { layout } from './page-layout.ts';
import { type Language, TEXT } from './page-text.ts';

const PIN_KEYS = ['1', '2', '3', '4', '5', '6', '7', '8', '9'];

interface OrderView {
  order: Order;
  merchant: string;
  brand: Brand;
  codes: WalletCodes;
  language: Language;
}

export interface PayView extends OrderView {
  now: Date;
  /** The code with which the last try failed. */
  error: string | null;
  /** What will be taken off; of a random one the most that it can be. */
  discounts: readonly GivenDiscount[];
}

/** Card, PIN, pay; and below it what a simulator can do besides. Every button is a form, so it works without script. */
export function payPage(view: PayView): Html {
  const { order, language, codes, brand } = view;
  const text = TEXT[language];
  const isCertain = view.discounts.every(({ kind }) => kind !== 'random');
  const toPay = isCertain ? lessen(order.amount, view.discounts) : order.amount;
  const amount = formatMoney(toPay);
  const secondsLeft = Math.max(0, Math.floor((order.openUntil.getTime() - view.now.getTime()) / 1000));
  const hidden = html`<input type="hidden" name="order" value="${order.token}"><input type="hidden" name="lang" value="${language}">`;
  return layout({
    brand,
    language,
    selfPath: `/pay?order=${order.token}&lang=`,
    title: amount,
    content: html`
<div class="columns">
  <section class="bill" aria-label="${text.payTo} ${view.merchant}">
    <h1 class="shop"><span class="shop-mark" aria-hidden="true">${view.merchant.slice(0, 1)}</span>${view.merchant}</h1>
    ${amountLines(order.amount, toPay, view.discounts, language)}
    ${order.subject === null ? null : html`<p class="goods">${order.subject}</p>`}
    <dl>
      <div><dt>${text.orderNo}</dt><dd class="number">${order.orderNo}</dd></div>
      <div><dt>${text.timeLeft}</dt><dd><span class="number" role="timer" data-seconds-left="${secondsLeft}">${showSeconds(secondsLeft)}</span></dd></div>
    </dl>
  </section>
  <div class="work">
    ${
      view.error === null
        ? null
        : html`<p class="error" role="alert"><b>${codes.text(view.error)[language]}</b> ${text.tryAgain}</p>`
    }
    <form method="post" action="/pay" class="panel" autocomplete="off">
      ${hidden}
      <fieldset class="cards">
        <legend>${brand.balance === null ? text.pickCard : text.pickWay}</legend>
        ${cardsOf(brand.balance).map((card, index) => cardChoice(card, index, language))}
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
          ${codes.declines.map((code) => html`<option value="${code}">${code} ${codes.text(code)[language]}</option>`)}
        </select>
        <button class="plain" name="action" value="decline">${text.decline}</button>
      </form>
      <form method="post" action="/pay">${hidden}<button class="plain" name="action" value="expire">${text.expire}</button></form>
    </div>
  </section>
</div>`,
  });
}

export interface ResultView extends OrderView {
  /** The order is still open: the payer may try again. */
  canRetry: boolean;
  /** How the browser goes back to the merchant; null when it goes back into an app. */
  back: WayBack | null;
}

export function resultPage(view: ResultView): Html {
  const { order, language, codes, brand } = view;
  const text = TEXT[language];
  const isPaid = order.state === 'succeeded';
  const title = isPaid ? text.paid : titleOf(view);
  const card = cardAt(order.cardIndex, brand.balance !== null);
  return layout({
    brand,
    language,
    selfPath: `/pay/result?order=${order.token}&lang=`,
    title,
    content: html`
<section class="panel result">
  <div class="sign ${isPaid ? 'good' : 'bad'}" aria-hidden="true"></div>
  <h1>${title}</h1>
  ${isPaid ? null : html`<p class="reason">${whyNot(view, codes)}</p>`}
  ${amountLines(order.amount, lessen(order.amount, order.discounts), order.discounts, language)}
  <dl>
    <div><dt>${text.payTo}</dt><dd>${view.merchant}</dd></div>
    <div><dt>${text.orderNo}</dt><dd class="number">${order.orderNo}</dd></div>
    ${
      isPaid
        ? html`<div><dt>${text.paidWith}</dt><dd>${cardName(card, brand, language)} ${card.accNo.slice(-4)}</dd></div>
    <div><dt>${brand.walletIdName[language]}</dt><dd class="number">${order.walletId ?? ''}</dd></div>`
        : null
    }
  </dl>
  ${wayOut(view)}
</section>`,
  });
}

/** The price, struck through where less is paid, and what was taken off it. */
function amountLines(price: Money, toPay: Money, discounts: readonly GivenDiscount[], language: Language): Html {
  const struck = toPay.minor === price.minor ? null : html`<del>${formatMoney(price)}</del> `;
  const text = TEXT[language];
  const offs = discounts.map(({ kind, fen }) => {
    const upTo = kind === 'random' && struck === null ? `${text.upTo} ` : '';
    return html`<p class="off">${text.discounts[kind]} ${upTo}−${formatMoney(money('CNY', fen))}</p>`;
  });
  return html`<p class="amount">${struck}${formatMoney(toPay)}</p>${offs}`;
}

function lessen(price: Money, discounts: readonly GivenDiscount[]): Money {
  return money('CNY', price.minor - sumOf(discounts));
}

function titleOf(view: ResultView): string {
  const text = TEXT[view.language];
  if (view.order.state === 'reversed') return text.undone;
  return view.canRetry || view.order.state === 'failed' ? text.failed : text.over;
}

function whyNot(view: ResultView, codes: WalletCodes): string {
  const { order, language } = view;
  if (order.state === 'reversed') return TEXT[language].undoneNote;
  const isOpenOrFailed = view.canRetry || order.state === 'failed';
  return isOpenOrFailed ? codes.text(order.lastCode ?? codes.noFunds)[language] : TEXT[language].closedNote;
}

/** Back to the merchant: a form that goes by itself, a link, or only the word to go back into the app. */
function wayOut(view: ResultView): Html {
  const { order, back, language } = view;
  const text = TEXT[language];
  const again = view.canRetry
    ? html`<a class="main" href="/pay?order=${order.token}&lang=${language}">${text.again}</a>`
    : null;
  if (back === null) return html`${again}<p class="hint">${text.backToApp}</p>`;
  if (back.kind === 'form') {
    return html`<form method="post" action="${back.url}" data-submit-in="5">
    ${Object.entries(back.fields).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
    <button class="main">${text.back}</button>
    <p class="hint" hidden><span data-count>5</span> ${text.backIn}</p>
  </form>`;
  }
  return html`${again}<a class="${again === null ? 'main' : 'plain'}" href="${linkUrl(back.url)}" rel="noreferrer">${text.back}</a>`;
}

/** An order that was not taken: what the gateway says about it, and the way on where the same order is waiting. */
export function refusedPage(
  brand: Brand,
  code: string,
  message: string,
  english: string,
  goOnPath: string | null,
): Html {
  const text = TEXT.zh;
  return layout({
    brand,
    language: 'zh',
    selfPath: null,
    title: text.refusedTitle,
    content: html`
<section class="panel result" data-resp-code="${code}">
  <div class="sign bad" aria-hidden="true"></div>
  <h1>${text.refusedTitle} <small lang="en">${TEXT.en.refusedTitle}</small></h1>
  <p class="reason">${message}</p>
  <p class="reason" lang="en">${english}</p>
  <dl><div><dt>Code</dt><dd class="number">${code}</dd></div></dl>
  ${goOnPath === null ? null : html`<a class="main" href="${goOnPath}">${text.goOn}</a>`}
</section>`,
  });
}

export function gonePage(brand: Brand, language: Language): Html {
  const text = TEXT[language];
  const content = html`<section class="panel result"><div class="sign bad" aria-hidden="true"></div><h1>${text.refusedTitle}</h1><p class="reason">${text.gone}</p></section>`;
  return layout({ brand, language, selfPath: null, title: text.refusedTitle, content });
}

/** What the app shows for a scanned text that is no order of its own. */
export function scanPage(brand: Brand, webLink: string | null, language: Language): Html {
  const text = TEXT[language];
  const content =
    webLink === null
      ? html`<section class="panel result"><div class="sign bad" aria-hidden="true"></div><h1>${text.scanTitle}</h1><p class="reason">${text.scanUnknown}</p></section>`
      : html`<section class="panel result"><h1>${text.scanTitle}</h1><p class="reason">${text.scanOpens}</p><p class="number">${webLink}</p><a class="main" href="${linkUrl(webLink)}">${text.scanOpen}</a></section>`;
  return layout({ brand, language, selfPath: null, title: text.scanTitle, content });
}

function cardChoice(card: PretendCard, index: number, language: Language): Html {
  const text = TEXT[language];
  const state = card.refusal === 'no_funds' ? text.poor : card.refusal === 'frozen' ? text.frozen : null;
  const kind = text[card.kind];
  const note = card.accNo === '' ? kind : `${kind} (${card.accNo.slice(-4)})`;
  return html`<label class="card ${card.tint}">
          <input type="radio" name="card" value="${index}"${index === 0 ? html` checked` : null}>
          <span class="bank" aria-hidden="true">${card.bank.zh.slice(0, 1)}</span>
          <span class="card-name">${card.bank[language]}<small>${note}</small></span>
          ${state === null ? null : html`<em>${state}</em>`}
          <span class="tick" aria-hidden="true"></span>
        </label>`;
}

function cardName(card: PretendCard, brand: Brand, language: Language): string {
  return (card.kind === 'balance' ? (brand.balance ?? card.bank) : card.bank)[language];
}

function showSeconds(seconds: number): string {
  const two = (count: number) => String(count).padStart(2, '0');
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  return `${hours > 0 ? `${hours}:` : ''}${two(minutes % 60)}:${two(seconds % 60)}`;
}
