import { WEBHOOK_REPLAYS_MAX } from '../base/limits.ts';
import { Refusal } from '../base/refusal.ts';
import { TRIES_MAX } from './decide-delivery.ts';
import { updateDeliveryReplayed, updateParkedReplayed } from './delivery-store.ts';
import { getEndpoint } from './get-endpoint.ts';
import { type DeliveryWithTries, getDelivery } from './list-deliveries.ts';
import type { WebhookDeps } from './webhook-deps.ts';
import type { Endpoint, Owner } from './webhook.ts';

type ReplayDeps = Pick<WebhookDeps, 'sql' | 'clock'>;

/**
 * Sends once more, whatever came of it before: parked, succeeded (and lost by the receiver), or waiting for its next try.
 * The message keeps its id, so a receiver that has it already can tell. After the commit, `kick()` the sender.
 * @throws Refusal not_found, webhook_endpoint_disabled
 */
export async function replayDelivery(deps: ReplayDeps, owner: Owner, id: string): Promise<DeliveryWithTries> {
  const delivery = await getDelivery(deps, owner, id);
  if (delivery.state === 'canceled') throw disabled('The endpoint was deleted.');
  mustListen(await getEndpoint(deps, owner, delivery.endpointId));
  await updateDeliveryReplayed(deps.sql, owner, delivery.id, { now: deps.clock.now(), triesMax: TRIES_MAX });
  return getDelivery(deps, owner, id);
}

/**
 * Everything parked of one endpoint, oldest first; returns how many, at most WEBHOOK_REPLAYS_MAX a call.
 * @throws Refusal not_found, webhook_endpoint_disabled
 */
export async function replayParked(deps: ReplayDeps, owner: Owner, endpointId: string): Promise<number> {
  const endpoint = await getEndpoint(deps, owner, endpointId);
  mustListen(endpoint);
  const facts = { now: deps.clock.now(), triesMax: TRIES_MAX, max: WEBHOOK_REPLAYS_MAX };
  return updateParkedReplayed(deps.sql, owner, endpoint.id, facts);
}

function mustListen(endpoint: Endpoint): void {
  if (endpoint.state !== 'enabled') throw disabled('The endpoint is disabled; enable it first.');
}

function disabled(detail: string): Refusal {
  return new Refusal('webhook_endpoint_disabled', detail);
}
