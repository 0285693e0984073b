import { html, type Html } from '../base/html.ts';
import type { Lang } from '../base/lang.ts';
import { assetPath, chartPaths, fontStylesheetPath } from './assets.ts';
import { sayIn } from './say.ts';
import type { Visitor } from './visitor.ts';

export interface ConsolePage {
  title: string;
  body: Html;
  /** Which entry of the menu it belongs to. */
  part: 'home' | 'rollouts' | 'offers' | 'links';
  /** Its own address, with what it needs of its query, for the way to the same page in the other language. */
  path: string;
  /** What was just done. */
  notice?: string | null;
  /** The file that says what its chart shows; null or left out where it has none. */
  chart?: 'rollout-chart.js' | 'link-chart.js' | null;
  /** It refreshes its figures by itself. */
  isLive?: boolean;
}

/** The frame of every page for somebody who is signed in. */
export function renderPage(visitor: Visitor, page: ConsolePage): string {
  const { say, lang, session, reportsWaiting } = visitor;
  const entries = [
    { part: 'home', path: '/console', label: say('总览', 'Overview'), waiting: 0 },
    { part: 'rollouts', path: '/console/rollouts', label: say('灰度', 'Rollouts'), waiting: 0 },
    { part: 'offers', path: '/console/offers', label: say('优惠', 'Offers'), waiting: 0 },
    ...(reportsWaiting === null
      ? []
      : [{ part: 'links', path: '/console/links', label: say('链接', 'Links'), waiting: reportsWaiting }]),
  ];
  const badge = (waiting: number): Html =>
    html`<span class="badge" data-testid="reports-waiting"><span aria-hidden="true">${waiting}</span><span class="visually-hidden">${say(`，${waiting} 个被举报`, `, ${waiting} reported`)}</span></span>`;
  const other = lang === 'en' ? 'zh-CN' : 'en';
  const body = html`<a class="skip" href="#main">${say('跳到内容', 'Skip to content')}</a>
<header class="bar"><div class="bar-in">
<a class="brand" href="/console">${brandMark()}<span>${say('互通运营台', 'Hutong Console')}</span></a>
<nav aria-label="${say('菜单', 'Menu')}"><ul>${entries.map(({ part, path, label, waiting }) => html`<li><a href="${path}"${part === page.part && html` aria-current="page"`}>${label}${waiting > 0 && badge(waiting)}</a></li>`)}</ul></nav>
<div class="who"><a class="quiet" href="${page.path}${page.path.includes('?') ? '&' : '?'}lang=${other}" lang="${other}" hreflang="${other}">${lang === 'en' ? '中文' : 'English'}</a>
<form method="post" action="/console/leave">${tokenField(visitor)}<button class="quiet" type="submit" data-testid="leave">${say(`${session.operator} · 退出`, `${session.operator} · Sign out`)}</button></form></div>
</div></header>
<main id="main" tabindex="-1"${page.isLive === true && html` data-live-page`}>
${page.notice != null && html`<p class="notice" role="status" data-testid="notice">${page.notice}</p>`}
${page.body}
</main>
<footer class="foot"><p>${say('时间均为北京时间', 'All times are Asia/Shanghai')}${page.isLive === true && html` · <span data-live-state data-paused="${say('已暂停刷新', 'not refreshed')}">${say('自动刷新', 'refreshed by itself')}</span>`}</p></footer>`;
  return renderDocument({ lang, title: page.title, body, chart: page.chart ?? null, hasScript: true });
}

/** The frame of the pages before signing in, and of faults. */
export function renderBare(lang: Lang, title: string, body: Html): string {
  const say = sayIn(lang);
  return renderDocument({
    lang,
    title,
    chart: null,
    hasScript: false,
    body: html`<main id="main" class="door"><p class="brand">${brandMark()}<span>${say('互通运营台', 'Hutong Console')}</span></p>
${body}</main>`,
  });
}

export function tokenField({ formToken }: Visitor): Html {
  return html`<input type="hidden" name="token" value="${formToken}">`;
}

function brandMark(): Html {
  return html`<img src="${assetPath('icon.svg')}" alt="" width="28" height="28">`;
}

function renderDocument(page: {
  lang: Lang;
  title: string;
  body: Html;
  chart: string | null;
  hasScript: boolean;
}): string {
  const { lang, title, body, chart, hasScript } = page;
  return html`<!doctype html>
<html lang="${lang}">
<head>
<meta charset="utf-8">
<title>${title} · ${sayIn(lang)('互通运营台', 'Hutong Console')}</title>
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<meta name="format-detection" content="telephone=no">
<link rel="icon" href="${assetPath('icon.svg')}" type="image/svg+xml">
${chart !== null && html`<link rel="stylesheet" href="${chartPaths.style}">`}
<link rel="stylesheet" href="${assetPath('console.css')}">
<script src="${assetPath('font.js')}" data-stylesheet="${fontStylesheetPath}"></script>
<noscript><link rel="stylesheet" href="${fontStylesheetPath}"></noscript>
${chart !== null && [chartPaths.script, assetPath('draw-chart.js'), assetPath(chart)].map((path) => html`<script src="${path}" defer></script>`)}
${hasScript && html`<script src="${assetPath('console.js')}" defer></script>`}
</head>
<body>
${body}
</body>
</html>
`.toString();
}
