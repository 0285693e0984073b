import { html, linkUrl, type Html } from '../../base/html.ts';
import type { Lang } from '../../base/lang.ts';
import { formatMoney, isCurrency, money } from '../../money/money.ts';
import type { BestPrice } from './best-price.ts';
import { drawing } from './drawings.ts';
import type { Funder, PriceLine } from './order-price.ts';
import type { Order } from './orders.ts';
import { findProduct, priceText, products, type Product } from './products.ts';
import { renderShareButton, shareHead } from './share-page.ts';
import { shopAssetPath } from './shop-assets.ts';
import { renderFrame, type ShopFrame } from './shop-frame.ts';
import { shopTexts, type ShopProblem } from './shop-texts.ts';
import { findShopper } from './shoppers.ts';
import { walletName } from './wallet-names.ts';

export type { ShopFrame } from './shop-frame.ts';

/** Without script an order page that waits for news reloads itself. */
const NO_SCRIPT_REFRESH_SECONDS = 4;

export function renderHome(frame: ShopFrame): string {
  const { lang } = frame;
  const text = shopTexts[lang];
  return renderFrame(
    frame,
    '/',
    text.shop,
    html`<p class="slogan">${text.slogan}</p>
<h1 class="visually-hidden">${text.home}</h1>
<ul class="goods">
${products.map(
  (product) => html`<li><a class="good" href="/products/${product.id}?lang=${lang}" data-testid="product-${product.id}">
${drawing(product.drawing)}<span class="good-name">${product.name[lang]}</span><span class="price">${priceText(product)}</span></a></li>
`,
)}</ul>`,
  );
}

/**
 * `best`: what it costs at best with which wallet; null sells it at the shop's own price. `link`: the code of the share link that the buyer
 * came by, which the order will name.
 */
export function renderProduct(product: Product, best: BestPrice | null, link: string | null, frame: ShopFrame): string {
  const { lang } = frame;
  const text = shopTexts[lang];
  return renderFrame(
    frame,
    `/products/${product.id}`,
    `${product.name[lang]} · ${text.shop}`,
    html`<article class="product">
<div class="picture">${drawing(product.drawing)}</div>
<div class="about">
<h1>${product.name[lang]}</h1>
${best === null ? html`<p class="price price-large" data-testid="price">${priceText(product)}</p>` : renderBest(product, best, lang)}
<p>${product.about[lang]}</p>
<form method="post" action="/buy?lang=${lang}">
<input type="hidden" name="product" value="${product.id}">${link !== null && html`<input type="hidden" name="link" value="${link}">`}
<button class="button" type="submit" data-testid="buy">${text.buyNow}</button>
</form>
${renderShareButton(product, lang)}
<p class="quiet">${text.safe}</p>
</div>
</article>`,
    shareHead(),
  );
}

/** 到手价: what is left to pay with the best wallet; chosen is it only at the cashier. */
function renderBest(product: Product, best: BestPrice, lang: Lang): Html {
  const text = shopTexts[lang];
  return html`<p class="best-price" data-testid="best-price"><span class="best-label">${text.bestPrice}</span> <span class="price price-large">${best.pay}</span>${best.wallet !== null && html` <span class="best-wallet">${walletName(best.wallet, lang)}</span>`}</p>
<p class="list-price"><span class="visually-hidden">${text.listPrice} </span><s data-testid="price">${priceText(product)}</s> <span>${text.saves(best.saved)}</span></p>`;
}

export function renderOrder(order: Order, frame: ShopFrame): string {
  const { lang } = frame;
  const text = shopTexts[lang];
  const product = findProduct(order.productId);
  const { title, hint } = text.state[order.state];
  return renderFrame(
    frame,
    `/orders/${order.orderNo}`,
    `${title} · ${text.shop}`,
    html`<div id="order" class="order" data-testid="order" data-state="${order.state}" data-version="${orderVersion(order)}" data-state-url="/orders/${order.orderNo}/state">
<div class="state state-${order.state}" role="status"><h1>${title}</h1><p>${hint}</p></div>
<div class="card">
${product && html`<div class="line">${drawing(product.drawing)}<p><strong>${product.name[lang]}</strong><span class="price" data-testid="order-amount">${priceText(product)}</span></p></div>`}
<dl>
<div><dt>${text.orderNo}</dt><dd>${order.orderNo}</dd></div>
<div><dt>${text.shopperFact}</dt><dd>${findShopper(order.shopper)?.name[lang]}</dd></div>
${renderPrice(order, lang)}${order.paidWith && html`<div><dt>${text.paidWith}</dt><dd>${walletName(order.paidWith, lang)}</dd></div>`}
</dl>
${renderOrderActions(order, lang)}
</div>
${order.heard.length > 0 && renderHeard(order, lang)}
</div>`,
    orderHead(order),
  );
}

/** `orderPath`: the order that it is about, from whose page the buyer may try again. */
export function renderShopProblem(problem: ShopProblem, orderPath: string | null, frame: ShopFrame): string {
  const { lang } = frame;
  const text = shopTexts[lang];
  return renderFrame(
    frame,
    '/',
    `${text.problems[problem]} · ${text.shop}`,
    html`<div class="card problem" data-testid="problem">
<h1>${text.problems[problem]}</h1>
<p><a class="button" href="${orderPath ?? `/?lang=${lang}`}">${orderPath === null ? text.keepShopping : text.toOrder}</a></p>
</div>`,
  );
}

/** Changes with everything that the order page shows. */
export function orderVersion(order: Order): string {
  return [order.state, order.heard.length, order.price?.paid, order.refund?.toBuyer].join('-');
}

function orderHead(order: Order): Html {
  const isWaiting = order.state === 'unpaid' || order.state === 'refunding';
  return html`<script src="${shopAssetPath('shop.js')}" defer></script>
${isWaiting && html`<noscript><meta http-equiv="refresh" content="${NO_SCRIPT_REFRESH_SECONDS}"></noscript>\n`}`;
}

function renderOrderActions(order: Order, lang: Lang): Html {
  const text = shopTexts[lang];
  const path = `/orders/${order.orderNo}`;
  const postButton = (action: string, label: string, look: string): Html =>
    html`<form method="post" action="${path}/${action}?lang=${lang}"><button class="${look}" type="submit" data-testid="${action}">${label}</button></form>`;
  switch (order.state) {
    case 'unpaid':
      return html`${order.payment ? html`<a class="button" href="${linkUrl(order.payment.cashierUrl)}" data-testid="pay-now">${text.payNow}</a>` : postButton('pay', text.payNow, 'button')}
${order.payment && postButton('check', text.check, 'button button-quiet')}`;
    case 'paid':
      return html`${postButton('refund', text.refund, 'button button-quiet')}<p class="quiet">${text.refundHint}</p>`;
    case 'refunding':
    case 'refunded':
    case 'closed':
      return html`<a class="button button-quiet" href="/?lang=${lang}">${text.keepShopping}</a>`;
    default:
      return order.state satisfies never;
  }
}

/** What was taken off and by whom, what was paid, and where a refund went. Without offers the price above says it all. */
function renderPrice(order: Order, lang: Lang): Html {
  const text = shopTexts[lang];
  const { price, refund } = order;
  const fact = (name: string, minor: string, testId: string, sign = ''): Html =>
    html`<div><dt>${name}</dt><dd data-testid="${testId}">${sign}${showMinor(order, minor)}</dd></div>\n`;
  return html`${price?.lines.map((line) => fact(lineName(line, lang), line.minor, 'taken-off', '−'))}${price && fact(text.paid, price.paid, 'paid')}${refund && fact(text.refundToBuyer, refund.toBuyer, 'refund-to-buyer')}${refund && refund.toOthers !== '0' && fact(text.refundToOthers, refund.toOthers, 'refund-to-others')}`;
}

function lineName({ name, funders }: PriceLine, lang: Lang): string {
  const text = shopTexts[lang];
  const paidBy = [...new Set(funders.map((part) => funderName(part, lang)))];
  return paidBy.length === 0 ? name[lang] : text.paidBy(name[lang], paidBy.join(lang === 'en' ? ', ' : '、'));
}

function funderName({ funder, owner }: Funder, lang: Lang): string {
  if (funder === 'wallet' && owner !== null) return walletName(owner, lang);
  return funder === 'bank' && owner !== null ? owner : shopTexts[lang].funders[funder];
}

function showMinor(order: Order, minor: string): string {
  const { currency } = order.amount;
  return isCurrency(currency) ? formatMoney(money(currency, BigInt(minor))) : minor;
}

function renderHeard(order: Order, lang: Lang): Html {
  const text = shopTexts[lang];
  return html`<section class="card heard" data-testid="heard">
<h2>${text.heard}</h2>
<ol>${order.heard.map((heard) => html`<li><code>${heard.type}</code> <time datetime="${heard.at}">${showClock(heard.at)}</time><span>${heard.id.startsWith('asked_') ? text.asked : heard.id}</span></li>\n`)}</ol>
<p class="quiet">${text.heardHint}</p>
</section>`;
}

/** The time of day in China. */
function showClock(iso: string): string {
  return new Intl.DateTimeFormat('en-GB', { timeZone: 'Asia/Shanghai', timeStyle: 'medium' }).format(Date.parse(iso));
}
