import { type Html, html } from '../../base/html.ts';
import { formatMinor, money } from '../../money/money.ts';
import type { Language } from '../wallets/ground/page-text.ts';
import { BANK_TEXT } from './bank-page-text.ts';

export interface FrameView {
  language: Language;
  /** The page's own path. */
  path: string;
  title: string;
  content: Html;
}

/** The frame of every page of the pretend banks: where one is, the other language, and that it is a simulator. */
export function frame({ language, path, title, content }: FrameView): Html {
  const text = BANK_TEXT[language];
  const tab = (href: string, name: string): Html =>
    html`<a href="${href}?lang=${language}"${path === href ? html` aria-current="page"` : null}>${name}</a>`;
  return html`<!doctype html>
<html lang="${text.htmlLang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="theme-color" content="#14305c">
<meta name="robots" content="noindex">
<title>${title} · ${text.title}</title>
<link rel="icon" href="/assets/bank-mark.svg" type="image/svg+xml">
<link rel="stylesheet" href="/font/index.css">
<link rel="stylesheet" href="/base/base.css">
<link rel="stylesheet" href="/assets/bank.css">
<script src="/base/copy.js" defer></script>
</head>
<body>
<header>
  <div class="bar">
    <img src="/assets/bank-mark.svg" alt="" width="30" height="30">
    <p class="brand">${text.title}</p>
    <span class="badge">模拟器 <span lang="en">Simulator</span></span>
    <a class="language" href="${path}?lang=${text.otherLang}" lang="${text.otherLang}">${text.other}</a>
  </div>
  <nav>${tab('/', text.people)}${tab('/switch', text.switch)}</nav>
</header>
<main>${content}</main>
<footer>${text.footer}</footer>
<p id="copied" role="status" hidden>${text.copied}</p>
</body>
</html>
`;
}

export function notFoundPage(language: Language): Html {
  const text = BANK_TEXT[language];
  const content = html`<section class="panel"><h1>${text.notFound}</h1><p><a href="/?lang=${language}">${text.people}</a></p></section>`;
  return frame({ language, path: '/', title: text.notFound, content });
}

/** `¥12,345.67` */
export function yuan(fen: bigint): string {
  const isNegative = fen < 0n;
  const [whole = '', cents = ''] = formatMinor(money('CNY', isNegative ? -fen : fen)).split('.');
  return `${isNegative ? '−' : ''}¥${whole.replace(/\B(?=(\d{3})+$)/g, ',')}.${cents}`;
}

/** A number that is copied by tapping it, in groups that the eye can hold. */
export function copied(value: string, groups = false): Html {
  const shown = groups ? value.replace(/(.{4})(?=.)/g, '$1 ') : value;
  return html`<button type="button" class="copy number" data-copy="${value}">${shown}</button>`;
}
