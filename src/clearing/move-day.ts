import { assert } from '../base/assert.ts';
import { CLEARING_LEASE_SECONDS } from '../base/limits.ts';
import type { Sql, Tx } from '../db/connect.ts';
import { CLEARING_MOVES, type ClearingDay, type ClearingState } from './clearing.ts';
import { updateDay } from './clearing-day-store.ts';
import type { ClearingDeps } from './clearing-deps.ts';

/** Somebody else has taken the day over, because our lease ran out: whatever we did is rolled back. */
export class LeaseLost extends Error {
  override name = 'LeaseLost';
}

/** Writes a step's result. With `goOn` the next step follows under a lease that begins anew. @throws LeaseLost */
export async function moveDay(
  deps: ClearingDeps,
  sql: Sql | Tx,
  before: ClearingDay,
  change: Partial<ClearingDay> & { goOn: boolean },
): Promise<ClearingDay> {
  const { goOn, ...fields } = change;
  const after = { ...before, ...fields };
  checkMove(before.state, after.state);
  const now = deps.clock.now();
  const leasedUntil = goOn ? new Date(now.getTime() + CLEARING_LEASE_SECONDS * 1000) : now;
  if (!(await updateDay(sql, after, { state: before.state }, leasedUntil))) throw new LeaseLost();
  return after;
}

function checkMove(from: ClearingState, to: ClearingState): void {
  const allowed: readonly string[] = CLEARING_MOVES[to];
  assert(from === to || allowed.includes(from), `a day of clearing does not go from ${from} to ${to}`);
}
