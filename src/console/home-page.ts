import { html, type Html } from '../base/html.ts';
import type { Alert } from '../cashier/payment.ts';
import type { RolloutState } from '../rollout/rollout.ts';
import { IN_EFFECT } from '../rollout/rollout.ts';
import { renderPage } from './frame.ts';
import { empty, live, table, time, withLocalTimes } from './parts.ts';
import { type ListedRollout, nameOf, renderRollouts } from './rollout-list-page.ts';
import { STATES } from './rollout-words.ts';
import type { Visitor } from './visitor.ts';

/** In these a person has to decide how it goes on. */
const NEEDS_A_HAND: readonly RolloutState[] = ['waiting', 'paused', 'halted', 'rolled_back'];

export function renderHome(
  visitor: Visitor,
  { listed, alerts }: { listed: readonly ListedRollout[]; alerts: readonly Alert[] },
): string {
  const { say } = visitor;
  const inEffect = listed.filter(({ rollout }) => IN_EFFECT.includes(rollout.state));
  return renderPage(visitor, {
    title: say('总览', 'Overview'),
    part: 'home',
    path: '/console',
    isLive: true,
    body: html`<h1>${say('总览', 'Overview')}</h1>
<section><h2>${say('等人处理', 'Needs attention')}</h2>${live('hand', renderHands(visitor, inEffect))}</section>
<section><h2>${say('正在起作用的灰度', 'Rollouts in effect')}</h2>${live('running', inEffect.length === 0 ? empty(say('现在没有灰度在起作用：所有钱包对所有买家开放。', 'No rollout is in effect: every wallet is open to every buyer.')) : renderRollouts(visitor, inEffect))}</section>
<section><h2>${say('查一笔付款', 'Look up a payment')}</h2>${renderLookUp(visitor)}</section>
<section><h2>${say('最近的警报', 'Latest alerts')}</h2>${live('alerts', renderAlerts(visitor, alerts))}</section>`,
  });
}

function renderHands(visitor: Visitor, inEffect: readonly ListedRollout[]): Html {
  const { say, lang } = visitor;
  const hands = inEffect.filter(
    ({ rollout, report }) =>
      NEEDS_A_HAND.includes(rollout.state) || (rollout.state === 'running' && report?.judgement.verdict === 'hold'),
  );
  if (hands.length === 0)
    return html`<p class="panel calm" data-testid="calm">${say('没有什么要处理。', 'Nothing needs attention.')}</p>`;
  return html`<ul class="hands">${hands.map(({ rollout, report, shopName }) => {
    const why =
      rollout.state === 'halted' || rollout.state === 'rolled_back'
        ? lastReason(report)
        : (report?.waitsFor[lang] ?? '');
    return html`<li class="panel hand hand-${STATES[rollout.state].tone}"><p><a href="/console/rollouts/${rollout.id}"><strong>${nameOf(visitor, rollout)}</strong></a> <span class="fine">${shopName ?? say('所有商家', 'every shop')}</span></p>
<p>${STATES[rollout.state].label[lang]}${say('：', ': ')}${withLocalTimes(why)}</p></li>`;
  })}</ul>`;
}

/** Why it was stopped, as whoever stopped it has said. */
function lastReason(report: ListedRollout['report']): string {
  return report?.moves.findLast(({ action }) => action === 'halt' || action === 'roll_back')?.reason ?? '';
}

function renderLookUp({ say }: Visitor): Html {
  return html`<form class="panel look-up" method="get" action="/console/payments" role="search"><label for="payment">${say('付款编号：这位买家为什么看得到这个钱包、这个价格？', "A payment's id: why does its buyer see this wallet at this price?")}</label>
<span class="look-up-row"><input id="payment" name="id" placeholder="pay_…" autocomplete="off" spellcheck="false" required data-testid="payment-id"><button class="button button-main" type="submit">${say('查看', 'Look')}</button></span></form>`;
}

function renderAlerts({ say }: Visitor, alerts: readonly Alert[]): Html {
  if (alerts.length === 0) return empty(say('没有警报。', 'There is no alert.'));
  const rows = alerts.map(
    ({ createdAt, kind, detail, subjectId }) =>
      html`<tr><td class="nowrap">${time(createdAt)}</td><td class="nowrap mono">${kind}</td><td class="why">${withLocalTimes(detail)}</td><td class="mono">${subjectId?.startsWith('rol_') === true ? html`<a href="/console/rollouts/${subjectId}">${subjectId}</a>` : subjectId}</td></tr>`,
  );
  return table(
    say('最近的警报，最新的在上', 'Latest alerts, the newest first'),
    [say('时间', 'When'), say('种类', 'Kind'), say('说明', 'What'), say('对象', 'About')],
    rows,
  );
}
