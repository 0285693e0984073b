-- Webhooks: who wants to hear, what happened, what is still to be told, and every try to tell it.

create table webhook_endpoints (
  book integer not null,
  id text not null,
  merchant_id text not null,
  url text not null check (length(url) between 1 and 2048),
  -- '*' is every type, also those that are invented later.
  event_types text[] not null check (cardinality(event_types) between 1 and 32),
  secret_sealed text,
  -- Signs too until the time given, so that a receiver can change secrets without losing a message.
  previous_secret_sealed text,
  previous_secret_until timestamptz,
  -- Present when messages are also signed with ed25519 (v1a).
  public_key text,
  state text not null check (state in ('enabled', 'disabled', 'deleted')),
  disabled_reason text check (disabled_reason in ('gone')),
  created_at timestamptz not null,
  primary key (book, id),
  foreign key (book, merchant_id) references merchants (book, id),
  check ((state = 'disabled') = (disabled_reason is not null)),
  check ((state = 'deleted') = (secret_sealed is null)),
  check ((previous_secret_sealed is null) = (previous_secret_until is null)),
  check (state <> 'deleted' or previous_secret_sealed is null)
);
create index webhook_endpoints_by_merchant on webhook_endpoints (book, merchant_id, id) where state <> 'deleted';

create table events (
  book integer not null,
  id text not null,
  merchant_id text not null,
  type text not null,
  object_id text not null,
  -- 1, 2, 3 … per object: the order in which its events are told.
  object_seq integer not null check (object_seq >= 1),
  -- Exactly the bytes that are signed and sent.
  payload text not null check (octet_length(payload) <= 20000),
  occurred_at timestamptz not null,
  primary key (book, id),
  unique (object_id, object_seq, book)
);
create index events_by_merchant on events (merchant_id, id);

create function refuse_event_change() returns trigger language plpgsql as $$
begin
  raise exception 'what happened is never rewritten: % of % is refused', lower(tg_op), tg_table_name
    using errcode = 'restrict_violation';
end $$;
create trigger events_never_change before update on events
  for each statement execute function refuse_event_change();

create table webhook_deliveries (
  book integer not null,
  id text not null,
  merchant_id text not null,
  endpoint_id text not null,
  event_id text not null,
  object_id text not null,
  object_seq integer not null,
  -- pending: owed. succeeded: a 2xx came. parked: given up until somebody replays it. canceled: the endpoint was deleted.
  state text not null check (state in ('pending', 'succeeded', 'parked', 'canceled')),
  tries_count integer not null default 0 check (tries_count >= 0),
  tries_left integer not null check (tries_left >= 0),
  -- When to try next; while a try is under way, when its lease ends.
  due_at timestamptz,
  leased_until timestamptz,
  -- Counts the claims; a result is taken only from the latest claim.
  fence integer not null default 0 check (fence >= 0),
  last_status integer,
  last_reason text,
  created_at timestamptz not null,
  finished_at timestamptz,
  primary key (book, id),
  unique (event_id, endpoint_id, book),
  foreign key (book, event_id) references events (book, id),
  foreign key (book, endpoint_id) references webhook_endpoints (book, id),
  check ((state = 'pending') = (due_at is not null)),
  check ((state = 'pending') = (finished_at is null)),
  check (leased_until is null or state = 'pending')
) with (fillfactor = 70);
create index webhook_deliveries_by_merchant on webhook_deliveries (merchant_id, id);
create index webhook_deliveries_due on webhook_deliveries (book, endpoint_id, due_at, id) where state = 'pending';
create index webhook_deliveries_order on webhook_deliveries (book, endpoint_id, object_id, object_seq) where state = 'pending';
create index webhook_deliveries_parked on webhook_deliveries (book, endpoint_id, id) where state = 'parked';

create table webhook_tries (
  book integer not null,
  delivery_id text not null,
  fence integer not null,
  sent_at timestamptz not null,
  duration_ms integer not null check (duration_ms >= 0),
  -- The HTTP status, or null when no whole reply came.
  status integer,
  -- Why it does not count as delivered; null when it does.
  reason text,
  -- The first kilobyte of the reply.
  reply text,
  primary key (book, delivery_id, fence),
  foreign key (book, delivery_id) references webhook_deliveries (book, id)
);
create trigger webhook_tries_never_change before update on webhook_tries
  for each statement execute function refuse_event_change();
