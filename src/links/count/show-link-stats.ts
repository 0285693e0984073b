import { LINK_SPLITS, type LinkSplit } from './link-tally.ts';
import type { LinkStats } from './read-link-stats.ts';

/** How a link was opened, as the API shows it. */
export interface ShownLinkStats {
  object: 'link_stats';
  link_id: string;
  from: string;
  until: string;
  by: 'hour' | 'day';
  split: LinkSplit | 'none';
  totals: {
    opens: number;
    people: number;
    robots: number;
    taps: number;
    payments: number;
    amounts: { currency: string; payments: number; minor: string }[];
  };
  points: {
    at: string;
    opens: number;
    people: number | null;
    robots: number | null;
    taps: number | null;
    payments: number | null;
  }[];
  rows: { at: string; value: string; count: number }[];
  tops: Record<LinkSplit, { value: string; count: number }[]>;
}

export function showLinkStats({ wish, totals, points, rows, tops }: LinkStats): ShownLinkStats {
  const { linkId, from, until, by, split } = wish;
  return {
    object: 'link_stats',
    link_id: linkId,
    from,
    until,
    by,
    split,
    totals: {
      ...totals,
      amounts: totals.amounts.map(({ currency, payments, minor }) => ({ currency, payments, minor: String(minor) })),
    },
    points: [...points],
    rows: rows.map(({ at, value, count }) => ({ at, value, count })),
    tops: {
      app: [...tops.app],
      system: [...tops.system],
      referrer: [...tops.referrer],
      via: [...tops.via],
      robot: [...tops.robot],
      step: [...tops.step],
    },
  };
}

/** Whether a text names something that days can be split by. */
export function isLinkSplit(text: string): text is LinkSplit {
  return LINK_SPLITS.some((split) => split === text);
}
