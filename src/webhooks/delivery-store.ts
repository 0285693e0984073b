import type { Queries } from './webhook-deps.ts';
import type { Delivery, DeliveryId, DeliveryState, DeliveryTry, EndpointId, EventId, Owner } from './webhook.ts';

/** New to old, from before `beforeId`. */
export async function listDeliveryRows(
  sql: Queries,
  owner: Owner,
  filter: {
    id?: DeliveryId;
    endpointId: EndpointId | null;
    eventId: EventId | null;
    state: DeliveryState | null;
    beforeId: DeliveryId | null;
    limit: number;
  },
): Promise<Delivery[]> {
  const rows = await sql<DeliveryRow[]>`
    select d.book, d.id, d.merchant_id, d.endpoint_id, d.event_id, e.type as event_type, d.object_id, d.object_seq,
      d.state, d.tries_count, d.due_at, d.leased_until, d.last_status, d.last_reason, d.created_at, d.finished_at
    from webhook_deliveries d
    join events e on e.book = d.book and e.id = d.event_id
    where d.book = ${owner.book} and d.merchant_id = ${owner.merchantId}
      ${filter.id === undefined ? sql`` : sql`and d.id = ${filter.id}`}
      ${filter.endpointId === null ? sql`` : sql`and d.endpoint_id = ${filter.endpointId}`}
      ${filter.eventId === null ? sql`` : sql`and d.event_id = ${filter.eventId}`}
      ${filter.state === null ? sql`` : sql`and d.state = ${filter.state}`}
      ${filter.beforeId === null ? sql`` : sql`and d.id < ${filter.beforeId}`}
    order by d.id desc
    limit ${filter.limit}`;
  return rows.map(toDelivery);
}

/** The latest tries of each delivery, old to new. */
export async function listTryRows(
  sql: Queries,
  book: number,
  deliveryIds: readonly DeliveryId[],
  perDeliveryMax: number,
): Promise<DeliveryTry[]> {
  return await sql<DeliveryTry[]>`
    select t.delivery_id as "deliveryId", t.sent_at as "sentAt", t.duration_ms as "durationMs", t.status, t.reason, t.reply
    from unnest(${[...deliveryIds]}::text[]) as wanted (id)
    cross join lateral (
      select delivery_id, fence, sent_at, duration_ms, status, reason, reply
      from webhook_tries
      where book = ${book} and delivery_id = wanted.id
      order by fence desc
      limit ${perDeliveryMax}
    ) t
    order by t.delivery_id, t.fence`;
}

/**
 * Owes one again from now on, and lets what waits behind it follow. Something under way is left alone.
 * The number of tries starts anew, except for one that was still pending.
 */
export async function updateDeliveryReplayed(
  sql: Queries,
  owner: Owner,
  id: DeliveryId,
  facts: ReplayFacts,
): Promise<void> {
  await sql`
    with replayed as (
      update webhook_deliveries
      set state = 'pending', due_at = ${facts.now}, finished_at = null,
        tries_left = case when state = 'pending' then tries_left else ${facts.triesMax} end
      where book = ${owner.book} and merchant_id = ${owner.merchantId} and id = ${id}
        and state in ('pending', 'succeeded', 'parked') and leased_until is null
      returning endpoint_id, object_id, object_seq
    )
    update webhook_deliveries later
    set due_at = ${facts.now}
    from replayed
    where later.book = ${owner.book} and later.state = 'pending' and later.endpoint_id = replayed.endpoint_id
      and later.object_id = replayed.object_id and later.object_seq > replayed.object_seq
      and later.leased_until is null and later.due_at > ${facts.now}`;
}

/** Owes everything parked of one endpoint again, at most `max` at once, oldest first; returns how many. */
export async function updateParkedReplayed(
  sql: Queries,
  owner: Owner,
  endpointId: EndpointId,
  facts: ReplayFacts & { max: number },
): Promise<number> {
  const rows = await sql`
    update webhook_deliveries
    set state = 'pending', due_at = ${facts.now}, finished_at = null, tries_left = ${facts.triesMax}
    where book = ${owner.book} and id in (
      select id
      from webhook_deliveries
      where book = ${owner.book} and merchant_id = ${owner.merchantId} and endpoint_id = ${endpointId} and state = 'parked'
      order by id
      limit ${facts.max}
      for no key update
    )
    returning id`;
  return rows.length;
}

export interface ReplayFacts {
  now: Date;
  triesMax: number;
}

interface DeliveryRow {
  book: number;
  id: DeliveryId;
  merchant_id: string;
  endpoint_id: EndpointId;
  event_id: EventId;
  event_type: string;
  object_id: string;
  object_seq: number;
  state: DeliveryState;
  tries_count: number;
  due_at: Date | null;
  leased_until: Date | null;
  last_status: number | null;
  last_reason: string | null;
  created_at: Date;
  finished_at: Date | null;
}

function toDelivery(row: DeliveryRow): Delivery {
  return {
    book: row.book,
    id: row.id,
    merchantId: row.merchant_id,
    endpointId: row.endpoint_id,
    eventId: row.event_id,
    eventType: row.event_type,
    objectId: row.object_id,
    objectSeq: row.object_seq,
    state: row.state,
    triesCount: row.tries_count,
    dueAt: row.due_at,
    leasedUntil: row.leased_until,
    lastStatus: row.last_status,
    lastReason: row.last_reason,
    createdAt: row.created_at,
    finishedAt: row.finished_at,
  };
}
