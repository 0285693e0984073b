import { STATEMENT_RETRY_SECONDS } from '../base/limits.ts';
import { addSeconds } from '../cashier/ask-schedule.ts';
import { raiseAlert } from '../cashier/raise-alert.ts';
import { moveStatement } from './move-statement.ts';
import type { SettlementDeps } from './settlement-deps.ts';
import type { Statement } from './statement.ts';

/** A file that cannot be taken changes nothing but its statement's state. The wallet is asked again later: it may mend it. */
export async function refuseStatement(deps: SettlementDeps, statement: Statement, reason: string): Promise<null> {
  const { sql, clock } = deps.cashier.deps;
  await sql.begin(async (tx) => {
    await moveStatement(deps, tx, statement, {
      state: 'refused',
      reason: reason.slice(0, 500),
      dueAt: addSeconds(clock.now(), STATEMENT_RETRY_SECONDS),
      goOn: false,
    });
    const detail = `the bill of ${statement.day} is refused, nothing was posted: ${reason}`;
    await raiseAlert(tx, deps.cashier.deps, statement, 'statement_refused', detail);
  });
  return null;
}
