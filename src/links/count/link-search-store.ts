import type { Sql } from '../../db/connect.ts';
import type { LinkState } from '../link.ts';

/** What an operator looks for. */
export interface LinkSearch {
  /** Letters of a code or id as they are, or a part of a title, a host, or a merchant's name; null: everything. */
  text: string | null;
  state: LinkState | null;
  /** Null: of everybody. */
  merchantId: string | null;
  /** Goes on behind this link. */
  before: string | null;
  itemsMax: number;
}

/** The ids of links that fit, newest first: by what they say now, not by what they said. */
export async function searchLinks(sql: Sql, book: number, wish: LinkSearch): Promise<string[]> {
  const { text, state, merchantId, before, itemsMax } = wish;
  const part = text === null ? null : `%${text.replaceAll(/[\\%_]/g, (sign) => `\\${sign}`)}%`;
  const rows = await sql<{ id: string }[]>`
    select l.id
    from links l
    join link_versions v on v.book = l.book and v.link_id = l.id and v.version = l.version
    left join merchants m on m.book = l.book and m.id = l.merchant_id
    left join link_hosts h on h.book = l.book and h.id = l.served_by
    where l.book = ${book}
      and (${before}::text is null or l.id < ${before})
      and (${state}::text is null or l.state = ${state})
      and (${merchantId}::text is null or l.merchant_id = ${merchantId})
      and (${text}::text is null
        or l.code = ${text} or l.id = ${text} or l.merchant_id = ${text}
        or v.title ilike ${part} or v.page_host ilike ${part} or h.host ilike ${part} or m.name ilike ${part})
    order by l.id desc
    limit ${itemsMax}`;
  return rows.map(({ id }) => id);
}

/** Merchants that have named hosts, the latest first. */
export async function listHostOwners(sql: Sql, book: number, itemsMax: number): Promise<string[]> {
  const rows = await sql<{ merchantId: string }[]>`
    select merchant_id as "merchantId"
    from link_hosts
    where book = ${book}
      and dropped_at is null
    group by merchant_id
    order by max(id) desc
    limit ${itemsMax}`;
  return rows.map(({ merchantId }) => merchantId);
}
