import { STATEMENT_LEASE_SECONDS, STATEMENT_RETRY_SECONDS, STATEMENT_TRIES_MAX } from '../base/limits.ts';
import { addSeconds } from '../cashier/ask-schedule.ts';
import { checkMove } from '../cashier/moves.ts';
import { raiseAlert } from '../cashier/raise-alert.ts';
import type { Sql, Tx } from '../db/connect.ts';
import type { SettlementDeps } from './settlement-deps.ts';
import { STATEMENT_MOVES, type Statement } from './statement.ts';
import { updateStatement } from './statement-store.ts';

/** Somebody else has taken the statement over, because our lease ran out: whatever we did is rolled back. */
export class LeaseLost extends Error {
  override name = 'LeaseLost';
}

/**
 * Writes a step's result and answers the statement as it is then. `goOn`: the next step follows at once, under a lease that
 * begins anew; else the lease ends here. @throws LeaseLost
 */
export async function moveStatement(
  deps: SettlementDeps,
  sql: Sql | Tx,
  statement: Statement,
  change: Partial<Statement> & { goOn: boolean },
): Promise<Statement> {
  const { goOn, ...fields } = change;
  const next = { ...statement, ...fields };
  checkMove(STATEMENT_MOVES, statement.state, next.state);
  const now = deps.cashier.deps.clock.now();
  const leasedUntil = goOn ? addSeconds(now, STATEMENT_LEASE_SECONDS) : now;
  if (!(await updateStatement(sql, next, { state: statement.state }, leasedUntil))) throw new LeaseLost();
  return next;
}

/** Nothing came: asked again in an hour, until there were too many tries; then a person has to look. */
export async function postpone(deps: SettlementDeps, statement: Statement, reason: string): Promise<null> {
  const { sql, clock } = deps.cashier.deps;
  const kept = { reason: reason.slice(0, 500), goOn: false };
  if (statement.triesCount < STATEMENT_TRIES_MAX) {
    await moveStatement(deps, sql, statement, { ...kept, dueAt: addSeconds(clock.now(), STATEMENT_RETRY_SECONDS) });
    return null;
  }
  await sql.begin(async (tx) => {
    const state = statement.state === 'waiting' ? 'unavailable' : statement.state;
    await moveStatement(deps, tx, statement, { ...kept, state, dueAt: null });
    const detail = `the bill of ${statement.day} did not come in ${statement.triesCount} tries: ${reason}`;
    await raiseAlert(tx, deps.cashier.deps, statement, 'statement_missing', detail);
  });
  return null;
}
