import type { FastifyInstance, FastifyReply } from 'fastify';
import { isId } from '../base/id.ts';
import { LINKS_SHOWN_MAX } from '../base/link-limits.ts';
import { Refusal } from '../base/refusal.ts';
import { addDays, shanghaiDay } from '../base/shanghai.ts';
import { findLinks } from '../links/count/find-links.ts';
import { linkAmountsCsv, linkStatsCsv } from '../links/count/link-stats-csv.ts';
import { readLinkStats, readOpens, type StatsWish } from '../links/count/read-link-stats.ts';
import { isLinkSplit } from '../links/count/show-link-stats.ts';
import type { ReadyLink } from '../links/link.ts';
import type { ConsoleDeps, ConsoleLinks } from './console-deps.ts';
import { PAGE_HEADERS } from './headers.ts';
import { linkActOf, linkActWords, type LinkAct, STATE_AFTER } from './link-act-words.ts';
import { renderLinkAct } from './link-act-page.ts';
import { renderLinkList } from './link-list-page.ts';
import { renderLink, SPANS_DAYS } from './link-page.ts';
import { readReason } from './link-reason.ts';
import { operatorOf, queryOf, signedForm, type Visitor, visitorOf } from './visitor.ts';

const WEEK_DAYS = 7;
const REPORTS_COUNTED_MAX = 100;
const SEARCH_CHARS_MAX = 300;
const hidden = { schema: { hide: true } } as const;

interface LinkParams {
  Params: { id: string };
}
interface ActParams {
  Params: { id: string; act: string };
}

/** Links of everybody: found, looked at, counted, stopped and let run again. */
export function mountLinkRoutes(app: FastifyInstance, deps: ConsoleDeps, links: ConsoleLinks): void {
  const { sql, clock, book } = deps;

  app.get('/links', hidden, async (request, reply) => {
    const visitor = await visitorOf(deps, request);
    const text = (queryOf(request, 'q') ?? '').slice(0, SEARCH_CHARS_MAX);
    const state = stateOf(queryOf(request, 'state'));
    const before = queryOf(request, 'before');
    const found = await findLinks(
      { sql, desk: links.desk },
      {
        viewer: operatorOf(visitor.session),
        book,
        text,
        state,
        merchantId: null,
        before: before !== null && isId('lnk', before) ? before : null,
        itemsMax: LINKS_SHOWN_MAX,
      },
    );
    const now = clock.now();
    const linkIds = found.links.map(({ link }) => link.id);
    const opens = await readOpens(sql, { book, linkIds, until: shanghaiDay(now), days: WEEK_DAYS });
    const page = { ...found, opens, wish: { text, state }, now };
    return reply.headers(PAGE_HEADERS).send(renderLinkList(visitor, page));
  });

  app.get<LinkParams>('/links/:id', hidden, async (request, reply) => {
    const visitor = await visitorOf(deps, request);
    const viewer = operatorOf(visitor.session);
    const ready = await linkOf(visitor, request.params.id);
    const days = daysOf(queryOf(request, 'days'));
    const { id } = ready.link;
    const [stats, versions, reports] = await Promise.all([
      readLinkStats(sql, wishOf(ready, days, days === 1 ? 'hours' : 'none')),
      links.desk.history(viewer, id),
      links.reports.list({ viewer, state: null, linkId: id, before: null, itemsMax: REPORTS_COUNTED_MAX }),
    ]);
    // The day itself tells people and payments, its hours only the opens.
    const totals = days === 1 ? (await readLinkStats(sql, wishOf(ready, 1, 'none'))).totals : stats.totals;
    const done = linkActOf(queryOf(request, 'done') ?? '');
    const written = writtenText(visitor, queryOf(request, 'done'));
    return reply.headers(PAGE_HEADERS).send(
      renderLink(visitor, {
        ready,
        stats: { ...stats, totals },
        days,
        versions,
        reports: reports.data,
        warning: links.reports.warningOf(ready),
        abilities: links.abilities,
        now: clock.now(),
        done: done === null ? written : linkActWords(visitor, done).done,
      }),
    );
  });

  app.get<LinkParams>('/links/:id/card.png', hidden, async (request, reply) => {
    const visitor = await visitorOf(deps, request);
    const picture = await links.cards.card(await linkOf(visitor, request.params.id), 'wide');
    return reply
      .headers({
        ...PAGE_HEADERS,
        'content-type': picture.type,
        'cache-control': 'private, max-age=300',
        etag: picture.etag,
      })
      .send(picture.body);
  });

  app.get<LinkParams>('/links/:id/stats.csv', hidden, async (request, reply) => {
    const visitor = await visitorOf(deps, request);
    const ready = await linkOf(visitor, request.params.id);
    const days = daysOf(queryOf(request, 'days'));
    const split = queryOf(request, 'split') ?? 'none';
    const wish = wishOf(ready, split === 'hours' ? Math.min(days, 30) : days, split);
    const stats = await readLinkStats(sql, wish);
    const name = `${ready.link.code}-${wish.from}-${wish.until}-${/^[a-z]{1,10}$/.test(split) ? split : 'days'}.csv`;
    return reply
      .headers({
        ...PAGE_HEADERS,
        'content-type': 'text/csv; charset=utf-8',
        'content-disposition': `attachment; filename="${name}"`,
      })
      .send(split === 'amounts' ? linkAmountsCsv(stats) : linkStatsCsv(stats));
  });

  app.get<ActParams>('/links/:id/:act', hidden, async (request, reply) => {
    const visitor = await visitorOf(deps, request);
    const act = requireAct(request.params.act);
    const ready = await linkOf(visitor, request.params.id);
    return reply.headers(PAGE_HEADERS).send(renderLinkAct(visitor, { ready, act, reason: '', fault: null }));
  });

  app.post<ActParams>('/links/:id/:act', hidden, async (request, reply) => {
    const { visitor, form } = await signedForm(deps, request);
    const act = requireAct(request.params.act);
    const ready = await linkOf(visitor, request.params.id);
    const typed = form('reason')?.trim() ?? '';
    const reading = act === 'resume' ? { reason: typed, fault: null } : readReason(visitor, typed);
    const seen = `${ready.link.state} ${ready.link.version}`;
    const moved = visitor.say('它刚刚变了，请再看一遍。', 'It has just changed; look again.');
    const fault = reading.fault ?? (form('seen') === seen ? null : moved);
    const again = async (now: ReadyLink, why: string): Promise<FastifyReply> =>
      reply
        .code(409)
        .headers(PAGE_HEADERS)
        .send(renderLinkAct(visitor, { ready: now, act, reason: typed, fault: why }));
    if (fault !== null) return await again(ready, fault);
    try {
      await doAct(visitor, ready, act, reading.reason);
    } catch (error) {
      if (!(error instanceof Refusal) || error.code !== 'link_version_outdated') throw error;
      return await again(await linkOf(visitor, request.params.id), moved);
    }
    return reply.headers(PAGE_HEADERS).redirect(`/console/links/${ready.link.id}?done=${act}`, 303);
  });

  async function doAct({ session }: Visitor, { link }: ReadyLink, act: LinkAct, reason: string): Promise<void> {
    const { id, version: fromVersion } = link;
    const actor = operatorOf(session);
    if (act === 'take-down') await links.reports.takeDown({ actor, takeDown: { kind: 'link', id }, reason });
    else {
      const why = act === 'resume' ? null : reason;
      await links.desk.setState({ actor, id, state: STATE_AFTER[act], reason: why, fromVersion });
    }
  }

  async function linkOf({ session }: Visitor, id: string): Promise<ReadyLink> {
    return await links.desk.get(operatorOf(session), id);
  }

  /** The last days, today included. */
  function wishOf({ link }: ReadyLink, days: number, split: string): StatsWish {
    const until = shanghaiDay(clock.now());
    return {
      book: link.book,
      linkId: link.id,
      from: addDays(until, 1 - days),
      until,
      by: split === 'hours' ? 'hour' : 'day',
      split: isLinkSplit(split) ? split : 'none',
    };
  }
}

/** What a form did that was sent here from. */
function writtenText({ say }: Visitor, done: string | null): string | null {
  if (done === 'made') return say('已新建', 'It is made');
  return done === 'edited' ? say('已修改', 'It is changed') : null;
}

function stateOf(text: string | null): 'active' | 'stopped' | 'taken_down' | null {
  return text === 'active' || text === 'stopped' || text === 'taken_down' ? text : null;
}

function daysOf(text: string | null): number {
  return SPANS_DAYS.find((days) => String(days) === text) ?? WEEK_DAYS;
}

function requireAct(text: string): LinkAct {
  const act = linkActOf(text);
  if (act === null) throw new Refusal('not_found', 'there is no such page');
  return act;
}
