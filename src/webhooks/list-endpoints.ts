import { decodeCursor, type Page, toPage } from '../base/cursor.ts';
import { listEndpointRows } from './endpoint-store.ts';
import type { WebhookDeps } from './webhook-deps.ts';
import type { Endpoint, Owner } from './webhook.ts';

/** New to old, without deleted ones. @throws Refusal invalid_cursor */
export async function listEndpoints(
  deps: Pick<WebhookDeps, 'sql'>,
  owner: Owner,
  page: { cursor: string | null; limit: number },
): Promise<Page<Endpoint>> {
  const beforeId = page.cursor === null ? null : decodeCursor('we', page.cursor);
  const rows = await listEndpointRows(deps.sql, owner, { beforeId, limit: page.limit + 1 });
  return toPage(rows, page.limit);
}
