import { html, type Html } from '../base/html.ts';
import type { ReadyLink } from '../links/link.ts';
import type { Abilities } from '../links/open/ability.ts';
import { decideOpening } from '../links/open/decide-opening.ts';
import type { AppName } from '../wallets/detect/app-row.ts';
import { APPS } from '../wallets/detect/apps.ts';
import type { Os } from '../wallets/detect/detect-app.ts';
import { appLabel, GONE, STEPS } from './link-words.ts';
import { table } from './parts.ts';
import type { Visitor } from './visitor.ts';

const SYSTEMS = ['ios', 'android', 'harmony'] as const satisfies readonly Os[];

/** Which step comes first in each app, as the page of the link itself would decide at this moment. */
export function renderOpenings(
  visitor: Visitor,
  { ready, abilities, now }: { ready: ReadyLink; abilities: Abilities; now: Date },
): Html {
  const { say, lang } = visitor;
  const first = (app: AppName, os: Os, isPhone: boolean): string => {
    const opener = { app, version: null, os, isPhone, isMiniProgram: false, robot: null, lang };
    const opening = decideOpening(ready, opener, { now, abilities, lacksApp: false });
    if (opening.kind === 'gone') return GONE[opening.reason][lang];
    if (opening.kind === 'redirect') return say('直接到商品页', 'straight to the page');
    return opening.kind === 'landing' ? STEPS[opening.steps[0].kind][lang] : '–';
  };
  const names: AppName[] = [...new Set<AppName>(['browser', ...APPS.map(({ app }) => app)])];
  const rows = names.map(
    (app) =>
      html`<tr><th scope="row" class="nowrap">${appLabel(visitor, app)}</th>${SYSTEMS.map((os) => html`<td>${first(app, os, true)}</td>`)}<td>${first(app, 'windows', false)}</td></tr>`,
  );
  return html`<details class="panel openings"><summary>${say(`在 ${names.length} 个 App 里，第一步各是什么`, `What comes first in each of ${names.length} apps`)}</summary>
${table(
  say('每个 App 里的第一步', 'The first step in each app'),
  [say('App', 'App'), 'iPhone', 'Android', say('鸿蒙', 'HarmonyOS'), say('电脑', 'Computer')],
  rows,
)}</details>`;
}
