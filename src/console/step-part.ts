import { html, type Html } from '../base/html.ts';
import { previewPlan } from '../rollout/preview-plan.ts';
import { armsAt } from '../rollout/plan.ts';
import type { RolloutReport } from '../rollout/report-rollout.ts';
import { showShare } from '../rollout/units.ts';
import { chip, durationText, time } from './parts.ts';
import { STATES } from './rollout-words.ts';
import type { Visitor } from './visitor.ts';

/** The steps of the plan: what was, where it stands, and when the rest comes at the earliest. */
export function renderSteps(visitor: Visitor, report: RolloutReport): Html {
  const { say } = visitor;
  const { rollout, stepEndsAt } = report;
  const { plan } = rollout;
  const rest = { ...plan, steps: plan.steps.slice(rollout.step + 1) };
  const coming = stepEndsAt === null ? null : previewPlan(rest, stepEndsAt, 0).steps;
  const isOver = rollout.state === 'completed' || rollout.state === 'retired';
  const isDraft = rollout.state === 'draft';
  return html`<ol class="steps">${plan.steps.map((step, at) => {
    const isPast = !isDraft && (at < rollout.step || isOver);
    const isHere = !isDraft && !isOver && at === rollout.step;
    const arms = armsAt(plan, at);
    const begins = coming?.[at - rollout.step - 1]?.beginsAt ?? null;
    return html`<li class="${isHere ? 'here' : isPast ? 'past' : 'ahead'}"${isHere && html` aria-current="step"`}><div class="step-head"><strong>${showShare(arms.treatmentPpm)}</strong>${isHere && chip(STATES[rollout.state].tone, say('现在', 'now'))}${step.isGate && chip('warn', say('关口：要人批准', 'gate: a person approves'))}</div>
<p class="fine">${say(`至少 ${durationText(visitor, step.dwellMs)}，且有 ${step.payments} 笔付款`, `at least ${durationText(visitor, step.dwellMs)} and ${step.payments} ${step.payments === 1 ? 'payment' : 'payments'}`)}${arms.controlPpm > 0 && say(`；${showShare(arms.controlPpm)} 作对照`, `; ${showShare(arms.controlPpm)} held back`)}</p>
${begins !== null && html`<p class="fine">${say('最早 ', 'at the earliest ')}${time(begins)}</p>`}</li>`;
  })}</ol>
<details class="stops"><summary>${say('什么会让它停下', 'What stops it')}</summary><ul>${previewPlan(plan, report.at, 0).stops.map((stop) => html`<li>${say(stop['zh-CN'], stop.en)}</li>`)}</ul></details>`;
}
