import { decodeCursor, type Page, toPage } from '../base/cursor.ts';
import { isId } from '../base/id.ts';
import { WEBHOOK_TRIES_SHOWN_MAX } from '../base/limits.ts';
import { Refusal } from '../base/refusal.ts';
import { listDeliveryRows, listTryRows } from './delivery-store.ts';
import type { WebhookDeps } from './webhook-deps.ts';
import type { Delivery, DeliveryState, DeliveryTry, Owner } from './webhook.ts';

/** A delivery with its log: the latest tries, old to new. */
export interface DeliveryWithTries extends Delivery {
  tries: DeliveryTry[];
}

export interface DeliveryFilter {
  endpointId: string | null;
  eventId: string | null;
  state: DeliveryState | null;
  cursor: string | null;
  limit: number;
}

/** New to old. @throws Refusal invalid_cursor, invalid_request (endpoint_id, event_id) */
export async function listDeliveries(
  deps: Pick<WebhookDeps, 'sql'>,
  owner: Owner,
  filter: DeliveryFilter,
): Promise<Page<DeliveryWithTries>> {
  const rows = await listDeliveryRows(deps.sql, owner, {
    endpointId: readFilterId('we', filter.endpointId, 'endpoint_id'),
    eventId: readFilterId('evt', filter.eventId, 'event_id'),
    state: filter.state,
    beforeId: filter.cursor === null ? null : decodeCursor('wd', filter.cursor),
    limit: filter.limit + 1,
  });
  const { items, nextCursor } = toPage(rows, filter.limit);
  return { items: await withTries(deps, owner, items), nextCursor };
}

/** @throws Refusal not_found, also for somebody else's delivery */
export async function getDelivery(
  deps: Pick<WebhookDeps, 'sql'>,
  owner: Owner,
  id: string,
): Promise<DeliveryWithTries> {
  const filter = { endpointId: null, eventId: null, state: null, beforeId: null, limit: 1 };
  const rows = isId('wd', id) ? await listDeliveryRows(deps.sql, owner, { ...filter, id }) : [];
  const [delivery] = await withTries(deps, owner, rows);
  if (delivery === undefined) throw new Refusal('not_found', 'There is no such webhook delivery.');
  return delivery;
}

async function withTries(
  deps: Pick<WebhookDeps, 'sql'>,
  owner: Owner,
  deliveries: readonly Delivery[],
): Promise<DeliveryWithTries[]> {
  const ids = deliveries.map((delivery) => delivery.id);
  const tries = await listTryRows(deps.sql, owner.book, ids, WEBHOOK_TRIES_SHOWN_MAX);
  const byDelivery = new Map<string, DeliveryTry[]>(ids.map((id) => [id, []]));
  for (const one of tries) byDelivery.get(one.deliveryId)?.push(one);
  return deliveries.map((delivery) => ({ ...delivery, tries: byDelivery.get(delivery.id) ?? [] }));
}

function readFilterId<P extends string>(prefix: P, id: string | null, param: string): `${P}_${string}` | null {
  if (id === null || isId(prefix, id)) return id;
  throw new Refusal('invalid_request', `${param} is not an id of the form ${prefix}_….`, { param });
}
