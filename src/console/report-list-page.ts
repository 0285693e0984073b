import { html, type Html } from '../base/html.ts';
import type { Brake, ReportedLink } from '../links/safety/reports.ts';
import { renderPage } from './frame.ts';
import { linkTabs } from './link-tabs.ts';
import { chip, empty, live, table, time } from './parts.ts';
import { REASONS } from './report-words.ts';
import { whoText } from './rollout-page.ts';
import type { Visitor } from './visitor.ts';

export interface ReportList {
  waiting: readonly ReportedLink[];
  brakes: readonly Brake[];
  /** A shop's name by its id. */
  names: (merchantId: string) => string;
  done: string | null;
}

/** What was reported and waits for somebody, and what people are warned of or kept from. */
export function renderReportList(visitor: Visitor, page: ReportList): string {
  const { say } = visitor;
  const title = say('举报', 'Reports');
  return renderPage(visitor, {
    title,
    part: 'links',
    path: '/console/reports',
    isLive: true,
    notice: page.done,
    body: html`<h1>${title}</h1>
${linkTabs(visitor, 'reports')}
<section><h2>${say('待处理', 'To be decided')}</h2>${live('waiting', renderWaiting(visitor, page))}</section>
<section><h2>${say('提醒与封禁', 'Warnings and blocks in force')}</h2>${live('brakes', renderBrakes(visitor, page))}</section>`,
  });
}

function renderWaiting(visitor: Visitor, { waiting, names }: ReportList): Html {
  const { say, lang } = visitor;
  if (waiting.length === 0)
    return html`<p class="panel calm" data-testid="calm">${say('没有举报要处理。', 'No report waits.')}</p>`;
  const rows = waiting.map(
    (one) =>
      html`<tr data-testid="${one.linkId}"><td class="said"><a href="/console/reports/${one.linkId}" class="mono">${one.code}</a> ${one.brake !== null && chip(one.brake === 'block' ? 'bad' : 'warn', one.brake === 'block' ? say('已封', 'blocked') : say('打开前提醒', 'warned of'))}<br><span class="fine mono">${one.targetHost ?? say('我们的付款页', 'our own page')}</span></td><td class="said">${one.owner.startsWith('mer_') ? names(one.owner) : say('个人', 'a person')}</td><td class="right">${one.networksCount}</td><td class="right">${one.openCount}</td><td class="why">${one.reasons.map(({ reason, count }) => `${REASONS[reason][lang]} ${count}`).join(say('、', ', '))}</td><td class="nowrap">${time(one.firstAt)}</td><td class="nowrap">${time(one.lastAt)}</td></tr>`,
  );
  return table(
    say('被举报的链接，举报的人最多的在上', 'Links that were reported, by most people first'),
    [
      say('链接', 'Link'),
      say('谁的', 'Whose'),
      { right: say('多少人', 'People') },
      { right: say('举报', 'Reports') },
      say('原因', 'Why'),
      say('最早', 'First'),
      say('最近', 'Last'),
    ],
    rows,
  );
}

function renderBrakes(visitor: Visitor, { brakes, names }: ReportList): Html {
  const { say } = visitor;
  if (brakes.length === 0) return empty(say('没有提醒，也没有封禁。', 'Nothing is warned of or blocked.'));
  const rows = brakes.map(({ id, subject, effect, reason, setBy, setAt }) => {
    const about =
      subject.kind === 'link'
        ? html`<a class="mono" href="/console/links/${subject.id}">${subject.id}</a>`
        : subject.kind === 'merchant'
          ? html`${names(subject.id)}`
          : html`<span class="mono">${subject.id}</span>`;
    return html`<tr data-testid="${id}"><td>${chip(effect === 'block' ? 'bad' : 'warn', effect === 'block' ? say('封禁', 'blocked') : say('提醒', 'warned of'))}</td><td class="said">${about}</td><td class="why">${reason}</td><td class="nowrap">${whoText(setBy)}</td><td class="nowrap">${time(setAt)}</td><td><a href="/console/brakes/${subject.kind}/${encodeURIComponent(subject.id)}/lift" data-testid="lift">${say('解除', 'Lift')}</a></td></tr>`;
  });
  return table(
    say('提醒与封禁，最新的在上', 'Warnings and blocks, the newest first'),
    [
      say('效果', 'Effect'),
      say('对象', 'About'),
      say('原因', 'Why'),
      say('谁', 'Who'),
      say('时间', 'When'),
      say('动作', 'Action'),
    ],
    rows,
  );
}
