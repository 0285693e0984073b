import type { Sql, Tx } from '../db/connect.ts';
import { column } from '../db/column.ts';

/** A line as it was signed. */
export interface AuditRow {
  book: number;
  id: string;
  userId: string | null;
  event: string;
  facts: string;
  at: Date;
  mac: Buffer;
}

export interface ChainedRow extends AuditRow {
  seq: bigint;
  hash: Buffer;
}

export interface HeadRow {
  seq: bigint;
  lastId: string | null;
  hash: Buffer;
  mac: Buffer;
}

export async function insertAuditLines(sql: Sql | Tx, rows: readonly AuditRow[]): Promise<void> {
  await sql`
    insert into audit_lines (book, id, user_id, event, facts, at, mac)
    select book, id, user_id, event, facts, at, mac
    from unnest(${column(rows.map(({ book }) => book))}::integer[], ${rows.map(({ id }) => id)}::text[],
      ${rows.map(({ userId }) => userId)}::text[], ${rows.map(({ event }) => event)}::text[],
      ${rows.map(({ facts }) => facts)}::text[], ${column(rows.map(({ at }) => at))}::timestamptz[],
      ${sql.array(rows.map(({ mac }) => mac))}::bytea[]) as line (book, id, user_id, event, facts, at, mac)`;
}

/** Locked until the transaction ends, so that one chains at a time. Null when the book has no chain yet. */
export async function lockHead(tx: Tx, book: number): Promise<HeadRow | null> {
  const [row] = await tx<HeadRow[]>`
    select seq, last_id as "lastId", hash, mac
    from audit_heads
    where book = ${book}
    for update`;
  return row ?? null;
}

export async function findHead(sql: Sql | Tx, book: number): Promise<HeadRow | null> {
  const [row] = await sql<HeadRow[]>`
    select seq, last_id as "lastId", hash, mac
    from audit_heads
    where book = ${book}`;
  return row ?? null;
}

/** False when another process began the chain at the same moment. */
export async function insertHead(tx: Tx, book: number, head: HeadRow): Promise<boolean> {
  const rows = await tx`
    insert into audit_heads (book, seq, last_id, hash, mac)
    values (${book}, ${head.seq}, ${head.lastId}, ${head.hash}, ${head.mac})
    on conflict (book) do nothing
    returning book`;
  return rows.length === 1;
}

export async function updateHead(tx: Tx, book: number, head: HeadRow): Promise<void> {
  await tx`
    update audit_heads
    set seq = ${head.seq}, last_id = ${head.lastId}, hash = ${head.hash}, mac = ${head.mac}
    where book = ${book}`;
}

export async function listUnchained(sql: Sql | Tx, book: number, itemsMax: number): Promise<AuditRow[]> {
  return await sql<AuditRow[]>`
    select book, id, user_id as "userId", event, facts, at, mac
    from audit_lines
    where book = ${book} and seq is null
    order by written_no
    limit ${itemsMax}`;
}

export async function chainLines(
  tx: Tx,
  book: number,
  links: readonly { id: string; seq: bigint; hash: Buffer }[],
): Promise<void> {
  await tx`
    update audit_lines l
    set seq = link.seq, hash = link.hash
    from unnest(${links.map(({ id }) => id)}::text[], ${column(links.map(({ seq }) => seq))}::bigint[],
      ${tx.array(links.map(({ hash }) => hash))}::bytea[]) as link (id, seq, hash)
    where l.book = ${book} and l.id = link.id and l.seq is null`;
}

/** In order of the chain, from after `seq`. */
export async function listChained(sql: Sql | Tx, book: number, seq: bigint, itemsMax: number): Promise<ChainedRow[]> {
  return await sql<ChainedRow[]>`
    select book, id, user_id as "userId", event, facts, at, mac, seq, hash
    from audit_lines
    where book = ${book} and seq > ${seq}
    order by seq
    limit ${itemsMax}`;
}
