import { html, type Html } from '../base/html.ts';
import type { LinkState, ReadyLink } from '../links/link.ts';
import { renderPage } from './frame.ts';
import { linkTabs } from './link-tabs.ts';
import { LINK_KIND_LABELS, LINK_STATES, ownerText, priceText, standingOf } from './link-words.ts';
import { chip, empty, live, table } from './parts.ts';
import type { Visitor } from './visitor.ts';

export interface LinkList {
  links: readonly ReadyLink[];
  /** Opens of the last days, the oldest first. */
  opens: ReadonlyMap<string, { opens: readonly number[]; total: number }>;
  wish: { text: string; state: LinkState | null };
  next: string | null;
  now: Date;
}

const SHOWN_STATES = ['active', 'stopped', 'taken_down'] as const;

/** Links of everybody with their last week, and the way to any of them. */
export function renderLinkList(visitor: Visitor, list: LinkList): string {
  const { say } = visitor;
  const title = say('链接', 'Links');
  return renderPage(visitor, {
    title,
    part: 'links',
    path: '/console/links',
    isLive: true,
    body: html`<div class="head-row"><h1>${title}</h1><ul class="buttons"><li><a class="button button-main" href="/console/links/new" data-testid="new">${say('新建链接', 'New link')}</a></li><li><a class="button button-plain" href="/console/links/bulk" data-testid="bulk">${say('批量新建', 'Bulk create')}</a></li></ul></div>
${linkTabs(visitor, 'links')}
${renderSearch(visitor, list)}
${live('list', list.links.length === 0 ? empty(nothingText(visitor, list)) : renderTable(visitor, list))}
${list.next !== null && html`<p><a class="link-line" href="/console/links?${new URLSearchParams({ ...queryOf(list), before: list.next }).toString()}" data-testid="older">${say('更早的链接', 'Older links')}</a></p>`}`,
  });
}

function queryOf({ wish }: LinkList): Record<string, string> {
  return { ...(wish.text === '' ? {} : { q: wish.text }), ...(wish.state === null ? {} : { state: wish.state }) };
}

function nothingText({ say }: Visitor, { wish }: LinkList): string {
  return wish.text === '' && wish.state === null
    ? say('还没有链接。', 'There is no link yet.')
    : say('没有找到这样的链接。', 'No link is like that.');
}

function renderSearch({ say, lang }: Visitor, { wish }: LinkList): Html {
  const states = SHOWN_STATES.map(
    (state) =>
      html`<option value="${state}"${wish.state === state && html` selected`}>${LINK_STATES[state].label[lang]}</option>`,
  );
  return html`<form class="panel search" method="get" action="/console/links" role="search"><div><label for="q">${say('短码、网址、标题、域名或商家', 'Code, address, title, host or merchant')}</label><input id="q" name="q" value="${wish.text}" maxlength="300" autocomplete="off" spellcheck="false" data-testid="q"></div>
<div><label for="state">${say('状态', 'State')}</label><select id="state" name="state"><option value="">${say('全部', 'all')}</option>${states}</select></div>
<button class="button button-main" type="submit" data-testid="search">${say('查找', 'Search')}</button></form>`;
}

function renderTable(visitor: Visitor, { links, opens, now }: LinkList): Html {
  const { say, lang } = visitor;
  const rows = links.map((ready) => {
    const { link, url } = ready;
    const state = LINK_STATES[standingOf(link, now)];
    const week = opens.get(link.id) ?? { opens: [], total: 0 };
    return html`<tr data-testid="${link.id}"><td class="said"><a href="/console/links/${link.id}">${link.title}</a><br><span class="fine mono">${url.replace(/^https?:\/\//, '')}</span></td><td>${chip(state.tone, state.label[lang])}</td><td>${LINK_KIND_LABELS[link.kind][lang]}</td><td class="right">${priceText(link) ?? '–'}</td><td class="said">${ownerText(visitor, ready)}</td><td class="mono">${link.page === null ? '–' : new URL(link.page).host}</td><td class="right"><span class="spark-row">${sparkline(week.opens)}<span>${week.total}</span></span></td></tr>`;
  });
  return table(
    say('链接，最新的在上', 'Links, the newest first'),
    [
      say('链接', 'Link'),
      say('状态', 'State'),
      say('种类', 'Kind'),
      { right: say('价格', 'Price') },
      say('谁的', 'Whose'),
      say('指向', 'Leads to'),
      { right: say('近 7 天打开', 'Opens, 7 days') },
    ],
    rows,
  );
}

const SPARK_WIDTH = 70;
const SPARK_HEIGHT = 20;

/** A bar for each day; decoration beside its sum. */
export function sparkline(counts: readonly number[]): Html {
  const most = Math.max(1, ...counts);
  const step = SPARK_WIDTH / Math.max(1, counts.length);
  const bars = counts.map((count, index) => {
    const height = count === 0 ? 1 : Math.max(2, Math.round((SPARK_HEIGHT * count) / most));
    return html`<rect x="${(index * step).toFixed(1)}" y="${SPARK_HEIGHT - height}" width="${(step - 2).toFixed(1)}" height="${height}" rx="1"/>`;
  });
  return html`<svg class="spark" viewBox="0 0 ${SPARK_WIDTH} ${SPARK_HEIGHT}" aria-hidden="true" focusable="false">${bars}</svg>`;
}
