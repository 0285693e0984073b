import {
  STATEMENT_PAYMENT_AGE_DAYS_MAX,
  STATEMENT_QUESTIONS_AT_ONCE,
  STATEMENT_QUESTIONS_PER_STEP,
  STATEMENT_REFUND_AGE_DAYS_MAX,
} from '../base/limits.ts';
import { askAboutRecord, listDayRecords, type MoneyRecord } from '../cashier/day-records.ts';
import type { StatementLine } from '../wallets/statement.ts';
import { moveStatement } from './move-statement.ts';
import type { SettlementDeps } from './settlement-deps.ts';
import type { Statement, Sums } from './statement.ts';
import { insertStatementLines, sumStatementLines } from './statement-line-store.ts';
import { NO_SUMS } from './sums.ts';

/**
 * For a wallet without a bill: every record of the day is asked about, whatever became of it here, a few at a time. Each
 * "succeeded" stands as a line; the rest of settlement does not see the difference. Where it stopped is kept with each piece.
 */
export async function askDay(deps: SettlementDeps, statement: Statement): Promise<Statement> {
  const { sql } = deps.cashier.deps;
  const records = await nextRecords(deps, statement);
  const last = records.at(-1);
  if (last === undefined) return await endAsking(deps, statement);
  const answers: (StatementLine | null)[] = [];
  for (let at = 0; at < records.length; at += STATEMENT_QUESTIONS_AT_ONCE) {
    const some = records.slice(at, at + STATEMENT_QUESTIONS_AT_ONCE);
    answers.push(...(await Promise.all(some.map((record) => askForLine(deps, statement, record)))));
  }
  return await sql.begin(async (tx) => {
    const before = (await sumStatementLines(tx, statement)).reduce((count, row) => count + row.count, 0);
    const lines = answers
      .filter((line) => line !== null)
      .map((line, index) => ({ ...line, lineNo: before + index + 1 }));
    if (lines.length > 0) await insertStatementLines(tx, statement, lines);
    return await moveStatement(deps, tx, statement, { askedThrough: last.id, triesCount: 0, goOn: true });
  });
}

/** Payments first, then refunds; what was asked about last says where to go on. */
async function nextRecords(deps: SettlementDeps, statement: Statement): Promise<MoneyRecord[]> {
  const isInRefunds = statement.askedThrough?.startsWith('rf_') === true;
  const payments = isInRefunds ? [] : await page(deps, statement, 'payment', statement.askedThrough);
  if (payments.length > 0) return payments;
  return await page(deps, statement, 'refund', isInRefunds ? statement.askedThrough : null);
}

async function page(
  deps: SettlementDeps,
  statement: Statement,
  record: MoneyRecord['record'],
  afterId: string | null,
): Promise<MoneyRecord[]> {
  const { book, walletAccountId, startsAt, endsAt } = statement;
  return await listDayRecords(deps.cashier.deps.sql, {
    book,
    walletAccountId,
    record,
    startsAt,
    endsAt,
    ageDaysMax: record === 'payment' ? STATEMENT_PAYMENT_AGE_DAYS_MAX : STATEMENT_REFUND_AGE_DAYS_MAX,
    succeededOnly: false,
    afterId,
    itemsMax: STATEMENT_QUESTIONS_PER_STEP,
  });
}

/** Null when the wallet does not say that money moved; then the record stands alone, and is asked about again as a break. */
async function askForLine(
  deps: SettlementDeps,
  statement: Statement,
  record: MoneyRecord,
): Promise<StatementLine | null> {
  const outcome = await askAboutRecord(deps.cashier, record, statement.book);
  if (outcome.kind !== 'succeeded') return null;
  return {
    kind: record.record,
    lineNo: 0,
    orderNo: record.orderNo,
    paymentOrderNo: null,
    walletPaymentId: outcome.walletPaymentId,
    currency: outcome.amount.currency,
    amountMinor: outcome.amount.minor,
    feeMilli: null,
    occurredAt: outcome.occurredAt,
  };
}

async function endAsking(deps: SettlementDeps, statement: Statement): Promise<Statement> {
  const { sql, clock } = deps.cashier.deps;
  const theirs: Sums = { ...NO_SUMS };
  for (const { kind, count, minor } of await sumStatementLines(sql, statement)) {
    theirs[kind === 'payment' ? 'paymentsCount' : 'refundsCount'] = count;
    theirs[kind === 'payment' ? 'paymentsMinor' : 'refundsMinor'] = minor;
  }
  return await moveStatement(deps, sql, statement, {
    state: 'read',
    theirs,
    readAt: clock.now(),
    triesCount: 0,
    goOn: true,
  });
}
