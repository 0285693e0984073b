import { html, type Html, linkUrl, rawHtml } from '../../base/html.ts';
import type { Lang } from '../../base/lang.ts';
import type { Link, ReadyLink } from '../../links/link.ts';
import { type Preview, toPreview } from '../../links/preview/preview.ts';
import { previewTexts } from '../../links/preview/preview-texts.ts';
import { structuredData } from '../../links/preview/structured-data.ts';

/** Open Graph's own way of writing a locale. */
const LOCALES: Record<Lang, string> = { 'zh-CN': 'zh_CN', en: 'en_US' };

/** Meta's catalogue words, which is where product:availability comes from. */
const AVAILABILITY: Record<NonNullable<Link['availability']>, string> = {
  in_stock: 'in stock',
  out_of_stock: 'out of stock',
  preorder: 'preorder',
};

/**
 * What stands in the <head> of a link's page, so that every app that shows links before they are tapped shows this one rightly: Open Graph,
 * Twitter's card, schema.org as JSON-LD, the way to oEmbed, and the one true address. The JSON-LD is data, which `script-src` does not concern.
 */
export function previewHead(ready: ReadyLink, lang: Lang): Html {
  return renderHead(toPreview(ready, lang));
}

/** In the query of whoever was taken for a robot and says to be none: the link's page is for anybody. */
export const NO_ROBOT = { name: 'robot', value: 'no' } as const;

/**
 * The whole page that robots get in place of the landing page: the same head, and the same said in words. No script, style or frame. It may be
 * shown as a preview and followed, but not listed: a share link is for whom it was sent to.
 */
export function renderRobotCard(ready: ReadyLink, lang: Lang): string {
  const preview = toPreview(ready, lang);
  const text = previewTexts[lang];
  const { title, description, url, ownerName, card, price, availability } = preview;
  return html`<!doctype html>
<html lang="${lang}" prefix="og: https://ogp.me/ns# product: https://ogp.me/ns/product#">
<head>
<meta charset="utf-8">
<title>${title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex, max-image-preview:large">
<meta name="description" content="${description}">
${renderHead(preview)}</head>
<body>
<main>
<h1>${title}</h1>
<p><img src="${card.url}" width="${card.width}" height="${card.height}" alt="${card.alt}"></p>
<p>${description}</p>
<dl>
${price && html`<dt>${text.price}</dt><dd>${price.text}${availability && ` · ${text.availability[availability]}`}</dd>\n`}<dt>${text.from}</dt><dd>${ownerName}</dd>
</dl>
<p><a href="${linkUrl(`${url}?${NO_ROBOT.name}=${NO_ROBOT.value}&lang=${lang}`)}" rel="nofollow">${text.open}</a></p>
</main>
</body>
</html>
`.toString();
}

function renderHead(preview: Preview): Html {
  const { lang, title, description, url, ownerName, card, price, isProduct, availability } = preview;
  const text = previewTexts[lang];
  const isOffered = isProduct && price !== null;
  return html`<link rel="canonical" href="${url}">
<meta property="og:type" content="${isOffered ? 'product' : 'website'}">
<meta property="og:title" content="${title}">
<meta property="og:description" content="${description}">
<meta property="og:url" content="${url}">
<meta property="og:site_name" content="${ownerName}">
<meta property="og:locale" content="${LOCALES[lang]}">
<meta property="og:image" content="${card.url}">
<meta property="og:image:type" content="image/png">
<meta property="og:image:width" content="${card.width}">
<meta property="og:image:height" content="${card.height}">
<meta property="og:image:alt" content="${card.alt}">
${
  isOffered &&
  html`<meta property="product:price:amount" content="${price.amount}">
<meta property="product:price:currency" content="${price.currency}">
${availability && html`<meta property="product:availability" content="${AVAILABILITY[availability]}">\n`}`
}<meta name="twitter:card" content="summary_large_image">
<meta name="twitter:title" content="${title}">
<meta name="twitter:description" content="${description}">
<meta name="twitter:image" content="${card.url}">
<meta name="twitter:image:alt" content="${card.alt}">
${
  price &&
  html`<meta name="twitter:label1" content="${text.price}">
<meta name="twitter:data1" content="${price.text}">
`
}<link rel="alternate" type="application/json+oembed" href="${preview.oembedUrl}" title="${title}">
<script type="application/ld+json">${rawHtml(structuredData(preview))}</script>
`;
}
