import { html, type Html } from '../base/html.ts';
import { ROLLOUT_REASON_CHARS_MAX } from '../base/limits.ts';
import { isAllowed, type PeoplesAction } from '../rollout/moves.ts';
import { armsAt } from '../rollout/plan.ts';
import type { RolloutReport } from '../rollout/report-rollout.ts';
import { showShare } from '../rollout/units.ts';
import { actWords } from './act-words.ts';
import { renderPage, tokenField } from './frame.ts';
import { chip } from './parts.ts';
import { nameOf } from './rollout-list-page.ts';
import { STATES } from './rollout-words.ts';
import type { Visitor } from './visitor.ts';

export interface ActPage {
  report: RolloutReport;
  action: PeoplesAction;
  /** What was typed, when the form is shown again. */
  typed: { reason: string; step: string };
  /** Why it was not done; null at first. */
  fault: string | null;
}

/** Asks back before anything is done: what would happen, and why it is wanted. */
export function renderAct(visitor: Visitor, { report, action, typed, fault }: ActPage): string {
  const { say, lang } = visitor;
  const { rollout } = report;
  const said = actWords(action, report);
  const back = `/console/rollouts/${rollout.id}`;
  const name = nameOf(visitor, rollout);
  const state = STATES[rollout.state];
  return renderPage(visitor, {
    title: `${said.button[lang]} · ${name}`,
    part: 'rollouts',
    path: `${back}/${action}`,
    body: html`<p class="crumbs"><a href="/console/rollouts">${say('灰度', 'Rollouts')}</a> <a href="${back}">${name}</a></p>
<div class="ask panel"><h1>${said.button[lang]}${say('？', '?')}</h1>
<p>${chip(state.tone, state.label[lang])} ${say(`第 ${rollout.step + 1} 步，${showShare(report.sharePpm ?? 0)} 的买家看得到`, `step ${rollout.step + 1}, ${showShare(report.sharePpm ?? 0)} of the buyers see it`)}</p>
${
  isAllowed(action, rollout.state)
    ? renderForm(visitor, { report, action, typed, fault })
    : html`<p class="alert" role="alert" data-testid="fault">${say(`现在不能这样做：灰度${state.label['zh-CN']}。`, `This cannot be done now: the rollout is ${state.label.en}.`)}</p><p><a class="button button-plain" href="${back}">${say('返回', 'Back')}</a></p>`
}</div>`,
  });
}

function renderForm(visitor: Visitor, { report, action, typed, fault }: ActPage): Html {
  const { say, lang } = visitor;
  const { rollout } = report;
  const said = actWords(action, report);
  const back = `/console/rollouts/${rollout.id}`;
  return html`<p class="told">${said.told[lang]}</p>
${fault !== null && html`<p class="alert" id="fault" role="alert" data-testid="fault">${fault}</p>`}
<form method="post" action="${back}/${action}">${tokenField(visitor)}<input type="hidden" name="seen" value="${rollout.state} ${rollout.version} ${rollout.step}">
${action === 'jump' && renderStepChoice(visitor, report, typed.step)}<p><label for="reason">${say('为什么？会永久保留。', 'Why? It is kept for ever.')}</label>
<textarea id="reason" name="reason" rows="3" maxlength="${ROLLOUT_REASON_CHARS_MAX}" required autofocus${fault !== null && html` aria-describedby="fault"`} data-testid="reason">${typed.reason}</textarea></p>
<p class="ask-buttons"><button class="button button-${action === 'halt' || action === 'roll_back' ? 'danger' : 'main'}" type="submit" data-testid="confirm">${said.button[lang]}</button><a class="button button-plain" href="${back}" data-testid="cancel">${say('取消', 'Cancel')}</a></p>
</form>`;
}

function renderStepChoice({ say }: Visitor, { rollout }: RolloutReport, chosen: string): Html {
  const { plan } = rollout;
  const usual = chosen === '' ? String(Math.min(rollout.step + 2, plan.steps.length)) : chosen;
  return html`<p><label for="step">${say('到哪一步', 'To which step')}</label>
<select id="step" name="step" data-testid="step">${plan.steps.map((_, at) => html`<option value="${at + 1}"${usual === String(at + 1) && html` selected`}>${say(`第 ${at + 1} 步`, `Step ${at + 1}`)} · ${showShare(armsAt(plan, at).treatmentPpm)}${at === rollout.step && say('（现在）', ' (now)')}</option>`)}</select></p>
`;
}
