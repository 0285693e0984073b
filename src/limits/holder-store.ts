import { column } from '../db/column.ts';
import type { Sql, Tx } from '../db/connect.ts';

/** What a person has set for himself under one rule, for one card or (card id empty) for all. */
export interface HolderFigure {
  book: number;
  userId: string;
  rule: string;
  cardId: string;
  /** Null: no figure of one's own. */
  max: bigint | null;
  /** A higher one that counts from `nextFrom` on; null with a time means that the own figure is lifted then. */
  nextMax: bigint | null;
  nextFrom: Date | null;
}

export async function listHolderFigures(
  sql: Sql | Tx,
  people: readonly { book: number; userId: string }[],
): Promise<HolderFigure[]> {
  return await sql<HolderFigure[]>`
    select h.book, h.user_id as "userId", h.rule, h.card_id as "cardId", h.max_value as "max", h.next_value as "nextMax",
      h.next_from as "nextFrom"
    from unnest(
      ${column(people.map((one) => one.book))}::int[],
      ${people.map((one) => one.userId)}::text[]
    ) as wanted (book, user_id)
    join limit_holder_figures h on h.book = wanted.book and h.user_id = wanted.user_id
    order by h.rule, h.card_id`;
}

/** The row as it is, made empty where there was none, and locked. */
export async function lockHolderFigure(tx: Tx, key: HolderKey, now: Date): Promise<HolderFigure> {
  await tx`
    insert into limit_holder_figures (book, user_id, rule, card_id, changed_at)
    values (${key.book}, ${key.userId}, ${key.rule}, ${key.cardId}, ${now})
    on conflict do nothing`;
  const [row] = await tx<Pick<HolderFigure, 'max' | 'nextMax' | 'nextFrom'>[]>`
    select max_value as "max", next_value as "nextMax", next_from as "nextFrom"
    from limit_holder_figures
    where book = ${key.book}
      and user_id = ${key.userId}
      and rule = ${key.rule}
      and card_id = ${key.cardId}
    for update`;
  if (row === undefined) throw new Error('assertion failed: the row was just made');
  return { ...key, ...row };
}

export async function updateHolderFigure(tx: Tx, row: HolderFigure, now: Date): Promise<void> {
  await tx`
    update limit_holder_figures
    set max_value = ${row.max},
      next_value = ${row.nextMax},
      next_from = ${row.nextFrom},
      changed_at = ${now}
    where book = ${row.book}
      and user_id = ${row.userId}
      and rule = ${row.rule}
      and card_id = ${row.cardId}`;
}

type HolderKey = Pick<HolderFigure, 'book' | 'userId' | 'rule' | 'cardId'>;
