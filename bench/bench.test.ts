import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { rootDir } from '../src/base/root.ts';
import { readArguments } from './arguments.ts';
import type { CodecBench } from './codec.ts';
import type { DecisionsBench } from './decisions.ts';
import type { QuoteBench } from './quote.ts';
import { mergePage } from './merge-page.ts';
import { compare, formatTable, measure, type Measured, median, quantile } from './harness.ts';
import type { LedgerBench } from './ledger.ts';
import type { OpensBench } from './opens.ts';
import type { KoulingBench } from './kouling.ts';
import type { PreviewsBench } from './previews.ts';
import type { PaymentsBench } from './payments.ts';
import type { ReconcileBench } from './reconcile.ts';
import { type BenchReport, formatReport, whatBounds } from './report.ts';
import type { StagedBench } from './staged.ts';
import type { TransfersBench } from './transfers.ts';
import { BARE, type WalletsBench } from './wallets.ts';

const machine = {
  processor: 'Abacus',
  cores: 2,
  memoryGb: 8,
  node: 'v20.20.2',
  platform: 'linux x64',
  postgres: '18.4',
};

const payments: PaymentsBench = {
  machine,
  method: ['Everything on this machine.'],
  measured: [
    measured('whole payments, 16 in flight', [100, 120, 140]),
    measured('whole payments, 64 in flight', [300, 320, 340]),
    measured('whole payments, 128 in flight', [290, 310, 330]),
  ],
  levels: [16, 64, 128].map((inFlight) => ({
    inFlight,
    cpuMs: { hutong: 2, postgres: 1.5, simulator: 1.25, shop: 0.25 },
    machineBusy: 0.95,
  })),
  bareInsertsPerPayment: { value: 12, least: 11, most: 13 },
  halfLoad: { ratePerSecond: 160, rows: [{ name: 'POST /v1/payments, inside Hutong', p50Ms: 3.25, p99Ms: 9.75 }] },
  rsa: { signUs: 250, verifyUs: 50 },
  goal: { name: 'whole payments a second', value: 320, goal: 300, reached: true },
};

const ledger: LedgerBench = {
  machine,
  method: ['Interleaved rounds.'],
  measured: [measured('ledger, uniform, 64 in flight', [20_000, 24_000, 22_000])],
  ratios: [{ name: '64 in flight to naive', value: 4.2, least: 4, most: 4.4, goal: 4.5, reached: false }],
};

const wallets: WalletsBench = {
  machine,
  method: ['Each wallet.'],
  measured: [measured('wechatpay', [200, 220, 210]), measured(BARE, [2000, 2310, 2205])],
};

const reconcile: ReconcileBench = {
  machine,
  method: ['A whole day.'],
  measured: [measured('settlement', [9000, 11_000, 12_500])],
  ratios: [{ name: 'settlement to row by row', value: 6.5, least: 6, most: 7, goal: 3, reached: true }],
  seconds: 9.1,
  cpuSeconds: 5.25,
  grownMb: { fifth: 60, whole: 80 },
  goal: { name: 'lines of a bill reconciled a second', value: 11_000, goal: 10_000, reached: true },
};

const codec: CodecBench = {
  machine: { processor: 'Abacus', cores: 2, memoryGb: 8, node: 'v20.20.2', platform: 'linux x64' },
  method: ['One core.'],
  measured: [measured('decode, Hutong', [800_000, 820_000, 840_000])],
  ratios: [{ name: 'decode to iso_8583', value: 21.5, least: 20, most: 23, goal: 5, reached: true }],
  goal: { name: 'bank messages decoded a second of one core', value: 820_000, goal: 300_000, reached: true },
};

const quote: QuoteBench = {
  machine: { processor: 'Abacus', cores: 2, memoryGb: 8, node: 'v20.20.2', platform: 'linux x64' },
  method: ['One process.'],
  measured: [measured('quote, 12 offers x 6 wallets', [4000, 4100, 4200])],
  goal: { name: 'a quote of 12 offers for 6 ways to pay, p99', value: 0.6, goal: 5, reached: true },
};

const decisions: DecisionsBench = {
  machine: { processor: 'Abacus', cores: 2, memoryGb: 8, node: 'v20.20.2', platform: 'linux x64' },
  method: ['One core.'],
  measured: [measured('six wallets, two of them staged, Hutong', [280_000, 290_000, 300_000])],
  ratios: [{ name: 'Hutong to the bare library', value: 0.59, least: 0.58, most: 0.6, goal: 0.5, reached: true }],
  goal: { name: 'decisions a second of one core', value: 290_000, goal: 200_000, reached: true },
};

const staged: StagedBench = {
  machine,
  method: ['Two shops by turns.'],
  measured: [measured('plain', [300, 310, 320]), measured('staged', [270, 280, 290])],
  cpu: [{ name: 'plain', hutongMs: 2.5, postgresMs: 1.25 }],
  ratios: [{ name: 'with a budget, to none', value: 0.9, least: 0.88, most: 0.92, goal: 0.85, reached: true }],
};

const transfers: TransfersBench = {
  machine: { processor: 'Abacus', cores: 2, memoryGb: 8, node: 'v20.20.2', platform: 'linux x64', postgres: '18.4' },
  method: ['Three processes.'],
  measured: [
    measured('whole transfers, 256 in flight', [700, 800, 900]),
    measured('floor: the same two messages, nothing recorded, 256 in flight', [3500, 3200, 3600]),
  ],
  levels: [{ inFlight: 256, cpuMs: { wallet: 1.2, postgres: 0.7, banks: 0.1 } }],
  railPerTransfer: { value: 4, least: 4, most: 5 },
  balances: { cards: 10, slowestMs: 150, p50Ms: 158, p99Ms: 163, extraMs: 8, reached: true },
  agrees: true,
  goal: { name: 'transfers over the bank rail a second', value: 800, goal: 1000, reached: false },
};

const opens: OpensBench = {
  machine,
  method: ['One process answers, another asks.'],
  measured: [measured('landing pages', [9000, 9500, 9800]), measured('bare route', [18000, 19000, 19500])],
  ratios: [{ name: 'landing pages to the bare route', value: 0.5, least: 0.49, most: 0.5, goal: 0.4, reached: true }],
  perCoreSecond: [
    { name: 'landing pages', value: 16_000, goal: 15_000, reached: true, isGoal: true },
    { name: 'bare route', value: 30_000, goal: 15_000, reached: true, isGoal: false },
  ],
  latency: { rate: 7500, reached: 7498, p50Ms: 1, p99Ms: 6, goalMs: 10, isReached: true },
  counted: { sent: 123_500, answered: 123_456, counted: 123_480 },
};

const previews: PreviewsBench = {
  machine,
  method: ['One core.'],
  measured: [measured('price in the head, Hutong', [9000, 9500, 9800])],
  ratios: [{ name: 'previews to whole documents', value: 24, least: 22, most: 26, goal: 5, reached: true }],
  goal: { name: 'previews of pages read a second of one core', value: 9500, goal: 5000, reached: true },
};

const kouling: KoulingBench = {
  machine,
  method: ['One core.'],
  measured: [measured('texts as they come, Hutong', [180_000, 190_000, 195_000])],
  ratios: [{ name: 'texts to one expression per app', value: 0.3, least: 0.28, most: 0.32, goal: 0.1, reached: true }],
  goal: { name: 'pasted texts read a second of one core', value: 190_000, goal: 100_000, reached: true },
};

const report: BenchReport = {
  date: '2026-11-23',
  commit: 'abc1234',
  quick: false,
  ledger,
  payments,
  wallets,
  reconcile,
  codec,
  quote,
  decisions,
  staged,
  transfers,
  opens,
  previews,
  kouling,
};

describe('the statistics', () => {
  test('a median is the middle one, a quantile the one that so many are below', () => {
    expect(median([5, 1, 3])).toBe(3);
    const hundred = Array.from({ length: 100 }, (_, index) => index + 1);
    expect(quantile(hundred, 0.5)).toBe(51);
    expect(quantile(hundred, 0.99)).toBe(100);
    expect(quantile([7], 0.99)).toBe(7);
    expect(quantile([], 0.5)).toBeNaN();
  });

  test('every case is run once per round, and rounds and cases keep their places', async () => {
    const order: string[] = [];
    const rates = new Map([
      ['a', [1, 30, 2]],
      ['b', [10, 20, 40]],
    ]);
    const cases = ['a', 'b'].map((name) => ({
      name,
      async run() {
        order.push(name);
        return { perSecond: rates.get(name)?.shift() ?? 0, latenciesMs: [order.length] };
      },
    }));
    const all = await measure(cases, 3, () => {});
    expect(order.join('')).toBe('ababab');
    expect(all).toMatchObject([
      { name: 'a', rounds: [1, 30, 2], median: 2, least: 1, most: 30, p50Ms: 3 },
      { name: 'b', rounds: [10, 20, 40], median: 20, least: 10, most: 40, p50Ms: 4 },
    ]);
  });

  test('a ratio is taken round by round', () => {
    const all = [measured('fast', [40, 90, 50]), measured('slow', [10, 10, 10])];
    expect(compare('fast to slow', all, ['fast', 'slow'], 5)).toEqual({
      name: 'fast to slow',
      value: 5,
      least: 4,
      most: 9,
      goal: 5,
      reached: true,
    });
    expect(compare('', all, ['fast', 'not measured'], 5)).toBeUndefined();
  });

  test('a table is aligned', () => {
    expect(formatTable(['case', 'n'], [['one', '1']])).toBe('| case | n |\n|------|--:|\n| one  | 1 |');
  });
});

describe('the report', () => {
  const text = formatReport(report);

  test('has a line per goal that says in words whether it was reached', () => {
    expect(text).toMatch(/\| whole payments a second +\| +320 \| +≥ 300 \| reached \|/);
    expect(text).toMatch(/\| ledger, 64 in flight to naive +\| +4\.20 \| +≥ 4\.5 \| +missed \|/);
  });

  test('tells machine, method, medians and spread', () => {
    expect(text).toContain('- Abacus, 2 cores, 8 GB\n- Node v20.20.2, PostgreSQL 18.4, linux x64\n');
    expect(text).toContain('measured on 2026-11-23, commit abc1234');
    expect(text).toContain('- Everything on this machine.\n');
    expect(text).toMatch(/\| whole payments, 16 in flight +\| +120 \| +100 \| +140 \|/);
    expect(text).toMatch(/\| POST \/v1\/payments, inside Hutong +\| +3\.3 \| +9\.8 \|/);
  });

  test('says what bounds the rate, from processor time and signatures', () => {
    const words = whatBounds(payments, 2);
    expect(words).toContain('a payment takes 5.00 ms of them in all four processes, so at most 400 fit');
    expect(words).toContain('Measured were 320, 80% of that. Processor time is what bounds it.');
    expect(words).toContain('an RSA-2048 signature costs 250 µs');
    expect(words).toContain('0.90 ms, 18% of a payment'); // three signatures, three checks
  });

  test('does not blame the processor when the machine was idle, nor ours when others had it', () => {
    const slow = (machineBusy: number): PaymentsBench => ({
      ...payments,
      measured: [measured('whole payments, 64 in flight', [200, 200, 200])],
      levels: payments.levels.map((level) => ({ ...level, machineBusy })),
      goal: { ...payments.goal, value: 200, reached: false },
    });
    expect(whatBounds(slow(0.6), 2)).toContain('the rest was spent waiting');
    expect(whatBounds(slow(1), 2)).toContain('other programs took the rest');
  });

  test('shows each wallet beside the bare route of its own round', () => {
    expect(formatReport(report)).toMatch(/\| wechatpay +\| +10\.5 \| +10\.0 \| +10\.5 \|/);
  });

  test('tells how many transfers there are a second, what bounds them, and what ten balances take', () => {
    expect(text).toMatch(/\| transfers over the bank rail a second +\| +800 \| +≥ 1,000 \| +missed \|/);
    expect(text).toMatch(/\| balances of 10 cards above the slowest bank +\| +8\.0 ms \| +≤ 20 ms \| +reached \|/);
    expect(text).toContain('a transfer takes 2.00 ms of them in all three processes, so at most 1,000 a second fit');
    expect(text).toContain('agreed to the fen');
    expect(formatReport({ ...report, transfers: { ...transfers, agrees: false } })).toContain('DID NOT AGREE');
  });

  test('tells how long a day’s bill takes, beside its peer, and what memory it needs', () => {
    expect(text).toMatch(/\| lines of a bill reconciled a second +\| +11,000 \| +≥ 10,000 \| reached \|/);
    expect(text).toMatch(/\| settlement to row by row +\| +6\.50 \| +≥ 3 \| reached \|/);
    expect(text).toContain('took 9.1 s by the clock and 5.3 s of our process');
    expect(text).toContain('grew by 60 MB for a fifth of the lines and by 80 MB for all of them');
  });

  test('tells how many bank messages are read, beside its peer', () => {
    expect(text).toMatch(/\| bank messages decoded a second of one core +\| +820,000 \| +≥ 300,000 \| reached \|/);
    expect(text).toMatch(/\| bank messages, decode to iso_8583 +\| +21\.50 \| +≥ 5 \| reached \|/);
    const alone = formatReport({
      ...report,
      payments: null,
      wallets: null,
      reconcile: null,
      ledger: null,
      staged: null,
      transfers: null,
    });
    expect(alone).toContain('- Node v20.20.2, linux x64\n');
    expect(alone).toContain('## Bank messages');
    expect(formatReport(report)).toMatch(
      /\| a quote of 12 offers for 6 ways to pay, p99 +\| +0\.60 ms \| +< 5 ms \| reached \|/,
    );
    expect(formatReport(report)).toMatch(/\| payments, with a budget, to none +\| +0\.90 +\| +≥ 0\.85 \| reached \|/);
    expect(formatReport(report)).toMatch(/\| decisions a second of one core +\| +290,000 \| +≥ 200,000 \| reached \|/);
  });

  test('leaves out what was not measured', () => {
    expect(formatReport({ ...report, ledger: null, commit: null })).not.toMatch(/## Ledger|commit /);
    expect(formatReport({ ...report, payments: null })).not.toContain('## Whole payments');
    expect(formatReport({ ...report, wallets: null })).not.toContain('## Each wallet');
    expect(formatReport({ ...report, reconcile: null })).not.toContain("## A day's bill");
    expect(formatReport({ ...report, codec: null })).not.toContain('## Bank messages');
    expect(formatReport({ ...report, staged: null })).not.toContain('## Payments with offers');
    expect(formatReport({ ...report, quote: null })).not.toContain('## Quotes of offers');
    expect(formatReport({ ...report, decisions: null })).not.toContain('## Decisions of rollouts');
    expect(formatReport({ ...report, previews: null })).not.toContain('## Previews of');
    expect(formatReport({ ...report, kouling: null })).not.toContain('## Pasted texts');
    expect(formatReport(report)).toMatch(/\| previews of pages read a second of one core +\| +9,500 \|/);
    expect(formatReport(report)).toMatch(/\| pasted texts read a second of one core +\| +190,000 \|/);
  });
});

describe('the arguments', () => {
  test('write the page after a whole run only, or when asked to', () => {
    expect(readArguments([])).toEqual({ quick: false, full: false, json: false, only: null, write: true });
    expect(readArguments(['--full'])).toMatchObject({ full: true, write: true });
    for (const argv of [['--quick'], ['--json'], ['--only', 'ledger']])
      expect(readArguments(argv)).toMatchObject({ write: false });
    expect(readArguments(['--quick', '--write'])).toMatchObject({ quick: true, write: true });
    expect(readArguments(['--only=payments'])).toMatchObject({ only: 'payments' });
  });

  test.each([[['--only', 'cards']], [['--fast']], [['payments']], [['--quick', '--full']], [['--only']]])(
    'that make no sense are told with what there is: %j',
    (argv) => {
      expect(readArguments(argv)).toMatch(/^.+\n(.*\n)*usage: npm run bench/);
    },
  );
});

test('a part that was measured alone takes its own place in the page, and the rest stays', () => {
  const page = formatReport({ ...report, codec: null, quote: null, decisions: null, staged: null, transfers: null });
  const alone = {
    ...report,
    payments: null,
    wallets: null,
    reconcile: null,
    ledger: null,
    codec: null,
    quote: null,
    staged: null,
    decisions: null,
    previews: null,
    kouling: null,
  };
  const part = formatReport({ ...alone, date: '2026-12-01', commit: 'def5678' });
  const merged = mergePage(page, part, 'transfers');
  expect(merged).toContain(
    '- measured on 2026-11-23, commit abc1234\n- transfers by itself: measured on 2026-12-01, commit def5678\n',
  );
  expect(merged).toMatch(/\| whole payments a second +\| +320 \| +≥ 300 \| reached \|/);
  expect(merged).toMatch(/\| transfers over the bank rail a second +\| +800 \| +≥ 1,000 \| +missed \|/);
  expect(merged.match(/^## .*/gm)).toEqual([...(page.match(/^## .*/gm) ?? []), '## Transfers over the bank rail']);
  expect(mergePage(merged, part, 'transfers')).toBe(merged);
});

test('docs/benchmarks.md is a page that the command has written', () => {
  const page = readFileSync(join(rootDir, 'docs', 'benchmarks.md'), 'utf8');
  const headings = ['# Benchmarks', '## Machine', '## Goals', '## Whole payments', '### What bounds it', '## Ledger'];
  const places = headings.map((heading) => page.indexOf(`${heading}\n`));
  expect(places.every((place) => place >= 0)).toBe(true);
  expect(places).toEqual([...places].sort((a, b) => a - b));
  expect(page).toMatch(/\nnpm run bench /);
  expect(page).not.toMatch(/NaN|undefined|Infinity|\/(home|root|tmp|work)\//);
});

function measured(name: string, rounds: number[]): Measured {
  const [least, most] = [Math.min(...rounds), Math.max(...rounds)];
  return { name, rounds, median: median(rounds), least, most, p50Ms: 1, p99Ms: 2 };
}
