import type { Queries } from './webhook-deps.ts';
import type { Endpoint, EndpointId, Owner } from './webhook.ts';

const COLUMNS = [
  'book',
  'id',
  'merchant_id',
  'url',
  'event_types',
  'secret_sealed',
  'previous_secret_sealed',
  'previous_secret_until',
  'public_key',
  'state',
  'disabled_reason',
  'created_at',
];

/** Inserts unless the merchant has `endpointsMax` already; tells whether it did. */
export async function insertEndpoint(sql: Queries, endpoint: Endpoint, endpointsMax: number): Promise<boolean> {
  const rows = await sql`
    insert into webhook_endpoints (book, id, merchant_id, url, event_types, secret_sealed, public_key, state, created_at)
    select ${endpoint.book}, ${endpoint.id}, ${endpoint.merchantId}, ${endpoint.url}, ${endpoint.eventTypes}::text[],
      ${endpoint.secretSealed}, ${endpoint.publicKey}, ${endpoint.state}, ${endpoint.createdAt}
    where (
      select count(*) from webhook_endpoints
      where book = ${endpoint.book} and merchant_id = ${endpoint.merchantId} and state <> 'deleted'
    ) < ${endpointsMax}
    returning id`;
  return rows.length === 1;
}

export async function findEndpoint(sql: Queries, owner: Owner, id: EndpointId): Promise<Endpoint | null> {
  const [row] = await sql<EndpointRow[]>`
    select ${sql(COLUMNS)}
    from webhook_endpoints
    where book = ${owner.book} and merchant_id = ${owner.merchantId} and id = ${id} and state <> 'deleted'`;
  return row === undefined ? null : toEndpoint(row);
}

/** Whatever their state and whoever owns them; for sending. */
export async function findEndpoints(sql: Queries, book: number, ids: readonly EndpointId[]): Promise<Endpoint[]> {
  const rows = await sql<EndpointRow[]>`
    select ${sql(COLUMNS)}
    from webhook_endpoints
    where book = ${book} and id = any(${[...ids]}::text[])`;
  return rows.map(toEndpoint);
}

/** New to old, from before `beforeId`. */
export async function listEndpointRows(
  sql: Queries,
  owner: Owner,
  filter: { beforeId: EndpointId | null; limit: number },
): Promise<Endpoint[]> {
  const rows = await sql<EndpointRow[]>`
    select ${sql(COLUMNS)}
    from webhook_endpoints
    where book = ${owner.book} and merchant_id = ${owner.merchantId} and state <> 'deleted'
      ${filter.beforeId === null ? sql`` : sql`and id < ${filter.beforeId}`}
    order by id desc
    limit ${filter.limit}`;
  return rows.map(toEndpoint);
}

/** The endpoints that hear, of several merchants of one book at once. */
export async function listListeners(sql: Queries, book: number, merchantIds: readonly string[]): Promise<Listener[]> {
  return await sql<Listener[]>`
    select id, merchant_id as "merchantId", event_types as "eventTypes"
    from webhook_endpoints
    where book = ${book} and merchant_id = any(${[...merchantIds]}::text[]) and state = 'enabled'
    order by id`;
}

export interface Listener {
  id: EndpointId;
  merchantId: string;
  eventTypes: string[];
}

/** The secret of today becomes the previous one; with `previousUntil` null it is forgotten at once. */
export async function updateEndpointSecret(
  sql: Queries,
  owner: Owner,
  id: EndpointId,
  change: { secretSealed: string; publicKey: string | null; previousUntil: Date | null },
): Promise<Endpoint | null> {
  const [row] = await sql<EndpointRow[]>`
    update webhook_endpoints
    set previous_secret_sealed = case when ${change.previousUntil}::timestamptz is null then null else secret_sealed end,
      previous_secret_until = ${change.previousUntil}::timestamptz,
      secret_sealed = ${change.secretSealed},
      public_key = ${change.publicKey}
    where book = ${owner.book} and merchant_id = ${owner.merchantId} and id = ${id} and state <> 'deleted'
    returning ${sql(COLUMNS)}`;
  return row === undefined ? null : toEndpoint(row);
}

export async function updateEndpointEnabled(sql: Queries, owner: Owner, id: EndpointId): Promise<Endpoint | null> {
  const [row] = await sql<EndpointRow[]>`
    update webhook_endpoints
    set state = 'enabled', disabled_reason = null
    where book = ${owner.book} and merchant_id = ${owner.merchantId} and id = ${id} and state <> 'deleted'
    returning ${sql(COLUMNS)}`;
  return row === undefined ? null : toEndpoint(row);
}

/** Forgets the secrets; the row stays for the delivery log. Cancels what was still owed, in the same statement. */
export async function deleteEndpointRow(sql: Queries, owner: Owner, id: EndpointId, now: Date): Promise<boolean> {
  const rows = await sql`
    with gone as (
      update webhook_endpoints
      set state = 'deleted', disabled_reason = null, secret_sealed = null, previous_secret_sealed = null,
        previous_secret_until = null
      where book = ${owner.book} and merchant_id = ${owner.merchantId} and id = ${id} and state <> 'deleted'
      returning book, id
    ), canceled as (
      update webhook_deliveries d
      set state = 'canceled', due_at = null, leased_until = null, finished_at = ${now}
      from gone
      where d.book = ${owner.book} and d.book = gone.book and d.endpoint_id = gone.id and d.state in ('pending', 'parked')
    )
    select id from gone`;
  return rows.length === 1;
}

/** The receivers said 410. */
export async function disableEndpoints(sql: Queries, book: number, ids: readonly EndpointId[]): Promise<void> {
  await sql`
    update webhook_endpoints
    set state = 'disabled', disabled_reason = 'gone'
    where book = ${book} and id = any(${[...ids]}::text[]) and state = 'enabled'`;
}

interface EndpointRow {
  book: number;
  id: EndpointId;
  merchant_id: string;
  url: string;
  event_types: string[];
  secret_sealed: string | null;
  previous_secret_sealed: string | null;
  previous_secret_until: Date | null;
  public_key: string | null;
  state: Endpoint['state'];
  disabled_reason: Endpoint['disabledReason'];
  created_at: Date;
}

function toEndpoint(row: EndpointRow): Endpoint {
  return {
    book: row.book,
    id: row.id,
    merchantId: row.merchant_id,
    url: row.url,
    eventTypes: row.event_types,
    secretSealed: row.secret_sealed,
    previousSecretSealed: row.previous_secret_sealed,
    previousSecretUntil: row.previous_secret_until,
    publicKey: row.public_key,
    state: row.state,
    disabledReason: row.disabled_reason,
    createdAt: row.created_at,
  };
}
