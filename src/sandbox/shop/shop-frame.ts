import { html, type Html } from '../../base/html.ts';
import type { Lang } from '../../base/lang.ts';
import { shopMark } from './drawings.ts';
import { fontStylesheetPath, shopAssetPath } from './shop-assets.ts';
import { type Shopper, shoppers } from './shoppers.ts';
import { shopTexts } from './shop-texts.ts';

/** What every page of the shop knows of who looks at it. */
export interface ShopFrame {
  lang: Lang;
  shopper: Shopper;
}

/** The shop's name above, who buys and the other language beside it, and below that this is a demo. */
export function renderFrame(
  { lang, shopper }: ShopFrame,
  path: string,
  title: string,
  body: Html,
  head: Html | null = null,
): string {
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
<header><a class="brand" href="/?lang=${lang}">${shopMark}<span>${text.shop}</span></a><div class="around">${renderShoppers(lang, shopper, path)}<a class="lang" href="${path}?lang=${other}" lang="${other}" hreflang="${other}">${shopTexts[other].ownName}</a></div></header>
<main>
${body}
</main>
<footer>${text.demo}</footer>
</body>
</html>
`.toString();
}

/** Who buys: a plain menu of buttons, so that offers and staged wallets can be seen with other eyes. */
function renderShoppers(lang: Lang, current: Shopper, path: string): Html {
  const text = shopTexts[lang];
  return html`<details class="shoppers" data-testid="shoppers"><summary><span class="visually-hidden">${text.shopper} </span>${current.name[lang]}</summary>
<form method="post" action="/shopper?lang=${lang}"><p class="quiet">${text.shopper}</p><input type="hidden" name="back" value="${path}">
${shoppers.map((shopper) => html`<button type="submit" name="shopper" value="${shopper.key}"${shopper === current && html` aria-current="true"`}>${shopper.name[lang]}</button>\n`)}</form></details>`;
}
