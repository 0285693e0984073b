import { html, linkUrl, type Html } from '../../base/html.ts';
import type { Lang } from '../../base/lang.ts';
import { drawing, shopMark } from './drawings.ts';
import type { Order } from './orders.ts';
import { findProduct, priceText, products, type Product } from './products.ts';
import { fontStylesheetPath, shopAssetPath } from './shop-assets.ts';
import { shopTexts, type ShopProblem } from './shop-texts.ts';

/** Without script an order page that waits for news reloads itself. */
const NO_SCRIPT_REFRESH_SECONDS = 4;

export function renderHome(lang: Lang): string {
  const text = shopTexts[lang];
  return renderFrame(
    lang,
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

export function renderProduct(product: Product, lang: Lang): string {
  const text = shopTexts[lang];
  return renderFrame(
    lang,
    `/products/${product.id}`,
    `${product.name[lang]} · ${text.shop}`,
    html`<article class="product">
<div class="picture">${drawing(product.drawing)}</div>
<div class="about">
<h1>${product.name[lang]}</h1>
<p class="price price-large" data-testid="price">${priceText(product)}</p>
<p>${product.about[lang]}</p>
<form method="post" action="/buy?lang=${lang}">
<input type="hidden" name="product" value="${product.id}">
<button class="button" type="submit" data-testid="buy">${text.buyNow}</button>
</form>
<p class="quiet">${text.safe}</p>
</div>
</article>`,
  );
}

export function renderOrder(order: Order, lang: Lang): string {
  const text = shopTexts[lang];
  const product = findProduct(order.productId);
  const { title, hint } = text.state[order.state];
  return renderFrame(
    lang,
    `/orders/${order.orderNo}`,
    `${title} · ${text.shop}`,
    html`<div id="order" class="order" data-testid="order" data-state="${order.state}" data-version="${orderVersion(order)}" data-state-url="/orders/${order.orderNo}/state">
<div class="state state-${order.state}" role="status"><h1>${title}</h1><p>${hint}</p></div>
<div class="card">
${product && html`<div class="line">${drawing(product.drawing)}<p><strong>${product.name[lang]}</strong><span class="price" data-testid="order-amount">${priceText(product)}</span></p></div>`}
<dl>
<div><dt>${text.orderNo}</dt><dd>${order.orderNo}</dd></div>
${order.paidWith && html`<div><dt>${text.paidWith}</dt><dd>${walletName(order.paidWith, lang)}</dd></div>`}
</dl>
${renderOrderActions(order, lang)}
</div>
${order.heard.length > 0 && renderHeard(order, lang)}
</div>`,
    orderHead(order),
  );
}

/** `orderPath`: the order that it is about, from whose page the buyer may try again. */
export function renderShopProblem(problem: ShopProblem, lang: Lang, orderPath: string | null): string {
  const text = shopTexts[lang];
  return renderFrame(
    lang,
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
  return `${order.state}-${order.heard.length}`;
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

function renderHeard(order: Order, lang: Lang): Html {
  const text = shopTexts[lang];
  return html`<section class="card heard" data-testid="heard">
<h2>${text.heard}</h2>
<ol>${order.heard.map((heard) => html`<li><code>${heard.type}</code> <time datetime="${heard.at}">${showClock(heard.at)}</time><span>${heard.id.startsWith('asked_') ? text.asked : heard.id}</span></li>\n`)}</ol>
<p class="quiet">${text.heardHint}</p>
</section>`;
}

const WALLET_NAMES: Record<string, Record<Lang, string>> = {
  wechatpay: { 'zh-CN': '微信支付', en: 'WeChat Pay' },
  alipay: { 'zh-CN': '支付宝', en: 'Alipay' },
  unionpay: { 'zh-CN': '云闪付', en: 'UnionPay' },
  jdpay: { 'zh-CN': '京东支付', en: 'JD Pay' },
  meituanpay: { 'zh-CN': '美团支付', en: 'Meituan Pay' },
  hutongwallet: { 'zh-CN': '互通钱包', en: 'Hutong Wallet' },
};

function walletName(wallet: string, lang: Lang): string {
  return WALLET_NAMES[wallet]?.[lang] ?? wallet;
}

/** The time of day in China. */
function showClock(iso: string): string {
  return new Intl.DateTimeFormat('en-GB', { timeZone: 'Asia/Shanghai', timeStyle: 'medium' }).format(Date.parse(iso));
}

function renderFrame(lang: Lang, path: string, title: string, body: Html, head: Html | null = null): string {
  const text = shopTexts[lang];
  const other: Lang = lang === 'en' ? 'zh-CN' : 'en';
  return html`<!doctype html>
<html lang="${lang}">
<head>
<meta charset="utf-8">
<title>${title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<meta name="robots" content="noindex">
<link rel="icon" href="${shopAssetPath('shop-icon.svg')}" type="image/svg+xml">
<link rel="stylesheet" href="${fontStylesheetPath}">
<link rel="stylesheet" href="${shopAssetPath('shop.css')}">
${head}</head>
<body>
<header><a class="brand" href="/?lang=${lang}">${shopMark}<span>${text.shop}</span></a><a class="lang" href="${path}?lang=${other}" lang="${other}" hreflang="${other}">${shopTexts[other].ownName}</a></header>
<main>
${body}
</main>
<footer>${text.demo}</footer>
</body>
</html>
`.toString();
}
