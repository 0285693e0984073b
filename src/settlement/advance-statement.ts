import { STATEMENT_TRIES_MAX } from '../base/limits.ts';
import { raiseAlert } from '../cashier/raise-alert.ts';
import { askDay } from './ask-day.ts';
import { compareDay } from './compare-day.ts';
import { fetchStatement, recheckStatement } from './fetch-statement.ts';
import { LeaseLost, moveStatement } from './move-statement.ts';
import { postFees } from './post-fees.ts';
import { readStatement } from './read-statement.ts';
import type { SettlementDeps } from './settlement-deps.ts';
import type { Statement, StatementState } from './statement.ts';

type Step = (deps: SettlementDeps, statement: Statement) => Promise<Statement | null>;

/** What is done next in each state. A step writes its result in one transaction, so a crash only ever repeats a step. */
const STEPS: Readonly<Record<StatementState, Step>> = {
  waiting: fetchStatement,
  refused: fetchStatement,
  unavailable: fetchStatement,
  asking: askDay,
  fetched: readStatement,
  read: compareDay,
  compared: postFees,
  reconciled: recheckStatement,
};

/** Takes a statement that is leased to us as far as it goes now. */
export async function advanceStatement(deps: SettlementDeps, leased: Statement): Promise<void> {
  try {
    let statement: Statement | null = leased;
    if (isStuck(leased)) return await park(deps, leased);
    while (statement !== null) statement = await STEPS[statement.state](deps, statement);
  } catch (error) {
    if (!(error instanceof LeaseLost)) throw error;
    deps.cashier.deps.log.info({ statementId: leased.id }, 'somebody else goes on with this statement');
  }
}

/** Each claim counts as a try: one that keeps crashing us, at whatever step, ends here. */
function isStuck(statement: Statement): boolean {
  return statement.triesCount > STATEMENT_TRIES_MAX;
}

async function park(deps: SettlementDeps, statement: Statement): Promise<void> {
  const { sql } = deps.cashier.deps;
  await sql.begin(async (tx) => {
    await moveStatement(deps, tx, statement, { dueAt: null, goOn: false });
    const detail = `the bill of ${statement.day} is stuck in the state ${statement.state}; the log says why`;
    await raiseAlert(tx, deps.cashier.deps, statement, 'statement_missing', detail);
  });
}
