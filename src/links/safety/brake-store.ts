import type { Sql, Tx } from '../../db/connect.ts';
import type { Brake, BrakeEffect, BrakeSubject, SafetyAct } from './reports.ts';

/** Nodes listen here for changes of brakes. */
export const BRAKES_CHANNEL = 'hutong_link_brakes';

interface BrakeRow extends Omit<Brake, 'subject'> {
  subjectKind: BrakeSubject['kind'];
  subjectId: string;
}

/** False where one is in force for the subject; a stronger effect takes its place by `strengthenBrake`. */
export async function insertBrake(tx: Tx, book: number, brake: Brake): Promise<boolean> {
  const rows = await tx`
    insert into link_brakes (book, id, subject_kind, subject, effect, reason, set_by, set_at)
    values (${book}, ${brake.id}, ${brake.subject.kind}, ${brake.subject.id}, ${brake.effect}, ${brake.reason}, ${brake.setBy},
      ${brake.setAt})
    on conflict (subject_kind, subject, book) where lifted_at is null do nothing
    returning id`;
  return rows.length > 0;
}

/** The one in force, locked. */
export async function lockBrake(tx: Tx, book: number, subject: BrakeSubject): Promise<Brake | null> {
  const [row] = await tx<BrakeRow[]>`
    select ${columns(tx)}
    from link_brakes
    where book = ${book}
      and subject_kind = ${subject.kind}
      and subject = ${subject.id}
      and lifted_at is null
    for update`;
  return row === undefined ? null : toBrake(row);
}

export async function endBrake(
  tx: Tx,
  book: number,
  id: string,
  lifted: { at: Date; by: string; because: string },
): Promise<void> {
  await tx`
    update link_brakes
    set lifted_at = greatest(${lifted.at}::timestamptz, set_at),
      lifted_by = ${lifted.by},
      lifted_because = ${lifted.because}
    where book = ${book}
      and id = ${id}`;
}

/** Those in force, newest first. */
export async function listBrakes(sql: Sql, book: number, itemsMax: number): Promise<Brake[]> {
  const rows = await sql<BrakeRow[]>`
    select ${columns(sql)}
    from link_brakes
    where book = ${book}
      and lifted_at is null
    order by id desc
    limit ${itemsMax}`;
  return rows.map(toBrake);
}

export async function findEffects(
  sql: Sql,
  book: number,
  kind: BrakeSubject['kind'],
  ids: readonly string[],
): Promise<Map<string, BrakeEffect>> {
  const rows = await sql<{ subject: string; effect: BrakeEffect }[]>`
    select subject, effect
    from link_brakes
    where book = ${book}
      and subject_kind = ${kind}
      and subject = any (${ids as string[]}::text[])
      and lifted_at is null`; // the driver does not change the list
  return new Map(rows.map(({ subject, effect }) => [subject, effect]));
}

function columns(sql: Sql | Tx) {
  return sql`id, subject_kind as "subjectKind", subject as "subjectId", effect, reason, set_by as "setBy", set_at as "setAt"`;
}

function toBrake({ subjectKind, subjectId, ...row }: BrakeRow): Brake {
  return { ...row, subject: { kind: subjectKind, id: subjectId } };
}

/** The number of the book's last change; 0 before the first. */
export async function readRevision(sql: Sql, book: number): Promise<bigint> {
  const [row] = await sql<{ revision: bigint }[]>`
    select revision
    from link_brake_books
    where book = ${book}`;
  return row?.revision ?? 0n;
}

/** Counts a change and tells every node of it when the transaction commits. */
export async function raiseRevision(tx: Tx, book: number): Promise<void> {
  await tx`
    insert into link_brake_books (book, revision)
    values (${book}, 1)
    on conflict (book) do update
    set revision = link_brake_books.revision + 1`;
  await tx`select pg_notify(${BRAKES_CHANNEL}, '')`;
}

export async function insertAct(tx: Tx, book: number, act: SafetyAct): Promise<void> {
  await tx`
    insert into link_safety_acts (book, id, act, subject_kind, subject, acted_by, reason, links_count, acted_at)
    values (${book}, ${act.id}, ${act.act}, ${act.subjectKind}, ${act.subject}, ${act.by}, ${act.reason}, ${act.linksCount}, ${act.at})`;
}

/** Newest first. */
export async function listActs(sql: Sql, book: number, subject: string, itemsMax: number): Promise<SafetyAct[]> {
  return await sql<SafetyAct[]>`
    select id, act, subject_kind as "subjectKind", subject, acted_by as "by", reason, links_count as "linksCount", acted_at as at
    from link_safety_acts
    where book = ${book}
      and subject = ${subject}
    order by id desc
    limit ${itemsMax}`;
}
