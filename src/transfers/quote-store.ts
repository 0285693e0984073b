import { column } from '../db/column.ts';
import type { Sql, Tx } from '../db/connect.ts';
import type { QuoteRow } from './quote-row.ts';

const COLUMNS = [
  'book',
  'id',
  'user_id',
  'kind',
  'amount_minor',
  'arrival',
  'arrives_at',
  'payee_kind',
  'payee_id',
  'to_user_id',
  'to_card_id',
  'to_target_id',
  'to_class',
  'to_bank',
  'to_institution',
  'to_last4',
  'to_name_masked',
  'shown_to',
  'parts',
  'note',
  'explanation',
  'level',
  'advice',
  'created_at',
  'expires_at',
  'confirmed_at',
  'confirmed_key',
  'bound_key',
];

export async function insertQuotes(tx: Tx, rows: readonly QuoteRow[]): Promise<void> {
  await tx`
    insert into quotes (book, id, user_id, kind, amount_minor, arrival, arrives_at, payee_kind, payee_id, to_user_id,
      to_card_id, to_target_id, to_class, to_bank, to_institution, to_last4, to_name_masked, shown_to, parts, note, explanation, level, advice,
      created_at, expires_at, bound_key)
    select book, id, user_id, kind, amount_minor, arrival, arrives_at, payee_kind, payee_id, to_user_id,
      to_card_id, to_target_id, to_class, to_bank, to_institution, to_last4, to_name_masked, shown_to::jsonb, parts::jsonb, note, explanation::jsonb,
      level, advice, created_at, expires_at, bound_key
    from unnest(${column(rows.map((q) => q.book))}::int[], ${rows.map((q) => q.id)}::text[],
      ${rows.map((q) => q.userId)}::text[], ${rows.map((q) => q.kind)}::text[],
      ${column(rows.map((q) => q.amountMinor))}::bigint[], ${rows.map((q) => q.arrival)}::text[],
      ${column(rows.map((q) => q.arrivesAt))}::timestamptz[], ${rows.map((q) => q.payeeKind)}::text[],
      ${rows.map((q) => q.payeeId)}::text[], ${rows.map((q) => q.toUserId)}::text[],
      ${rows.map((q) => q.toCardId)}::text[], ${rows.map((q) => q.toTargetId)}::text[],
      ${column(rows.map((q) => q.toClass))}::int[], ${rows.map((q) => q.toBank)}::text[],
      ${rows.map((q) => q.toInstitution)}::text[], ${rows.map((q) => q.toLast4)}::text[],
      ${rows.map((q) => q.toNameMasked)}::text[], ${rows.map((q) => JSON.stringify(q.shownTo))}::text[],
      ${rows.map(partsText)}::text[], ${rows.map((q) => q.note)}::text[],
      ${rows.map((q) => JSON.stringify(q.explanation))}::text[], ${rows.map((q) => q.level)}::text[],
      ${rows.map((q) => q.advice)}::text[], ${column(rows.map((q) => q.createdAt))}::timestamptz[],
      ${column(rows.map((q) => q.expiresAt))}::timestamptz[], ${rows.map((q) => q.boundKey)}::text[])
      as new (book, id, user_id, kind, amount_minor, arrival, arrives_at, payee_kind, payee_id, to_user_id, to_card_id, to_target_id, to_class,
        to_bank, to_institution, to_last4, to_name_masked, shown_to, parts, note, explanation, level, advice, created_at, expires_at, bound_key)`;
}

/** In id order, so that no two writers lock crosswise. */
export async function lockQuotes(tx: Tx, book: number, ids: readonly string[]): Promise<QuoteRow[]> {
  const rows = await tx<DbRow[]>`
    select ${tx(COLUMNS)}
    from quotes
    where book = ${book}
      and id = any(${[...ids]}::text[])
    order by id
    for update`;
  return rows.map(toQuote);
}

export async function findQuotes(sql: Sql, book: number, ids: readonly string[]): Promise<QuoteRow[]> {
  const rows = await sql<DbRow[]>`
    select ${sql(COLUMNS)}
    from quotes
    where book = ${book}
      and id = any(${[...ids]}::text[])`;
  return rows.map(toQuote);
}

/** Which quote each of these keys has confirmed, if any. */
export async function findConfirmedKeys(
  tx: Sql | Tx,
  book: number,
  keys: readonly { userId: string; key: string }[],
): Promise<{ userId: string; key: string; quoteId: string }[]> {
  return await tx<{ userId: string; key: string; quoteId: string }[]>`
    select user_id as "userId", confirmed_key as key, id as "quoteId"
    from quotes
    where book = ${book}
      and (user_id, confirmed_key) in (
        select *
        from unnest(${keys.map(({ userId }) => userId)}::text[], ${keys.map(({ key }) => key)}::text[])
      )`;
}

export async function confirmQuotes(
  tx: Tx,
  book: number,
  confirmed: readonly { id: string; key: string }[],
  now: Date,
): Promise<void> {
  await tx`
    update quotes
    set confirmed_at = ${now},
      confirmed_key = new.key
    from unnest(${confirmed.map(({ id }) => id)}::text[], ${confirmed.map(({ key }) => key)}::text[]) as new (id, key)
    where quotes.book = ${book}
      and quotes.id = new.id`;
}

/** Counts one more look-up; answers how many there were that day, this one included. */
export async function countPhoneLookUp(sql: Sql, book: number, userId: string, day: string): Promise<number> {
  const [row] = await sql<{ looks: number }[]>`
    insert into phone_look_ups as looked (book, user_id, day, looks_count)
    values (${book}, ${userId}, ${day}::text::date, 1)
    on conflict (book, user_id, day) do update set looks_count = least(looked.looks_count + 1, 1000)
    returning looks_count as looks`;
  return row?.looks ?? 1;
}

/** Old quotes that nobody confirmed, and counts of days gone by; answers how many rows went. */
export async function deleteOldQuotes(sql: Sql, before: Date, day: string, itemsMax: number): Promise<number> {
  const [quotes, looks] = await Promise.all([
    sql`
      delete from quotes
      where (book, id) in (
        select book, id
        from quotes
        where confirmed_at is null
          and expires_at < ${before}
        order by expires_at
        limit ${itemsMax}
      )`,
    sql`
      delete from phone_look_ups
      where day < ${day}::text::date`,
  ]);
  return quotes.count + looks.count;
}

interface DbRow {
  book: number;
  id: QuoteRow['id'];
  user_id: QuoteRow['userId'];
  kind: QuoteRow['kind'];
  amount_minor: bigint;
  arrival: QuoteRow['arrival'];
  arrives_at: Date;
  payee_kind: QuoteRow['payeeKind'];
  payee_id: string | null;
  to_user_id: string | null;
  to_card_id: string | null;
  to_target_id: string | null;
  to_class: QuoteRow['toClass'];
  to_bank: string;
  to_institution: string | null;
  to_last4: string;
  to_name_masked: string;
  shown_to: QuoteRow['shownTo'];
  parts: (Omit<QuoteRow['parts'][number], 'amountMinor'> & { amountMinor: string })[];
  note: string;
  explanation: QuoteRow['explanation'];
  level: QuoteRow['level'];
  advice: QuoteRow['advice'];
  created_at: Date;
  expires_at: Date;
  confirmed_at: Date | null;
  confirmed_key: string | null;
  bound_key: string | null;
}

function toQuote(row: DbRow): QuoteRow {
  return {
    book: row.book,
    id: row.id,
    userId: row.user_id,
    kind: row.kind,
    amountMinor: row.amount_minor,
    arrival: row.arrival,
    arrivesAt: row.arrives_at,
    payeeKind: row.payee_kind,
    payeeId: row.payee_id,
    toUserId: row.to_user_id,
    toCardId: row.to_card_id,
    toTargetId: row.to_target_id,
    toClass: row.to_class,
    toBank: row.to_bank,
    toInstitution: row.to_institution,
    toLast4: row.to_last4,
    toNameMasked: row.to_name_masked,
    shownTo: row.shown_to,
    parts: row.parts.map((part) => ({ ...part, amountMinor: BigInt(part.amountMinor) })),
    note: row.note,
    explanation: row.explanation,
    level: row.level,
    advice: row.advice,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    confirmedAt: row.confirmed_at,
    confirmedKey: row.confirmed_key,
    boundKey: row.bound_key,
  };
}

function partsText(quote: QuoteRow): string {
  return JSON.stringify(quote.parts.map((part) => ({ ...part, amountMinor: part.amountMinor.toString() })));
}
