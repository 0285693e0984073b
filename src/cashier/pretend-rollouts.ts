import type { HoldLine } from '../ledger/holds.ts';
import type { Arm, Observation, Rollouts } from '../rollout/rollouts.ts';

/** One staged wallet, 云闪付; each new decision deals the next arm, so that nothing but what was kept can keep a buyer on a side. */
export interface PretendRollout {
  id: string;
  /** Dealt in turn, the last one for ever. */
  arms: Arm[];
  isHalted: boolean;
  /** How many attempts may be unresolved at once; null for no limit. */
  atRiskMax: bigint | null;
  slowMs: number;
  observed: Observation[];
}

export function pretendRollouts(rollout: PretendRollout): Rollouts {
  const lines = (): HoldLine[] =>
    rollout.atRiskMax === null
      ? []
      : [
          {
            limit: `${rollout.id}/payments`,
            unit: 'count',
            currency: 'CNY',
            figures: [rollout.atRiskMax],
            amount: 1n,
            onSuccess: 'release',
          },
        ];
  return {
    isPlain: (_book, _merchantId, wallets) => !wallets.includes('unionpay'),
    decide(_book, { paymentId }, wallets) {
      const arm = rollout.arms.length > 1 ? rollout.arms.shift() : rollout.arms[0];
      return {
        decidedAt: '2026-11-23T00:00:00.000Z',
        targetingKey: paymentId,
        context: { payment_id: paymentId },
        wallets: wallets.map((wallet) =>
          wallet === 'unionpay'
            ? {
                wallet,
                shown: arm === 'treatment',
                arm: arm ?? 'outside',
                reason: 'SPLIT',
                rollout: { id: rollout.id, version: 1, step: 0, sharePpm: 1000 },
              }
            : { wallet, shown: true, arm: 'outside', reason: 'STATIC', rollout: null },
        ),
      };
    },
    recheck: (_book, decision) =>
      rollout.isHalted
        ? {
            ...decision,
            wallets: decision.wallets.map((one) =>
              one.rollout === null ? one : { ...one, shown: false, reason: 'HALTED' },
            ),
          }
        : decision,
    riskLines: (_book, decision) => (decision.rollout === null ? [] : lines()),
    slowMs: () => rollout.slowMs,
    observe: async (_tx, _book, observations) => void rollout.observed.push(...observations),
  };
}
