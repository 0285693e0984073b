import { decodeCursor, type Page, toPage } from '../base/cursor.ts';
import { listEventRows } from './event-store.ts';
import type { WebhookDeps } from './webhook-deps.ts';
import type { Owner, WebhookEvent } from './webhook.ts';

/** New to old, whether or not anybody listened. @throws Refusal invalid_cursor */
export async function listEvents(
  deps: Pick<WebhookDeps, 'sql'>,
  owner: Owner,
  filter: { type: string | null; objectId: string | null; cursor: string | null; limit: number },
): Promise<Page<WebhookEvent>> {
  const rows = await listEventRows(deps.sql, owner, {
    type: filter.type,
    objectId: filter.objectId,
    beforeId: filter.cursor === null ? null : decodeCursor('evt', filter.cursor),
    limit: filter.limit + 1,
  });
  return toPage(rows, filter.limit);
}
