import { parseArgs } from 'node:util';

export interface BenchArguments {
  quick: boolean;
  full: boolean;
  json: boolean;
  /** Null: both. */
  only: 'ledger' | 'payments' | null;
  /** Whether docs/benchmarks.md is written: after a whole run, or when asked for. */
  write: boolean;
}

const USAGE = 'usage: npm run bench -- [--quick | --full] [--only ledger|payments] [--json] [--write]';

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
    if (only !== null && only !== 'ledger' && only !== 'payments')
      return `--only takes ledger or payments, not "${only}"\n${USAGE}`;
    return { quick, full, json, only, write: write || !(quick || json || only !== null) };
  } catch (error) {
    return `${error instanceof Error ? error.message : String(error)}\n${USAGE}`;
  }
}
