import { column } from '../db/column.ts';
import type { Tx } from '../db/connect.ts';
import type { PayerMove } from './order.ts';
import type { Queries } from './payer-deps.ts';

const COLUMNS = [
  'book',
  'id',
  'order_id',
  'kind',
  'refund_id',
  'user_id',
  'card_id',
  'device_is_new',
  'level',
  'amount_minor',
  'original_id',
  'state',
  'failure',
  'created_at',
  'ended_at',
  'due_at',
];

export async function insertMoves(tx: Tx, moves: readonly PayerMove[]): Promise<void> {
  if (moves.length === 0) return;
  await tx`
    insert into payer_moves (book, id, order_id, kind, refund_id, user_id, card_id, device_is_new, level, amount_minor, original_id,
      state, created_at, due_at, leased_until)
    select *
    from unnest(
      ${column(moves.map((m) => m.book))}::int[],
      ${moves.map((m) => m.id)}::text[],
      ${moves.map((m) => m.orderId)}::text[],
      ${moves.map((m) => m.kind)}::text[],
      ${moves.map((m) => m.refundId)}::text[],
      ${moves.map((m) => m.userId)}::text[],
      ${moves.map((m) => m.cardId)}::text[],
      ${column(moves.map((m) => m.deviceIsNew))}::boolean[],
      ${moves.map((m) => m.level)}::text[],
      ${column(moves.map((m) => m.amountMinor))}::bigint[],
      ${moves.map((m) => m.originalId)}::text[],
      ${moves.map((m) => m.state)}::text[],
      ${column(moves.map((m) => m.createdAt))}::timestamptz[],
      ${column(moves.map((m) => m.dueAt))}::timestamptz[],
      ${column(moves.map((m) => m.createdAt))}::timestamptz[]
    )`;
}

export async function findMoves(sql: Queries, book: number, ids: readonly string[]): Promise<Map<string, PayerMove>> {
  if (ids.length === 0) return new Map();
  const rows = await sql<MoveRow[]>`
    select ${sql(COLUMNS)}
    from payer_moves
    where book = ${book} and id = any(${[...ids]}::text[])`;
  return new Map(rows.map((row) => [row.id, toMove(row)]));
}

/** The order was locked before: nobody else ends a move of it meanwhile. */
export async function updateMovesEnded(tx: Tx, moves: readonly PayerMove[]): Promise<void> {
  if (moves.length === 0) return;
  await tx`
    update payer_moves as m
    set state = new.state, failure = new.failure, ended_at = new.ended_at, due_at = null
    from unnest(
      ${column(moves.map((m) => m.book))}::int[],
      ${moves.map((m) => m.id)}::text[],
      ${moves.map((m) => m.state)}::text[],
      ${moves.map((m) => m.failure)}::text[],
      ${column(moves.map((m) => m.endedAt))}::timestamptz[]
    ) as new (book, id, state, failure, ended_at)
    where m.book = new.book and m.id = new.id`;
}

/** Moves that were asked for and have not been heard of for a while: whoever asked may have died before asking. */
export async function claimDueMoves(
  sql: Queries,
  book: number,
  facts: { now: Date; leasedUntil: Date; limit: number },
): Promise<{ move: PayerMove; leaseNo: bigint; triesCount: number }[]> {
  const rows = await sql<(MoveRow & { lease_no: bigint; tries_count: number })[]>`
    update payer_moves
    set leased_until = ${facts.leasedUntil}, lease_no = lease_no + 1, tries_count = tries_count + 1
    where book = ${book} and id in (
      select id
      from payer_moves
      where book = ${book} and due_at <= ${facts.now} and leased_until <= ${facts.now}
      order by due_at
      limit ${facts.limit}
      for update skip locked
    )
    returning ${sql(COLUMNS)}, lease_no, tries_count`;
  return rows.map((row) => ({ move: toMove(row), leaseNo: row.lease_no, triesCount: row.tries_count }));
}

/** Changes nothing when the move has ended meanwhile or the lease has passed on. */
export async function updateMoveDue(
  sql: Queries,
  move: PayerMove,
  facts: { leaseNo: bigint; now: Date; dueAt: Date },
): Promise<void> {
  await sql`
    update payer_moves
    set due_at = ${facts.dueAt}, leased_until = ${facts.now}
    where book = ${move.book} and id = ${move.id} and state = 'asked' and lease_no = ${facts.leaseNo}`;
}

interface MoveRow {
  book: number;
  id: string;
  order_id: string;
  kind: PayerMove['kind'];
  refund_id: string | null;
  user_id: string;
  card_id: string;
  device_is_new: boolean;
  level: PayerMove['level'];
  amount_minor: bigint;
  original_id: string | null;
  state: PayerMove['state'];
  failure: string | null;
  created_at: Date;
  ended_at: Date | null;
  due_at: Date | null;
}

function toMove(row: MoveRow): PayerMove {
  return {
    book: row.book,
    id: row.id,
    orderId: row.order_id,
    kind: row.kind,
    refundId: row.refund_id,
    userId: row.user_id,
    cardId: row.card_id,
    deviceIsNew: row.device_is_new,
    level: row.level,
    amountMinor: row.amount_minor,
    originalId: row.original_id,
    state: row.state,
    failure: row.failure,
    createdAt: row.created_at,
    endedAt: row.ended_at,
    dueAt: row.due_at,
  };
}
