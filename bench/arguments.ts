import { parseArgs } from 'node:util';

/** What can be measured by itself. */
export const BENCH_PARTS = [
  'payments',
  'staged',
  'wallets',
  'reconcile',
  'ledger',
  'codec',
  'transfers',
  'quote',
  'decisions',
  'opens',
  'previews',
  'kouling',
] as const;
export type BenchPart = (typeof BENCH_PARTS)[number];

export interface BenchArguments {
  quick: boolean;
  full: boolean;
  json: boolean;
  /** Null: everything. */
  only: BenchPart | null;
  /** Whether docs/benchmarks.md is written: after a whole run, or when asked for. */
  write: boolean;
}

const USAGE = `usage: npm run bench -- [--quick | --full] [--only ${BENCH_PARTS.join('|')}] [--json] [--write]`;

/** The arguments, or what is wrong with them. */
export function readArguments(argv: readonly string[]): BenchArguments | string {
  const options = {
    quick: { type: 'boolean', default: false },
    full: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    only: { type: 'string' },
    write: { type: 'boolean', default: false },
  } as const;
  try {
    const { quick, full, json, only = null, write } = parseArgs({ args: [...argv], options }).values;
    if (quick && full) return `--quick and --full exclude each other\n${USAGE}`;
    const part = BENCH_PARTS.find((name) => name === only) ?? null;
    if (only !== null && part === null) return `--only takes ${BENCH_PARTS.join(', ')}, not "${only}"\n${USAGE}`;
    return { quick, full, json, only: part, write: write || !(quick || json || only !== null) };
  } catch (error) {
    return `${error instanceof Error ? error.message : String(error)}\n${USAGE}`;
  }
}
