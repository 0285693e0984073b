import { column } from '../db/column.ts';
import type { Sql, Tx } from '../db/connect.ts';
import type { StatementLine } from '../wallets/statement.ts';
import type { Statement } from './statement.ts';

/** The numbers of the lines that were written; a line whose number or name is there already is not. */
export async function insertStatementLines(
  tx: Tx,
  statement: Statement,
  lines: readonly StatementLine[],
): Promise<Set<number>> {
  const rows = await tx<{ line_no: number }[]>`
    insert into statement_lines (book, statement_id, wallet_account_id, line_no, kind, order_no, payment_order_no,
      wallet_payment_id, currency, amount_minor, fee_milli, occurred_at, settled_minor)
    select ${statement.book}::int, ${statement.id}::text, ${statement.walletAccountId}::text, new.*
    from unnest(
      ${column(lines.map((line) => line.lineNo))}::int[],
      ${lines.map((line) => line.kind)}::text[],
      ${lines.map((line) => line.orderNo)}::text[],
      ${lines.map((line) => line.paymentOrderNo)}::text[],
      ${lines.map((line) => line.walletPaymentId)}::text[],
      ${lines.map((line) => line.currency)}::text[],
      ${column(lines.map((line) => line.amountMinor))}::bigint[],
      ${column(lines.map((line) => line.feeMilli))}::bigint[],
      ${column(lines.map((line) => line.occurredAt))}::timestamptz[],
      ${column(lines.map((line) => line.settledMinor ?? null))}::bigint[]
    ) as new
    on conflict do nothing
    returning line_no`;
  return new Set(rows.map((row) => row.line_no));
}

/** One page of a statement's lines, in their order. */
export async function pageStatementLines(
  sql: Sql | Tx,
  statement: Statement,
  afterLineNo: number,
  itemsMax: number,
): Promise<StatementLine[]> {
  const rows = await sql<(Omit<StatementLine, 'settledMinor'> & { settledMinor: bigint | null })[]>`
    select line_no as "lineNo", kind, order_no as "orderNo", payment_order_no as "paymentOrderNo",
      wallet_payment_id as "walletPaymentId", currency, amount_minor as "amountMinor", fee_milli as "feeMilli",
      occurred_at as "occurredAt", settled_minor as "settledMinor"
    from statement_lines
    where book = ${statement.book}
      and statement_id = ${statement.id}
      and line_no > ${afterLineNo}
    order by line_no
    limit ${itemsMax}`;
  return rows.map(({ settledMinor, ...line }) => (settledMinor === null ? line : { ...line, settledMinor }));
}

/** A name that a bill has told: in which, and on which line. */
export interface ToldName {
  orderNo: string;
  statementId: string;
  lineNo: number;
}

/**
 * Which of these names stand in the account's bills that were read whole; in one statement, in all but one, or in any. Each
 * name is looked up by itself: the fence (offset) keeps the planner, which has never seen today's lines, from reading a
 * whole bill for each page of names by an index that begins with the book.
 */
export async function findToldNames(
  sql: Sql | Tx,
  of: {
    book: number;
    walletAccountId: string;
    kind: StatementLine['kind'];
    in: { only: string } | { except: string } | 'any';
  },
  orderNos: readonly string[],
): Promise<ToldName[]> {
  if (orderNos.length === 0) return [];
  const only = of.in !== 'any' && 'only' in of.in ? of.in.only : null;
  const except = of.in !== 'any' && 'except' in of.in ? of.in.except : null;
  return await sql<ToldName[]>`
    select told.order_no as "orderNo", told.statement_id as "statementId", told.line_no as "lineNo"
    from unnest(${[...orderNos]}::text[]) as wanted (order_no)
    cross join lateral (
      select book, order_no, statement_id, line_no
      from statement_lines
      where wallet_account_id = ${of.walletAccountId}
        and kind = ${of.kind}
        and order_no = wanted.order_no
      offset 0
    ) as told
    where told.book = ${of.book}
      and (${only}::text is null or told.statement_id = ${only})
      and (${except}::text is null or told.statement_id <> ${except})`;
}

/** How many lines a statement has, and their sums. */
export async function sumStatementLines(
  sql: Sql | Tx,
  statement: Statement,
): Promise<{ kind: StatementLine['kind']; count: number; minor: bigint }[]> {
  return await sql<{ kind: StatementLine['kind']; count: number; minor: bigint }[]>`
    select kind, count(*)::int as count, sum(amount_minor)::bigint as minor
    from statement_lines
    where book = ${statement.book}
      and statement_id = ${statement.id}
    group by kind`;
}
