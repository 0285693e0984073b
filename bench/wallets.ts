import { type BenchOptions, type Case, describeMachine, type Machine, measure, type Measured } from './harness.ts';
import { BENCH_WALLETS, type BenchWallet, openPaymentsLoad } from './payments-load.ts';

const ROUNDS = 3;
const IN_FLIGHT = 64;
export const BARE = 'bare Fastify route with one durable insert';

export interface WalletsBench {
  machine: Machine & { postgres: string };
  method: string[];
  measured: Measured[];
}

/** Whole payments a second through each wallet, beside the same bare route in the same rounds. */
export async function benchWallets({ quick, say }: BenchOptions): Promise<WalletsBench> {
  const payments = quick ? 300 : 1500;
  say('starting PostgreSQL, Hutong, five simulators, the shop and a bare route');
  const load = await openPaymentsLoad(BENCH_WALLETS, { isStaged: false });
  const round = (wallet: BenchWallet, count: number) =>
    load.round({ wallet, shop: 'plain', inFlight: IN_FLIGHT, payments: count, ratePerSecond: null, watch: false });
  try {
    say('warming up');
    for (const wallet of BENCH_WALLETS) await round(wallet, quick ? 500 : 1000);
    await load.bare({ inFlight: IN_FLIGHT, calls: 2000 });
    const cases: Case[] = BENCH_WALLETS.map((wallet) => ({
      name: wallet,
      async run() {
        const { perSecond, wholeMs } = await round(wallet, payments);
        return { perSecond, latenciesMs: wholeMs };
      },
    }));
    cases.push({ name: BARE, run: () => load.bare({ inFlight: IN_FLIGHT, calls: payments * 3 }) });
    return {
      machine: { ...describeMachine(), postgres: load.postgresVersion },
      method: [
        `The whole payment of above through each wallet, ${IN_FLIGHT} in flight, ${payments.toLocaleString('en')} payments a round, ${ROUNDS} interleaved rounds after a warm-up. UnionPay by its app order, the others by a code that the buyer scans.`,
        'Each simulator is a process of its own and signs and checks with code of its own; what it costs is part of the figure, since both sides share this machine.',
      ],
      measured: await measure(cases, ROUNDS, say),
    };
  } finally {
    await load.close();
  }
}
