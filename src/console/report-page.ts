import { html, type Html } from '../base/html.ts';
import type { ReadyLink } from '../links/link.ts';
import type { Report, SafetyAct } from '../links/safety/reports.ts';
import { renderPage, tokenField } from './frame.ts';
import { reasonField } from './link-act-page.ts';
import { LINK_STATES, ownerText, standingOf } from './link-words.ts';
import { chip, empty, table, time } from './parts.ts';
import { REASONS, REPORT_STATES } from './report-words.ts';
import { whoText } from './rollout-page.ts';
import type { Visitor } from './visitor.ts';

/** What an operator decides about the reports of a link. */
export const VERDICTS = ['dismiss', 'link', 'host', 'merchant'] as const;
export type VerdictName = (typeof VERDICTS)[number];

export interface ReportPage {
  ready: ReadyLink;
  reports: readonly (Report & { contact: string | null })[];
  acts: readonly SafetyAct[];
  now: Date;
  typed: { verdict: VerdictName | null; reason: string };
  fault: string | null;
}

/** Everything that was said about one link, and what is decided. */
export function renderReports(visitor: Visitor, page: ReportPage): string {
  const { say, lang } = visitor;
  const { ready, reports, now } = page;
  const { link } = ready;
  const state = LINK_STATES[standingOf(link, now)];
  const isOpen = reports.some((report) => report.state === 'open');
  return renderPage(visitor, {
    title: `${say('举报', 'Reports')} · ${link.title}`,
    part: 'links',
    path: `/console/reports/${link.id}`,
    body: html`<p class="crumbs"><a href="/console/links">${say('链接', 'Links')}</a> <a href="/console/reports">${say('举报', 'Reports')}</a></p>
<div class="title"><div><h1>${link.title}</h1><p class="fine">${ownerText(visitor, ready)} · <a class="mono" href="/console/links/${link.id}">${ready.url}</a></p></div></div>
<p class="now-state panel">${chip(state.tone, state.label[lang], 'state')} <span>${say('指向 ', 'leads to ')}<span class="mono">${link.page ?? say('我们的付款页', 'our own page')}</span></span></p>
<section><h2>${say('举报的内容', 'What was reported')}</h2>${renderList(visitor, page)}</section>
${isOpen && html`<section><h2>${say('怎么处理', 'What is to be done')}</h2>${renderDecision(visitor, page)}</section>`}
<section><h2>${say('做过什么', 'What was done')}</h2>${renderActs(visitor, page.acts)}</section>`,
  });
}

function renderList({ say, lang }: Visitor, { reports }: ReportPage): Html {
  if (reports.length === 0) return empty(say('没有举报。', 'There is no report.'));
  const rows = reports.map((report) => {
    const state = REPORT_STATES[report.state];
    return html`<tr data-testid="${report.id}"><td class="nowrap">${time(report.createdAt)}</td><td>${chip(state.tone, state.label[lang])}</td><td>${REASONS[report.reason][lang]}</td><td class="why">${report.words ?? '–'}</td><td class="said">${report.contact ?? '–'}</td><td class="right">${report.linkVersion}</td><td class="why">${report.note ?? '–'}</td></tr>`;
  });
  return table(
    say('举报，最新的在上', 'Reports, the newest first'),
    [
      say('时间', 'When'),
      say('状态', 'State'),
      say('原因', 'Why'),
      say('他们说', 'What they say'),
      say('怎么联系', 'How to reach them'),
      { right: say('版本', 'Version') },
      say('处理', 'Decision'),
    ],
    rows,
  );
}

function renderDecision(visitor: Visitor, { ready, typed, fault, reports }: ReportPage): Html {
  const { say } = visitor;
  const { link, ownerName } = ready;
  const host = link.page === null ? null : new URL(link.page).host;
  const choices: readonly { name: VerdictName; text: string; told: string }[] = [
    {
      name: 'dismiss',
      text: say('不成立', 'Nothing is wrong'),
      told: say('举报关闭，自动加上的提醒解除。', 'The reports are closed, and a warning that they had set is lifted.'),
    },
    {
      name: 'link',
      text: say('下架这个链接', 'Take down this link'),
      told: say('它的主人不能恢复。', 'Its owner cannot bring it back.'),
    },
    ...(host === null
      ? []
      : [
          {
            name: 'host' as const,
            text: say(`下架所有指向 ${host} 的链接`, `Take down every link to ${host}`),
            told: say('以后也不能再建指向它的链接。', 'And no link can be made to it any more.'),
          },
        ]),
    ...(link.owner.kind === 'user'
      ? []
      : [
          {
            name: 'merchant' as const,
            text: say(`下架 ${ownerName} 的所有链接`, `Take down every link of ${ownerName}`),
            told: say('它以后也不能再建链接。', 'And it can make no link any more.'),
          },
        ]),
  ];
  const seen = reports.find(({ state }) => state === 'open')?.id ?? '';
  return html`<form class="ask panel" method="post" action="/console/reports/${link.id}">${tokenField(visitor)}<input type="hidden" name="seen" value="${seen}">
${fault !== null && html`<p class="alert" id="fault" role="alert" data-testid="fault">${fault}</p>`}
<fieldset><legend>${say('决定', 'Decision')}</legend>${choices.map(({ name, text, told }) => html`<p class="check"><input type="radio" id="verdict-${name}" name="verdict" value="${name}" required${typed.verdict === name && html` checked`} data-testid="verdict-${name}"><label for="verdict-${name}">${text}<br><span class="fine">${told}</span></label></p>`)}</fieldset>
${reasonField(visitor, typed.reason, fault)}
<p class="ask-buttons"><button class="button button-danger" type="submit" data-testid="confirm">${say('就这样处理', 'Decide')}</button><a class="button button-plain" href="/console/reports">${say('先不处理', 'Not now')}</a></p>
</form>`;
}

const ACT_WORDS: Readonly<Record<SafetyAct['act'], { 'zh-CN': string; en: string }>> = {
  dismissed: { 'zh-CN': '判为不成立', en: 'dismissed' },
  upheld: { 'zh-CN': '判为成立', en: 'upheld' },
  taken_down: { 'zh-CN': '下架', en: 'taken down' },
  brake_set: { 'zh-CN': '提醒或封禁', en: 'warning or block set' },
  brake_lifted: { 'zh-CN': '解除', en: 'lifted' },
};

function renderActs({ say, lang }: Visitor, acts: readonly SafetyAct[]): Html {
  if (acts.length === 0) return empty(say('还没有做过什么。', 'Nothing was done yet.'));
  const rows = acts.map(
    ({ at, act, by, reason, linksCount }) =>
      html`<tr><td class="nowrap">${time(at)}</td><td>${ACT_WORDS[act][lang]}</td><td class="nowrap">${whoText(by)}</td><td class="why">${reason}</td><td class="right">${linksCount}</td></tr>`,
  );
  return table(
    say('做过什么，最新的在上', 'What was done, the newest first'),
    [say('时间', 'When'), say('动作', 'What'), say('谁', 'Who'), say('原因', 'Why'), { right: say('链接', 'Links') }],
    rows,
  );
}
