import {
  type BenchOptions,
  type Case,
  describeMachine,
  type Machine,
  measure,
  type Measured,
  median,
} from './harness.ts';
import { openPaymentsLoad, type PaymentsRound } from './payments-load.ts';

const ROUNDS = 5;
const IN_FLIGHT = 64;
const GOAL = 0.85;
const PLAIN = 'whole payments, no offer, nothing staged';
const STAGED = 'whole payments with an offer, in a staged wallet';

export interface StagedBench {
  machine: Machine & { postgres: string };
  method: string[];
  measured: Measured[];
  /** Processor time of Hutong and PostgreSQL per payment, medians of the rounds. */
  cpu: { name: string; hutongMs: number; postgresMs: number }[];
  goal: { name: string; value: number; least: number; most: number; goal: number; reached: boolean };
}

/** What offers and a rollout cost whole payments: two shops of one server, round by round. */
export async function benchStaged({ quick, say }: BenchOptions): Promise<StagedBench> {
  const payments = quick ? 600 : 3000;
  say('starting PostgreSQL, Hutong with two shops, the UnionPay simulator, the shops');
  const load = await openPaymentsLoad(['unionpay'], { isStaged: true });
  try {
    const run = (shop: 'plain' | 'staged', count: number): Promise<PaymentsRound> =>
      load.round({ wallet: 'unionpay', shop, inFlight: IN_FLIGHT, payments: count, ratePerSecond: null, watch: false });
    say('warming up');
    for (const shop of ['plain', 'staged'] as const) await run(shop, quick ? 1000 : 3000);
    const rounds: Record<'plain' | 'staged', PaymentsRound[]> = { plain: [], staged: [] };
    const toCase = (shop: 'plain' | 'staged', name: string): Case => ({
      name,
      async run() {
        const round = await run(shop, payments);
        rounds[shop].push(round);
        return { perSecond: round.perSecond, latenciesMs: round.wholeMs };
      },
    });
    const measured = await measure([toCase('plain', PLAIN), toCase('staged', STAGED)], ROUNDS, say);
    const ratios = rounds.staged.map(({ perSecond }, at) => perSecond / (rounds.plain[at]?.perSecond ?? Number.NaN));
    const value = median(ratios);
    return {
      machine: { ...describeMachine(), postgres: load.postgresVersion },
      method: method(payments),
      measured,
      cpu: (['plain', 'staged'] as const).map((shop) => ({
        name: shop === 'plain' ? PLAIN : STAGED,
        hutongMs: median(rounds[shop].map(({ cpuMs }) => cpuMs.hutong)),
        postgresMs: median(rounds[shop].map(({ cpuMs }) => cpuMs.postgres)),
      })),
      goal: {
        name: 'payments a second with offers and rollout, to those without',
        value,
        least: Math.min(...ratios),
        most: Math.max(...ratios),
        goal: GOAL,
        reached: value >= GOAL,
      },
    };
  } finally {
    await load.close();
  }
}

function method(payments: number): string[] {
  return [
    `Two shops of one Hutong, by turns: ${payments.toLocaleString('en')} whole payments a round with ${IN_FLIGHT} in flight, ${ROUNDS} rounds each after a warm-up. The ratio is taken round by round; beside the median stand the least and the most.`,
    'The second shop has one offer (¥1 off, a budget of money and a count for each buyer and day) and 云闪付 staged at 99 % with the money at risk limited. Every payment there names a buyer who has not bought before, is quoted, decided and recorded, holds three limits in the ledger with its attempt and settles them with its end, books the discount and is counted by the rollout. One buyer of a hundred is held back; somebody else pays instead, and both are in the time.',
  ];
}
