import { html, type Html } from '../base/html.ts';
import type { LinkStats, Named } from '../links/count/read-link-stats.ts';
import { LINK_SPLITS, type LinkSplit } from '../links/count/link-tally.ts';
import { SPLIT_LABELS, valueText } from './link-words.ts';
import { bar, empty } from './parts.ts';
import type { Visitor } from './visitor.ts';

const ROWS_MAX = 10;

/** What the opens of the span were told apart by: each split with its most frequent names. */
export function renderSplits(visitor: Visitor, { tops }: LinkStats): Html {
  return html`<div class="splits">${LINK_SPLITS.map((split) => renderSplit(visitor, split, tops[split]))}</div>`;
}

function renderSplit(visitor: Visitor, split: LinkSplit, named: readonly Named[]): Html {
  const { say, lang } = visitor;
  const all = named.reduce((sum, { count }) => sum + count, 0);
  const shown = named.slice(0, ROWS_MAX);
  const left = all - shown.reduce((sum, { count }) => sum + count, 0);
  return html`<div class="panel split" data-testid="split-${split}"><h3>${SPLIT_LABELS[split][lang]}</h3>
${
  named.length === 0
    ? empty(say('还没有', 'none yet'))
    : html`<dl>${shown.map(
        ({ value, count }) =>
          html`<div class="split-row"><dt>${valueText(visitor, split, value)}</dt><dd>${bar(count / all, split === 'robot' ? 'off' : 'accent')}</dd><dd class="right">${count} <span class="fine">${percent(count, all)}</span></dd></div>`,
      )}</dl>${left > 0 && html`<p class="fine">${say(`另有 ${left} 次，见 CSV`, `${left} more, in the CSV`)}</p>`}`
}</div>`;
}

function percent(count: number, all: number): string {
  return `${Math.round((100 * count) / all)}%`;
}
