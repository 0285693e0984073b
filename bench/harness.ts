import { cpus, totalmem } from 'node:os';

/** What every benchmark takes: `quick` for a look, `full` for hours' worth of data, `json` for programs. */
export interface BenchOptions {
  quick: boolean;
  full: boolean;
  /** Told what is going on, line by line; silent under --json. */
  say: (line: string) => void;
}

export function readBenchOptions(args: readonly string[]): BenchOptions & { json: boolean } {
  const json = args.includes('--json');
  const say = json ? () => {} : (line: string) => console.log(line);
  return { quick: args.includes('--quick'), full: args.includes('--full'), json, say };
}

export interface Machine {
  processor: string;
  cores: number;
  memoryGb: number;
  node: string;
  platform: string;
}

export function describeMachine(): Machine {
  return {
    processor: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
  };
}

/** One way of doing the thing that is measured; `run` does it once, for one round. */
export interface Case {
  name: string;
  run(): Promise<Sample>;
}

export interface Sample {
  perSecond: number;
  /** Milliseconds that single calls took, if they were taken. */
  latenciesMs?: number[];
}

export interface Measured {
  name: string;
  /** Of the rounds. */
  median: number;
  least: number;
  most: number;
  p50Ms: number | null;
  p99Ms: number | null;
  rounds: number[];
}

/**
 * A call that is made again and again for so many seconds, as a case: calls a second of processor time, collecting garbage included. `calls` are
 * made between two looks at the clock.
 */
export function timeCalls(
  name: string,
  { seconds, calls }: { seconds: number; calls: number },
  call: () => unknown,
): Case {
  return {
    name,
    run() {
      const begin = process.cpuUsage();
      const end = performance.now() + seconds * 1000;
      let count = 0;
      while (performance.now() < end) {
        for (let i = 0; i < calls; i++) call();
        count += calls;
      }
      const { user, system } = process.cpuUsage(begin);
      return Promise.resolve({ perSecond: (count * 1e6) / (user + system) });
    },
  };
}

/**
 * Every case once per round, then the next round, so that what else happens on the machine meets all of them alike. Compare
 * cases of one run with each other, never with those of another run.
 */
export async function measure(
  cases: readonly Case[],
  rounds: number,
  say: (line: string) => void,
): Promise<Measured[]> {
  const samples = cases.map((): Sample[] => []);
  for (let round = 1; round <= rounds; round++) {
    for (const [index, each] of cases.entries()) {
      const sample = await each.run();
      samples[index]?.push(sample);
      say(`  round ${round}/${rounds}  ${each.name.padEnd(44)} ${formatRate(sample.perSecond)}`);
    }
  }
  return cases.map(({ name }, index) => summarize(name, samples[index] ?? []));
}

function summarize(name: string, samples: readonly Sample[]): Measured {
  const rounds = samples.map(({ perSecond }) => perSecond);
  const quantiles = (share: number) => {
    const each = samples.flatMap(({ latenciesMs }) => (latenciesMs?.length ? [quantile(latenciesMs, share)] : []));
    return each.length > 0 ? median(each) : null;
  };
  return {
    name,
    median: median(rounds),
    least: Math.min(...rounds),
    most: Math.max(...rounds),
    p50Ms: quantiles(0.5),
    p99Ms: quantiles(0.99),
    rounds,
  };
}

export interface Ratio {
  name: string;
  /** Median over the rounds of what one case did for each thing the other did in the same round. */
  value: number;
  least: number;
  most: number;
  goal: number;
  reached: boolean;
}

/** Undefined when one of the two was not measured. */
export function compare(
  name: string,
  all: readonly Measured[],
  [of, to]: [string, string],
  goal: number,
): Ratio | undefined {
  const [a, b] = [all.find((one) => one.name === of), all.find((one) => one.name === to)];
  if (!a || !b) return undefined;
  const values = a.rounds.map((rate, index) => rate / (b.rounds[index] ?? Number.NaN));
  const value = median(values);
  return { name, value, least: Math.min(...values), most: Math.max(...values), goal, reached: value >= goal };
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** A table for people, also good Markdown. */
export function formatTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join(' | ')} |`;
  const rule = `|${widths.map((width, column) => (column === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`;
  return [line(head), rule, ...rows.map(line)].join('\n');
}

export function formatMeasured(all: readonly Measured[]): string {
  return formatTable(
    ['case', 'per second', 'least', 'most', 'p50 ms', 'p99 ms'],
    all.map((one) => [
      one.name,
      formatRate(one.median),
      formatRate(one.least),
      formatRate(one.most),
      one.p50Ms === null ? '' : one.p50Ms.toFixed(2),
      one.p99Ms === null ? '' : one.p99Ms.toFixed(2),
    ]),
  );
}

export function formatRatios(ratios: readonly Ratio[]): string {
  return formatTable(
    ['ratio, round by round', 'median', 'least', 'most', 'goal', ''],
    ratios.map((one) => [
      one.name,
      one.value.toFixed(2),
      one.least.toFixed(2),
      one.most.toFixed(2),
      `≥ ${one.goal}`,
      one.reached ? 'reached' : 'missed',
    ]),
  );
}

export function formatRate(perSecond: number): string {
  return Math.round(perSecond).toLocaleString('en');
}
