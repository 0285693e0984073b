import type { Sql, Tx } from '../../db/connect.ts';
import type { Report, ReportedLink, ReportReason, ReportState } from './reports.ts';
import type { WeighedReport } from './weigh-reports.ts';

export interface NewReport {
  book: number;
  id: string;
  linkId: string;
  code: string;
  linkVersion: number;
  owner: string;
  targetHost: string | null;
  reason: ReportReason;
  words: string | null;
  contactSealed: string | null;
  network: Buffer;
  near: Buffer;
  opened: boolean;
  lang: string;
  createdAt: Date;
  day: string;
}

/** False where this network has reported the link today. */
export async function insertReport(tx: Tx, report: NewReport): Promise<boolean> {
  const rows = await tx`
    insert into link_reports (book, id, link_id, code, link_version, owner, target_host, reason, words, contact, network, near, opened, lang, state,
      created_at, day)
    values (${report.book}, ${report.id}, ${report.linkId}, ${report.code}, ${report.linkVersion}, ${report.owner}, ${report.targetHost},
      ${report.reason}, ${report.words}, ${report.contactSealed}, ${report.network}, ${report.near}, ${report.opened}, ${report.lang}, 'open',
      ${report.createdAt}, ${report.day})
    on conflict (link_id, network, day, book) where network is not null do nothing
    returning id`;
  return rows.length > 0;
}

/** Today's report of the same network, locked. */
export async function lockReportOfToday(
  tx: Tx,
  { book, linkId, network, day }: Pick<NewReport, 'book' | 'linkId' | 'network' | 'day'>,
): Promise<{ id: string; state: ReportState } | null> {
  const [row] = await tx<{ id: string; state: ReportState }[]>`
    select id, state
    from link_reports
    where book = ${book}
      and link_id = ${linkId}
      and network = ${network}
      and day = ${day}
    for update`;
  return row ?? null;
}

export async function updateReport(tx: Tx, report: NewReport): Promise<void> {
  await tx`
    update link_reports
    set reason = ${report.reason},
      words = coalesce(${report.words}::text, words),
      contact = coalesce(${report.contactSealed}::text, contact),
      opened = coalesce(opened, false) or ${report.opened},
      link_version = ${report.linkVersion}
    where book = ${report.book}
      and id = ${report.id}`;
}

/**
 * The link's reports that have come since then and wait, of networks that are not forgotten; newest first. Of neighbours, who weigh little more
 * than one, only the newest few: however many they send, they push nobody else's out of the list.
 */
export async function listWeighed(
  sql: Sql | Tx,
  wish: { book: number; linkId: string; since: Date; now: Date; neighboursMax: number; itemsMax: number },
): Promise<WeighedReport[]> {
  const rows = await sql<(Omit<WeighedReport, 'ageMs'> & { createdAt: Date })[]>`
    select encode(network, 'hex') as network, encode(near, 'hex') as near, opened, created_at as "createdAt"
    from (
      select id, network, near, opened, created_at,
        row_number() over (partition by coalesce(near, network), opened is false order by created_at desc, id desc) as neighbour_no
      from link_reports
      where book = ${wish.book}
        and link_id = ${wish.linkId}
        and created_at >= ${wish.since}
        and state = 'open'
        and network is not null
    ) as waiting
    where neighbour_no <= ${wish.neighboursMax}
    order by created_at desc, id desc
    limit ${wish.itemsMax}`;
  return rows.map(({ createdAt, ...row }) => ({ ...row, ageMs: wish.now.getTime() - createdAt.getTime() }));
}

/** True for the first of a link's day: an operator is told once. */
export async function claimAlert(tx: Tx, wish: { book: number; linkId: string; day: string }): Promise<boolean> {
  const rows = await tx`
    insert into link_report_alerts (book, link_id, day)
    values (${wish.book}, ${wish.linkId}, ${wish.day}::text::date)
    on conflict (book, link_id, day) do nothing
    returning link_id`;
  return rows.length > 0;
}

/** Forgets of which links operators were told before this day. */
export async function forgetAlerts(sql: Sql, book: number, before: string): Promise<void> {
  await sql`
    delete from link_report_alerts
    where book = ${book}
      and day < ${before}::text::date`;
}

/** Newest first. */
export async function listReports(
  sql: Sql,
  wish: { book: number; state: ReportState | null; linkId: string | null; before: string | null; itemsMax: number },
): Promise<Report[]> {
  return await sql<Report[]>`
    select ${columns(sql)}
    from link_reports
    where book = ${wish.book}
      and (${wish.state}::text is null or state = ${wish.state})
      and (${wish.linkId}::text is null or link_id = ${wish.linkId})
      and (${wish.before}::text is null or id < ${wish.before})
    order by id desc
    limit ${wish.itemsMax}`;
}

export async function findReport(
  sql: Sql,
  book: number,
  id: string,
): Promise<(Report & { contactSealed: string | null }) | null> {
  const [row] = await sql<(Report & { contactSealed: string | null })[]>`
    select ${columns(sql)}, contact as "contactSealed"
    from link_reports
    where book = ${book}
      and id = ${id}`;
  return row ?? null;
}

function columns(sql: Sql) {
  return sql`book, id, link_id as "linkId", code, link_version as "linkVersion", owner, target_host as "targetHost", reason, words,
      contact is not null as "hasContact", state, created_at as "createdAt", resolved_at as "resolvedAt", resolved_by as "resolvedBy", note`;
}

/** A network that is forgotten counts by its report, so that the number never grows smaller by forgetting. */
export async function listReportedLinks(
  sql: Sql,
  book: number,
  itemsMax: number,
): Promise<Omit<ReportedLink, 'brake'>[]> {
  return await sql<Omit<ReportedLink, 'brake'>[]>`
    with waiting as (
      select link_id, count(*)::integer as open_count, count(distinct coalesce(encode(network, 'hex'), id))::integer as networks_count,
        min(created_at) as first_at, max(created_at) as last_at, max(id) as last_id
      from link_reports
      where book = ${book}
        and state = 'open'
      group by link_id
      order by networks_count desc, first_at, link_id
      limit ${itemsMax}
    ), reasons as (
      select link_id, json_agg(json_build_object('reason', reason, 'count', count) order by count desc, reason) as reasons
      from (
        select link_id, reason, count(*)::integer as count
        from link_reports
        where book = ${book}
          and state = 'open'
          and link_id in (select link_id from waiting)
        group by link_id, reason
      ) by_reason
      group by link_id
    )
    select w.link_id as "linkId", r.code, r.owner, r.target_host as "targetHost", w.open_count as "openCount",
      w.networks_count as "networksCount", s.reasons, w.first_at as "firstAt", w.last_at as "lastAt"
    from waiting w
    join reasons s on s.link_id = w.link_id
    join link_reports r on r.book = ${book} and r.id = w.last_id
    order by w.networks_count desc, w.first_at, w.link_id`;
}

/** Which open reports are closed together. */
export type ReportsOf = { kind: 'link' | 'host' | 'merchant'; id: string };

/** @returns the ids of those that were open */
export async function closeReports(
  tx: Tx,
  book: number,
  of: ReportsOf,
  verdict: { state: 'dismissed' | 'upheld'; at: Date; by: string; note: string },
): Promise<string[]> {
  const rows = await tx<{ id: string }[]>`
    with found as (
      select book, id
      from link_reports
      where book = ${book}
        and state = 'open'
        and case ${of.kind} when 'link' then link_id when 'host' then target_host else owner end = ${of.id}
      order by id
      for update
    )
    update link_reports r
    set state = ${verdict.state},
      resolved_at = greatest(${verdict.at}::timestamptz, r.created_at),
      resolved_by = ${verdict.by},
      note = ${verdict.note}
    from found f
    where r.book = f.book
      and r.id = f.id
    returning r.id`;
  return rows.map(({ id }) => id);
}

/** @returns how many rows held something that is past its days */
export async function forgetReporters(
  sql: Sql,
  book: number,
  before: { contacts: Date; networks: Date },
): Promise<number> {
  const rows = await sql`
    update link_reports
    set contact = case when created_at < ${before.contacts} then null else contact end,
      network = case when created_at < ${before.networks} then null else network end,
      near = case when created_at < ${before.networks} then null else near end
    where book = ${book}
      and ((contact is not null and created_at < ${before.contacts}) or (network is not null and created_at < ${before.networks}))
    returning id`;
  return rows.length;
}
