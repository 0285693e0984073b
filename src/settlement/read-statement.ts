import type { Tx } from '../db/connect.ts';
import type { StatementLine } from '../wallets/statement.ts';
import { moveStatement } from './move-statement.ts';
import { BillRefused, type BillSummary, readLines } from './read-lines.ts';
import { refuseStatement } from './refuse-statement.ts';
import type { SettlementDeps } from './settlement-deps.ts';
import type { Statement } from './statement.ts';
import { openFile } from './statement-file.ts';
import { insertStatementLines } from './statement-line-store.ts';
import { findDayWithLines } from './statement-store.ts';
import { watchDay } from './wrong-day.ts';

/**
 * Second step: the kept file becomes lines, all of them or none: one transaction, which a bill that is broken, repeats a
 * name or contradicts its own totals rolls back.
 */
export async function readStatement(deps: SettlementDeps, statement: Statement): Promise<Statement | null> {
  const { sql, clock } = deps.cashier.deps;
  const { wallet, config } = await deps.cashier.openWallet(statement.book, statement.walletAccountId);
  const source = wallet.statement;
  if (source === null || statement.fileId === null) throw new Error('assertion failed: a fetched statement has a file');
  const bytes = await openFile(deps.cashier.deps, statement.book, statement.fileId);
  try {
    return await sql.begin(async (tx) => {
      const watch = watchDay(statement, source.dayEndsAt);
      const summary = await readLines(source.read(config, bytes), (lines) => {
        watch.see(lines);
        return insertAll(tx, statement, lines);
      });
      watch.check(summary.toldDay);
      await refuseKnownLines(tx, statement, summary);
      return await moveStatement(deps, tx, statement, {
        state: 'read',
        reason: null,
        theirs: summary.sums,
        currency: summary.currency,
        feesMilli: summary.linesCount === 0 ? 0n : summary.feesMilli,
        linesDigest: summary.digest,
        readAt: clock.now(),
        triesCount: 0,
        goOn: true,
      });
    });
  } catch (error) {
    if (error instanceof BillRefused) return await refuseStatement(deps, statement, error.message);
    throw error;
  }
}

async function insertAll(tx: Tx, statement: Statement, lines: readonly StatementLine[]): Promise<void> {
  const written = await insertStatementLines(tx, statement, lines);
  if (written.size === lines.length) return;
  const twice = lines.find((line) => !written.has(line.lineNo)) ?? lines.at(-1);
  throw new BillRefused(`line ${twice?.lineNo} repeats the ${twice?.kind} ${twice?.orderNo} of an earlier line`);
}

/** Another day's lines once more would book that day's fees twice. */
async function refuseKnownLines(tx: Tx, statement: Statement, summary: BillSummary): Promise<void> {
  if (summary.linesCount === 0) return;
  const day = await findDayWithLines(tx, statement, summary.digest);
  if (day !== null) throw new BillRefused(`it has the very lines of ${day}`);
}
