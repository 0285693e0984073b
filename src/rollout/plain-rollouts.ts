import type { Rollouts } from './rollouts.ts';

/** For whoever stages nothing: every wallet is simply shown, and nothing is decided, held or counted. */
export const plainRollouts: Rollouts = {
  decide: (_book, { paymentId }, wallets) => ({
    decidedAt: '',
    targetingKey: paymentId,
    context: {},
    wallets: wallets.map((wallet) => ({ wallet, shown: true, arm: 'outside', reason: 'STATIC', rollout: null })),
  }),
  isPlain: () => true,
  recheck: (_book, decision) => decision,
  riskLines: () => [],
  slowMs: () => Number.POSITIVE_INFINITY,
  observe: async () => {},
};
