import { column } from '../db/column.ts';
import type { Tx } from '../db/connect.ts';
import type { NewNotice } from './order.ts';
import type { Queries } from './payer-deps.ts';

/** One notification that is ours to send until its lease ends. */
export interface LeasedNotice extends NewNotice {
  id: string;
  leaseNo: bigint;
  /** This try included. */
  triesCount: number;
}

/** One thing is told once: a second row for it is left out. */
export async function insertNotices(
  tx: Tx,
  book: number,
  notices: readonly (NewNotice & { id: string })[],
  now: Date,
): Promise<void> {
  if (notices.length === 0) return;
  await tx`
    insert into payer_notices (book, id, kind, subject_id, merchant_no, url, state, created_at, due_at, leased_until)
    select ${book}, id, kind, subject_id, merchant_no, url, 'pending', ${now}, ${now}, ${now}
    from unnest(
      ${notices.map((n) => n.id)}::text[],
      ${notices.map((n) => n.kind)}::text[],
      ${notices.map((n) => n.subjectId)}::text[],
      ${notices.map((n) => n.merchantNo)}::text[],
      ${notices.map((n) => n.url)}::text[]
    ) as new (id, kind, subject_id, merchant_no, url)
    on conflict (subject_id, kind, book) do nothing`;
}

export async function claimDueNotices(
  sql: Queries,
  book: number,
  facts: { now: Date; leasedUntil: Date; limit: number },
): Promise<LeasedNotice[]> {
  return await sql<LeasedNotice[]>`
    update payer_notices
    set leased_until = ${facts.leasedUntil}, lease_no = lease_no + 1, tries_count = tries_count + 1
    where book = ${book} and id in (
      select id
      from payer_notices
      where book = ${book} and due_at <= ${facts.now} and leased_until <= ${facts.now}
      order by due_at
      limit ${facts.limit}
      for update skip locked
    )
    returning id, kind, subject_id as "subjectId", merchant_no as "merchantNo", url, lease_no as "leaseNo",
      tries_count as "triesCount"`;
}

export interface NoticeResult {
  id: string;
  leaseNo: bigint;
  state: 'pending' | 'taken' | 'given_up';
  lastAnswer: string;
  dueAt: Date | null;
  endedAt: Date | null;
}

/** What came of tries; one whose lease has passed on is left alone. */
export async function updateNotices(tx: Tx, book: number, results: readonly NoticeResult[], now: Date): Promise<void> {
  await tx`
    update payer_notices as n
    set state = new.state, last_answer = new.last_answer, due_at = new.due_at, ended_at = new.ended_at, leased_until = ${now}
    from unnest(
      ${results.map((r) => r.id)}::text[],
      ${column(results.map((r) => r.leaseNo))}::bigint[],
      ${results.map((r) => r.state)}::text[],
      ${results.map((r) => r.lastAnswer)}::text[],
      ${column(results.map((r) => r.dueAt))}::timestamptz[],
      ${column(results.map((r) => r.endedAt))}::timestamptz[]
    ) as new (id, lease_no, state, last_answer, due_at, ended_at)
    where n.book = ${book} and n.id = new.id and n.lease_no = new.lease_no and n.state = 'pending'`;
}
