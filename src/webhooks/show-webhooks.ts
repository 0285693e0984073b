import type { EndpointWithSecret } from './create-endpoint.ts';
import type { DeliveryWithTries } from './list-deliveries.ts';
import type { Endpoint, WebhookEvent } from './webhook.ts';

/** The endpoint as the API shows it; its secret is shown only where it was just made. */
export function showEndpoint(endpoint: Endpoint) {
  return {
    id: endpoint.id,
    object: 'webhook_endpoint',
    url: endpoint.url,
    event_types: endpoint.eventTypes,
    signatures: endpoint.publicKey === null ? ['v1'] : ['v1', 'v1a'],
    public_key: endpoint.publicKey,
    previous_secret_until: endpoint.previousSecretUntil?.toISOString() ?? null,
    state: endpoint.state,
    disabled_reason: endpoint.disabledReason,
    created_at: endpoint.createdAt.toISOString(),
  };
}

export function showEndpointWithSecret({ endpoint, secret }: EndpointWithSecret) {
  return { ...showEndpoint(endpoint), secret };
}

/** What was sent, word for word, with its name beside it. */
export function showEvent(event: WebhookEvent) {
  const { type, timestamp, data }: EventPayload = JSON.parse(event.payload); // written by insert-events.ts alone
  return { id: event.id, object: 'event', type, object_id: event.objectId, timestamp, data };
}

interface EventPayload {
  type: string;
  timestamp: string;
  data: object;
}

export function showDelivery(delivery: DeliveryWithTries) {
  return {
    id: delivery.id,
    object: 'webhook_delivery',
    endpoint_id: delivery.endpointId,
    event_id: delivery.eventId,
    event_type: delivery.eventType,
    state: delivery.state,
    tries_count: delivery.triesCount,
    next_try_at: delivery.dueAt?.toISOString() ?? null,
    last_status: delivery.lastStatus,
    last_reason: delivery.lastReason,
    created_at: delivery.createdAt.toISOString(),
    finished_at: delivery.finishedAt?.toISOString() ?? null,
    tries: delivery.tries.map((one) => ({
      sent_at: one.sentAt.toISOString(),
      duration_ms: one.durationMs,
      status: one.status,
      reason: one.reason,
      reply: one.reply,
    })),
  };
}
