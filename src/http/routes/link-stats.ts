import { Type } from 'typebox';
import type { Clock } from '../../base/clock.ts';
import { addDays, isDay, shanghaiDay } from '../../base/shanghai.ts';
import type { Caller } from '../../cashier/api-keys.ts';
import type { Sql } from '../../db/connect.ts';
import type { LinkSplit } from '../../links/count/link-tally.ts';
import { type LinkStats, readLinkStats } from '../../links/count/read-link-stats.ts';
import { showLinkStats } from '../../links/count/show-link-stats.ts';
import type { LinkDesk } from '../../links/links.ts';
import { linkStats, linkStatsQuery } from '../link-stats-schemas.ts';
import { type RouteRow, row } from '../route.ts';
import { idOf } from '../schemas.ts';

const closed = { additionalProperties: false } as const;
const DAYS_USUAL = 7;

export interface LinkStatsDeps {
  sql: Sql;
  clock: Clock;
  /** Knows whose a link is. */
  desk: Pick<LinkDesk, 'get'>;
}

/** How a shop's links were opened. */
export function linkStatsRoutes(deps: LinkStatsDeps): RouteRow[] {
  return [
    row({
      method: 'GET',
      url: '/v1/links/:id/stats',
      operation: 'getLinkStats',
      summary: 'Show how often a link was opened, by whom in numbers, and what was paid through it',
      tag: 'Links',
      scope: 'read',
      params: Type.Object({ id: idOf('lnk') }, closed),
      query: linkStatsQuery,
      reply: { 200: linkStats },
      run: async ({ caller, params, query }) => ({
        status: 200,
        value: showLinkStats(await statsOf(deps, caller, params.id, query)),
      }),
    }),
  ];
}

interface StatsQuery {
  from?: string;
  until?: string;
  by?: string;
  split?: string;
}

async function statsOf(
  { sql, clock, desk }: LinkStatsDeps,
  { merchantId, keyId }: Caller,
  id: string,
  query: StatsQuery,
): Promise<LinkStats> {
  const { link } = await desk.get({ kind: 'merchant', merchantId, keyId }, id);
  const until = query.until ?? shanghaiDay(clock.now());
  return await readLinkStats(sql, {
    book: link.book,
    linkId: link.id,
    // Of a day that there is not, no other is reckoned: it is refused by its name.
    from: query.from ?? (isDay(until) ? addDays(until, 1 - DAYS_USUAL) : until),
    until,
    by: query.by === 'hour' ? 'hour' : 'day',
    split: (query.split ?? 'none') as LinkSplit | 'none', // the schema lists them
  });
}
