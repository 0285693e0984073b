import { raiseAlert } from '../cashier/raise-alert.ts';
import { openRollouts, type RunningRollouts } from '../rollout/open-rollouts.ts';
import type { Act } from '../rollout/apply-action.ts';
import type { Rollout } from '../rollout/rollout.ts';
import type { CliDeps } from './command.ts';
import { type Operator, withOperator } from './with-operator.ts';

/** Whoever has the command line is the operator, and named so. */
export const BY = 'operator';

/** Rollouts of every merchant, read once; a running server hears of what is changed here. */
export async function withRollouts(
  deps: CliDeps,
  work: (rollouts: RunningRollouts, operator: Operator) => Promise<void>,
): Promise<void> {
  await withOperator(deps, async (operator) => {
    const { sql, cashier } = operator;
    const rollouts = await openRollouts({
      sql,
      clock: deps.clock,
      random: deps.random,
      log: cashier.log,
      raiseAlert: (tx, about, kind, detail) => raiseAlert(tx, cashier, about, kind, detail),
    });
    await work(rollouts, operator);
  });
}

/** One action in a transaction of its own. @throws Refusal */
export async function actOn(
  rollouts: RunningRollouts,
  { sql, book }: Operator,
  id: string,
  act: Act,
  reason: string,
): Promise<Rollout> {
  return await sql.begin((tx) => rollouts.act(tx, { book, id, merchantId: null }, act, { by: BY, reason }));
}
