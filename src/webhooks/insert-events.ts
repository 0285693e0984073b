import { WEBHOOK_PAYLOAD_BYTES_MAX } from '../base/limits.ts';
import { type IdDeps, newId } from '../base/id.ts';
import { listListeners } from './endpoint-store.ts';
import { type DeliveryDraft, type EventDraft, insertEventRows } from './event-store.ts';
import { TRIES_MAX } from './decide-delivery.ts';
import type { Queries } from './webhook-deps.ts';
import type { EventType } from './webhook.ts';

export interface NewEvent {
  merchantId: string;
  type: EventType;
  /** The payment or refund it is about. Its row must be locked by the caller's transaction: that gives the order. */
  objectId: string;
  occurredAt: Date;
  /** The object as the API shows it, ready for JSON. */
  data: object;
}

/**
 * Writes events of one book, and what is owed for them to every endpoint that listens, into the transaction that caused
 * them: either both happen or neither. After the commit, `kick()` the sender. Two statements for a list of any length.
 */
export async function insertEvents(
  deps: IdDeps,
  tx: Queries,
  book: number,
  events: readonly NewEvent[],
): Promise<void> {
  if (events.length === 0) return;
  const listeners = await listListeners(tx, book, [...new Set(events.map((event) => event.merchantId))]);
  const drafts: EventDraft[] = [];
  const owed: DeliveryDraft[] = [];
  for (const event of events) {
    const draft = toDraft(deps, book, event);
    drafts.push(draft);
    for (const listener of listeners) {
      if (listener.merchantId !== event.merchantId || !wants(listener.eventTypes, event.type)) continue;
      owed.push({ id: newId('wd', deps, book), endpointId: listener.id, eventId: draft.id });
    }
  }
  await insertEventRows(tx, book, drafts, owed, TRIES_MAX);
}

function toDraft(deps: IdDeps, book: number, event: NewEvent): EventDraft {
  const { merchantId, type, objectId, occurredAt } = event;
  return { id: newId('evt', deps, book), merchantId, type, objectId, occurredAt, payload: payloadOf(event) };
}

function wants(eventTypes: readonly string[], type: string): boolean {
  return eventTypes.includes('*') || eventTypes.includes(type);
}

/**
 * Standard Webhooks 1.0.0: `{type, timestamp, data}`, under 20 kB. An object that has grown beyond that is only named, and
 * the receiver asks for it: too much data must never stop a payment from being recorded.
 */
function payloadOf({ type, objectId, occurredAt, data }: NewEvent): string {
  const timestamp = occurredAt.toISOString();
  const full = JSON.stringify({ type, timestamp, data });
  if (Buffer.byteLength(full) <= WEBHOOK_PAYLOAD_BYTES_MAX) return full;
  return JSON.stringify({ type, timestamp, data: { id: objectId, shortened: true } });
}
