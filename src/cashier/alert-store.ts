import { column } from '../db/column.ts';
import type { Sql, Tx } from '../db/connect.ts';
import type { Alert } from './payment.ts';

export async function insertAlerts(sql: Sql | Tx, alerts: readonly Alert[]): Promise<void> {
  await sql`
    insert into alerts (book, id, kind, subject_id, detail, created_at)
    select *
    from unnest(
      ${column(alerts.map((a) => a.book))}::int[],
      ${alerts.map((a) => a.id)}::text[],
      ${alerts.map((a) => a.kind)}::text[],
      ${alerts.map((a) => a.subjectId)}::text[],
      ${alerts.map((a) => a.detail)}::text[],
      ${column(alerts.map((a) => a.createdAt))}::timestamptz[]
    )`;
}

/** Newest first. */
export async function listAlerts(sql: Sql, book: number, itemsMax: number): Promise<Alert[]> {
  return await sql<Alert[]>`
    select book, id, kind, subject_id as "subjectId", detail, created_at as "createdAt"
    from alerts
    where book = ${book}
    order by id desc
    limit ${itemsMax}`;
}
