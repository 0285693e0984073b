import { column } from '../db/column.ts';
import type { Sql, Tx } from '../db/connect.ts';
import type { CardEnd, MoveRow } from './move.ts';

const COLUMNS = [
  'book',
  'id',
  'kind',
  'state',
  'user_id',
  'quote_id',
  'original_id',
  'amount_minor',
  'from_card_id',
  'from_bank',
  'from_institution',
  'from_last4',
  'from_name_masked',
  'payee_id',
  'to_card_id',
  'to_user_id',
  'to_bank',
  'to_institution',
  'to_last4',
  'to_name_masked',
  'shop_no',
  'shop_name',
  'shop_mcc',
  'note',
  'arrival',
  'arrives_at',
  'failure',
  'was_refused',
  'on_books_minor',
  'refunding_minor',
  'refunded_minor',
  'created_at',
  'ended_at',
  'due_at',
];

/** Answers how many were not there before. */
export async function insertMoves(tx: Tx, moves: readonly MoveRow[]): Promise<number> {
  const inserted = await tx`
    insert into moves (book, id, kind, state, user_id, quote_id, original_id, currency, amount_minor, from_card_id,
      from_bank, from_institution, from_last4, from_name_masked, payee_id, to_card_id, to_user_id, to_bank,
      to_institution, to_last4, to_name_masked, shop_no, shop_name, shop_mcc, note, arrival, arrives_at, failure,
      was_refused, created_at, ended_at, due_at)
    select book, id, kind, state, user_id, quote_id, original_id, 'CNY', amount_minor, from_card_id,
      from_bank, from_institution, from_last4, from_name_masked, payee_id, to_card_id, to_user_id, to_bank,
      to_institution, to_last4, to_name_masked, shop_no, shop_name, shop_mcc, note, arrival, arrives_at, failure,
      was_refused, created_at, ended_at, due_at
    from unnest(
      ${column(moves.map((m) => m.book))}::int[],
      ${moves.map((m) => m.id)}::text[],
      ${moves.map((m) => m.kind)}::text[],
      ${moves.map((m) => m.state)}::text[],
      ${moves.map((m) => m.userId)}::text[],
      ${moves.map((m) => m.quoteId)}::text[],
      ${moves.map((m) => m.originalId)}::text[],
      ${column(moves.map((m) => m.amountMinor))}::bigint[],
      ${moves.map((m) => m.from?.cardId ?? null)}::text[],
      ${moves.map((m) => m.from?.bank ?? null)}::text[],
      ${moves.map((m) => m.from?.institution ?? null)}::text[],
      ${moves.map((m) => m.from?.last4 ?? null)}::text[],
      ${moves.map((m) => m.from?.nameMasked ?? null)}::text[],
      ${moves.map((m) => m.to?.payeeId ?? null)}::text[],
      ${moves.map((m) => m.to?.cardId ?? null)}::text[],
      ${moves.map((m) => m.to?.userId ?? null)}::text[],
      ${moves.map((m) => m.to?.bank ?? null)}::text[],
      ${moves.map((m) => m.to?.institution ?? null)}::text[],
      ${moves.map((m) => m.to?.last4 ?? null)}::text[],
      ${moves.map((m) => m.to?.nameMasked ?? null)}::text[],
      ${moves.map((m) => m.shop?.no ?? null)}::text[],
      ${moves.map((m) => m.shop?.name ?? null)}::text[],
      ${moves.map((m) => m.shop?.mcc ?? null)}::text[],
      ${moves.map((m) => m.note)}::text[],
      ${moves.map((m) => m.arrival)}::text[],
      ${column(moves.map((m) => m.arrivesAt))}::timestamptz[],
      ${moves.map((m) => m.failure)}::text[],
      ${column(moves.map((m) => m.wasRefused))}::boolean[],
      ${column(moves.map((m) => m.createdAt))}::timestamptz[],
      ${column(moves.map((m) => m.endedAt))}::timestamptz[],
      ${column(moves.map((m) => m.dueAt))}::timestamptz[]
    ) as new (book, id, kind, state, user_id, quote_id, original_id, amount_minor, from_card_id,
      from_bank, from_institution, from_last4, from_name_masked, payee_id, to_card_id, to_user_id, to_bank,
      to_institution, to_last4, to_name_masked, shop_no, shop_name, shop_mcc, note, arrival, arrives_at, failure,
      was_refused, created_at, ended_at, due_at)
    on conflict (book, id) do nothing`;
  return inserted.count;
}

/** In id order, so that no two writers lock crosswise. */
export async function lockMoves(tx: Tx, book: number, ids: readonly string[]): Promise<MoveRow[]> {
  const rows = await tx<DbRow[]>`
    select ${tx(COLUMNS)}
    from moves
    where book = ${book}
      and id = any(${[...ids]}::text[])
    order by id
    for update`;
  return rows.map(toMove);
}

export async function updateMoves(tx: Tx, moves: readonly MoveRow[]): Promise<void> {
  await tx`
    update moves
    set state = new.state,
      failure = new.failure,
      on_books_minor = new.on_books_minor,
      refunding_minor = new.refunding_minor,
      refunded_minor = new.refunded_minor,
      ended_at = new.ended_at,
      due_at = new.due_at
    from unnest(
      ${column(moves.map((m) => m.book))}::int[],
      ${moves.map((m) => m.id)}::text[],
      ${moves.map((m) => m.state)}::text[],
      ${moves.map((m) => m.failure)}::text[],
      ${column(moves.map((m) => m.onBooksMinor))}::bigint[],
      ${column(moves.map((m) => m.refundingMinor))}::bigint[],
      ${column(moves.map((m) => m.refundedMinor))}::bigint[],
      ${column(moves.map((m) => m.endedAt))}::timestamptz[],
      ${column(moves.map((m) => m.dueAt))}::timestamptz[]
    ) as new (book, id, state, failure, on_books_minor, refunding_minor, refunded_minor, ended_at, due_at)
    where moves.book = new.book
      and moves.id = new.id`;
}

export async function findMoves(sql: Sql | Tx, book: number, ids: readonly string[]): Promise<MoveRow[]> {
  const rows = await sql<DbRow[]>`
    select ${sql(COLUMNS)}
    from moves
    where book = ${book}
      and id = any(${[...ids]}::text[])
    order by id`;
  return rows.map(toMove);
}

/** The parts of confirmed quotes, in the order in which they were made. */
export async function findMovesOfQuotes(tx: Sql | Tx, book: number, quoteIds: readonly string[]): Promise<MoveRow[]> {
  const rows = await tx<DbRow[]>`
    select ${tx(COLUMNS)}
    from moves
    where book = ${book}
      and quote_id = any(${[...quoteIds]}::text[])
    order by id`;
  return rows.map(toMove);
}

/** A move whose time has come, ours until `leaseUntil`. */
export interface DueMove {
  book: number;
  id: MoveRow['id'];
  originalId: MoveRow['originalId'];
  leaseUntil: Date;
}

/** Takes moves that owe work; the lease keeps other nodes away until it ends. */
export async function claimDueMoves(
  sql: Sql,
  book: number,
  now: Date,
  leaseUntil: Date,
  itemsMax: number,
): Promise<DueMove[]> {
  return await sql<DueMove[]>`
    update moves
    set due_at = ${leaseUntil}
    from (
      select book as due_book, id as due_id
      from moves
      where due_at <= ${now}
        and book = ${book}
      order by due_at
      limit ${itemsMax}
      for update skip locked
    ) as due
    where book = due_book
      and id = due_id
    returning book, id, original_id as "originalId", due_at as "leaseUntil"`;
}

/** Newest first; without those that never began. */
export async function listMoves(
  sql: Sql,
  filter: {
    book: number;
    userId: string;
    /** Letters of the note, of a name as shown, of the shop, or of a card's last digits. */
    text: string | null;
    kind: string | null;
    cardId: string | null;
    from: Date | null;
    before: Date | null;
    beforeId: string | null;
    itemsMax: number;
  },
): Promise<MoveRow[]> {
  const rows = await sql<DbRow[]>`
    select ${sql(COLUMNS)}
    from moves
    where book = ${filter.book}
      and user_id = ${filter.userId}
      and not was_refused
      and (${filter.kind}::text is null or kind = ${filter.kind})
      and (${filter.cardId}::text is null or ${filter.cardId} in (from_card_id, to_card_id))
      and (${filter.from}::timestamptz is null or created_at >= ${filter.from})
      and (${filter.before}::timestamptz is null or created_at < ${filter.before})
      and (${filter.beforeId}::text is null or id < ${filter.beforeId})
      and (
        ${filter.text}::text is null
        or position(lower(${filter.text}) in lower(concat_ws(' ', note, to_name_masked, shop_name, to_last4, from_last4))) > 0
      )
    order by id desc
    limit ${filter.itemsMax}`;
  return rows.map(toMove);
}

/** Any number of our own; with the book it names the lock between beginning a move and unbinding a card. */
const UNBINDING_LOCK = 741_101;

/** Held until the transaction ends: meanwhile nobody finds out that a card is not in use. */
export async function holdCards(tx: Tx, book: number): Promise<void> {
  await tx`select pg_advisory_xact_lock_shared(${UNBINDING_LOCK}::int, ${book}::int)`;
}

/**
 * True while a move that has not ended takes from this card or gives to it. Until the caller's transaction ends no move begins, so that the answer
 * stays right.
 */
export async function isCardUsed(tx: Tx, book: number, cardId: string): Promise<boolean> {
  await tx`select pg_advisory_xact_lock(${UNBINDING_LOCK}::int, ${book}::int)`;
  const [row] = await tx<{ used: boolean }[]>`
    select exists (
      select from moves where book = ${book} and from_card_id = ${cardId} and ended_at is null
    ) or exists (
      select from moves where book = ${book} and to_card_id = ${cardId} and ended_at is null
    ) as used`;
  return row?.used ?? false;
}

export interface MoveSums {
  /** What stands in the transit account by the moves' own word, in fen. */
  transitMinor: bigint;
  /** What each institution owes us by the legs' own word: taken, less given and given back. */
  institutions: { institution: string; sumMinor: bigint }[];
  /** What each shop is owed: purchases less refunds. */
  shops: { shopNo: string; sumMinor: bigint }[];
}

/** One picture of all moves of a book. */
export async function sumMoves(sql: Sql, book: number): Promise<MoveSums> {
  return await sql.begin('isolation level repeatable read read only', async (tx) => {
    const [transit, institutions, shops] = await Promise.all([
      tx<{ sum: bigint }[]>`
        select coalesce(sum(on_books_minor), 0)::bigint as sum
        from moves
        where book = ${book}
          and ended_at is null`,
      tx<{ institution: string; sumMinor: bigint }[]>`
        select leg.institution,
          sum(case leg.side when 'debit' then leg.amount_minor else -leg.amount_minor end)::bigint as "sumMinor"
        from legs as leg
        join legs as debit on debit.book = leg.book and debit.move_id = leg.move_id
          and debit.side = case leg.side when 'credit' then 'credit' else 'debit' end
        where leg.book = ${book}
          and leg.state = 'approved'
          and debit.state = 'approved'
        group by leg.institution
        order by leg.institution`,
      tx<{ shopNo: string; sumMinor: bigint }[]>`
        select shop_no as "shopNo",
          sum(case kind when 'purchase' then amount_minor else -amount_minor end)::bigint as "sumMinor"
        from moves
        where book = ${book}
          and state = 'succeeded'
          and kind in ('purchase', 'refund')
        group by shop_no
        order by shop_no`,
    ]);
    return { transitMinor: transit[0]?.sum ?? 0n, institutions: [...institutions], shops: [...shops] };
  });
}

interface DbRow {
  book: number;
  id: MoveRow['id'];
  kind: MoveRow['kind'];
  state: MoveRow['state'];
  user_id: MoveRow['userId'];
  quote_id: string | null;
  original_id: MoveRow['originalId'];
  amount_minor: bigint;
  from_card_id: string | null;
  from_bank: string | null;
  from_institution: string | null;
  from_last4: string | null;
  from_name_masked: string | null;
  payee_id: string | null;
  to_card_id: string | null;
  to_user_id: string | null;
  to_bank: string | null;
  to_institution: string | null;
  to_last4: string | null;
  to_name_masked: string | null;
  shop_no: string | null;
  shop_name: string | null;
  shop_mcc: string | null;
  note: string;
  arrival: MoveRow['arrival'];
  arrives_at: Date | null;
  failure: string | null;
  was_refused: boolean;
  on_books_minor: bigint;
  refunding_minor: bigint;
  refunded_minor: bigint;
  created_at: Date;
  ended_at: Date | null;
  due_at: Date | null;
}

function toMove(row: DbRow): MoveRow {
  return {
    book: row.book,
    id: row.id,
    kind: row.kind,
    state: row.state,
    userId: row.user_id,
    quoteId: row.quote_id,
    originalId: row.original_id,
    amountMinor: row.amount_minor,
    from: toEnd({
      cardId: row.from_card_id,
      payeeId: null,
      userId: null,
      bank: row.from_bank,
      institution: row.from_institution,
      last4: row.from_last4,
      nameMasked: row.from_name_masked,
    }),
    to: toEnd({
      cardId: row.to_card_id,
      payeeId: row.payee_id,
      userId: row.to_user_id,
      bank: row.to_bank,
      institution: row.to_institution,
      last4: row.to_last4,
      nameMasked: row.to_name_masked,
    }),
    shop:
      row.shop_no === null || row.shop_name === null || row.shop_mcc === null
        ? null
        : { no: row.shop_no, name: row.shop_name, mcc: row.shop_mcc },
    note: row.note,
    arrival: row.arrival,
    arrivesAt: row.arrives_at,
    failure: row.failure,
    wasRefused: row.was_refused,
    onBooksMinor: row.on_books_minor,
    refundingMinor: row.refunding_minor,
    refundedMinor: row.refunded_minor,
    createdAt: row.created_at,
    endedAt: row.ended_at,
    dueAt: row.due_at,
  };
}

/** An end that is there has its bank, institution and digits. */
function toEnd(end: { [Field in keyof CardEnd]: CardEnd[Field] | null }): CardEnd | null {
  const { bank, institution, last4, nameMasked } = end;
  if (bank === null || institution === null || last4 === null || nameMasked === null) return null;
  return { ...end, bank, institution, last4, nameMasked };
}
