import { isId } from '../base/id.ts';
import { Refusal } from '../base/refusal.ts';
import { findEvent } from './event-store.ts';
import type { WebhookDeps } from './webhook-deps.ts';
import type { Owner, WebhookEvent } from './webhook.ts';

/** @throws Refusal not_found, also for somebody else's event */
export async function getEvent(deps: Pick<WebhookDeps, 'sql'>, owner: Owner, id: string): Promise<WebhookEvent> {
  const event = isId('evt', id) ? await findEvent(deps.sql, owner, id) : null;
  if (event === null) throw new Refusal('not_found', 'There is no such event.');
  return event;
}
