import { html, type Html } from '../base/html.ts';
import type { RolloutReport } from '../rollout/report-rollout.ts';
import type { GuardrailFigures } from '../rollout/statistics/judge.ts';
import { bar, chip, empty, withLocalTimes } from './parts.ts';
import { GUARDRAIL_STATES, METRICS, VERDICTS } from './rollout-words.ts';
import type { Visitor } from './visitor.ts';

/** The verdict, then each guardrail in plain words: who sees the wallet beside who is held back. */
export function renderGuardrails(visitor: Visitor, { judgement }: RolloutReport): Html {
  const { say, lang } = visitor;
  const { figures, verdict, reason } = judgement;
  const { floor, split } = figures;
  return html`<p class="verdict" data-testid="verdict">${chip(VERDICTS[verdict].tone, VERDICTS[verdict].label[lang])} ${withLocalTimes(reason[lang])}</p>
${figures.guardrails.length > 0 && html`<p class="fine">${say('比较的是每位买家的第一笔付款：同一位买家再付多少次，也只算一份证据。', 'Compared is each buyer’s first payment: however often the same buyer pays, it is one piece of evidence.')}</p>`}
${figures.guardrails.length === 0 ? empty(say('这份计划没有护栏。', 'This plan has no guardrail.')) : html`<ul class="rails">${figures.guardrails.map((one) => renderOne(visitor, one))}</ul>`}
<ul class="rails rails-more">${
    floor !== null &&
    html`<li><div class="rail-head"><h3>${say('底线', 'Floor')}</h3>${floor.failures >= floor.allowed ? chip('bad', say('触及', 'reached')) : chip('good', say('正常', 'fine'))}</div><p class="fine">${say(
      `钱包最近 ${floor.seen} 次尝试中失败 ${floor.failures} 次；最近 ${floor.of} 次里失败 ${floor.allowed} 次就立刻停止`,
      `${floor.failures} of the wallet's last ${floor.seen} attempts failed; ${floor.allowed} of ${floor.of} halt it at once`,
    )}</p></li>`
  }
<li><div class="rail-head"><h3>${say('分流', 'The split')}</h3>${split.isMismatch ? chip('warn', say('与计划不符', 'not as planned')) : chip('good', say('正常', 'fine'))}</div><p class="fine">${say(
    `看得到 ${split.treatment}，对照 ${split.control}`,
    `${split.treatment} see it, ${split.control} held back`,
  )}</p></li></ul>`;
}

function renderOne({ say, lang }: Visitor, one: GuardrailFigures): Html {
  const state = GUARDRAIL_STATES[one.state];
  const most = Math.max(partOf(one.treatment), partOf(one.control), 0.01);
  const row = (name: string, share: GuardrailFigures['treatment'], tone: 'accent' | 'off'): Html =>
    html`<div class="rail-row"><dt>${name}</dt><dd class="digits">${percent(share)} <span class="fine">${share.bad} / ${share.n}</span></dd><dd class="rail-bar">${bar(partOf(share) / most, tone)}</dd></div>`;
  return html`<li data-testid="rail-${one.metric}"><div class="rail-head"><h3>${METRICS[one.metric][lang]}</h3>${chip(state.tone, state.label[lang])}</div>
<dl>${row(say('看得到', 'See it'), one.treatment, 'accent')}${row(say('对照', 'Held back'), one.control, 'off')}</dl>
<p class="fine">${sentence(one, say)}</p></li>`;
}

function sentence(one: GuardrailFigures, say: Visitor['say']): string {
  const tolerated = points(one.tolerated);
  if (one.worse === null || one.atLeast === null)
    return say(
      `两边都有付款后才能比较；容忍多 ${tolerated} 个百分点。`,
      `It is compared once both have payments; ${tolerated} points more are tolerated.`,
    );
  const much = points(Math.abs(one.worse));
  const sure =
    one.atLeast > 0 ? say(`，可以肯定至少多 ${points(one.atLeast)}`, `, surely by ${points(one.atLeast)} or more`) : '';
  return one.worse > 0
    ? say(`多 ${much} 个百分点${sure}；容忍 ${tolerated}。`, `${much} points more${sure}; ${tolerated} are tolerated.`)
    : say(`少 ${much} 个百分点；容忍多 ${tolerated}。`, `${much} points less; ${tolerated} more are tolerated.`);
}

function partOf({ n, bad }: { n: number; bad: number }): number {
  return n === 0 ? 0 : bad / n;
}

function percent(share: { n: number; bad: number }): string {
  return share.n === 0 ? '–' : `${points(partOf(share))}%`;
}

function points(part: number): string {
  return (part * 100).toFixed(2);
}
