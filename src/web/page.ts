import { html, type Html } from '../base/html.ts';
import { assetPath, fontStylesheetPath } from './assets.ts';
import type { Lang } from '../base/lang.ts';
import { texts } from './texts.ts';

export interface Page {
  lang: Lang;
  title: string;
  body: Html;
  /** Our own files under src/web/assets, run after the page has been read. */
  scripts: readonly string[];
  /** Put into <head>; for the few pages that must work by themselves without script. */
  head?: Html;
}

/** The frame of every page: language, phone viewport, style, script files and nothing inline. */
export function renderPage(page: Page): string {
  return html`<!doctype html>
<html lang="${page.lang}">
<head>
<meta charset="utf-8">
<title>${page.title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<meta name="format-detection" content="telephone=no">
<link rel="icon" href="${assetPath('icon.svg')}" type="image/svg+xml">
<link rel="stylesheet" href="${assetPath('page.css')}">
<script src="${assetPath('font.js')}" data-stylesheet="${fontStylesheetPath}"></script>
<noscript><link rel="stylesheet" href="${fontStylesheetPath}"></noscript>
${page.head}${page.scripts.map((name) => html`<script src="${assetPath(name)}" defer></script>\n`)}</head>
<body>
${page.body}
</body>
</html>
`.toString();
}

/** The quiet line under every card, with the way to the same page in the other language; none where there is no address. */
export function renderFooter(lang: Lang, path: string | null): Html {
  const other = lang === 'en' ? 'zh-CN' : 'en';
  return html`<footer class="footer"><p>${texts[lang].poweredBy}</p>${
    path !== null &&
    html`<p><a href="${path}?lang=${other}" lang="${other}" hreflang="${other}">${texts[other].ownName}</a></p>`
  }</footer>`;
}
