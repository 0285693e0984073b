import { html, type Html } from '../base/html.ts';
import type { RolloutReport } from '../rollout/report-rollout.ts';
import { presentShare, type Rollout } from '../rollout/rollout.ts';
import { showShare } from '../rollout/units.ts';
import { payLabel } from '../wallets/wallet-names.ts';
import { renderPage } from './frame.ts';
import { bar, chip, empty, live, time, walletMark } from './parts.ts';
import { STATES, VERDICTS } from './rollout-words.ts';
import type { Visitor } from './visitor.ts';

/** A rollout in a list; its report where it is in effect. */
export interface ListedRollout {
  rollout: Rollout;
  report: RolloutReport | null;
  /** Null for one of every shop. */
  shopName: string | null;
}

export function renderRolloutList(visitor: Visitor, listed: readonly ListedRollout[], next: string | null): string {
  const { say } = visitor;
  const title = say('灰度', 'Rollouts');
  return renderPage(visitor, {
    title,
    part: 'rollouts',
    path: '/console/rollouts',
    isLive: true,
    body: html`<h1>${title}</h1>
${live('list', listed.length === 0 ? empty(say('还没有灰度：npx hutong rollout create 计划文件', 'There is no rollout yet: npx hutong rollout create <plan>')) : renderRollouts(visitor, listed))}
${next !== null && html`<p><a class="link-line" href="/console/rollouts?before=${next}" data-testid="older">${say('更早的灰度', 'Older rollouts')}</a></p>`}`,
  });
}

/** Each as a card: on a phone one below the other. */
export function renderRollouts(visitor: Visitor, listed: readonly ListedRollout[]): Html {
  return html`<ul class="cards">${listed.map((one) => renderOne(visitor, one))}</ul>`;
}

function renderOne(visitor: Visitor, { rollout, report, shopName }: ListedRollout): Html {
  const { say, lang } = visitor;
  const { plan, state } = rollout;
  const share = presentShare(rollout);
  const verdict = report === null || state === 'halted' || state === 'rolled_back' ? null : report.judgement.verdict;
  return html`<li class="card" data-testid="${rollout.id}"><a class="cover" href="/console/rollouts/${rollout.id}">${nameOf(visitor, rollout)}</a>
<p class="card-head">${markOf(visitor, rollout)}${chip(STATES[state].tone, STATES[state].label[lang])}${verdict !== null && chip(VERDICTS[verdict].tone, VERDICTS[verdict].label[lang])}</p>
<p class="fine">${shopName ?? say('所有商家', 'every shop')} · <span class="mono">${plan.key}</span></p>
<p class="share"><strong>${share === null ? say('不起作用', 'no effect') : showShare(share)}</strong> <span class="fine">${share !== null && say('看得到', 'see it')}</span></p>
${bar((share ?? 0) / 1_000_000, state === 'halted' || state === 'rolled_back' ? 'bad' : 'accent')}
<p class="fine">${say(`第 ${rollout.step + 1} 步，共 ${plan.steps.length} 步`, `step ${rollout.step + 1} of ${plan.steps.length}`)}${rollout.stepSince !== null && html` · ${say('始于 ', 'since ')}${time(rollout.stepSince)}`}</p></li>`;
}

/** The wallet's name; of a flag without a wallet its key. */
export function nameOf({ lang }: Visitor, { plan }: Pick<Rollout, 'plan'>): string {
  return plan.wallet === null ? plan.key : payLabel(plan.wallet, '')[lang];
}

export function markOf(visitor: Visitor, rollout: Pick<Rollout, 'plan'>): Html {
  return walletMark(rollout.plan.wallet ?? '', nameOf(visitor, rollout));
}
