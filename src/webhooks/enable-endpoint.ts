import { updateEndpointEnabled } from './endpoint-store.ts';
import { noEndpoint, readEndpointId } from './get-endpoint.ts';
import type { WebhookDeps } from './webhook-deps.ts';
import type { Endpoint, Owner } from './webhook.ts';

/** Hears again from now on; what was parked meanwhile waits to be replayed. @throws Refusal not_found */
export async function enableEndpoint(deps: Pick<WebhookDeps, 'sql'>, owner: Owner, id: string): Promise<Endpoint> {
  const endpoint = await updateEndpointEnabled(deps.sql, owner, readEndpointId(id));
  if (endpoint === null) throw noEndpoint();
  return endpoint;
}
