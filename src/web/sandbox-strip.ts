import { html, type Html } from '../base/html.ts';
import type { Lang } from '../base/lang.ts';
import type { Place } from './cashier-view.ts';
import { STAND_INS } from './stand-ins.ts';
import { stepTexts } from './step-texts.ts';
import { texts } from './texts.ts';
import { whyTexts } from './why-texts.ts';

/** Says that no real money moves, and lets this browser stand in for other places, so that each way can be tried. */
export function renderSandboxStrip(lang: Lang, path: string, place: Place, isExplained = false): Html {
  const text = texts[lang];
  const step = stepTexts[lang];
  const current = STAND_INS.find((standIn) => standIn.name === place.standsInFor);
  return html`<header class="sandbox" data-testid="sandbox"><p><strong>${text.sandbox}</strong> · ${text.sandboxHint}</p>
<details class="stand-in" data-testid="stand-in"><summary>${current === undefined ? step.standInTitle : step.inSandbox(current.label[lang])}</summary>
<ul>${STAND_INS.map((standIn) => html`<li><a href="${path}?lang=${lang}&amp;as=${standIn.name}"${standIn === current && html` aria-current="true"`}>${standIn.label[lang]}</a></li>`)}
<li><a href="${path}?lang=${lang}&amp;as=none"${current === undefined && html` aria-current="true"`}>${step.standInStop}</a></li></ul></details>${isExplained && html`<a class="strip-link" href="${path}/why?lang=${lang}" data-testid="why">${whyTexts[lang].link}</a>`}</header>
`;
}
