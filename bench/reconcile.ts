import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { ManualClock } from '../src/base/clock.ts';
import { addWalletAccount } from '../src/cashier/add-wallet-account.ts';
import { createMerchant } from '../src/cashier/create-merchant.ts';
import { connect } from '../src/db/connect.ts';
import { startPostgres } from '../src/db/embedded.ts';
import { migrate } from '../src/db/migrate.ts';
import { type BulkAttempt, insertPaidAttempts } from '../src/settlement/test-bulk.ts';
import {
  compare,
  describeMachine,
  median,
  type BenchOptions,
  type Machine,
  measure,
  type Measured,
  type Ratio,
} from './harness.ts';
import { openNaiveReconcile } from './reconcile-naive.ts';
import type { Reconciled } from './reconcile-process.ts';
import { BOOK, MCHID, openReconcileWorld } from './reconcile-world.ts';

export interface ReconcileBench {
  machine: Machine & { postgres: string };
  method: string[];
  measured: Measured[];
  ratios: Ratio[];
  /** For the whole bill, medians of the rounds: by the clock, and processor time of our process. */
  seconds: number;
  cpuSeconds: number;
  /** How far the process grew, most of the rounds: for a fifth of the lines, and for all of them. */
  grownMb: { fifth: number; whole: number };
  goal: { name: string; value: number; goal: number; reached: boolean };
}

const ROUNDS = 3;
const GOAL_PER_SECOND = 10_000;
const NAIVE_RATIO_GOAL = 3;
const SETTLEMENT = 'settlement, a day at WeChat Pay';
const NAIVE = 'row by row, a sample of the same day';
const DAY_MS = 86_400_000;

/** Lines of a bill reconciled a second, three ways, beside a row-by-row loop over the same data. */
export async function benchReconcile({ quick, say }: BenchOptions): Promise<ReconcileBench> {
  const lines = quick ? 20_000 : 100_000;
  const sample = quick ? 500 : 2000;
  const dir = await mkdtemp(join(tmpdir(), 'hutong-bench-'));
  const server = await startPostgres({ dir: join(dir, 'postgres') });
  const closing: (() => Promise<void>)[] = [() => rm(dir, { recursive: true }), () => server.stop()];
  try {
    say(`writing ${(lines * (ROUNDS + 1) + lines / 5).toLocaleString('en')} payments and their bills`);
    const days = await fillDays(
      server.url,
      dir,
      [lines / 5, ...Array.from({ length: ROUNDS + 1 }, () => lines)],
      closing,
    );
    const [small, warm, ...rounds] = days;
    if (small === undefined || warm === undefined) throw new Error('two days are for warming up');
    const naive = await openNaiveReconcile(server.url, closing);
    say('warming up');
    const fifth = await settle(server.url, small);
    await settle(server.url, warm);
    const results: Reconciled[] = [];
    const measured = await measure(
      [
        {
          name: SETTLEMENT,
          async run() {
            const result = await settle(server.url, rounds[results.length] ?? warm);
            results.push(result);
            return { perSecond: lines / result.seconds };
          },
        },
        { name: NAIVE, run: async () => ({ perSecond: await naive(warm.attempts.slice(0, sample)) }) },
      ],
      ROUNDS,
      say,
    );
    const value = measured[0]?.median ?? 0;
    const ratio = compare('settlement to row by row', measured, [SETTLEMENT, NAIVE], NAIVE_RATIO_GOAL);
    return {
      machine: { ...describeMachine(), postgres: await versionOf(server.url) },
      method: method(lines, sample),
      measured,
      ratios: ratio === undefined ? [] : [ratio],
      seconds: median(results.map(({ seconds }) => seconds)),
      cpuSeconds: median(results.map(({ cpuSeconds }) => cpuSeconds)),
      grownMb: { fifth: fifth.grownMb, whole: Math.max(...results.map(({ grownMb }) => grownMb)) },
      goal: {
        name: 'lines of a bill reconciled a second',
        value,
        goal: GOAL_PER_SECOND,
        reached: value >= GOAL_PER_SECOND,
      },
    };
  } finally {
    for (const close of closing.reverse()) await close();
  }
}

interface FilledDay {
  day: string;
  walletAccountId: string;
  billPath: string;
  attempts: BulkAttempt[];
}

/** One day after the other, each with so many payments, their ledger transfers and a bill of WeChat Pay's form. */
async function fillDays(
  url: string,
  dir: string,
  counts: readonly number[],
  closing: (() => Promise<void>)[],
): Promise<FilledDay[]> {
  const sql = connect(url, { connectionsMax: 4, applicationName: 'bench' });
  closing.push(() => sql.end());
  await migrate(sql);
  const clock = new ManualClock(new Date('2026-11-01T16:00:00Z')); // midnight in Shanghai
  const world = await openReconcileWorld(sql, clock, '');
  const { cashier, ledger } = world;
  const merchant = await createMerchant(cashier.deps, { book: BOOK, name: 'bench', livemode: false });
  const account = await addWalletAccount(cashier.deps, {
    merchantId: merchant.id,
    wallet: 'wechatpay',
    label: '',
    settings: { mchid: MCHID },
    claim: null,
  });
  const { id: walletAccountId }: { id: string } = JSON.parse(account.body); // a wallet account as the API shows it
  const days: FilledDay[] = [];
  for (const count of counts) {
    const from = clock.now();
    const stepMs = Math.floor((DAY_MS - 60_000) / count);
    const owner = { book: BOOK, merchantId: merchant.id, walletAccountId };
    const attempts = await insertPaidAttempts(sql, ledger, { ...owner, count, from, stepMs });
    const day = new Date(from.getTime() + DAY_MS / 3).toISOString().slice(0, 10);
    const billPath = join(dir, `${day}.csv.gz`);
    await writeFile(billPath, gzipSync(billOf(attempts)));
    days.push({ day, walletAccountId, billPath, attempts });
    clock.advanceMs(DAY_MS);
  }
  await world.close();
  await sql.unsafe('vacuum analyze');
  return days;
}

const HEADINGS =
  '交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注';
const SUMMARY = '总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额';

/** WeChat Pay API v3, trade bill: a back-tick before each field; fees of 0.60% with five digits. */
function billOf(attempts: readonly BulkAttempt[]): string {
  let sumMinor = 0n;
  let feesMilli = 0n;
  const rows = attempts.map(({ orderNo, amountMinor, paidAt }) => {
    const feeMilli = amountMinor * 6n;
    sumMinor += amountMinor;
    feesMilli += feeMilli;
    const at = new Date(paidAt.getTime() + DAY_MS / 3).toISOString().slice(0, 19).replace('T', ' ');
    const yuan = decimal(amountMinor, 2);
    const fields = [
      at,
      'wx0',
      MCHID,
      '0',
      '',
      `42${orderNo}`,
      orderNo,
      'o1',
      'JSAPI',
      'SUCCESS',
      'OTHERS',
      'CNY',
      yuan,
    ];
    return `\`${[...fields, '0.00', '0', '0', '0.00', '0.00', '', '', '咖啡', '', decimal(feeMilli, 5), '0.60%', yuan, '0.00', ''].join(',`')}`;
  });
  const totals = [
    `${rows.length}.0`,
    decimal(sumMinor, 2),
    '0.00',
    '0.00',
    decimal(feesMilli, 5),
    decimal(sumMinor, 2),
    '0.00',
  ];
  return ['\ufeff' + HEADINGS, ...rows, SUMMARY, `\`${totals.join(',`')}`, ''].join('\r\n');
}

function decimal(units: bigint, digits: number): string {
  const text = units.toString().padStart(digits + 1, '0');
  return `${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

async function settle(url: string, { day, walletAccountId, billPath, attempts }: FilledDay): Promise<Reconciled> {
  const script = fileURLToPath(new URL('reconcile-process.ts', import.meta.url));
  const child = fork(script, [url, walletAccountId, day, billPath]);
  const exited = once(child, 'exit').then(() => Promise.reject(new Error('settling ended without a result')));
  const [message] = (await Promise.race([once(child, 'message'), exited])) as [Reconciled]; // what reconcile-process.ts sends
  exited.catch(() => {});
  if (message.state !== 'reconciled' || message.matchedCount !== attempts.length)
    throw new Error(`the day is ${message.state}, ${message.matchedCount} of ${attempts.length} lines agree`);
  return message;
}

async function versionOf(url: string): Promise<string> {
  const sql = connect(url, { connectionsMax: 1, applicationName: 'bench' });
  const [row] = await sql<{ server_version: string }[]>`show server_version`;
  await sql.end();
  return row?.server_version ?? 'unknown';
}

function method(lines: number, sample: number): string[] {
  const count = lines.toLocaleString('en');
  return [
    `A whole day of ${count} payments: the bill (WeChat Pay's form, packed) is taken, kept sealed, read and its totals checked; every line beside our record, every record of the day beside the bill and its ledger transfer, every movement of the ledger beside its record; fees are booked.`,
    'One process that does nothing else, and PostgreSQL (fsync and synchronous_commit on) on the same machine.',
    `Row by row: ${sample.toLocaleString('en')} lines of such a day; per line two look-ups and one insert, per order one look-up; the plain driver, prepared, one after the other. It keeps no file, checks no totals, and looks at no movement of the ledger.`,
    'Memory: how far the process grew above where it began, looked at every 10 ms; the packed bill itself is in it.',
  ];
}
