import { WEBHOOK_FOLLOWERS_MAX } from '../base/limits.ts';
import { column } from '../db/column.ts';
import type { Queries } from './webhook-deps.ts';
import type { DeliveryId, EndpointId, EventId } from './webhook.ts';

/** A delivery that is ours until its lease ends, with what is to be sent. */
export interface LeasedDelivery {
  deliveryId: DeliveryId;
  /** Of our claim; a later claim has a higher one, and then our result is no longer taken. */
  fence: number;
  triesLeft: number;
  endpointId: EndpointId;
  objectId: string;
  objectSeq: number;
  eventId: EventId;
  payload: string;
}

/** How many tries each endpoint may be given now; endpoints that are not named get `usual`. */
export interface Room {
  usual: number;
  named: readonly { endpointId: EndpointId; room: number; isUnwell: boolean }[];
  /** For all unwell endpoints together. */
  unwell: number;
}

/**
 * Chooses what is due, first of each endpoint, then second of each, so that no endpoint stands in another's way. What waits
 * for an earlier event of the same object and endpoint is passed over. It is written so that any plan walks the two
 * indexes of pending rows, however many rows there are and however old the statistics.
 */
export async function listDueDeliveries(
  sql: Queries,
  book: number,
  facts: { now: Date; limit: number; room: Room },
): Promise<{ id: DeliveryId; endpointId: EndpointId }[]> {
  const { room } = facts;
  return await sql<{ id: DeliveryId; endpointId: EndpointId }[]>`
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
      select due.id, owing.endpoint_id, due.due_at, due.place, coalesce(named.is_unwell, false) as is_unwell
      from owing
      left join named on named.endpoint_id = owing.endpoint_id
      cross join lateral (
        select first.id, first.due_at, row_number() over (order by first.due_at, first.id) as place
        from (
          select d.id, d.due_at
          from webhook_deliveries d
          where d.book = ${book} and d.state = 'pending' and d.endpoint_id = owing.endpoint_id
            and d.due_at <= ${facts.now}
            and d.object_seq = (
              select earliest.object_seq
              from webhook_deliveries earliest
              where earliest.book = ${book} and earliest.state = 'pending'
                and earliest.endpoint_id = d.endpoint_id and earliest.object_id = d.object_id
              order by earliest.object_seq
              limit 1
            )
          order by d.due_at, d.id
          limit coalesce(named.room, ${room.usual})
        ) first
      ) due
    )
    select id, endpoint_id as "endpointId"
    from (
      select id, endpoint_id, place, due_at, is_unwell, row_number() over (partition by is_unwell order by place, due_at) as turn
      from candidate
    ) ranked
    where not is_unwell or turn <= ${room.unwell}
    order by place, due_at
    limit ${facts.limit}`;
}

/**
 * Leases those that are still due; `skip locked`: what another node is just taking is its own. Rows that are known by id
 * are asked for `finished_at is null`, not for `pending`: that keeps the planner from walking the index of all pending rows.
 */
export async function leaseDeliveries(
  sql: Queries,
  book: number,
  ids: readonly DeliveryId[],
  facts: { now: Date; leasedUntil: Date },
): Promise<LeasedDelivery[]> {
  return await sql<LeasedDelivery[]>`
    update webhook_deliveries d
    set fence = d.fence + 1, due_at = ${facts.leasedUntil}, leased_until = ${facts.leasedUntil}
    from (
      select id
      from webhook_deliveries
      where book = ${book} and id = any(${[...ids]}::text[]) and finished_at is null and due_at <= ${facts.now}
      order by id
      for no key update skip locked
    ) free
    where d.book = ${book} and d.id = free.id
    returning d.id as "deliveryId", d.fence, d.tries_left as "triesLeft", d.endpoint_id as "endpointId",
      d.object_id as "objectId", d.object_seq as "objectSeq", d.event_id as "eventId",
      (select e.payload from events e where e.book = ${book} and e.id = d.event_id) as payload`;
}

/** What a try came to, as it is recorded. */
export interface TryResult {
  deliveryId: DeliveryId;
  fence: number;
  endpointId: EndpointId;
  objectId: string;
  objectSeq: number;
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
      where d.book = ${book} and d.id = any(${results.map((r) => r.deliveryId)}::text[])
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
    where d.book = ${book} and d.id = locked.id and d.id = result.id and d.fence = result.fence
      and d.finished_at is null
    returning d.id, d.fence`;
  return new Set(rows.map((row) => claimName(row.id, row.fence)));
}

/** One claim of one delivery. */
export function claimName(deliveryId: DeliveryId, fence: number): string {
  return `${deliveryId}/${fence}`;
}

/** What waits behind a delivery that failed need not be looked at before that one is tried again. */
export async function updateFollowersDue(sql: Queries, book: number, failed: readonly TryResult[]): Promise<void> {
  await sql`
    update webhook_deliveries later
    set due_at = follower.due_at
    from (
      select next.id, failed.due_at
      from unnest(
        ${failed.map((f) => f.endpointId)}::text[],
        ${failed.map((f) => f.objectId)}::text[],
        ${column(failed.map((f) => f.objectSeq))}::int[],
        ${column(failed.map((f) => f.dueAt))}::timestamptz[]
      ) as failed (endpoint_id, object_id, object_seq, due_at)
      cross join lateral (
        select d.id
        from webhook_deliveries d
        where d.book = ${book} and d.state = 'pending' and d.endpoint_id = failed.endpoint_id
          and d.object_id = failed.object_id and d.object_seq > failed.object_seq
        order by d.object_seq
        limit ${WEBHOOK_FOLLOWERS_MAX}
      ) next
    ) follower
    where later.book = ${book} and later.id = follower.id and later.finished_at is null
      and later.leased_until is null and later.due_at < follower.due_at`;
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
