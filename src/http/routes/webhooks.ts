import { Type } from 'typebox';
import type { Page } from '../../base/cursor.ts';
import type { Clock } from '../../base/clock.ts';
import { PAGE_ITEMS_MAX, PAGE_ITEMS_USUAL, WEBHOOK_SECRET_OVERLAP_HOURS_MAX } from '../../base/limits.ts';
import { Refusal } from '../../base/refusal.ts';
import { toReply } from '../../cashier/reply.ts';
import type { Sql, Tx } from '../../db/connect.ts';
import type { KeyClaim } from '../../db/idempotency-store.ts';
import { type ReplyCover, withKey } from '../../db/with-key.ts';
import { createEndpoint } from '../../webhooks/create-endpoint.ts';
import { deleteEndpoint } from '../../webhooks/delete-endpoint.ts';
import { enableEndpoint } from '../../webhooks/enable-endpoint.ts';
import { getEndpoint } from '../../webhooks/get-endpoint.ts';
import { getEvent } from '../../webhooks/get-event.ts';
import { listDeliveries } from '../../webhooks/list-deliveries.ts';
import { listEndpoints } from '../../webhooks/list-endpoints.ts';
import { listEvents } from '../../webhooks/list-events.ts';
import { replayDelivery } from '../../webhooks/replay-delivery.ts';
import { rotateSecret } from '../../webhooks/rotate-secret.ts';
import { showDelivery, showEndpoint, showEndpointWithSecret, showEvent } from '../../webhooks/show-webhooks.ts';
import { DELIVERY_STATES, EVENT_TYPES } from '../../webhooks/webhook.ts';
import type { WebhookDeps } from '../../webhooks/webhook-deps.ts';
import { type Answer, type RouteRow, row } from '../route.ts';
import {
  event,
  idOf,
  pageOf,
  pageQuery,
  webhookDelivery,
  webhookEndpoint,
  webhookEndpointWithSecret,
} from '../schemas.ts';

const closed = { additionalProperties: false } as const;
const endpointParams = Type.Object({ id: idOf('we') }, closed);

export interface WebhookRouteDeps extends Omit<WebhookDeps, 'sql'> {
  sql: Sql;
  clock: Clock;
  /** Replies that show a new secret are kept sealed. */
  cover: ReplyCover;
  kick(): void;
}

export function webhookRoutes(deps: WebhookRouteDeps): RouteRow[] {
  const write = (claim: KeyClaim, cover: ReplyCover | null, status: number, run: (tx: Tx) => Promise<object>) =>
    withKey(deps.sql, claim, deps.clock.now(), cover, async (tx) => toReply(status, await run(tx)));

  return [
    row({
      method: 'POST',
      url: '/v1/webhook-endpoints',
      operation: 'createWebhookEndpoint',
      summary: 'Register a webhook endpoint; its secret is shown here only',
      tag: 'Webhooks',
      scope: 'webhooks',
      body: Type.Object(
        {
          url: Type.String({ minLength: 8, maxLength: 500, pattern: '^https?://[!-~]+$' }),
          event_types: Type.Optional(
            Type.Array(Type.Enum(['*', ...EVENT_TYPES]), { minItems: 1, maxItems: EVENT_TYPES.length + 1 }),
          ),
          ed25519: Type.Optional(Type.Boolean({ description: 'also sign with ed25519 (v1a)' })),
        },
        closed,
      ),
      reply: { 201: webhookEndpointWithSecret },
      run: ({ caller, body, claim }) =>
        write(claim, deps.cover, 201, async (tx) =>
          showEndpointWithSecret(
            await createEndpoint({ ...deps, sql: tx }, caller, {
              url: body.url,
              eventTypes: (body.event_types as string[] | undefined) ?? ['*'], // the schema lists the types
              withEd25519: body.ed25519 ?? false,
            }),
          ),
        ),
    }),
    row({
      method: 'GET',
      url: '/v1/webhook-endpoints',
      operation: 'listWebhookEndpoints',
      summary: 'List webhook endpoints',
      tag: 'Webhooks',
      scope: 'read',
      query: Type.Object(pageQuery, closed),
      reply: { 200: pageOf(webhookEndpoint) },
      run: async ({ caller, query }) => showList(await listEndpoints(deps, caller, readLimits(query)), showEndpoint),
    }),
    row({
      method: 'GET',
      url: '/v1/webhook-endpoints/:id',
      operation: 'getWebhookEndpoint',
      summary: 'Show a webhook endpoint',
      tag: 'Webhooks',
      scope: 'read',
      params: endpointParams,
      reply: { 200: webhookEndpoint },
      run: async ({ caller, params }) => ({
        status: 200,
        value: showEndpoint(await getEndpoint(deps, caller, params.id)),
      }),
    }),
    row({
      method: 'DELETE',
      url: '/v1/webhook-endpoints/:id',
      operation: 'deleteWebhookEndpoint',
      summary: 'Delete a webhook endpoint',
      tag: 'Webhooks',
      scope: 'webhooks',
      params: endpointParams,
      reply: { 204: Type.Null() },
      async run({ caller, params }) {
        await deleteEndpoint(deps, caller, params.id);
        return { status: 204, value: null };
      },
    }),
    row({
      method: 'POST',
      url: '/v1/webhook-endpoints/:id/enable',
      operation: 'enableWebhookEndpoint',
      summary: 'Enable a webhook endpoint again',
      tag: 'Webhooks',
      scope: 'webhooks',
      params: endpointParams,
      reply: { 200: webhookEndpoint },
      run: ({ caller, params, claim }) =>
        write(claim, null, 200, async (tx) => showEndpoint(await enableEndpoint({ sql: tx }, caller, params.id))),
    }),
    row({
      method: 'POST',
      url: '/v1/webhook-endpoints/:id/rotate-secret',
      operation: 'rotateWebhookSecret',
      summary: 'Make a new secret; the one before stays valid for a while',
      tag: 'Webhooks',
      scope: 'webhooks',
      params: endpointParams,
      body: Type.Object(
        {
          overlap_seconds: Type.Integer({
            minimum: 0,
            maximum: WEBHOOK_SECRET_OVERLAP_HOURS_MAX * 3600,
            description: 'how long the one before signs beside the new one',
          }),
        },
        closed,
      ),
      reply: { 200: webhookEndpointWithSecret },
      run: ({ caller, params, body, claim }) =>
        write(claim, deps.cover, 200, async (tx) =>
          showEndpointWithSecret(
            await rotateSecret({ ...deps, sql: tx }, caller, params.id, { overlapSeconds: body.overlap_seconds }),
          ),
        ),
    }),
    row({
      method: 'GET',
      url: '/v1/events',
      operation: 'listEvents',
      summary: 'List events, newest first',
      tag: 'Webhooks',
      scope: 'read',
      query: Type.Object(
        {
          ...pageQuery,
          type: Type.Optional(Type.Enum([...EVENT_TYPES])),
          object_id: Type.Optional(Type.String({ pattern: '^(pay|rf)_[0-9A-Z]{26}$', maxLength: 40 })),
        },
        closed,
      ),
      reply: { 200: pageOf(event) },
      run: async ({ caller, query }) =>
        showList(
          await listEvents(deps, caller, {
            type: (query.type as string | undefined) ?? null, // the schema lists the types
            objectId: query.object_id ?? null,
            ...readLimits(query),
          }),
          showEvent,
        ),
    }),
    row({
      method: 'GET',
      url: '/v1/events/:id',
      operation: 'getEvent',
      summary: 'Show an event',
      tag: 'Webhooks',
      scope: 'read',
      params: Type.Object({ id: idOf('evt') }, closed),
      reply: { 200: event },
      run: async ({ caller, params }) => ({ status: 200, value: showEvent(await getEvent(deps, caller, params.id)) }),
    }),
    row({
      method: 'GET',
      url: '/v1/webhook-deliveries',
      operation: 'listWebhookDeliveries',
      summary: 'List deliveries with their tries, newest first',
      tag: 'Webhooks',
      scope: 'read',
      query: Type.Object(
        {
          ...pageQuery,
          endpoint_id: Type.Optional(idOf('we')),
          event_id: Type.Optional(idOf('evt')),
          state: Type.Optional(Type.Enum([...DELIVERY_STATES])),
        },
        closed,
      ),
      reply: { 200: pageOf(webhookDelivery) },
      run: async ({ caller, query }) =>
        showList(
          await listDeliveries(deps, caller, {
            endpointId: query.endpoint_id ?? null,
            eventId: query.event_id ?? null,
            state: query.state ?? null, // the schema lists the states
            ...readLimits(query),
          }),
          showDelivery,
        ),
    }),
    row({
      method: 'POST',
      url: '/v1/webhook-deliveries/:id/replay',
      operation: 'replayWebhookDelivery',
      summary: 'Send a delivery once more',
      tag: 'Webhooks',
      scope: 'webhooks',
      params: Type.Object({ id: idOf('wd') }, closed),
      reply: { 200: webhookDelivery },
      async run({ caller, params, claim }) {
        const answer = await write(claim, null, 200, async (tx) =>
          showDelivery(await replayDelivery({ ...deps, sql: tx }, caller, params.id)),
        );
        deps.kick();
        return answer;
      },
    }),
  ];
}

function readLimits(query: { limit?: string; cursor?: string }): { limit: number; cursor: string | null } {
  const limit = query.limit === undefined ? PAGE_ITEMS_USUAL : Number(query.limit);
  if (limit > PAGE_ITEMS_MAX)
    throw new Refusal('invalid_request', `at most ${PAGE_ITEMS_MAX} items a page`, {
      param: 'limit',
      in: 'querystring',
    });
  return { limit, cursor: query.cursor ?? null };
}

function showList<T>(page: Page<T>, show: (item: T) => object): Answer {
  return { status: 200, value: { data: page.items.map(show), next_cursor: page.nextCursor } };
}
