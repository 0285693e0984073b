import {
  STATEMENT_PAYMENT_AGE_DAYS_MAX,
  STATEMENT_PIECE_ITEMS,
  STATEMENT_REFUND_AGE_DAYS_MAX,
} from '../base/limits.ts';
import { getBilledAccount } from '../cashier/billed-accounts.ts';
import { listDayRecords, type MoneyRecord, readRecords } from '../cashier/day-records.ts';
import { raiseAlert } from '../cashier/raise-alert.ts';
import type { Tx } from '../db/connect.ts';
import type { StatementLine } from '../wallets/statement.ts';
import {
  endCarried,
  pageAwaitedNames,
  pageUnsettled,
  resolveToldNow,
  resolveUndone,
  resolveUpToDate,
} from './break-store.ts';
import { checkBooked, checkMovements } from './check-ledger.ts';
import {
  compareLine,
  compareMissing,
  isSettledNow,
  isUndone,
  recordIdOf,
  type SubmittedRefunds,
} from './compare-line.ts';
import { type Findings, openFindings } from './findings.ts';
import { moveStatement } from './move-statement.ts';
import type { SettlementDeps } from './settlement-deps.ts';
import type { Statement, Sums } from './statement.ts';
import { findToldNames, pageStatementLines } from './statement-line-store.ts';
import { findStatement, hasLaterCompared } from './statement-store.ts';
import { addTo, NO_SUMS } from './sums.ts';

/**
 * Third step: their lines, our records of the day and the ledger are laid beside each other, in one transaction and in
 * pieces. Whatever agrees leaves no row; whatever does not becomes a break.
 */
export async function compareDay(deps: SettlementDeps, statement: Statement): Promise<Statement> {
  const { sql, clock } = deps.cashier.deps;
  const { feeBps } = await getBilledAccount(deps.cashier.deps, statement.walletAccountId, null);
  const day = { ...statement, feeBps };
  return await sql.begin(async (tx) => {
    const findings = openFindings(deps, tx, day);
    const matchedCount = await compareLines(deps, tx, day, findings);
    await resolveAwaited(tx, day, clock.now());
    await resolveReported(tx, day, clock.now());
    const overdue = await endCarried(tx, day, clock.now());
    const { ours, booked } = await compareRecords(deps, tx, day, findings);
    await checkMovements(deps, tx, day, findings);
    await findings.flush();
    const moved = await moveStatement(deps, tx, statement, {
      state: 'compared',
      feeBps,
      matchedCount,
      ours,
      booked,
      triesCount: 0,
      goOn: true,
    });
    const left = findings.leftCount() + overdue.length;
    const detail = `${left} differences of ${statement.day} have to be looked at by a person`;
    if (left > 0) await raiseAlert(tx, deps.cashier.deps, statement, 'statement_breaks', detail);
    return moved;
  });
}

/** Every line beside our record of that name, however old. Answers how many agree. */
async function compareLines(deps: SettlementDeps, tx: Tx, day: Statement, findings: Findings): Promise<number> {
  let matched = 0;
  const undone: { orderNo: string; lineNo: number }[] = [];
  const submitted = submittedRefunds(deps, day);
  const pageAfter = (lineNo: number) => ahead(pageStatementLines(tx, day, lineNo, STATEMENT_PIECE_ITEMS));
  for (let next = pageAfter(0); ; ) {
    const lines = await next;
    const found = Promise.all([recordsOf(tx, day, lines), toldBefore(tx, day, lines)]);
    const last = lines.length < STATEMENT_PIECE_ITEMS ? undefined : lines.at(-1);
    if (last !== undefined) next = pageAfter(last.lineNo); // it comes while this page is compared
    const [records, told] = await found;
    const payments = await paymentsTakenBack(tx, day, lines, records);
    for (const line of lines) {
      const payment = payments.get(line.lineNo);
      if (payment !== undefined && isUndone(line, payment, day.walletAccountId)) {
        matched += 1;
        undone.push({ orderNo: payment.orderNo, lineNo: line.lineNo });
        continue;
      }
      const toldOn = told.get(`${line.kind} ${line.orderNo}`) ?? null;
      const terms = { walletAccountId: day.walletAccountId, feeBps: day.feeBps, toldOn, submitted };
      const found = compareLine(line, records.get(recordIdOf(line) ?? ''), terms);
      if (found.length === 0) matched += 1;
      for (const finding of found) await findings.add(finding);
    }
    if (last === undefined) break;
  }
  await findings.flush();
  await resolveUndone(tx, day, undone, deps.cashier.deps.clock.now());
  return matched;
}

/** How long this wallet takes over a refund that its bill calls submitted; null where a line says that it is done. */
function submittedRefunds({ cashier: { deps } }: SettlementDeps, day: Statement): SubmittedRefunds | null {
  if (deps.wallets[day.wallet].statement?.refundsAre !== 'submitted') return null;
  const underWaySeconds = Math.max(...deps.can(day.wallet).askRefundAfterSeconds);
  return { underWaySeconds, now: deps.clock.now() };
}

/** Of refunds that we have no record of: the payments that they name, by line. */
async function paymentsTakenBack(
  tx: Tx,
  day: Statement,
  lines: readonly StatementLine[],
  records: ReadonlyMap<string, MoneyRecord>,
): Promise<Map<number, MoneyRecord>> {
  const named = lines.flatMap((line) => {
    if (line.kind !== 'refund' || records.has(recordIdOf(line) ?? '')) return [];
    const id = recordIdOf({ kind: 'payment', orderNo: line.paymentOrderNo ?? line.orderNo });
    return id === null ? [] : [{ lineNo: line.lineNo, id }];
  });
  const ids = named.map(({ id }) => id);
  const payments = new Map((await readRecords(tx, day.book, 'payment', ids)).map((record) => [record.id, record]));
  const found = new Map<number, MoneyRecord>();
  for (const { lineNo, id } of named) {
    const payment = payments.get(id);
    if (payment !== undefined) found.set(lineNo, payment);
  }
  return found;
}

async function recordsOf(tx: Tx, day: Statement, lines: readonly StatementLine[]): Promise<Map<string, MoneyRecord>> {
  const found = await Promise.all(
    KINDS.map((kind) => {
      const ids = lines.flatMap((line) => (line.kind === kind ? [recordIdOf(line)] : []));
      return readRecords(
        tx,
        day.book,
        kind,
        ids.filter((id) => id !== null),
      );
    }),
  );
  return new Map(found.flat().map((record) => [record.id, record]));
}

/** Names that another day's bill has told, with that day. The wallet's answers of another day tell the same again. */
async function toldBefore(tx: Tx, day: Statement, lines: readonly StatementLine[]): Promise<Map<string, string>> {
  const before = new Map<string, string>();
  const days = new Map<string, string>();
  if (day.source === 'asking') return before;
  for (const kind of KINDS) {
    const names = lines.flatMap((line) => (line.kind === kind ? [line.orderNo] : []));
    for (const told of await findToldNames(tx, { ...day, kind, in: { except: day.id } }, names)) {
      const on = days.get(told.statementId) ?? (await findStatement(tx, day.book, told.statementId))?.day ?? '';
      days.set(told.statementId, on);
      before.set(`${kind} ${told.orderNo}`, on);
    }
  }
  return before;
}

/** What earlier bills lacked, and this one has. */
async function resolveAwaited(tx: Tx, day: Statement, now: Date): Promise<void> {
  for (const kind of KINDS) {
    for (let after = ''; ; ) {
      const names = await pageAwaitedNames(tx, day, kind, after, STATEMENT_PIECE_ITEMS);
      await resolveToldNow(tx, day, kind, await findToldNames(tx, { ...day, kind, in: { only: day.id } }, names), now);
      const last = names.at(-1);
      if (last === undefined || names.length < STATEMENT_PIECE_ITEMS) break;
      after = last;
    }
  }
}

/** What earlier bills settled otherwise than the wallet had told, and it has told since; also where a person was asked already. */
async function resolveReported(tx: Tx, day: Statement, now: Date): Promise<void> {
  for (let afterId = ''; ; ) {
    const breaks = await pageUnsettled(tx, day, afterId, STATEMENT_PIECE_ITEMS);
    const ids = breaks.flatMap((one) => recordIdOf({ kind: 'payment', orderNo: one.orderNo }) ?? []);
    const records = new Map(
      (await readRecords(tx, day.book, 'payment', ids)).map((record) => [record.orderNo, record]),
    );
    const ended = breaks.filter((one) => {
      const ours = records.get(one.orderNo);
      return ours !== undefined && isSettledNow(one, ours);
    });
    await resolveUpToDate(
      tx,
      day.book,
      ended.map(({ id }) => id),
      now,
    );
    const last = breaks.at(-1);
    if (last === undefined || breaks.length < STATEMENT_PIECE_ITEMS) return;
    afterId = last.id;
  }
}

/** Every record of ours of the day that succeeded: is it in a bill, and is it booked as it should be? */
async function compareRecords(
  deps: SettlementDeps,
  tx: Tx,
  day: Statement,
  findings: Findings,
): Promise<{ ours: Sums; booked: Sums }> {
  const [ours, booked] = [{ ...NO_SUMS }, { ...NO_SUMS }];
  const { endsAt } = day;
  const isAsking = day.source === 'asking';
  const isLaterCompared = await hasLaterCompared(tx, day);
  for (const kind of KINDS) {
    for await (const records of pagesOfDay(tx, day, kind)) {
      const names = records.map((record) => record.orderNo);
      const [found] = await Promise.all([
        findToldNames(tx, { ...day, kind, in: 'any' }, names),
        checkBooked(deps, day, records, { findings, booked }),
      ]);
      const told = new Set(found.map(({ orderNo }) => orderNo));
      for (const record of records) {
        addTo(ours, record.record, record.amountMinor);
        if (!told.has(record.orderNo))
          await findings.add(compareMissing(record, { endsAt, isLaterCompared, isAsking }));
      }
    }
  }
  return { ours, booked };
}

async function* pagesOfDay(tx: Tx, day: Statement, kind: MoneyRecord['record']): AsyncGenerator<MoneyRecord[]> {
  for (let afterId: string | null = null; ; ) {
    const records: MoneyRecord[] = await listDayRecords(tx, {
      book: day.book,
      walletAccountId: day.walletAccountId,
      record: kind,
      startsAt: day.startsAt,
      endsAt: day.endsAt,
      ageDaysMax: kind === 'payment' ? STATEMENT_PAYMENT_AGE_DAYS_MAX : STATEMENT_REFUND_AGE_DAYS_MAX,
      succeededOnly: true,
      afterId,
      itemsMax: STATEMENT_PIECE_ITEMS,
    });
    if (records.length > 0) yield records;
    const last = records.at(-1);
    if (last === undefined || records.length < STATEMENT_PIECE_ITEMS) return;
    afterId = last.id;
  }
}

/** A query that is sent before its answer is needed: should it fail, that is heard when it is waited for. */
function ahead<T>(query: Promise<T>): Promise<T> {
  query.catch(() => {});
  return query;
}

const KINDS = ['payment', 'refund'] as const;
