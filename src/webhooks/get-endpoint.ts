import { isId } from '../base/id.ts';
import { Refusal } from '../base/refusal.ts';
import { findEndpoint } from './endpoint-store.ts';
import type { WebhookDeps } from './webhook-deps.ts';
import type { Endpoint, EndpointId, Owner } from './webhook.ts';

/** @throws Refusal not_found, also for somebody else's endpoint */
export async function getEndpoint(deps: Pick<WebhookDeps, 'sql'>, owner: Owner, id: string): Promise<Endpoint> {
  const endpoint = await findEndpoint(deps.sql, owner, readEndpointId(id));
  if (endpoint === null) throw noEndpoint();
  return endpoint;
}

export function readEndpointId(id: string): EndpointId {
  if (!isId('we', id)) throw noEndpoint();
  return id;
}

export function noEndpoint(): Refusal {
  return new Refusal('not_found', 'There is no such webhook endpoint.');
}
