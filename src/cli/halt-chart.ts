import { padEnd, padStart } from './print.ts';

/** One line of the chart: what came of the runs of one drop. */
export interface HaltLine {
  title: string;
  runs: number;
  /** Payments until the halt of every halted run, rising. */
  payments: readonly number[];
}

const BLOCKS = ' ▁▂▃▄▅▆▇█';
const MARKS = [1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000];
const COLUMNS_MIN = 20;
const COLUMNS_MAX = 60;

/** The share of runs that were halted by so many payments, a column per step of a logarithmic scale; needs no colour. */
export function drawHalts(lines: readonly HaltLine[], terminalColumns: number): string[] {
  const last = Math.max(10, ...lines.map((line) => line.payments.at(-1) ?? 0));
  const titles = Math.max(...lines.map((line) => line.title.length));
  const columns = Math.min(COLUMNS_MAX, Math.max(COLUMNS_MIN, terminalColumns - titles - 12));
  const edge = (column: number): number => last ** (column / columns);
  const drawn = lines.map((line) => {
    let bars = '';
    for (let column = 1; column <= columns; column++) bars += barOf(shareBy(line, edge(column)));
    const total = `${((100 * line.payments.length) / line.runs).toFixed(1)}%`;
    return `  ${padEnd(line.title, titles)} ▕${bars}▏${padStart(total, 6)}`;
  });
  return [...drawn, `  ${' '.repeat(titles + 2)}${drawScale(columns, last)}`];
}

function shareBy({ payments, runs }: HaltLine, most: number): number {
  // A hair's breadth, so that the last edge holds the last run.
  const count = payments.findIndex((one) => one > most * (1 + 1e-9));
  return (count < 0 ? payments.length : count) / runs;
}

/** Something is never drawn as nothing, and not quite all not as all. */
function barOf(share: number): string {
  if (share === 0) return ' ';
  if (share === 1) return '█';
  return BLOCKS[Math.min(7, Math.max(1, Math.round(share * 8)))] ?? '█';
}

function drawScale(columns: number, last: number): string {
  let scale = '';
  for (const mark of MARKS) {
    const at = Math.round((columns * Math.log(mark)) / Math.log(last));
    if (mark <= last && at >= scale.length) scale = padEnd(scale, at) + shortly(mark);
  }
  return scale;
}

function shortly(mark: number): string {
  if (mark >= 1_000_000) return `${mark / 1_000_000}M`;
  return mark >= 1000 ? `${mark / 1000}k` : `${mark}`;
}
