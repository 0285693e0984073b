import { column } from '../db/column.ts';
import type { Queries } from './webhook-deps.ts';
import type { DeliveryId, EndpointId, EventId, Owner, WebhookEvent } from './webhook.ts';

export interface EventDraft {
  id: EventId;
  merchantId: string;
  type: string;
  objectId: string;
  payload: string;
  occurredAt: Date;
}

export interface DeliveryDraft {
  id: DeliveryId;
  endpointId: EndpointId;
  eventId: EventId;
}

/**
 * Writes events and what is owed for them in one statement. Each event gets the next number of its object, which the
 * caller holds locked. A delivery behind one that waits for its next try waits as long as that one.
 */
export async function insertEventRows(
  sql: Queries,
  book: number,
  events: readonly EventDraft[],
  deliveries: readonly DeliveryDraft[],
  triesMax: number,
): Promise<void> {
  await sql`
    with draft as (
      select *
      from unnest(
        ${events.map((e) => e.id)}::text[],
        ${events.map((e) => e.merchantId)}::text[],
        ${events.map((e) => e.type)}::text[],
        ${events.map((e) => e.objectId)}::text[],
        ${events.map((e) => e.payload)}::text[],
        ${column(events.map((e) => e.occurredAt))}::timestamptz[]
      ) with ordinality as new (id, merchant_id, type, object_id, payload, occurred_at, place)
    ), numbered as (
      select draft.*,
        (row_number() over (partition by object_id order by place)
          + coalesce((
              select max(e.object_seq) from events e where e.book = ${book} and e.object_id = draft.object_id
            ), 0))::integer as object_seq
      from draft
    ), written as (
      insert into events (book, id, merchant_id, type, object_id, object_seq, payload, occurred_at)
      select ${book}, id, merchant_id, type, object_id, object_seq, payload, occurred_at
      from numbered
    )
    insert into webhook_deliveries (book, id, merchant_id, endpoint_id, event_id, object_id, object_seq, state,
      tries_left, due_at, created_at)
    select ${book}, owed.id, n.merchant_id, owed.endpoint_id, n.id, n.object_id, n.object_seq, 'pending',
      ${triesMax},
      greatest(n.occurred_at, case when n.object_seq > 1 then (
        select case when d.leased_until is null then d.due_at end
        from webhook_deliveries d
        where d.book = ${book} and d.state = 'pending' and d.endpoint_id = owed.endpoint_id
          and d.object_id = n.object_id
        order by d.object_seq desc
        limit 1
      ) end),
      n.occurred_at
    from unnest(
      ${deliveries.map((d) => d.id)}::text[],
      ${deliveries.map((d) => d.endpointId)}::text[],
      ${deliveries.map((d) => d.eventId)}::text[]
    ) as owed (id, endpoint_id, event_id)
    join numbered n on n.id = owed.event_id`;
}

export async function findEvent(sql: Queries, owner: Owner, id: EventId): Promise<WebhookEvent | null> {
  const [row] = await sql<EventRow[]>`
    select book, id, merchant_id, type, object_id, object_seq, payload, occurred_at
    from events
    where book = ${owner.book} and merchant_id = ${owner.merchantId} and id = ${id}`;
  return row === undefined ? null : toEvent(row);
}

/** New to old, from before `beforeId`. */
export async function listEventRows(
  sql: Queries,
  owner: Owner,
  filter: { type: string | null; objectId: string | null; beforeId: EventId | null; limit: number },
): Promise<WebhookEvent[]> {
  const rows = await sql<EventRow[]>`
    select book, id, merchant_id, type, object_id, object_seq, payload, occurred_at
    from events
    where book = ${owner.book} and merchant_id = ${owner.merchantId}
      ${filter.type === null ? sql`` : sql`and type = ${filter.type}`}
      ${filter.objectId === null ? sql`` : sql`and object_id = ${filter.objectId}`}
      ${filter.beforeId === null ? sql`` : sql`and id < ${filter.beforeId}`}
    order by id desc
    limit ${filter.limit}`;
  return rows.map(toEvent);
}

interface EventRow {
  book: number;
  id: EventId;
  merchant_id: string;
  type: string;
  object_id: string;
  object_seq: number;
  payload: string;
  occurred_at: Date;
}

function toEvent(row: EventRow): WebhookEvent {
  return {
    book: row.book,
    id: row.id,
    merchantId: row.merchant_id,
    type: row.type,
    objectId: row.object_id,
    objectSeq: row.object_seq,
    payload: row.payload,
    occurredAt: row.occurred_at,
  };
}
