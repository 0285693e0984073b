import { html } from '../../base/html.ts';
import type { Lang } from '../../base/lang.ts';
import { symbol } from '../symbols.ts';
import { renderLinkPage } from './landing-frame.ts';
import { landingTexts, type NoLink } from './landing-texts.ts';
import { PASTE_PATH } from './paste-page.ts';

/** Not there: 404. Was there, and is not any more: 410. Our own fault: 503. */
export const GONE_STATUS: Readonly<Record<NoLink, 404 | 410 | 503>> = {
  expired: 410,
  stopped: 410,
  taken_down: 410,
  host_not_proved: 410,
  unknown: 404,
  busy: 503,
};

/** Where a link shows nothing: says why, and nothing of what the link was; and what may help. The same for every address. */
export function renderGone(reason: NoLink, lang: Lang): string {
  const text = landingTexts[lang];
  const { title, hint } = text.gone[reason];
  const other = lang === 'en' ? 'zh-CN' : 'en';
  return renderLinkPage({
    lang,
    title,
    head: null,
    base: null,
    body: html`<main class="gone" data-testid="gone" data-reason="${reason}">
${symbol('notice')}
<h1>${title}</h1>
<p>${hint}</p>
${reason === 'unknown' && html`<p><a class="way" href="${PASTE_PATH}?lang=${lang}" data-testid="paste">${text.pasteIt}</a></p>\n`}${reason === 'busy' && html`<p><a class="way" href="?lang=${lang}" data-testid="again">${text.again}</a></p>\n`}</main>
<footer class="gone-foot"><nav><a href="?lang=${other}" lang="${other}" hreflang="${other}">${landingTexts[other].ownName}</a></nav></footer>`,
  });
}
