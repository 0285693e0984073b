import { addDays, isDay, shanghaiDay } from '../base/shanghai.ts';
import { linkStatsCsv } from '../links/count/link-stats-csv.ts';
import { LINK_SPLITS } from '../links/count/link-tally.ts';
import { readLinkStats } from '../links/count/read-link-stats.ts';
import { isLinkSplit, showLinkStats } from '../links/count/show-link-stats.ts';
import { type Command, UsageError } from './command.ts';
import type { Input } from './input.ts';
import { linkWord } from './link.ts';
import { layOut, toJson } from './print.ts';
import { printStats } from './print-links.ts';
import { findLink, withLinks } from './with-links.ts';

const DAYS_USUAL = 30;

export const linkStatsCommand: Command = {
  name: 'link stats',
  summary: 'Say how often a link was opened, by how many people, in which apps, and what was paid by it',
  words: [linkWord],
  options: {
    from: { value: 'day', what: `the first day in Asia/Shanghai; of ${DAYS_USUAL} days when left out, by hour of one` },
    until: { value: 'day', what: 'the last day; today when left out' },
    by: { value: 'span', what: 'day or hour; day when left out' },
    split: { value: 'what', what: `days by ${LINK_SPLITS.join(', ')}` },
    csv: { value: null, what: 'as comma-separated values, for spreadsheets' },
  },
  json: true,
  notes: ['People are estimates, each day’s for itself: nobody can be told again on another day. Robots are apart.'],
  examples: ['hutong link stats Ab3dEf7h', 'hutong link stats Ab3dEf7h --split app --csv > apps.csv'],
  async run(deps, input) {
    const wish = readWish(input, shanghaiDay(deps.clock.now()));
    await withLinks(deps, async (links) => {
      const { link } = await findLink(links, input.word('link'));
      const stats = await readLinkStats(links.operator.sql, { book: link.book, linkId: link.id, ...wish });
      if (input.json) return deps.terminal.print(toJson(showLinkStats(stats)));
      if (input.flag('csv')) return void deps.terminal.out.write(linkStatsCsv(stats));
      printStats(deps.terminal, stats);
      const busy = stats.points.filter(({ opens, robots, payments }) => opens + (robots ?? 0) + (payments ?? 0) > 0);
      if (busy.length === 0) return;
      deps.terminal.print('');
      for (const line of layOut(busy, [
        { title: wish.by.toUpperCase(), show: ({ at }) => at },
        ...(['opens', 'people', 'robots', 'taps', 'payments'] as const).map((name) => ({
          title: name.toUpperCase(),
          show: (point: (typeof busy)[number]) => (point[name] === null ? '-' : `${point[name]}`),
          right: true,
        })),
      ]))
        deps.terminal.print(line);
    });
  },
};

/** @throws UsageError */
function readWish(input: Input, today: string) {
  const until = input.text('until') ?? today;
  const by = input.text('by') ?? 'day';
  const split = input.text('split') ?? 'none';
  if (!isDay(until)) throw new UsageError('--until is a day such as 2026-12-31');
  const from = input.text('from') ?? addDays(until, by === 'hour' ? 0 : 1 - DAYS_USUAL);
  if (!isDay(from)) throw new UsageError('--from is a day such as 2026-12-01');
  if (by !== 'day' && by !== 'hour') throw new UsageError('--by is day or hour');
  if (split !== 'none' && !isLinkSplit(split)) throw new UsageError(`--split is one of ${LINK_SPLITS.join(', ')}`);
  return { from, until, by, split } as const;
}
