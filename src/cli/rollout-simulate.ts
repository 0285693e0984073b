import { showPlan } from '../rollout/show-plan.ts';
import { readPlan } from '../rollout/read-plan.ts';
import { type DropSummary, simulate } from '../rollout/simulation/simulate.ts';
import {
  SIMULATED_DROPS_MAX,
  SIMULATED_PER_BUYER_MAX,
  SIMULATED_RUNS_MAX,
} from '../rollout/simulation/simulation-limits.ts';
import { type Command, UsageError } from './command.ts';
import { drawHalts } from './halt-chart.ts';
import type { Input } from './input.ts';
import { layOut, toJson } from './print.ts';
import { readDataFile } from './read-data-file.ts';

const RUNS = 500;
const PAYMENTS_PER_SECOND = 20;
const BASE_PERCENT = 97;
const CHOSEN_PERCENT = 100;
const DROPS = [5, 10, 20];
const SEED = 1;
const PROGRESS_PARTS = 10;

export const rolloutSimulateCommand: Command = {
  name: 'rollout simulate',
  summary: 'Try a plan in simulated rollouts: how often it halts wrongly, and how soon it halts for a drop',
  words: [{ name: 'plan', what: 'the file of the plan, YAML or JSON' }],
  options: {
    runs: { value: 'count', what: `simulated rollouts for each drop; ${RUNS} when left out` },
    drop: {
      value: 'points',
      what: `success lost with the wallet, in points of a hundred; ${DROPS.join(',')} when left out`,
    },
    base: { value: 'percent', what: `success where all is well; ${BASE_PERCENT} when left out` },
    rate: { value: 'number', what: `payments a second that the plan concerns; ${PAYMENTS_PER_SECOND} when left out` },
    chosen: {
      value: 'percent',
      what: `of those who see the wallet, so many pay with it; ${CHOSEN_PERCENT} when left out`,
    },
    'per-buyer': { value: 'count', what: 'how often each buyer pays; 1 when left out' },
    unlucky: {
      value: 'percent',
      what: 'what fails, is slow or stays unknown falls on so many of the buyers; 100 when left out',
    },
    seed: { value: 'number', what: 'the same seed gives the same runs' },
  },
  json: true,
  notes: [
    'The statistics and the control are those of real rollouts; only the time and the payments are made up. Nothing is read or written but the plan.',
    'The first row changes nothing (A/A): whatever is halted there is halted wrongly.',
    "Gates are approved at once. Refunds and complaints come at once, and each payment is another buyer's unless --per-buyer says otherwise.",
  ],
  examples: [
    'hutong rollout simulate plan.yaml',
    'hutong rollout simulate plan.yaml --rate 2 --drop 3,20 --runs 2000 --json',
  ],
  async run(deps, input) {
    const plan = readPlan(await readDataFile(input.word('plan')));
    const options = {
      plan,
      runs: input.count('runs', { min: 1, max: SIMULATED_RUNS_MAX }) ?? RUNS,
      drops: [0, ...readDrops(input.text('drop'))],
      basePercent: readNumber(input, 'base', { min: 1, max: 100 }) ?? BASE_PERCENT,
      paymentsPerSecond: readNumber(input, 'rate', { min: 0.001, max: 1_000_000 }) ?? PAYMENTS_PER_SECOND,
      chosenPercent: readNumber(input, 'chosen', { min: 0, max: 100 }) ?? CHOSEN_PERCENT,
      paymentsPerBuyer: input.count('per-buyer', { min: 1, max: SIMULATED_PER_BUYER_MAX }) ?? 1,
      unluckyPercent: readNumber(input, 'unlucky', { min: 1, max: 100 }) ?? 100,
      seed: input.count('seed', { min: 0, max: 999_999_999 }) ?? SEED,
      start: deps.clock.now(),
    };
    if (options.unluckyPercent < 100 - options.basePercent)
      throw new UsageError('--unlucky is at least as many percent as fail');
    let told = 0;
    const summaries = await simulate({
      ...options,
      onProgress(done, all) {
        const part = Math.floor((PROGRESS_PARTS * done) / all);
        if (part > told && part < PROGRESS_PARTS) deps.terminal.note(`${done} of ${all} rollouts simulated …`);
        told = Math.max(told, part);
      },
    });
    if (input.json) {
      for (const summary of summaries) deps.terminal.print(toJson(showSummary(summary)));
      return;
    }
    const shares = showPlan(plan)
      .steps.map((step) => step.share)
      .join(' → ');
    deps.terminal.print(
      `${plan.key}: ${shares}; ${options.basePercent}% success, ${options.paymentsPerSecond} payments a second, ${options.runs} rollouts for each drop`,
    );
    if (options.paymentsPerBuyer > 1 || options.unluckyPercent < 100)
      deps.terminal.print(
        `Each buyer pays ${options.paymentsPerBuyer} times; what goes wrong falls on ${options.unluckyPercent}% of the buyers.`,
      );
    deps.terminal.print('');
    for (const line of tellTable(summaries)) deps.terminal.print(line);
    deps.terminal.print('');
    deps.terminal.print('Halted by so many payments of those who see the wallet, of all rollouts:');
    const lines = summaries.map((one) => ({
      title: titleOf(one),
      runs: one.runs,
      payments: one.untilHalt?.allPayments ?? [],
    }));
    for (const line of drawHalts(lines, deps.terminal.columns)) deps.terminal.print(line);
  },
};

function readDrops(text: string | undefined): readonly number[] {
  if (text === undefined) return DROPS;
  const drops = text.split(',').map(Number);
  const areDrops = drops.every((drop) => drop > 0 && drop <= 100) && drops.length <= SIMULATED_DROPS_MAX;
  if (!areDrops) throw new UsageError(`--drop is up to ${SIMULATED_DROPS_MAX} points of a hundred: 5,10,20`);
  return drops;
}

function readNumber(input: Input, name: string, { min, max }: { min: number; max: number }): number | undefined {
  const text = input.text(name);
  if (text === undefined) return undefined;
  const number = Number(text);
  if (!/^\d{1,9}(\.\d{1,6})?$/.test(text) || number < min || number > max)
    throw new UsageError(`--${name} is a number from ${min} to ${max}`);
  return number;
}

function tellTable(summaries: readonly DropSummary[]): string[] {
  const ofHalted = (show: (until: NonNullable<DropSummary['untilHalt']>) => string) => (one: DropSummary) =>
    one.untilHalt === null ? '-' : show(one.untilHalt);
  return layOut(summaries, [
    { title: 'DROP', show: titleOf },
    { title: 'HALTED', right: true, show: (one) => percent(one.haltedShare.estimate) },
    { title: '95%', show: ({ haltedShare: { low, high } }) => `${percent(low)} to ${percent(high)}` },
    { title: 'PAYMENTS', right: true, show: ofHalted(({ payments }) => `${payments.median}`) },
    { title: 'p90', right: true, show: ofHalted(({ payments }) => `${payments.p90}`) },
    { title: 'TIME', right: true, show: ofHalted(({ elapsedMs }) => tellTime(elapsedMs.median)) },
    { title: 'p90', right: true, show: ofHalted(({ elapsedMs }) => tellTime(elapsedMs.p90)) },
    { title: 'HURT', right: true, show: ofHalted(({ hurt }) => hurt.median.toFixed(1)) },
    { title: 'p90', right: true, show: ofHalted(({ hurt }) => hurt.p90.toFixed(1)) },
    { title: 'BY', show: tellBy },
    { title: '', show: (one) => (one.stillRunning === 0 ? '' : `${one.stillRunning} still running`) },
  ]);
}

function titleOf({ drop }: DropSummary): string {
  return drop === 0 ? 'none (A/A)' : `${drop} points`;
}

function tellBy({ by }: DropSummary): string {
  return Object.entries(by)
    .toSorted(([, a], [, b]) => b - a)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)}%`;
}

function tellTime(ms: number): string {
  const minutes = ms / 60_000;
  if (minutes < 1) return `${Math.round(ms / 1000)}s`;
  if (minutes < 120) return `${Math.round(minutes)}m`;
  return minutes < 2880 ? `${(minutes / 60).toFixed(1)}h` : `${(minutes / 1440).toFixed(1)}d`;
}

/** A line of `--json`: shares are parts of one, times milliseconds, counts of payments those of buyers who saw the wallet. */
function showSummary(one: DropSummary): object {
  return {
    drop: one.drop,
    runs: one.runs,
    halted: one.halted,
    completed: one.completed,
    still_running: one.stillRunning,
    halted_share: one.haltedShare.estimate,
    halted_share_low: one.haltedShare.low,
    halted_share_high: one.haltedShare.high,
    by: one.by,
    payments_median: one.untilHalt?.payments.median ?? null,
    payments_p90: one.untilHalt?.payments.p90 ?? null,
    ms_median: one.untilHalt?.elapsedMs.median ?? null,
    ms_p90: one.untilHalt?.elapsedMs.p90 ?? null,
    hurt_median: one.untilHalt?.hurt.median ?? null,
    hurt_p90: one.untilHalt?.hurt.p90 ?? null,
  };
}
