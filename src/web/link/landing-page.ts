import { html, type Html, rawHtml } from '../../base/html.ts';
import type { Lang } from '../../base/lang.ts';
import type { ReadyLink } from '../../links/link.ts';
import type { Opening, Step } from '../../links/open/opening.ts';
import { previewTexts } from '../../links/preview/preview-texts.ts';
import { toPreview } from '../../links/preview/preview.ts';
import type { Label } from '../../wallets/wallet-names.ts';
import { browserHelpTexts } from '../browser-help-texts.ts';
import { renderQrSvg } from '../qr-svg.ts';
import { renderLinkPage } from './landing-frame.ts';
import { type LandingTexts, landingTexts } from './landing-texts.ts';
import { linkBase } from './link-address.ts';
import { previewHead } from './preview-head.ts';

export interface Landing {
  ready: ReadyLink;
  opening: Extract<Opening, { kind: 'landing' }>;
  lang: Lang;
  /** The app around the page; null in a browser, or where it is not known. */
  app: Label | null;
  /** The app was tried and is not there. */
  lacksApp: boolean;
  /** What WeChat's own script is told, inside WeChat alone. */
  wechat: Html | null;
}

/** The page of a link where it does not lead on by itself: what it is, the best thing to do with it here, and every other way. */
export function renderLanding(landing: Landing): string {
  const { ready, opening, lang, lacksApp } = landing;
  const text = landingTexts[lang];
  const base = linkBase(ready);
  return renderLinkPage({
    lang,
    title: `${ready.link.title} · ${ready.ownerName}`,
    head: previewHead(ready, lang),
    base,
    body: html`${!ready.link.livemode && html`<header class="strip">${text.sandbox}</header>\n`}<main id="top"${opening.qr && html` class="wide"`} data-testid="link" data-best="${opening.steps[0].kind}">
${renderPicture(ready, base)}
${renderWords(ready, lang)}
<div class="ways">
${lacksApp && html`<p class="note" data-testid="lacks-app">${text.lacksApp}</p>\n`}${renderWays(landing, text, base)}</div>
${opening.qr && renderCode(ready, text)}</main>
${renderFooter(ready, lang, base)}
${opening.help && renderHelp(opening.help.menu, landing, text)}${landing.wechat}`,
  });
}

/** The picture comes from us: the merchant's host learns nothing of who only looks. Behind it stands the owner's first letter. */
function renderPicture({ link, ownerName }: ReadyLink, base: string): Html {
  const letter = html`<span aria-hidden="true">${ownerName.match(/./u)?.[0]}</span>`;
  if (link.imageUrl === null) return html`<div class="picture small">${letter}</div>`;
  return html`<div class="picture">${letter}<img src="${base}/picture?v=${link.version}" alt="" decoding="async"></div>`;
}

function renderWords(ready: ReadyLink, lang: Lang): Html {
  const { link, ownerName } = ready;
  const text = landingTexts[lang];
  const { price } = toPreview(ready, lang);
  const stock = link.availability && previewTexts[lang].availability[link.availability];
  const description = link.description?.trim() ?? '';
  return html`<div class="words">
<h1 data-testid="title">${link.title}</h1>
${price && html`<p class="price" data-testid="price">${price.text}${stock && html` <span>${stock}</span>`}</p>\n`}${description !== '' && html`<p class="about">${description}</p>\n`}<p class="owner"><span class="avatar" aria-hidden="true">${ownerName.match(/./u)?.[0]}</span><span>${ownerName}</span></p>
${link.expiresAt && html`<p class="fine">${text.validUntil(showShanghai(link.expiresAt))}</p>\n`}</div>`;
}

/** WeChat's tags come to life only by its script; what works without stands beside them from the start. */
function renderWays(landing: Landing, text: LandingTexts, base: string): Html {
  const { steps } = landing.opening;
  const tags = steps.flatMap((step) =>
    step.kind === 'wechat_launch_mini' || step.kind === 'wechat_launch_app' ? [step] : [],
  );
  const [best, ...others] = steps.filter(({ kind }) => kind !== 'wechat_launch_mini' && kind !== 'wechat_launch_app');
  // Who has to install the app first may take a code along.
  const canDefer = steps.some(({ kind }) => kind === 'store');
  const hasScheme = steps.some((step) => step.kind === 'scheme' || step.kind === 'alipay_scheme');
  return html`${tags.map((step) => renderTag(step, text))}${best && renderBest(best, landing, text, base)}${
    hasScheme &&
    html`<p class="note" id="not-opened" role="status" hidden>${text.notOpened} <a href="?app=none&amp;lang=${landing.lang}">${text.goOnWithout}</a></p>\n`
  }${
    (others.length > 0 || canDefer) &&
    html`<div class="others"><h2>${text.others}</h2><ul>${others.map((step) => html`<li>${renderStep(step, 'way', landing, text, base)}</li>`)}${canDefer && html`<li><form method="post" action="${base}/defer?lang=${landing.lang}"><button class="way" type="submit" data-testid="defer">${text.defer}</button></form></li>`}</ul></div>\n`
  }`;
}

function renderBest(step: Step, landing: Landing, text: LandingTexts, base: string): Html {
  const host = step.kind === 'page' || step.kind === 'store' ? step.host : pageHost(landing.ready);
  const isStopped = step.kind === 'copy_text';
  return html`${isStopped && html`<p class="note">${text.stopped(landing.app?.[landing.lang] ?? null)}</p>\n`}${renderStep(step, 'button', landing, text, base)}
${isStopped && html`<p class="fine">${text.pasteSteps}</p>\n`}${host !== null && html`<p class="fine" data-testid="host">${text.leadsTo(host)}</p>\n`}`;
}

/** One way, as the large button or one of the list. */
function renderStep(step: Step, look: 'button' | 'way', landing: Landing, text: LandingTexts, base: string): Html {
  const { ready } = landing;
  const link = (href: string, label: string | Html, isApp = false): Html =>
    html`<a class="${look}" href="${href}" rel="noopener" data-step="${step.kind}"${isApp && rawHtml(' data-app')}>${label}</a>`;
  switch (step.kind) {
    case 'universal_link':
    case 'app_link':
    case 'intent':
      return link(step.url, text.openApp(step.appName));
    case 'scheme':
      return link(step.url, text.openApp(step.appName), true);
    case 'alipay_scheme':
      return link(step.url, text.openAlipay, true);
    case 'page':
      return link(step.url, ready.link.price === null ? text.openPage.other : text.openPage.product);
    case 'pay': {
      const { kind } = ready.link;
      const label =
        kind === 'page' ? text.openPage.other : text.pay[kind](toPreview(ready, landing.lang).price?.text ?? null);
      return link(`${base}/pay?lang=${landing.lang}`, label);
    }
    case 'store': {
      // Of all hosts on the page the only one that nobody has proved: it is seen before anybody goes there.
      const label = text.getApp(step.appName);
      return link(step.url, look === 'way' ? html`${label} <span class="fine" dir="ltr">${step.host}</span>` : label);
    }
    case 'open_in_browser':
      return link('#browser', text.openInBrowser);
    case 'copy_text':
      return html`<label class="fine" for="link">${text.link}</label><input class="field" id="link" value="${step.text}" readonly><button type="button" class="${look}" data-needs-script hidden data-step="copy_text" data-copy="link" data-copied="${text.copied}" data-by-hand="${text.copyByHand}">${text.copy}</button>`;
    case 'wechat_launch_mini':
    case 'wechat_launch_app':
      return renderTag(step, text);
  }
  return step satisfies never;
}

/** WeChat, open tags: the tag lies over our own button and takes the tap. Its template is fixed text. */
function renderTag(
  step: Extract<Step, { kind: 'wechat_launch_mini' | 'wechat_launch_app' }>,
  text: LandingTexts,
): Html {
  const template = rawHtml('<script type="text/wxtag-template"><div style="width:100%;height:56px"></div></script>');
  const tag =
    step.kind === 'wechat_launch_mini'
      ? html`<wx-open-launch-weapp username="${step.originalId}" path="${step.path}">${template}</wx-open-launch-weapp>`
      : html`<wx-open-launch-app appid="${step.appId}" extinfo="${step.extinfo}">${template}</wx-open-launch-app>`;
  const label = step.kind === 'wechat_launch_mini' ? text.openMini : text.openApp(step.appName);
  return html`<div class="tag" data-wechat-tag data-step="${step.kind}" hidden><span class="button">${label}</span>${tag}</div>
`;
}

function renderCode({ url }: ReadyLink, text: LandingTexts): Html {
  return html`<div class="code">${renderQrSvg(`${url}?via=qr`, text.codeAlt)}<div><p><strong>${text.scan}</strong></p><p class="fine">${text.scanHint}</p></div></div>
`;
}

/** Shown by its address, so that it needs no script: points to the corner where the app keeps its menu. */
function renderHelp(menu: 'dots_top_right' | 'share_top_right', landing: Landing, text: LandingTexts): Html {
  const { steps } = browserHelpTexts[landing.lang];
  return html`<div class="over over-${menu === 'dots_top_right' ? 'dots' : 'share'}" id="browser" role="dialog" aria-labelledby="browser-title" data-testid="browser-help">
<svg viewBox="0 0 72 56" aria-hidden="true" focusable="false"><path d="M6 50C14 26 34 14 62 10M62 10l-13-4M62 10l-9 10"/></svg>
<h2 id="browser-title">${text.browserTitle}</h2>
<p>${text.browserBecause(landing.app?.[landing.lang] ?? null)}</p>
<ol>${steps[menu].map((step) => html`<li>${step}</li>`)}</ol>
<a class="button" href="#top">${text.browserDone}</a>
</div>
`;
}

function renderFooter({ ownerName }: ReadyLink, lang: Lang, base: string): Html {
  const text = landingTexts[lang];
  const other = lang === 'en' ? 'zh-CN' : 'en';
  return html`<footer><details><summary>${text.what}</summary><p>${text.whatAnswer(ownerName)}</p></details>
<nav><a href="${base}/report?lang=${lang}" rel="nofollow" data-testid="report">${text.report}</a><a href="${base}?lang=${other}" lang="${other}" hreflang="${other}">${landingTexts[other].ownName}</a></nav></footer>`;
}

function pageHost({ link }: ReadyLink): string | null {
  return link.page !== null && URL.canParse(link.page) ? new URL(link.page).host : null;
}

const SHANGHAI = new Intl.DateTimeFormat('sv-SE', {
  timeZone: 'Asia/Shanghai',
  dateStyle: 'short',
  timeStyle: 'short',
});

/** `2026-12-31 23:59` */
function showShanghai(instant: Date): string {
  return SHANGHAI.format(instant);
}
