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
      wallet_payment_id, currency, amount_minor, fee_milli, occurred_at)
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
      ${column(lines.map((line) => line.occurredAt))}::timestamptz[]
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
  return await sql<StatementLine[]>`
    select line_no as "lineNo", kind, order_no as "orderNo", payment_order_no as "paymentOrderNo",
      wallet_payment_id as "walletPaymentId", currency, amount_minor as "amountMinor", fee_milli as "feeMilli",
      occurred_at as "occurredAt"
    from statement_lines
    where book = ${statement.book}
      and statement_id = ${statement.id}
      and line_no > ${afterLineNo}
    order by line_no
    limit ${itemsMax}`;
}

/** Which of these names stand in any bill of the account that was read whole, with that bill's day. */
export async function findToldNames(
  sql: Sql | Tx,
  of: { book: number; walletAccountId: string; kind: StatementLine['kind']; exceptStatementId: string | null },
  orderNos: readonly string[],
): Promise<Map<string, string>> {
  if (orderNos.length === 0) return new Map();
  const rows = await sql<{ orderNo: string; day: string }[]>`
    select l.order_no as "orderNo", s.day::text as day
    from statement_lines l
    join statements s on s.book = l.book and s.id = l.statement_id
    where l.book = ${of.book}
      and l.wallet_account_id = ${of.walletAccountId}
      and l.kind = ${of.kind}
      and l.order_no = any(${[...orderNos]}::text[])
      and (${of.exceptStatementId}::text is null or l.statement_id <> ${of.exceptStatementId})`;
  return new Map(rows.map((row) => [row.orderNo, row.day]));
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
