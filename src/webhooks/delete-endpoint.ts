import { deleteEndpointRow } from './endpoint-store.ts';
import { noEndpoint, readEndpointId } from './get-endpoint.ts';
import type { WebhookDeps } from './webhook-deps.ts';
import type { Owner } from './webhook.ts';

/** Nothing more is sent there: what is still owed is canceled, and the secrets are forgotten. @throws Refusal not_found */
export async function deleteEndpoint(
  deps: Pick<WebhookDeps, 'sql' | 'clock'>,
  owner: Owner,
  id: string,
): Promise<void> {
  const isDeleted = await deleteEndpointRow(deps.sql, owner, readEndpointId(id), deps.clock.now());
  if (!isDeleted) throw noEndpoint();
}
