import type { Plan } from '../plan.ts';
import { createSeededChance } from '../statistics/seeded-chance.ts';
import { type SimulatedRun, simulateRollout } from './simulate-rollout.ts';
import { ORDINARY_BAD, type World } from './world.ts';

export interface SimulateOptions {
  plan: Plan;
  /** For each drop. */
  runs: number;
  /** In points of a hundred; 0 is a rollout that changes nothing. */
  drops: readonly number[];
  /** Success of payments where all is well, in percent. */
  basePercent: number;
  /** Payments a second of all buyers whom the plan concerns. */
  paymentsPerSecond: number;
  /** Of those who see the wallet, so many percent pay with it. */
  chosenPercent: number;
  /** How often each buyer pays: 1 or more. */
  paymentsPerBuyer: number;
  /** All that fails, is slow or stays unknown falls on so many percent of the buyers; 100 for whomever. */
  unluckyPercent: number;
  /** Left out: buyers' first payments, as in real rollouts. */
  compared?: World['compared'];
  seed: number;
  start: Date;
  /** Told now and then how many of all runs are done. */
  onProgress(done: number, all: number): void;
}

export interface Quantiles {
  median: number;
  p90: number;
}

/** What came of all runs with one drop. */
export interface DropSummary {
  /** In points of a hundred. */
  drop: number;
  runs: number;
  halted: number;
  completed: number;
  stillRunning: number;
  /** The share halted, and between what it lies with 95 %. */
  haltedShare: { estimate: number; low: number; high: number };
  /** What halted them, and how often. */
  by: Readonly<Record<string, number>>;
  /** Of those that were halted; null where none was. */
  untilHalt: null | {
    /** Payments of those who saw the wallet. */
    payments: Quantiles;
    elapsedMs: Quantiles;
    /** Payments that failed and would not have without the drop. */
    hurt: Quantiles;
    /** Payments until the halt of every halted run, rising. */
    allPayments: readonly number[];
  };
}

/** Gives other work a turn so often. */
const RUNS_AT_A_TIME = 10;

/** Thousands of simulated rollouts for each drop, one drop after the other. The same seed gives the same answer. */
export async function simulate(options: SimulateOptions): Promise<DropSummary[]> {
  const summaries: DropSummary[] = [];
  const all = options.runs * options.drops.length;
  for (const [no, drop] of options.drops.entries()) {
    const chance = createSeededChance(options.seed + 7919 * no);
    const world = toWorld(options, drop);
    const runs: SimulatedRun[] = [];
    while (runs.length < options.runs) {
      runs.push(simulateRollout(options.plan, world, options.start, chance));
      if (runs.length % RUNS_AT_A_TIME !== 0) continue;
      options.onProgress(no * options.runs + runs.length, all);
      await new Promise((resolve) => setImmediate(resolve));
    }
    summaries.push(summarise(drop, runs));
  }
  return summaries;
}

function toWorld(options: SimulateOptions, drop: number): World {
  const failed = 1 - options.basePercent / 100;
  return {
    paymentsPerSecond: options.paymentsPerSecond,
    bad: { failed, ...ORDINARY_BAD },
    chosen: options.chosenPercent / 100,
    drop: drop / 100,
    paymentsPerBuyer: options.paymentsPerBuyer,
    unlucky: options.unluckyPercent / 100,
    compared: options.compared ?? 'first payments',
  };
}

function summarise(drop: number, runs: readonly SimulatedRun[]): DropSummary {
  const halted = runs.filter((run) => run.end === 'halted');
  const by: Record<string, number> = {};
  for (const run of halted) by[run.by ?? ''] = (by[run.by ?? ''] ?? 0) + 1;
  const sorted = (of: (run: SimulatedRun) => number): number[] => halted.map(of).sort((a, b) => a - b);
  const allPayments = sorted((run) => run.seen);
  return {
    drop,
    runs: runs.length,
    halted: halted.length,
    completed: runs.filter((run) => run.end === 'completed').length,
    stillRunning: runs.filter((run) => run.end === 'still_running').length,
    haltedShare: { estimate: halted.length / runs.length, ...wilson(halted.length, runs.length) },
    by,
    untilHalt:
      halted.length === 0
        ? null
        : {
            payments: quantiles(allPayments),
            elapsedMs: quantiles(sorted((run) => run.elapsedMs)),
            hurt: quantiles(sorted((run) => run.hurt)),
            allPayments,
          },
  };
}

/** Of a sorted list that is not empty. */
function quantiles(sorted: readonly number[]): Quantiles {
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { median: at(0.5), p90: at(0.9) };
}

/** The interval of 95 % for a share, by Wilson (1927). */
export function wilson(count: number, n: number): { low: number; high: number } {
  const z = 1.959964;
  const share = count / n;
  const middle = (share + (z * z) / (2 * n)) / (1 + (z * z) / n);
  const half = (z / (1 + (z * z) / n)) * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n));
  return { low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}
