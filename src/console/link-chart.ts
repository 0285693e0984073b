import { html, type Html } from '../base/html.ts';
import type { LinkStats } from '../links/count/read-link-stats.ts';
import { shanghaiMidnight } from '../base/shanghai.ts';
import { empty, table } from './parts.ts';
import type { Visitor } from './visitor.ts';

/** Opens and people over time as a chart, and the same figures as a table, which also tells them without script. */
export function renderLinkChart(visitor: Visitor, stats: LinkStats): Html {
  const { say } = visitor;
  const { points, wish } = stats;
  const labels = {
    time: wish.by === 'hour' ? say('小时', 'Hour') : say('日期', 'Day'),
    opens: say('打开', 'Opens'),
    people: say('人数', 'People'),
    robots: say('机器人', 'Robots'),
  };
  const drawn = {
    by: wish.by,
    at: points.map(({ at }) => instantOf(at).getTime() / 1000),
    opens: points.map(({ opens }) => opens),
    people: points.map(({ people }) => people),
    robots: points.map(({ robots }) => robots),
    labels,
  };
  const said = say(
    '打开次数随时间变化的图；下面的表格有同样的数字',
    'Chart of opens over time; the table below has the same figures',
  );
  return html`<figure class="panel chart"><div class="chart-place" role="img" aria-label="${said}" data-chart="${JSON.stringify(drawn)}" data-testid="chart"></div>
<noscript><p class="fine">${say('没有脚本时不画图，请看下面的表格。', 'Without script no chart is drawn; see the table below.')}</p></noscript>
<figcaption class="fine">${say('人数按天去重：同一个人在两天各算一次。机器人不算在打开里。', 'People are told apart within a day: who comes on two days is counted on both. Robots are no part of opens.')}</figcaption></figure>
${foldLong(visitor, stats.points.length, renderPoints(visitor, stats))}`;
}

const ROWS_OPEN_MAX = 7;

/** A long table is opened by whoever wants it. */
function foldLong({ say }: Visitor, rows: number, content: Html): Html {
  if (rows <= ROWS_OPEN_MAX) return content;
  return html`<details class="figures"><summary>${say('看数字', 'See the figures')}</summary>${content}</details>`;
}

/** The beginning of a day or hour of Asia/Shanghai. */
function instantOf(at: string): Date {
  const [day = '', hour = '0'] = at.split('T');
  return new Date(shanghaiMidnight(day).getTime() + Number(hour) * 3_600_000);
}

function renderPoints({ say }: Visitor, { points, wish }: LinkStats): Html {
  const seen = points.filter(
    ({ opens, robots, taps, payments }) => opens + (robots ?? 0) + (taps ?? 0) + (payments ?? 0) > 0,
  );
  if (seen.length === 0) return empty(say('这段时间没有人打开。', 'Nobody opened it in this time.'));
  const newestFirst = seen.toReversed();
  if (wish.by === 'hour')
    return table(
      say('每小时的打开次数', 'Opens of each hour'),
      [say('小时', 'Hour'), { right: say('打开', 'Opens') }],
      newestFirst.map(
        ({ at, opens }) =>
          html`<tr><th scope="row" class="nowrap">${at.replace('T', ' ')}:00</th><td class="right">${opens}</td></tr>`,
      ),
    );
  return table(
    say('每天的数字', 'Figures of each day'),
    [
      say('日期', 'Day'),
      { right: say('打开', 'Opens') },
      { right: say('人数', 'People') },
      { right: say('点了下一步', 'Taps') },
      { right: say('付款', 'Payments') },
      { right: say('机器人', 'Robots') },
    ],
    newestFirst.map(
      ({ at, opens, people, taps, payments, robots }) =>
        html`<tr><th scope="row" class="nowrap">${at}</th><td class="right">${opens}</td><td class="right">${people}</td><td class="right">${taps}</td><td class="right">${payments}</td><td class="right">${robots}</td></tr>`,
    ),
  );
}
