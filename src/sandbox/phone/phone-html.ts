import { type Html, html } from '../../base/html.ts';
import { clockTime } from '../bank/bank-day.ts';
import type { Language } from '../wallets/ground/page-text.ts';
import type { PhoneMessage } from './inbox.ts';

const TEXT = {
  zh: {
    htmlLang: 'zh-CN',
    other: 'English',
    otherLang: 'en',
    title: '模拟手机',
    messages: '短信',
    none: '还没有短信。验证码发出后会出现在这里。',
    all: '全部手机',
    copy: '复制验证码',
    copied: '已复制',
    footer: '这是本机的模拟手机，短信没有发到任何真实号码。',
    count: '条',
  },
  en: {
    htmlLang: 'en',
    other: '中文',
    otherLang: 'zh',
    title: 'Pretend phone',
    messages: 'Messages',
    none: 'No messages yet. Codes appear here as soon as they are sent.',
    all: 'All phones',
    copy: 'Copy code',
    copied: 'Copied',
    footer: 'A pretend phone on this machine. Nothing is sent to any real number.',
    count: 'messages',
  },
} as const;

/** Every phone that was sent something, the latest first. */
export function phonesPage(
  language: Language,
  phones: readonly { last: PhoneMessage; count: number }[],
  version: number,
): Html {
  const text = TEXT[language];
  const content = html`<h1>${text.messages}</h1>
${
  phones.length === 0
    ? html`<p class="empty">${text.none}</p>`
    : html`<ul class="phones">${phones.map(
        ({ last, count }) => html`<li><a href="/${last.phone}?lang=${language}" data-testid="phone-${last.phone}">
<span class="face" aria-hidden="true">${last.phone.slice(-2)}</span>
<span class="who"><b>${grouped(last.phone)}</b><small>${count} ${text.count} · ${clockTime(last.at)}</small><span class="last">${last.text}</span></span></a></li>`,
      )}</ul>`
}`;
  return frame({ language, path: '/', version, content });
}

/** One phone's messages, the newest at the end, as phones have them. */
export function inboxPage(language: Language, phone: string, messages: readonly PhoneMessage[], version: number): Html {
  const text = TEXT[language];
  const content = html`<p><a href="/?lang=${language}">‹ ${text.all}</a></p>
<h1>${grouped(phone)}</h1>
${messages.length === 0 ? html`<p class="empty">${text.none}</p>` : html`<ol class="messages" aria-live="polite">${messages.map((message) => bubble(message, language))}</ol>`}`;
  return frame({ language, path: `/${phone}`, version, content });
}

function bubble({ text: said, at, lang }: PhoneMessage, language: Language): Html {
  const code = /(?<!\d)\d{6}(?!\d)/.exec(said)?.[0];
  return html`<li class="message"><time datetime="${at.toISOString()}">${clockTime(at)}</time>
<p lang="${lang}" data-testid="message">${said}</p>
${code === undefined ? null : html`<button type="button" class="copy" data-copy="${code}">${TEXT[language].copy} <b>${code}</b></button>`}</li>`;
}

function frame(view: { language: Language; path: string; version: number; content: Html }): Html {
  const { language, path, version, content } = view;
  const text = TEXT[language];
  return html`<!doctype html>
<html lang="${text.htmlLang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="theme-color" content="#1f7a4d">
<meta name="robots" content="noindex">
<title>${text.title}</title>
<link rel="icon" href="/assets/phone-mark.svg" type="image/svg+xml">
<link rel="stylesheet" href="/font/index.css">
<link rel="stylesheet" href="/base/base.css">
<link rel="stylesheet" href="/assets/phone.css">
<script src="/base/copy.js" defer></script>
<script src="/assets/phone.js" defer></script>
</head>
<body data-version="${version}">
<header><div class="bar">
  <img src="/assets/phone-mark.svg" alt="" width="28" height="28">
  <p class="brand">${text.title}</p>
  <span class="badge">模拟器 <span lang="en">Simulator</span></span>
  <a class="language" href="${path}?lang=${text.otherLang}" lang="${text.otherLang}">${text.other}</a>
</div></header>
<main>${content}</main>
<footer>${text.footer}</footer>
<p id="copied" role="status" hidden>${text.copied}</p>
</body>
</html>
`;
}

function grouped(phone: string): string {
  return `${phone.slice(0, 3)} ${phone.slice(3, 7)} ${phone.slice(7)}`;
}
