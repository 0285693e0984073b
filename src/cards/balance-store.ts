import { column } from '../db/column.ts';
import type { Sql, Tx } from '../db/connect.ts';
import type { CardId } from './cards.ts';

/** What a bank said last of a card, and how often it was asked today. Amounts in fen; days as `2026-11-23`. */
export interface BalanceRow {
  cardId: CardId;
  askedDay: string | null;
  askedCount: number;
  /** Somebody is asking, at the latest until then. */
  askingUntil: Date | null;
  answeredAt: Date | null;
  ledgerMinor: bigint | null;
  availableMinor: bigint | null;
  billMinor: bigint | null;
  minimumMinor: bigint | null;
  billedDay: string | null;
  dueDay: string | null;
}

export async function insertBalanceRows(tx: Tx, book: number, cardIds: readonly CardId[]): Promise<void> {
  await tx`
    insert into card_balances (book, card_id)
    select ${book}, unnest(${[...cardIds]}::text[])`;
}

export async function lockBalanceRows(tx: Tx, book: number, cardIds: readonly string[]): Promise<BalanceRow[]> {
  return await tx<BalanceRow[]>`
    select ${columns(tx)}
    from card_balances
    where book = ${book}
      and card_id = any(${[...cardIds]}::text[])
    order by card_id
    for no key update`;
}

export async function readBalanceRow(sql: Sql, book: number, cardId: string): Promise<BalanceRow | null> {
  const [row] = await sql<BalanceRow[]>`
    select ${columns(sql)}
    from card_balances
    where book = ${book}
      and card_id = ${cardId}`;
  return row ?? null;
}

/** Counts one question more for each, and says that somebody is asking. */
export async function updateAsking(
  tx: Tx,
  book: number,
  cardIds: readonly string[],
  asking: { day: string; until: Date },
): Promise<void> {
  await tx`
    update card_balances
    set asked_count = case when asked_day = ${asking.day}::date then asked_count + 1 else 1 end,
      asked_day = ${asking.day}::date,
      asking_until = ${asking.until}
    where book = ${book}
      and card_id = any(${[...cardIds]}::text[])`;
}

/** Keeps what a bank answered. An answer to a question asked earlier does not take the place of a later one. */
export async function updateAnswers(sql: Sql, book: number, rows: readonly AnswerRow[]): Promise<void> {
  await sql`
    update card_balances b
    set answered_at = n.answered_at,
      ledger_minor = n.ledger_minor,
      available_minor = n.available_minor,
      bill_minor = n.bill_minor,
      minimum_minor = n.minimum_minor,
      billed_day = n.billed_day,
      due_day = n.due_day,
      asking_until = null
    from unnest(${rows.map(({ cardId }) => cardId)}::text[], ${column(rows.map(({ answeredAt }) => answeredAt))}::timestamptz[],
      ${column(rows.map(({ ledgerMinor }) => ledgerMinor))}::bigint[],
      ${column(rows.map(({ availableMinor }) => availableMinor))}::bigint[],
      ${column(rows.map(({ billMinor }) => billMinor))}::bigint[],
      ${column(rows.map(({ minimumMinor }) => minimumMinor))}::bigint[],
      ${sql.array(rows.map(({ billedDay }) => billedDay))}::date[], ${sql.array(rows.map(({ dueDay }) => dueDay))}::date[])
      as n (card_id, answered_at, ledger_minor, available_minor, bill_minor, minimum_minor, billed_day, due_day)
    where b.book = ${book}
      and b.card_id = n.card_id
      and (b.answered_at is null or b.answered_at <= n.answered_at)`;
}

/** Nobody is asking any more, and nothing was learned. */
export async function updateAsked(sql: Sql, book: number, cardId: string): Promise<void> {
  await sql`
    update card_balances
    set asking_until = null
    where book = ${book}
      and card_id = ${cardId}`;
}

export type AnswerRow = Pick<
  BalanceRow,
  'cardId' | 'billMinor' | 'minimumMinor' | 'billedDay' | 'dueDay' | 'ledgerMinor' | 'availableMinor' | 'answeredAt'
>;

function columns(sql: Sql | Tx) {
  return sql`card_id as "cardId", asked_day::text as "askedDay", asked_count as "askedCount",
    asking_until as "askingUntil", answered_at as "answeredAt", ledger_minor as "ledgerMinor",
    available_minor as "availableMinor", bill_minor as "billMinor", minimum_minor as "minimumMinor",
    billed_day::text as "billedDay", due_day::text as "dueDay"`;
}
