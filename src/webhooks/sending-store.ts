import { column } from '../db/column.ts';
import type { Queries } from './webhook-deps.ts';
import type { DeliveryId, Endpoint, EndpointId, EventId } from './webhook.ts';

/** A delivery that is ours until its lease ends, with all that the try needs. */
export interface DeliveryJob {
  deliveryId: DeliveryId;
  /** Of our claim; a later claim has a higher one, and then our result is no longer taken. */
  fence: number;
  triesLeft: number;
  endpointId: EndpointId;
  eventId: EventId;
  payload: string;
  url: string;
  endpointState: Endpoint['state'];
  secretSealed: string | null;
  previousSecretSealed: string | null;
  previousSecretUntil: Date | null;
}

/** How many tries each endpoint may be given now; endpoints that are not named get `usual`. */
export interface Room {
  usual: number;
  named: readonly { endpointId: EndpointId; room: number; isUnwell: boolean }[];
  /** For all unwell endpoints together. */
  unwell: number;
}

/**
 * Claims what is due, first of each endpoint, then second of each, so that no endpoint stands in another's way. What waits
 * for an earlier event of the same object and endpoint is passed over. `skip locked`: what another node holds is its own.
 */
export async function claimDueDeliveries(
  sql: Queries,
  book: number,
  facts: { now: Date; leasedUntil: Date; limit: number; room: Room },
): Promise<DeliveryJob[]> {
  const { room } = facts;
  return await sql<DeliveryJob[]>`
    with recursive owing as (
      (
        select endpoint_id from webhook_deliveries
        where book = ${book} and state = 'pending'
        order by endpoint_id
        limit 1
      )
      union all
      select following.endpoint_id
      from owing
      cross join lateral (
        select d.endpoint_id from webhook_deliveries d
        where d.book = ${book} and d.state = 'pending' and d.endpoint_id > owing.endpoint_id
        order by d.endpoint_id
        limit 1
      ) following
    ), named as (
      select *
      from unnest(
        ${room.named.map((n) => n.endpointId)}::text[],
        ${column(room.named.map((n) => n.room))}::int[],
        ${column(room.named.map((n) => n.isUnwell))}::boolean[]
      ) as n (endpoint_id, room, is_unwell)
    ), candidate as (
      select owing.endpoint_id, due.id, due.due_at, coalesce(named.is_unwell, false) as is_unwell, due.place
      from owing
      left join named on named.endpoint_id = owing.endpoint_id
      cross join lateral (
        select d.id, d.due_at, row_number() over (order by d.due_at, d.id) as place
        from webhook_deliveries d
        where d.book = ${book} and d.state = 'pending' and d.endpoint_id = owing.endpoint_id and d.due_at <= ${facts.now}
          and not exists (
            select 1 from webhook_deliveries earlier
            where earlier.book = ${book} and earlier.state = 'pending' and earlier.endpoint_id = d.endpoint_id
              and earlier.object_id = d.object_id and earlier.object_seq < d.object_seq
          )
        order by d.due_at, d.id
        limit coalesce(named.room, ${room.usual})
      ) due
    ), chosen as (
      select id
      from (
        select id, place, due_at, is_unwell, row_number() over (partition by is_unwell order by place, due_at) as turn
        from candidate
      ) ranked
      where not is_unwell or turn <= ${room.unwell}
      order by place, due_at
      limit ${facts.limit}
    ), locked as (
      select d.id
      from webhook_deliveries d
      where d.book = ${book} and d.id in (select id from chosen) and d.state = 'pending' and d.due_at <= ${facts.now}
      order by d.id
      for no key update skip locked
    )
    update webhook_deliveries d
    set fence = d.fence + 1, due_at = ${facts.leasedUntil}, leased_until = ${facts.leasedUntil}
    from locked, webhook_endpoints w, events e
    where d.book = ${book} and d.id = locked.id
      and w.book = ${book} and w.id = d.endpoint_id
      and e.book = ${book} and e.id = d.event_id
    returning d.id as "deliveryId", d.fence, d.tries_left as "triesLeft", d.endpoint_id as "endpointId",
      d.event_id as "eventId", e.payload, w.url, w.state as "endpointState", w.secret_sealed as "secretSealed",
      w.previous_secret_sealed as "previousSecretSealed", w.previous_secret_until as "previousSecretUntil"`;
}

/** What a try came to, as it is recorded. */
export interface TryResult {
  deliveryId: DeliveryId;
  fence: number;
  endpointId: EndpointId;
  state: 'succeeded' | 'pending' | 'parked' | 'canceled';
  dueAt: Date | null;
  status: number | null;
  reason: string | null;
  reply: string | null;
  /** False when nothing went out because the endpoint no longer listens. */
  tried: boolean;
  endpointGone: boolean;
  sentAt: Date;
  durationMs: number;
  finishedAt: Date | null;
}

/** The delivery log tells every try that went out, also one whose lease had passed to somebody else. */
export async function insertTries(tx: Queries, book: number, results: readonly TryResult[]): Promise<void> {
  const tries = results.filter((result) => result.tried);
  await tx`
    insert into webhook_tries (book, delivery_id, fence, sent_at, duration_ms, status, reason, reply)
    select ${book}, delivery_id, fence, sent_at, duration_ms, status, reason, reply
    from unnest(
      ${tries.map((t) => t.deliveryId)}::text[],
      ${column(tries.map((t) => t.fence))}::int[],
      ${column(tries.map((t) => t.sentAt))}::timestamptz[],
      ${column(tries.map((t) => t.durationMs))}::int[],
      ${column(tries.map((t) => t.status))}::int[],
      ${tries.map((t) => t.reason)}::text[],
      ${tries.map((t) => t.reply)}::text[]
    ) as new (delivery_id, fence, sent_at, duration_ms, status, reason, reply)
    on conflict (book, delivery_id, fence) do nothing`;
}

/** Takes the results whose claim is still the latest; returns the claims that were taken. */
export async function updateTriedDeliveries(
  tx: Queries,
  book: number,
  results: readonly TryResult[],
): Promise<Set<string>> {
  const rows = await tx<{ id: DeliveryId; fence: number }[]>`
    with result as (
      select *
      from unnest(
        ${results.map((r) => r.deliveryId)}::text[],
        ${column(results.map((r) => r.fence))}::int[],
        ${results.map((r) => r.state)}::text[],
        ${column(results.map((r) => r.dueAt))}::timestamptz[],
        ${column(results.map((r) => (r.tried ? 1 : 0)))}::int[],
        ${column(results.map((r) => r.status))}::int[],
        ${results.map((r) => r.reason)}::text[],
        ${column(results.map((r) => r.finishedAt))}::timestamptz[]
      ) as new (id, fence, state, due_at, tries, status, reason, finished_at)
    ), locked as (
      select d.id
      from webhook_deliveries d
      where d.book = ${book} and d.id in (select id from result)
      order by d.id
      for no key update
    )
    update webhook_deliveries d
    set state = result.state,
      due_at = result.due_at,
      leased_until = null,
      tries_count = d.tries_count + result.tries,
      tries_left = greatest(d.tries_left - result.tries, 0),
      last_status = case when result.tries = 1 then result.status else d.last_status end,
      last_reason = result.reason,
      finished_at = result.finished_at
    from result, locked
    where d.book = ${book} and d.id = locked.id and d.id = result.id and d.fence = result.fence and d.state = 'pending'
    returning d.id, d.fence`;
  return new Set(rows.map((row) => claimName(row.id, row.fence)));
}

/** One claim of one delivery. */
export function claimName(deliveryId: DeliveryId, fence: number): string {
  return `${deliveryId}/${fence}`;
}

/** What waits behind a delivery that failed need not be looked at before that one is tried again. */
export async function updateFollowersDue(tx: Queries, book: number, ids: readonly DeliveryId[]): Promise<void> {
  await tx`
    update webhook_deliveries later
    set due_at = failed.due_at
    from webhook_deliveries failed
    where failed.book = ${book} and failed.id = any(${[...ids]}::text[]) and failed.state = 'pending'
      and later.book = ${book} and later.state = 'pending' and later.endpoint_id = failed.endpoint_id
      and later.object_id = failed.object_id and later.object_seq > failed.object_seq
      and later.leased_until is null and later.due_at < failed.due_at`;
}

/** Nothing more goes to these endpoints; what is under way ends by itself. */
export async function parkPending(
  tx: Queries,
  book: number,
  endpointIds: readonly EndpointId[],
  now: Date,
): Promise<void> {
  await tx`
    update webhook_deliveries
    set state = 'parked', due_at = null, finished_at = ${now}, last_reason = 'endpoint disabled'
    where book = ${book} and endpoint_id = any(${[...endpointIds]}::text[]) and state = 'pending'
      and leased_until is null`;
}
