import {
  describeMachine,
  type BenchOptions,
  type Case,
  type Machine,
  measure,
  type Measured,
  median,
  quantile,
} from './harness.ts';
import type { WatchedCall } from './hutong-process.ts';
import { type CpuMs, openPaymentsLoad, type PaymentsLoad, type PaymentsRound } from './payments-load.ts';
import { measureRsaCost, type RsaCost } from './rsa-cost.ts';

const ROUNDS = 3;
const LEVELS = [16, 64, 128];
const HALF_LOAD_LEVEL = 64;
const BARE = 'bare Fastify route with one durable insert, 64 in flight';
const CPU_NAMES = ['hutong', 'postgres', 'simulator', 'shop'] as const;

export interface PaymentsBench {
  machine: Machine & { postgres: string };
  method: string[];
  measured: Measured[];
  /** Medians over the rounds of each level. */
  levels: { inFlight: number; cpuMs: CpuMs; machineBusy: number }[];
  /** Round by round: bare inserts a second for each whole payment a second. */
  bareInsertsPerPayment: { value: number; least: number; most: number };
  halfLoad: { ratePerSecond: number; rows: { name: string; p50Ms: number; p99Ms: number }[] };
  rsa: RsaCost;
  goal: { name: string; value: number; goal: number; reached: boolean };
}

/** Whole payments a second, what they cost each process, and what Hutong adds to a call at half that load. */
export async function benchPayments({ quick, say }: BenchOptions): Promise<PaymentsBench> {
  const payments = quick ? 600 : 3000;
  say('measuring RSA-2048');
  const rsa = await measureRsaCost(quick ? 400 : 2000);
  say('starting PostgreSQL, Hutong, the UnionPay simulator, the shop and a bare route');
  const load = await openPaymentsLoad(['unionpay'], { isStaged: false });
  try {
    say('warming up');
    await load.round({
      wallet: 'unionpay',
      shop: 'plain',
      inFlight: 64,
      payments: quick ? 2000 : 5000,
      ratePerSecond: null,
      watch: false,
    });
    await load.bare({ inFlight: 64, calls: 2000 });
    const rounds = new Map(LEVELS.map((inFlight) => [inFlight, [] as PaymentsRound[]]));
    const cases: Case[] = LEVELS.map((inFlight) => ({
      name: nameOf(inFlight),
      async run() {
        const round = await load.round({
          wallet: 'unionpay',
          shop: 'plain',
          inFlight,
          payments,
          ratePerSecond: null,
          watch: false,
        });
        rounds.get(inFlight)?.push(round);
        return { perSecond: round.perSecond, latenciesMs: round.wholeMs };
      },
    }));
    cases.push({ name: BARE, run: () => load.bare({ inFlight: 64, calls: payments * 3 }) });
    const measured = await measure(cases, ROUNDS, say);
    const rate = Math.max(1, Math.floor((measuredOf(measured, nameOf(HALF_LOAD_LEVEL))?.median ?? 0) / 2));
    say(`half the load: ${rate} payments begun a second`);
    return {
      machine: { ...describeMachine(), postgres: load.postgresVersion },
      method: method(payments),
      measured,
      levels: LEVELS.map((inFlight) => ({ inFlight, ...summarize(rounds.get(inFlight) ?? []) })),
      bareInsertsPerPayment: bareRatio(measured),
      halfLoad: { ratePerSecond: rate, rows: await halfLoadRows(load, rate, quick ? 5 : 15) },
      rsa,
      goal: goalOf(measured),
    };
  } finally {
    await load.close();
  }
}

function nameOf(inFlight: number): string {
  return `whole payments, ${inFlight} in flight`;
}

function measuredOf(all: readonly Measured[], name: string): Measured | undefined {
  return all.find((one) => one.name === name);
}

function method(payments: number): string[] {
  return [
    'A whole payment: POST /v1/payments, POST …/attempts (an order at the simulator, signed both ways), the buyer pays at the simulator, its signed notification comes to Hutong, the payment succeeds and is booked, the signed webhook is accepted by the shop. Its time runs from the first request to that.',
    'Everything on this machine, five processes: PostgreSQL (fsync and synchronous_commit on), Hutong, the UnionPay simulator, the shop that drives the load, and the bare route. Plain HTTP on 127.0.0.1.',
    `${payments.toLocaleString('en')} payments a round, ${ROUNDS} interleaved rounds after a warm-up; per second, p50 and p99 are medians of the rounds.`,
    `The bare route is a floor, not a rival: Fastify, one prepared insert in a transaction of its own, and the answer.`,
    `Half the load: payments begin at a fixed rate, half of what ${HALF_LOAD_LEVEL} in flight reached, and do not wait for each other. “Inside Hutong” is from a request's headers to the end of its reply in the server's process; of an attempt, the time that this very call waited for the wallet is taken off.`,
  ];
}

function summarize(rounds: readonly PaymentsRound[]): { cpuMs: CpuMs; machineBusy: number } {
  const cpuMs: CpuMs = { hutong: 0, postgres: 0, simulator: 0, shop: 0 };
  for (const name of CPU_NAMES) cpuMs[name] = median(rounds.map((round) => round.cpuMs[name]));
  return { cpuMs, machineBusy: median(rounds.map((round) => round.machineBusy)) };
}

function bareRatio(measured: readonly Measured[]): { value: number; least: number; most: number } {
  const [whole, bare] = [measuredOf(measured, nameOf(HALF_LOAD_LEVEL)), measuredOf(measured, BARE)];
  const values = (bare?.rounds ?? []).map((rate, index) => rate / (whole?.rounds[index] ?? Number.NaN));
  return { value: median(values), least: Math.min(...values), most: Math.max(...values) };
}

function goalOf(measured: readonly Measured[]): PaymentsBench['goal'] {
  const value = Math.max(...LEVELS.map((inFlight) => measuredOf(measured, nameOf(inFlight))?.median ?? 0));
  return { name: 'whole payments a second', value, goal: 300, reached: value >= 300 };
}

async function halfLoadRows(load: PaymentsLoad, ratePerSecond: number, seconds: number) {
  const payments = ratePerSecond * seconds;
  await load.round({
    wallet: 'unionpay',
    shop: 'plain',
    inFlight: 0,
    payments: ratePerSecond,
    ratePerSecond,
    watch: true,
  }); // warms up
  const round = await load.round({
    wallet: 'unionpay',
    shop: 'plain',
    inFlight: 0,
    payments,
    ratePerSecond,
    watch: true,
  });
  const inside = (route: WatchedCall['route']) => round.calls.filter((call) => call.route === route);
  const rows: [string, number[]][] = [
    ['POST /v1/payments, inside Hutong', inside('create').map(({ ms }) => ms)],
    ['POST /v1/payments, as the shop sees it', round.createMs],
    ['POST …/attempts, inside Hutong, without the wallet', inside('attempt').map(({ ms, walletMs }) => ms - walletMs)],
    ['POST …/attempts, the wallet alone', inside('attempt').map(({ walletMs }) => walletMs)],
    ['POST …/attempts, as the shop sees it', round.attemptMs],
    ['notification, inside Hutong', inside('notification').map(({ ms }) => ms)],
    ["from the buyer's tap to the accepted webhook", round.tapToWebhookMs],
    ['whole payment', round.wholeMs],
  ];
  return rows.map(([name, times]) => ({ name, p50Ms: quantile(times, 0.5), p99Ms: quantile(times, 0.99) }));
}
