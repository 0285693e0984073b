import { html } from '../../base/html.ts';
import type { Lang } from '../../base/lang.ts';
import { symbol } from '../symbols.ts';
import { renderLinkPage } from './landing-frame.ts';
import { landingTexts, type NoLink } from './landing-texts.ts';

/** Not there: 404. Was there, and is not any more: 410. Our own fault: 503. */
export const GONE_STATUS: Readonly<Record<NoLink, 404 | 410 | 503>> = {
  expired: 410,
  stopped: 410,
  taken_down: 410,
  host_not_proved: 410,
  unknown: 404,
  busy: 503,
};

/** Where a link shows nothing: says why, and nothing of what the link was. */
export function renderGone(reason: NoLink, lang: Lang): string {
  const { title, hint } = landingTexts[lang].gone[reason];
  return renderLinkPage({
    lang,
    title,
    head: null,
    base: null,
    body: html`<main class="gone" data-testid="gone" data-reason="${reason}">
${symbol('notice')}
<h1>${title}</h1>
<p>${hint}</p>
</main>`,
  });
}
