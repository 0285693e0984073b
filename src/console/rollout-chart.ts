import { html, type Html } from '../base/html.ts';
import type { RolloutReport } from '../rollout/report-rollout.ts';
import type { Figures } from '../rollout/statistics/judge.ts';
import { empty, table } from './parts.ts';
import type { Visitor } from './visitor.ts';

/** What the chart draws, one entry per moment: percent, null where nothing is known. */
interface ChartPoints {
  /** Unix seconds. */
  at: number[];
  share: (number | null)[];
  treatment: (number | null)[];
  control: (number | null)[];
}

/**
 * The share over time as a chart, with the success of both sides as it stood whenever something moved; each day's figures as a table,
 * which also tells them without script.
 */
export function renderChart(visitor: Visitor, report: RolloutReport): Html {
  const { say } = visitor;
  const points = toPoints(report);
  const labels = {
    share: say('看得到的份额', 'Share that sees it'),
    treatment: say('成功率：看得到', 'Success: see it'),
    control: say('成功率：对照', 'Success: held back'),
    time: say('时间', 'Time'),
  };
  const said = say(
    '份额和成功率随时间变化的图；下面的表格有每天的数字',
    'Chart of share and success over time; the table below has the figures of each day',
  );
  return html`<figure class="panel chart"><div class="chart-place" role="img" aria-label="${said}" data-chart="${JSON.stringify({ ...points, labels })}" data-testid="chart"></div>
<noscript><p class="fine">${say('没有脚本时不画图，请看下面的表格。', 'Without script no chart is drawn; see the table below.')}</p></noscript>
<figcaption class="fine">${say('成功率为首次付款的成功比例，从本次计数开始累计。', 'Success is of first attempts, added up since counting began.')}</figcaption></figure>
${renderDays(visitor, report)}`;
}

/** A move tells the share that holds from then on; the last point is now. */
function toPoints({ moves, sharePpm, judgement, at }: RolloutReport): ChartPoints {
  const points: ChartPoints = { at: [], share: [], treatment: [], control: [] };
  const add = (moment: Date, share: number | null, figures: Figures | null): void => {
    points.at.push(moment.getTime() / 1000);
    points.share.push(share === null ? null : share / 10_000);
    points.treatment.push(successOf(figures, 'treatment'));
    points.control.push(successOf(figures, 'control'));
  };
  for (const move of moves) add(move.movedAt, move.sharePpm, move.figures);
  add(at, sharePpm, judgement.figures);
  return points;
}

function successOf(figures: Figures | null, arm: 'treatment' | 'control'): number | null {
  const failed = figures?.guardrails.find(({ metric }) => metric === 'failed')?.[arm];
  return failed === undefined || failed.n === 0 ? null : Math.round(10_000 * (1 - failed.bad / failed.n)) / 100;
}

function renderDays({ say }: Visitor, { days }: RolloutReport): Html {
  const names = [...new Set(days.map(({ day }) => day))].toSorted().toReversed();
  if (names.length === 0) return empty(say('还没有计入的付款。', 'No payment was counted yet.'));
  const sum = (day: string, arm: 'treatment' | 'control', metric: string): number =>
    days
      .filter((one) => one.day === day && one.arm === arm && one.metric === metric)
      .reduce((all, { count }) => all + count, 0);
  const success = (day: string, arm: 'treatment' | 'control'): string => {
    const [good, bad] = [sum(day, arm, 'first_succeeded'), sum(day, arm, 'first_failed')];
    return good + bad === 0 ? '–' : `${((100 * good) / (good + bad)).toFixed(2)}%`;
  };
  const rows = names.map(
    (day) =>
      html`<tr><th scope="row" class="nowrap">${day}</th><td class="right">${sum(day, 'treatment', 'begun')}</td><td class="right">${success(day, 'treatment')}</td><td class="right">${sum(day, 'control', 'begun')}</td><td class="right">${success(day, 'control')}</td></tr>`,
  );
  return table(
    say('每天的付款和成功率', 'Payments and success of each day'),
    [
      say('日期', 'Day'),
      { right: say('看得到：付款', 'See it: payments') },
      { right: say('成功率', 'success') },
      { right: say('对照：付款', 'Held back: payments') },
      { right: say('成功率', 'success') },
    ],
    rows,
  );
}
