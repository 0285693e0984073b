import { ANALYZE_ROWS_MIN } from '../base/limits.ts';
import type { Sql } from './connect.ts';

/**
 * Refreshes what the planner knows of tables that have changed by half since it last looked. The database does this by
 * itself about once a minute, but a new installation grows a thousandfold in its first minute, and until then every plan
 * is the one for an empty table: a look-up by key that reads everything, since a book is taken for a few rows of it. A refresh
 * also drops the kept plans.
 */
export async function analyzeGrown(sql: Sql): Promise<number> {
  const grown = await sql<{ relname: string }[]>`
    select relname
    from pg_stat_user_tables
    where schemaname = current_schema()
      and n_mod_since_analyze > greatest(${ANALYZE_ROWS_MIN}, n_live_tup / 2)`;
  for (const { relname } of grown) await sql`analyze ${sql(relname)}`;
  return grown.length;
}
