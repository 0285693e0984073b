import { html, type Html } from '../../../base/html.ts';
import type { Brand } from './ground.ts';
import { type Language, TEXT } from './page-text.ts';

export interface LayoutView {
  brand: Brand;
  language: Language;
  /** The page's own address up to its language; null where it has only one. */
  selfPath: string | null;
  title: string;
  content: Html;
}

/** The frame of every page of a pretend app: the brand on top, and that it is a simulator. */
export function layout(view: LayoutView): Html {
  const { brand, language, selfPath, title, content } = view;
  const text = TEXT[language];
  const app = brand.name[language];
  return html`<!doctype html>
<html lang="${text.htmlLang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="theme-color" content="${brand.colour}">
<meta name="robots" content="noindex">
<title>${title} · ${app} ${text.simulator}</title>
<link rel="icon" href="/assets/mark.svg" type="image/svg+xml">
<link rel="stylesheet" href="/font/index.css">
<link rel="stylesheet" href="/assets/brand.css">
<link rel="stylesheet" href="/assets/wallet.css">
<script src="/assets/wallet.js" defer></script>
</head>
<body>
<header class="top">
  <div class="top-row">
    <img src="/assets/mark.svg" alt="" width="32" height="32">
    <p class="brand">${app}</p>
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
