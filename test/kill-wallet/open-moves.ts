import type { Sql } from '../../src/db/connect.ts';
import type { OpenThings } from '../kill/settle.ts';

const LINES_SHOWN_MAX = 12;

/** What the wallet may still owe somebody: moves, orders, refunds, notices, reservations, and days of the switch that are not compared. */
export function openMoves(sql: Sql): OpenThings {
  return {
    sql,
    // What a bank never says of itself is told by its switch's files, and those come once a day.
    longLeapMs: 3 * 3_601_000,
    async count(now) {
      const [row] = await sql<{ open: bigint; due: bigint }[]>`
        select count(*) as open, count(*) filter (where due_at <= ${now}) as due
        from (
          select due_at from moves where ended_at is null
          union all select case when leased_until > due_at then leased_until else due_at end from payer_moves where state = 'asked'
          union all select due_at from payer_orders where state = 'open' or ending is not null
          union all select case when leased_until > due_at then leased_until else due_at end from payer_notices where state = 'pending'
          union all select null from payer_refunds where state = 'accepted'
          union all select null from limit_holds where state = 'held'
          union all
          select case when leased_until > due_at then leased_until else due_at end from (select distinct settlement_day as day from legs where settlement_day is not null) as moved
            left join clearing_days using (day)
          where state is distinct from 'compared'
        ) as owed`;
      if (row === undefined) throw new Error('a count is one row');
      return row;
    },
    async describe() {
      const rows = await sql<{ line: string }[]>`
        select concat_ws(' ', id, kind, m.state, 'due', m.due_at, side, l.state, code, reason, 'sent', sends_count, 'last', last_sent_at) as line
        from moves m left join legs l on l.move_id = m.id where ended_at is null
        union all select concat_ws(' ', id, kind, state, 'due', due_at, 'leased', leased_until) from payer_moves where state = 'asked'
        union all select concat_ws(' ', order_no, state, ending, 'due', due_at) from payer_orders where state = 'open' or ending is not null
        union all select concat_ws(' ', id, kind, state, last_answer, 'due', due_at) from payer_notices where state = 'pending'
        union all select concat_ws(' ', refund_no, state) from payer_refunds where state = 'accepted'
        union all select concat_ws(' ', id, state) from limit_holds where state = 'held'
        union all select concat_ws(' ', 'clearing', day, state, reason, 'due', due_at) from clearing_days where state <> 'compared'
        limit ${LINES_SHOWN_MAX}`;
      return rows.map((row) => row.line);
    },
  };
}
