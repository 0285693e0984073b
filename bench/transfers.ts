import type { ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from '../src/db/connect.ts';
import { startPostgres } from '../src/db/embedded.ts';
import type { MemberSettings } from '../src/sandbox/bank/bank.ts';
import type { AskedPerson, BankQuestion, BenchPerson } from './bank-process.ts';
import { forkProcess, nextMessage } from './child.ts';
import { cpuSecondsOf } from './cpu-time.ts';
import {
  type BenchOptions,
  type Case,
  describeMachine,
  type Machine,
  measure,
  type Measured,
  median,
  quantile,
  type Sample,
} from './harness.ts';
import type { WalletQuestion } from './wallet-process.ts';

const ROUNDS = 3;
const LEVELS = [64, 256, 512];
const RAIL = 'floor: the same two messages, nothing recorded, 256 in flight';
const GOAL = 1000;
/** The slowest of ten banks, and what may come on top. */
const SLOW_MS = 150;
const SLOW_EXTRA_MS = 20;
const TEN_BANKS = ['ICBC', 'ABC', 'BOC', 'CCB', 'COMM', 'CMB', 'PSBC', 'SPDB', 'CITIC', 'CMBC'];

const CPU_NAMES = ['wallet', 'postgres', 'banks'] as const;
type CpuMs = Record<(typeof CPU_NAMES)[number], number>;

export interface TransfersBench {
  machine: Machine & { postgres: string };
  method: string[];
  measured: Measured[];
  /** Medians over the rounds, milliseconds of processor time per transfer. */
  levels: { inFlight: number; cpuMs: CpuMs }[];
  /** Legs of the floor for each whole transfer, round by round. */
  railPerTransfer: { value: number; least: number; most: number };
  balances: { cards: number; slowestMs: number; p50Ms: number; p99Ms: number; extraMs: number; reached: boolean };
  /** Whether the banks' books and the ledger agreed after all of it. */
  agrees: boolean;
  goal: { name: string; value: number; goal: number; reached: boolean };
}

/** Transfers between cards of two banks over the rail, whole: quoted, confirmed, both legs, booked. And ten balances at once. */
export async function benchTransfers({ quick, say }: BenchOptions): Promise<TransfersBench> {
  const count = quick ? 1500 : 6000;
  say('starting PostgreSQL, the pretend banks and the wallet; people sign up and bind their cards');
  const load = await openTransfersLoad(quick ? 60 : 200);
  try {
    say('warming up');
    await load.transfers({ count: quick ? 1000 : 3000, inFlight: 256 });
    const cpu = new Map(LEVELS.map((inFlight) => [inFlight, [] as CpuMs[]]));
    const cases: Case[] = LEVELS.map((inFlight) => ({
      name: nameOf(inFlight),
      async run() {
        const { sample, cpuMs } = await load.transfers({ count, inFlight });
        cpu.get(inFlight)?.push(cpuMs);
        return sample;
      },
    }));
    cases.push({ name: RAIL, run: () => load.rail({ count: count * 2, inFlight: 256 }) });
    const measured = await measure(cases, ROUNDS, say);
    say('ten balances, one bank of them slow');
    const balances = await load.balances(quick ? 20 : 60);
    const best = Math.max(...LEVELS.map((inFlight) => measuredOf(measured, nameOf(inFlight))?.median ?? 0));
    return {
      machine: { ...describeMachine(), postgres: load.postgresVersion },
      method: method(count),
      measured,
      levels: LEVELS.map((inFlight) => ({ inFlight, cpuMs: medianCpu(cpu.get(inFlight) ?? []) })),
      railPerTransfer: railRatio(measured),
      balances,
      agrees: await load.check(),
      goal: { name: 'transfers over the bank rail a second', value: best, goal: GOAL, reached: best >= GOAL },
    };
  } finally {
    await load.close();
  }
}

function nameOf(inFlight: number): string {
  return `whole transfers, ${inFlight} in flight`;
}

function measuredOf(all: readonly Measured[], name: string): Measured | undefined {
  return all.find((one) => one.name === name);
}

function method(count: number): string[] {
  return [
    'A whole transfer: quoted, confirmed by its owner with the limits reserved, recorded, taken from a card of ICBC (0200/46 and its answer, MAC checked both ways), booked, given to a card of CMB (0200/47 and its answer) or the other way round, booked, and known to have arrived.',
    'Three processes on this machine: PostgreSQL (fsync and synchronous_commit on), Hutong Wallet, and the pretend switch with its banks and their own books; TCP on 127.0.0.1, two links. The load is driven inside the wallet’s process: HTTP is not part of it, nor is hashing PINs (small amounts need none).',
    `${count.toLocaleString('en')} transfers a round, ${ROUNDS} interleaved rounds after a warm-up; per second, p50 and p99 are medians of the rounds.`,
    'The floor sends the same two messages over the same links and records nothing: what is above it is PostgreSQL, the ledger, limits and seals.',
    `Balances: one person with ${TEN_BANKS.length} cards of ${TEN_BANKS.length} banks, each asked afresh, one of which answers ${SLOW_MS} ms late.`,
  ];
}

function medianCpu(rounds: readonly CpuMs[]): CpuMs {
  const [wallet = 0, postgres = 0, banks = 0] = CPU_NAMES.map((name) => median(rounds.map((round) => round[name])));
  return { wallet, postgres, banks };
}

function railRatio(measured: readonly Measured[]): TransfersBench['railPerTransfer'] {
  const [whole, rail] = [measuredOf(measured, nameOf(256)), measuredOf(measured, RAIL)];
  const values = (rail?.rounds ?? []).map((rate, index) => rate / (whole?.rounds[index] ?? Number.NaN));
  return { value: median(values), least: Math.min(...values), most: Math.max(...values) };
}

interface TransfersLoad {
  transfers(options: { count: number; inFlight: number }): Promise<{ sample: Sample; cpuMs: CpuMs }>;
  rail(options: { count: number; inFlight: number }): Promise<Sample>;
  balances(rounds: number): Promise<TransfersBench['balances']>;
  check(): Promise<boolean>;
  postgresVersion: string;
  close(): Promise<void>;
}

async function openTransfersLoad(people: number): Promise<TransfersLoad> {
  const dir = await mkdtemp(join(tmpdir(), 'hutong-bench-'));
  const database = await startPostgres({ dir: join(dir, 'postgres') });
  const [bank, wallet] = [forkProcess('bank-process.ts'), forkProcess('wallet-process.ts')];
  const { memberSettings } = await nextMessage<{ memberSettings: MemberSettings }>(bank);
  const askBank = askerOf(bank);
  const askWallet = askerOf(wallet);
  await askWallet({ databaseUrl: database.url, memberSettings });
  const payers = await askBank<{ people: BenchPerson[] }>({
    people: Array.from({ length: people }, (_, at) => payer(at)),
  });
  await askWallet({ bind: payers.people });

  async function cpuSeconds(): Promise<CpuMs> {
    const [ours, theirs] = await Promise.all([
      askWallet<{ cpu: NodeJS.CpuUsage }>({ ask: 'cpu' }),
      askBank<{ cpu: NodeJS.CpuUsage }>({ ask: 'cpu' }),
    ]);
    return { wallet: seconds(ours.cpu), postgres: cpuSecondsOf(database.pid()), banks: seconds(theirs.cpu) };
  }

  return {
    postgresVersion: await versionOf(database.url),
    async transfers(options) {
      const before = await cpuSeconds();
      const sample = await askWallet<Sample>({ transfers: options });
      const after = await cpuSeconds();
      const each = (name: keyof CpuMs): number => ((after[name] - before[name]) * 1000) / options.count;
      return { sample, cpuMs: { wallet: each('wallet'), postgres: each('postgres'), banks: each('banks') } };
    },
    rail: (options) => askWallet<Sample>({ rail: options }),
    async balances(rounds) {
      const collector = { name: '十卡人', phone: '13700000000', cards: TEN_BANKS.map(cardOf) };
      const { people: made } = await askBank<{ people: BenchPerson[] }>({ people: [collector] });
      await askWallet({ bind: made });
      await askBank({ slow: { bank: 'BOC', ms: SLOW_MS } });
      const { balancesMs } = await askWallet<{ balancesMs: number[] }>({ balances: { rounds } });
      const p50Ms = median(balancesMs);
      const extraMs = p50Ms - SLOW_MS;
      return {
        cards: TEN_BANKS.length,
        slowestMs: SLOW_MS,
        p50Ms,
        p99Ms: quantile(balancesMs, 0.99),
        extraMs,
        reached: extraMs <= SLOW_EXTRA_MS,
      };
    },
    async check() {
      const { agrees } = await askWallet<{ agrees: boolean }>({ ask: 'check' });
      const { isBalanced } = await askBank<{ isBalanced: boolean }>({ ask: 'totals' });
      return agrees && isBalanced;
    },
    async close() {
      for (const child of [wallet, bank]) child.kill('SIGKILL');
      await database.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

function payer(at: number): AskedPerson {
  return { name: '转账人', phone: `138${String(at).padStart(8, '0')}`, cards: ['ICBC', 'CMB'].map(cardOf) };
}

function cardOf(bank: string): AskedPerson['cards'][number] {
  return { bank, balanceFen: 10_000_000_000 };
}

/** Asks a process of ours; the caller knows what it answers. */
function askerOf(child: ChildProcess): <T>(question: BankQuestion | WalletQuestion) => Promise<T> {
  return async <T>(question: BankQuestion | WalletQuestion): Promise<T> => {
    child.send(question);
    return await nextMessage<T>(child);
  };
}

function seconds(usage: NodeJS.CpuUsage): number {
  return (usage.user + usage.system) / 1e6;
}

async function versionOf(url: string): Promise<string> {
  const sql = connect(url, { connectionsMax: 1, applicationName: 'bench' });
  const [row] = await sql<{ server_version: string }[]>`show server_version`;
  await sql.end();
  return row?.server_version ?? 'unknown';
}
