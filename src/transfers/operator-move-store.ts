import type { Sql } from '../db/connect.ts';
import type { MoveRow } from './move.ts';

export interface OperatorMoveFilter {
  book: number;
  state: string | null;
  kind: string | null;
  /** Only those that have not ended. */
  isOpen: boolean;
  userId: string | null;
  itemsMax: number;
}

/** Of everybody, newest first; those that never began as well. */
export async function listMoveIds(sql: Sql, filter: OperatorMoveFilter): Promise<MoveRow['id'][]> {
  const rows = await sql<{ id: MoveRow['id'] }[]>`
    select id
    from moves
    where book = ${filter.book}
      and (${filter.state}::text is null or state = ${filter.state})
      and (${filter.kind}::text is null or kind = ${filter.kind})
      and (${filter.userId}::text is null or user_id = ${filter.userId})
      and (not ${filter.isOpen}::boolean or ended_at is null)
    order by id desc
    limit ${filter.itemsMax}`;
  return rows.map(({ id }) => id);
}
