import { html, type Html } from '../base/html.ts';
import type { LinkStats } from '../links/count/read-link-stats.ts';
import type { ReadyLink } from '../links/link.ts';
import type { LinkVersion } from '../links/links.ts';
import type { Abilities } from '../links/open/ability.ts';
import type { Report, Warning } from '../links/safety/reports.ts';
import { renderPage } from './frame.ts';
import { renderLinkChart } from './link-chart.ts';
import { renderSplits } from './link-split-part.ts';
import { renderOpenings } from './link-steps-part.ts';
import { LINK_ACTS, type LinkAct, linkActWords } from './link-act-words.ts';
import { AVAILABILITY, LINK_KIND_LABELS, LINK_STATES, ownerText, priceText, standingOf } from './link-words.ts';
import { amountText, chip, empty, fact, live, table, time } from './parts.ts';
import { whoText } from './rollout-page.ts';
import type { Visitor } from './visitor.ts';

export interface LinkPage {
  ready: ReadyLink;
  stats: LinkStats;
  /** Days that are looked at. */
  days: number;
  versions: readonly LinkVersion[];
  reports: readonly Report[];
  warning: Warning | null;
  abilities: Abilities;
  now: Date;
  done: string | null;
}

export const SPANS_DAYS = [1, 7, 30, 90, 365] as const;

/** One link: how it stands, what it says, where it leads, how it was opened, and who changed it. */
export function renderLink(visitor: Visitor, page: LinkPage): string {
  const { say } = visitor;
  const { ready, stats, days } = page;
  const { link } = ready;
  return renderPage(visitor, {
    title: `${link.title} · ${say('链接', 'Link')}`,
    part: 'links',
    path: `/console/links/${link.id}`,
    chart: 'link-chart.js',
    isLive: true,
    notice: page.done,
    body: html`<p class="crumbs"><a href="/console/links">${say('链接', 'Links')}</a></p>
<div class="title"><div><h1>${link.title}</h1><p class="fine">${ownerText(visitor, ready)} · <span class="mono">${ready.url}</span> · <span class="mono">${link.id}</span></p></div></div>
${live('state', renderState(visitor, page))}
<ul class="buttons">${mayEdit(link) && html`<li><a class="button button-plain" href="/console/links/${link.id}/edit" data-testid="edit">${say('修改', 'Edit')}</a></li>`}${LINK_ACTS.filter((act) => mayBe(act, link.state)).map((act) => html`<li><a class="button button-${act === 'take-down' ? 'danger' : act === 'resume' ? 'main' : 'plain'}" href="/console/links/${link.id}/${act}" data-testid="${act}">${linkActWords(visitor, act).button}</a></li>`)}</ul>
<section><div class="head-row"><h2>${say('打开情况', 'How it was opened')}</h2>${renderSpans(visitor, page)}</div>
${live('totals', renderTotals(visitor, stats))}
${live('chart', renderLinkChart(visitor, stats))}</section>
<section>${live('splits', renderSplits(visitor, stats))}${renderDownloads(visitor, link.id, days)}</section>
<div class="columns">
<section><h2>${say('它说什么', 'What it says')}</h2>${renderContent(visitor, ready)}</section>
<section><h2>${say('它指向哪里', 'Where it leads')}</h2>${renderTarget(visitor, page)}</section>
</div>
<section>${renderOpenings(visitor, page)}</section>
<section><h2>${say('举报', 'Reports')}</h2>${live('reports', renderReports(visitor, page))}</section>
<section><h2>${say('版本', 'Versions')}</h2>${renderVersions(visitor, page.versions)}</section>`,
  });
}

/** Shops' links, while they are not taken down; what people collect is theirs. */
export function mayEdit({ owner, state }: Pick<ReadyLink['link'], 'owner' | 'state'>): boolean {
  return owner.kind === 'merchant' && state !== 'taken_down';
}

export function mayBe(act: LinkAct, state: ReadyLink['link']['state']): boolean {
  if (act === 'resume') return state !== 'active';
  return act === 'stop' ? state === 'active' : state !== 'taken_down';
}

function renderState({ say, lang }: Visitor, { ready: { link }, now, warning }: LinkPage): Html {
  const state = LINK_STATES[standingOf(link, now)];
  return html`<p class="now-state panel" role="status">${chip(state.tone, state.label[lang], 'state')} ${chip('calm', LINK_KIND_LABELS[link.kind][lang])} ${warning !== null && chip('bad', say('打开前会提醒', 'people are warned first'))} <span>${link.stateReason !== null && html`${link.stateReason} · `}${say(`第 ${link.version} 版，更新于 `, `version ${link.version}, changed `)}${time(link.updatedAt)}${link.expiresAt !== null && html` · ${say('到期 ', 'until ')}${time(link.expiresAt)}`}</span></p>`;
}

function renderSpans({ say }: Visitor, { ready, days }: LinkPage): Html {
  const text = (span: number): string => (span === 1 ? say('今天', 'Today') : say(`${span} 天`, `${span} days`));
  return html`<nav class="tabs" aria-label="${say('看多久', 'How long')}"><ul>${SPANS_DAYS.map((span) => html`<li><a href="/console/links/${ready.link.id}?days=${span}"${span === days && html` aria-current="page"`}>${text(span)}</a></li>`)}</ul></nav>`;
}

function renderTotals({ say }: Visitor, { totals, wish }: LinkStats): Html {
  const { opens, people, robots, taps, payments, amounts } = totals;
  const rate =
    people === 0 ? null : say(`${percent(payments, people)} 的人付了款`, `${percent(payments, people)} of people paid`);
  return html`<dl class="facts panel">${[
    fact(
      say('打开', 'Opens'),
      html`<span class="big" data-testid="opens">${opens}</span>`,
      say('不含机器人', 'without robots'),
    ),
    fact(
      say('人数', 'People'),
      html`<span class="big" data-testid="people">${people}</span>`,
      wish.from === wish.until ? null : say('每天的人数相加', 'of each day, added up'),
    ),
    fact(say('点了下一步', 'Taps on a step'), html`<span class="big" data-testid="taps">${taps}</span>`),
    fact(say('付款', 'Payments'), html`<span class="big" data-testid="payments">${payments}</span>`, rate),
    fact(
      say('付了多少', 'Paid'),
      html`${amounts.length === 0 ? '–' : amounts.map(({ currency, minor }) => html`<span class="big" data-testid="paid">${amountText(currency, minor)}</span> `)}`,
    ),
    fact(say('机器人', 'Robots'), html`<span class="big" data-testid="robots">${robots}</span>`),
  ]}</dl>`;
}

/** Parts of a percent are shown where there are few. */
function percent(part: number, all: number): string {
  const value = (100 * part) / all;
  return `${value > 0 && value < 10 ? value.toFixed(1) : Math.round(value)}%`;
}

function renderDownloads({ say }: Visitor, id: string, days: number): Html {
  const file = (name: string, split: string): Html =>
    html`<a class="link-line" href="/console/links/${id}/stats.csv?days=${days}&amp;split=${split}" data-testid="csv-${split}" download>${name}</a>`;
  return html`<p class="downloads">CSV: ${file(say('每天', 'days'), 'none')} ${file(say('按 App', 'by app'), 'app')} ${file(say('按系统', 'by system'), 'system')} ${file(say('按来源', 'by referrer'), 'referrer')} ${file(say('按方式', 'by way'), 'via')} ${file(say('按步骤', 'by step'), 'step')} ${file(say('机器人', 'robots'), 'robot')} ${file(say('每小时', 'hours'), 'hours')} ${file(say('金额', 'money'), 'amounts')}</p>`;
}

function renderContent({ say, lang }: Visitor, { link }: ReadyLink): Html {
  return html`<div class="panel"><img class="card-picture" src="/console/links/${link.id}/card.png?v=${link.version}" alt="${say('分享时的图片卡', 'The picture card that is shared')}" width="600" height="315" loading="lazy">
<dl class="facts">${[
    fact(say('标题', 'Title'), link.title),
    fact(say('说明', 'Description'), link.description ?? '–'),
    fact(say('价格', 'Price'), priceText(link) ?? '–'),
    fact(say('供货', 'Availability'), link.availability === null ? '–' : AVAILABILITY[link.availability][lang]),
  ]}</dl></div>`;
}

function renderTarget({ say }: Visitor, { ready, warning }: LinkPage): Html {
  const { link, apps, targets } = ready;
  const host = link.page === null ? null : new URL(link.page).host;
  return html`<div class="panel"><dl class="facts facts-1">${[
    link.page === null || host === null
      ? fact(say('网页', 'Page'), say('我们自己的付款页', 'our own page where it is paid'))
      : fact(
          say('网页', 'Page'),
          html`<a href="${link.page}" rel="noopener noreferrer nofollow" target="_blank">${link.page}</a>`,
          html`<span class="mono">${host}</span> ${targets.has(host) ? chip('good', say('已证明', 'proved')) : chip('bad', say('未证明', 'not proved'))}`,
        ),
    warning !== null &&
      fact(
        say('提醒', 'Warning'),
        html`<span class="mono">${warning.kind}</span> ${warning.brand !== null && say(`像 ${warning.brand}`, `looks like ${warning.brand}`)}`,
      ),
    fact(
      say('打开方式', 'Opening'),
      link.direct
        ? say('能直接到网页就直接到', 'straight to the page where nothing better can be done')
        : say('先经过我们的页面', 'by our page in between'),
    ),
    fact(
      'App',
      link.appPath === null
        ? say('与网页同路径', 'the path of the page')
        : html`<span class="mono">${link.appPath}</span>`,
    ),
    fact(
      say('商家登记的 App', 'Apps of the owner'),
      apps.length === 0
        ? say('没有', 'none')
        : html`<ul class="terms">${apps.map(({ name, settings }) => html`<li>${name} <span class="fine mono">${settings.kind}</span></li>`)}</ul>`,
    ),
  ].filter((one) => one !== false)}</dl></div>`;
}

function renderReports({ say }: Visitor, { reports, ready }: LinkPage): Html {
  if (reports.length === 0) return empty(say('没有人举报过它。', 'Nobody has reported it.'));
  const open = reports.filter(({ state }) => state === 'open').length;
  return html`<p>${open > 0 ? html`<a class="button button-main" href="/console/reports/${ready.link.id}" data-testid="decide">${say(`处理 ${open} 个举报`, `Decide ${open} reports`)}</a>` : html`<a class="link-line" href="/console/reports/${ready.link.id}">${say(`看 ${reports.length} 个举报`, `See ${reports.length} reports`)}</a>`}</p>`;
}

function renderVersions({ say, lang }: Visitor, versions: readonly LinkVersion[]): Html {
  const rows = versions.map(({ version, content, state, stateReason, by, at }) => {
    const { tone, label } = LINK_STATES[state];
    return html`<tr><td class="right">${version}</td><td class="nowrap">${time(at)}</td><td class="nowrap">${whoText(by)}</td><td>${chip(tone, label[lang])}</td><td class="why">${content.title}${content.page !== null && html`<br><span class="fine mono">${content.page}</span>`}</td><td class="right">${priceText(content) ?? '–'}</td><td class="why">${stateReason ?? '–'}</td></tr>`;
  });
  return table(
    say('每个版本，最新的在上', 'Every version, the newest first'),
    [
      { right: say('版本', 'Version') },
      say('时间', 'When'),
      say('谁', 'Who'),
      say('状态', 'State'),
      say('它说什么', 'What it said'),
      { right: say('价格', 'Price') },
      say('原因', 'Why'),
    ],
    rows,
  );
}
