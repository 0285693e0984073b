import type { Limit } from '../ledger/holds.ts';
import type { Currency } from '../money/money.ts';
import type { RolloutWithFigures } from './snapshot.ts';

/** The limits of what may be at risk under a rollout, as accounts of the ledger. A number of payments is the same in every currency. */
export function riskLimits({ id, plan, figures }: RolloutWithFigures, currency: Currency): Limit[] {
  const { money, payments } = plan.atRisk;
  return [
    ...(money === null
      ? []
      : [{ limit: `${id}/money`, unit: 'money' as const, currency: money.currency, figures: figures.money }]),
    ...(payments === null
      ? []
      : [{ limit: `${id}/payments`, unit: 'count' as const, currency, figures: figures.payments }]),
  ];
}
