import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { systemClock } from '../src/base/clock.ts';
import { rootDir } from '../src/base/root.ts';
import type { BenchOptions } from './harness.ts';
import { benchCodec } from './codec.ts';
import { benchDecisions } from './decisions.ts';
import { benchKouling } from './kouling.ts';
import { benchLedger } from './ledger.ts';
import { readArguments, type BenchArguments, type BenchPart } from './arguments.ts';
import { mergePage } from './merge-page.ts';
import { benchOpens } from './opens.ts';
import { benchPayments } from './payments.ts';
import { benchQuote } from './quote.ts';
import { benchReconcile } from './reconcile.ts';
import { benchPreviews } from './previews.ts';
import { formatReport, type BenchReport } from './report.ts';
import { benchStaged } from './staged.ts';
import { benchTransfers } from './transfers.ts';
import { benchWallets } from './wallets.ts';

/* `npm run bench`: measures, prints the report, and writes docs/benchmarks.md after a whole run. Progress goes to stderr. */
const args = readArguments(process.argv.slice(2));
if (typeof args === 'string') {
  console.error(args);
  process.exitCode = 2;
} else {
  await bench(args);
}

async function bench({ quick, full, json, only, write }: BenchArguments): Promise<void> {
  const wants = (part: BenchPart): boolean => only === null || only === part;
  const options: BenchOptions = { quick, full, say: (line) => console.error(line) };
  const report: BenchReport = {
    date: systemClock.now().toISOString().slice(0, 10),
    commit: await commitName(),
    quick,
    payments: wants('payments') ? await benchPayments(options) : null,
    staged: wants('staged') ? await benchStaged(options) : null,
    wallets: wants('wallets') ? await benchWallets(options) : null,
    reconcile: wants('reconcile') ? await benchReconcile(options) : null,
    ledger: wants('ledger') ? await benchLedger(options) : null,
    transfers: wants('transfers') ? await benchTransfers(options) : null,
    codec: wants('codec') ? await benchCodec(options) : null,
    quote: wants('quote') ? await benchQuote(options) : null,
    decisions: wants('decisions') ? await benchDecisions(options) : null,
    opens: wants('opens') ? await benchOpens(options) : null,
    previews: wants('previews') ? await benchPreviews(options) : null,
    kouling: wants('kouling') ? await benchKouling(options) : null,
  };
  const text = formatReport(report);
  console.log(json ? JSON.stringify(report) : text);
  if (!write) return;
  const path = join(rootDir, 'docs', 'benchmarks.md');
  await writeFile(path, only === null ? text : mergePage(await readFile(path, 'utf8'), text, only));
  console.error('docs/benchmarks.md is written');
}

/** Null outside a git checkout. What is not committed is said, too. */
async function commitName(): Promise<string | null> {
  try {
    const git = async (...args: string[]) => (await promisify(execFile)('git', args, { cwd: rootDir })).stdout.trim();
    const isChanged = (await git('status', '--porcelain', '--untracked-files=no', '--', 'src')) !== '';
    return `${await git('rev-parse', '--short', 'HEAD')}${isChanged ? ' with changes' : ''}`;
  } catch {
    return null;
  }
}
