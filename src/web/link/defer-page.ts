import { html } from '../../base/html.ts';
import type { Lang } from '../../base/lang.ts';
import { DEFERRAL_MINUTES } from '../../base/link-limits.ts';
import type { ReadyLink } from '../../links/link.ts';
import { renderLinkPage } from './landing-frame.ts';

export interface DeferPage {
  lang: Lang;
  base: string;
  ready: Pick<ReadyLink, 'link' | 'ownerName'>;
  code: string;
}

/** Shows a code for after the installation, once; it works without script, by copying it by hand. */
export function renderDeferPage({ lang, base, ready, code }: DeferPage): string {
  const text = TEXTS[lang];
  return renderLinkPage({
    lang,
    title: text.title,
    head: null,
    base,
    body: html`<main id="top" data-testid="deferral">
<div class="words"><h1>${text.title}</h1>
<p class="about">${text.about(ready.link.title, ready.ownerName)}</p></div>
<div class="ways"><label class="fine" for="code">${text.label}</label><input class="field" id="code" value="${code}" readonly data-testid="code">
<button type="button" class="button" data-needs-script hidden data-step="copy_text" data-copy="code" data-copied="${text.copied}" data-by-hand="${text.byHand}">${text.copy}</button>
<p class="fine">${text.once(DEFERRAL_MINUTES)}</p>
<a class="way" href="${base}?lang=${lang}">${text.back}</a></div>
</main>`,
  });
}

const TEXTS = {
  'zh-CN': {
    title: '装好应用后再打开',
    about: (title: string, owner: string) => `复制下面的安装码，装好${owner}的应用后粘贴进去，就能接着看「${title}」。`,
    label: '安装码',
    copy: '复制安装码',
    copied: '已复制',
    byHand: '请长按框内文字复制',
    once: (minutes: number) => `${minutes} 分钟内有效，只能用一次；里面没有你的任何信息。`,
    back: '返回链接',
  },
  en: {
    title: 'Open it after installing',
    about: (title: string, owner: string) =>
      `Copy the code below. Once the app of ${owner} is installed, paste it there to go on to “${title}”.`,
    label: 'Code',
    copy: 'Copy the code',
    copied: 'Copied',
    byHand: 'Press and hold the text to copy it',
    once: (minutes: number) => `It works once, within ${minutes} minutes, and holds nothing about you.`,
    back: 'Back to the link',
  },
} as const;
