import { html, type Html } from '../../base/html.ts';
import type { Lang } from '../../base/lang.ts';
import type { ReadyLink } from '../../links/link.ts';
import type { Warning } from '../../links/safety/reports.ts';
import { symbol } from '../symbols.ts';
import { linkBase } from './link-address.ts';
import { frameReport } from './report-page.ts';
import { warningTexts } from './report-texts.ts';

/**
 * What is shown in place of a link's page while people are warned of it: where it leads, why to be careful, and the way on as an ordinary link,
 * which is not the first thing at hand. What is blocked has no way on.
 * @param onward the link's own address for somebody who has read this; null where there is none
 */
export function renderWarning(warning: Warning, ready: ReadyLink, lang: Lang, onward: string | null): string {
  const text = warningTexts[lang];
  const said = text[warning.kind];
  const base = linkBase(ready);
  return frameReport({
    lang,
    title: said.title,
    footer: null,
    body: html`<main class="done warned" data-testid="warning" data-kind="${warning.kind}">
${symbol('notice')}
<h1>${said.title}</h1>
<p>${said.hint(warning.brand ?? '')}</p>
${warning.host !== null && html`<p class="host" data-testid="warned-host"><span class="fine">${text.leadsTo}</span><b dir="ltr">${warning.host}</b></p>\n`}<p class="fine">${text.never}</p>
<a class="button" href="${base}/report?lang=${lang}">${text.report}</a>
${goOn(warning, onward, text.goOn)}</main>`,
  });
}

function goOn({ kind }: Warning, onward: string | null, words: string): Html | null {
  if (kind === 'blocked' || onward === null) return null;
  return html`<a class="plain" href="${onward}" rel="nofollow" data-testid="go-on">${words}</a>
`;
}
