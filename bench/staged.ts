import {
  type BenchOptions,
  type Case,
  describeMachine,
  type Machine,
  measure,
  type Measured,
  median,
} from './harness.ts';
import { type BenchShop, openPaymentsLoad, type PaymentsRound } from './payments-load.ts';

const ROUNDS = 5;
const IN_FLIGHT = 64;
const GOAL = 0.85;
const NAMES: Record<BenchShop, string> = {
  plain: 'whole payments, no offer, nothing staged',
  budget: 'with an offer and its budget, in a staged wallet',
  full: 'and a count per buyer, and money at risk',
};
const SHOPS = Object.keys(NAMES) as BenchShop[]; // the table's own keys

export interface StagedBench {
  machine: Machine & { postgres: string };
  method: string[];
  measured: Measured[];
  /** Processor time of Hutong and PostgreSQL per payment, medians of the rounds. */
  cpu: { name: string; hutongMs: number; postgresMs: number }[];
  ratios: { name: string; value: number; least: number; most: number; goal: number; reached: boolean }[];
}

/** What offers and a rollout cost whole payments: three shops of one server, round by round. */
export async function benchStaged({ quick, say }: BenchOptions): Promise<StagedBench> {
  const payments = quick ? 600 : 3000;
  say('starting PostgreSQL, Hutong with three shops, the UnionPay simulator, the shops');
  const load = await openPaymentsLoad(['unionpay'], { isStaged: true });
  try {
    const run = (shop: BenchShop, count: number): Promise<PaymentsRound> =>
      load.round({ wallet: 'unionpay', shop, inFlight: IN_FLIGHT, payments: count, ratePerSecond: null, watch: false });
    say('warming up');
    for (const shop of SHOPS) await run(shop, quick ? 1000 : 3000);
    const rounds: Record<BenchShop, PaymentsRound[]> = { plain: [], budget: [], full: [] };
    const cases = SHOPS.map(
      (shop): Case => ({
        name: NAMES[shop],
        async run() {
          const round = await run(shop, payments);
          rounds[shop].push(round);
          return { perSecond: round.perSecond, latenciesMs: round.wholeMs };
        },
      }),
    );
    const measured = await measure(cases, ROUNDS, say);
    return {
      machine: { ...describeMachine(), postgres: load.postgresVersion },
      method: method(payments),
      measured,
      cpu: SHOPS.map((shop) => ({
        name: NAMES[shop],
        hutongMs: median(rounds[shop].map(({ cpuMs }) => cpuMs.hutong)),
        postgresMs: median(rounds[shop].map(({ cpuMs }) => cpuMs.postgres)),
      })),
      ratios: [
        ratioOf('offers and rollout with a budget, to none', rounds.budget, rounds.plain),
        ratioOf('offers and rollout with three limits, to none', rounds.full, rounds.plain),
      ],
    };
  } finally {
    await load.close();
  }
}

function ratioOf(
  name: string,
  of: readonly PaymentsRound[],
  to: readonly PaymentsRound[],
): StagedBench['ratios'][number] {
  const ratios = of.map(({ perSecond }, at) => perSecond / (to[at]?.perSecond ?? Number.NaN));
  const value = median(ratios);
  return { name, value, least: Math.min(...ratios), most: Math.max(...ratios), goal: GOAL, reached: value >= GOAL };
}

function method(payments: number): string[] {
  return [
    `Three shops of one Hutong, by turns: ${payments.toLocaleString('en')} whole payments a round with ${IN_FLIGHT} in flight, ${ROUNDS} rounds each after a warm-up. Ratios are taken round by round.`,
    'The second and third shop have one offer (¥1 off) and 云闪付 staged at 99 %. Every payment there names a buyer who has not bought before, is quoted, decided and recorded, holds what it needs in the ledger in the commit of its attempt and settles it in the commit of its end, books the discount and is counted by the rollout. The second holds the budget alone; the third also a count of its buyer for the day, which for a new buyer is a new account, and its part of the money at risk. One buyer of a hundred is held back; somebody else pays instead, and both are in the time.',
  ];
}
