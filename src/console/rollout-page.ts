import { html, type Html } from '../base/html.ts';
import { type PeoplesAction, isAllowed } from '../rollout/moves.ts';
import type { RolloutReport } from '../rollout/report-rollout.ts';
import { presentShare, type Rollout } from '../rollout/rollout.ts';
import { showShare } from '../rollout/units.ts';
import { actWords, BUTTONS } from './act-words.ts';
import { renderPage } from './frame.ts';
import { renderGuardrails } from './guardrail-part.ts';
import { amountText, bar, chip, empty, fact, live, table, time, withLocalTimes } from './parts.ts';
import { renderChart } from './rollout-chart.ts';
import { markOf, nameOf } from './rollout-list-page.ts';
import { ACTIONS, STATES } from './rollout-words.ts';
import { renderSteps } from './step-part.ts';
import type { Visitor } from './visitor.ts';

/** One rollout: where it stands, what it waits for, how it does, what may be lost, who moved it, and the buttons. */
export function renderRollout(
  visitor: Visitor,
  { report, shopName, done }: { report: RolloutReport; shopName: string | null; done: PeoplesAction | null },
): string {
  const { say, lang } = visitor;
  const { rollout } = report;
  const name = nameOf(visitor, rollout);
  return renderPage(visitor, {
    title: `${name} · ${say('灰度', 'Rollout')}`,
    part: 'rollouts',
    path: `/console/rollouts/${rollout.id}`,
    chart: 'rollout-chart.js',
    isLive: true,
    notice: done === null ? null : actWords(done, report).done[lang],
    body: html`<p class="crumbs"><a href="/console/rollouts">${say('灰度', 'Rollouts')}</a></p>
<div class="title">${markOf(visitor, rollout)}<div><h1>${name}</h1><p class="fine">${shopName ?? say('所有商家', 'every shop')} · <span class="mono">${rollout.plan.key}</span> · <span class="mono">${rollout.id}</span></p></div></div>
${live('now', renderNow(visitor, report))}
${live('buttons', renderButtons(visitor, report))}
<section><h2>${say('份额与成功率', 'Share and success')}</h2>${live('chart', renderChart(visitor, report))}</section>
<div class="columns">
<section><h2>${say('计划', 'Plan')}</h2>${live('steps', renderSteps(visitor, report))}</section>
<section><h2>${say('护栏', 'Guardrails')}</h2>${live('guardrails', renderGuardrails(visitor, report))}</section>
</div>
<section><h2>${say('在途风险', 'Money at risk')}</h2>${live('risk', renderRisk(visitor, report))}</section>
<section><h2>${say('谁做了什么', 'Who did what')}</h2>${live('moves', renderMoves(visitor, report))}</section>`,
  });
}

function renderNow({ say, lang }: Visitor, report: RolloutReport): Html {
  const { rollout, sharePpm, arms, judgement, stepEndsAt, waitsFor } = report;
  const { seen, needed } = judgement.figures.payments;
  const state = STATES[rollout.state];
  const compared = sharePpm === null || sharePpm === 0 ? 0 : arms.controlPpm;
  return html`<div class="panel now"><p class="now-state" role="status">${chip(state.tone, state.label[lang], 'state')} <span class="now-said">${withLocalTimes(waitsFor[lang])}</span></p>
<dl class="facts">${[
    fact(
      say('看得到的买家', 'Buyers who see it'),
      html`<span class="big" data-testid="share">${sharePpm === null ? '–' : showShare(sharePpm)}</span>`,
      compared === 0
        ? say('没有对照组', 'nobody is held back')
        : say(`${showShare(compared)} 作对照`, `${showShare(compared)} held back to compare`),
    ),
    fact(
      say('步骤', 'Step'),
      html`<span class="big">${rollout.step + 1}<span class="fine"> / ${rollout.plan.steps.length}</span></span>`,
      rollout.stepSince === null ? null : html`${say('始于 ', 'since ')}${time(rollout.stepSince)}`,
    ),
    fact(
      say('本步付款', 'Payments of this step'),
      html`<span class="big">${seen}<span class="fine"> / ${needed}</span></span>`,
      bar(needed === 0 ? 1 : seen / needed, 'good'),
    ),
    fact(
      say('最早结束', 'Ends at the earliest'),
      html`<span class="mid">${time(stepEndsAt)}</span>`,
      say(`计划第 ${rollout.version} 版`, `version ${rollout.version} of the plan`),
    ),
  ]}</dl>${report.beside.map((other) => renderBeside({ say, lang }, other))}</div>`;
}

/** Both must show the wallet: what the other one does is half of the story. */
function renderBeside({ say, lang }: Pick<Visitor, 'say' | 'lang'>, other: Rollout): Html {
  const { tone, label } = STATES[other.state];
  const share = presentShare(other);
  return html`<p class="fine" data-testid="beside">${chip(tone, label[lang])} <a href="/console/rollouts/${other.id}">${other.plan.merchantId === null ? say('所有商家的灰度', 'The rollout of every shop') : say('商家自己的灰度', 'A rollout of a shop’s own')} <span class="mono">${other.plan.key}</span></a> ${say(
    `也管这个钱包（${share === null ? '–' : showShare(share)}）：两边都展示，买家才看得到。`,
    `concerns this wallet, too (${share === null ? '–' : showShare(share)}): only who is shown it by both sees it.`,
  )}</p>`;
}

function renderButtons({ say, lang }: Visitor, report: RolloutReport): Html {
  const { id, state } = report.rollout;
  const allowed = BUTTONS.filter((action) => isAllowed(action, state));
  return html`<ul class="buttons" aria-label="${say('可以做的事', 'What can be done')}">${allowed.map((action) => {
    const { button, isDangerous } = actWords(action, report);
    const kind = action === 'halt' || action === 'roll_back' ? 'danger' : isDangerous ? 'plain' : 'main';
    return html`<li><a class="button button-${kind}" href="/console/rollouts/${id}/${action}" data-testid="${action}">${button[lang]}</a></li>`;
  })}</ul>`;
}

function renderRisk({ say }: Visitor, { risks }: RolloutReport): Html {
  if (risks.length === 0)
    return empty(say('这份计划没有限制在途金额或笔数。', 'This plan does not limit what may be unresolved at once.'));
  return html`<dl class="facts panel">${risks.map(({ unit, currency, held, max }) => {
    const text = (value: bigint): string => (unit === 'money' ? amountText(currency, value) : String(value));
    const part = max === 0n ? 1 : Number(held) / Number(max);
    return fact(
      unit === 'money' ? say('在途金额', 'Unresolved money') : say('在途笔数', 'Unresolved payments'),
      html`<span class="big" data-testid="risk-${unit}">${text(held)}</span>`,
      html`${bar(part, part >= 0.9 ? 'warn' : 'accent')}${say(`最多 ${text(max)}`, `of ${text(max)} at most`)}`,
    );
  })}</dl>`;
}

function renderMoves({ say, lang }: Visitor, { moves }: RolloutReport): Html {
  const rows = moves
    .toReversed()
    .map(
      (move) =>
        html`<tr><td class="nowrap">${time(move.movedAt)}</td><td>${ACTIONS[move.action][lang]}</td><td class="nowrap">${whoText(move.by)}</td><td class="why">${withLocalTimes(move.reason)}</td><td class="right">${move.toStep + 1}</td><td class="right">${showShare(move.sharePpm)}</td></tr>`,
    );
  return table(
    say('谁做了什么，最新的在上', 'Who did what, the newest first'),
    [
      say('时间', 'When'),
      say('动作', 'What'),
      say('谁', 'Who'),
      say('原因', 'Why'),
      { right: say('步骤', 'Step') },
      { right: say('份额', 'Share') },
    ],
    rows,
  );
}

/** `console:zhang` is `zhang`: the console's own people need no more. */
export function whoText(by: string): string {
  return by.replace(/^console:/, '');
}
