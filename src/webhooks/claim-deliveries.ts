import { assert } from '../base/assert.ts';
import { findEndpoints } from './endpoint-store.ts';
import { leaseDeliveries, type LeasedDelivery, listDueDeliveries, type Room } from './sending-store.ts';
import type { Queries } from './webhook-deps.ts';
import type { Endpoint } from './webhook.ts';

/** A delivery that is ours until its lease ends, with all that the try needs. */
export interface DeliveryJob extends LeasedDelivery {
  endpoint: Endpoint;
}

/** Claims what is due. Several nodes may do so at once; each delivery goes to one of them. */
export async function claimDeliveries(
  sql: Queries,
  book: number,
  facts: { now: Date; leaseSeconds: number; limit: number; room: Room },
): Promise<DeliveryJob[]> {
  const { now } = facts;
  const due = await listDueDeliveries(sql, book, facts);
  if (due.length === 0) return [];
  const leasedUntil = new Date(now.getTime() + facts.leaseSeconds * 1000);
  const ids = due.map((delivery) => delivery.id);
  const endpointIds = [...new Set(due.map((delivery) => delivery.endpointId))];
  const [leased, endpoints] = await Promise.all([
    leaseDeliveries(sql, book, ids, { now, leasedUntil }),
    findEndpoints(sql, book, endpointIds),
  ]);
  const byId = new Map(endpoints.map((endpoint) => [endpoint.id, endpoint]));
  return leased.map((delivery) => {
    const endpoint = byId.get(delivery.endpointId);
    assert(endpoint !== undefined, 'a delivery has an endpoint: there is a foreign key');
    return { ...delivery, endpoint };
  });
}
