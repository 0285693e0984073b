-- The cashier: merchants and their keys and wallet accounts, payments, the attempts to pay them, and refunds.
-- Every primary and foreign key starts with the book, so the same tables can be spread over servers by book. Unique
-- constraints hold it too, but last, and plain indexes not at all (the ids in them carry their book): an index that begins
-- like the primary key is taken for it while a table is small, and the plan is kept while the table grows.

create table merchants (
  book integer not null,
  id text not null,
  name text not null check (length(name) between 1 and 80),
  livemode boolean not null,
  created_at timestamptz not null,
  primary key (book, id)
);

-- Only a keyed hash of the secret half is kept; the prefix is what people see in lists.
create table api_keys (
  book integer not null,
  id text not null,
  merchant_id text not null,
  label text not null check (length(label) <= 80),
  prefix text not null,
  secret_hash bytea not null check (length(secret_hash) = 32),
  scopes text[] not null,
  created_at timestamptz not null,
  expires_at timestamptz,
  revoked_at timestamptz,
  primary key (book, id),
  foreign key (book, merchant_id) references merchants (book, id)
);
create index api_keys_by_merchant on api_keys (merchant_id);

-- A merchant's account at a foreign wallet. The settings (numbers, keys, certificates) are sealed.
create table wallet_accounts (
  book integer not null,
  id text not null,
  merchant_id text not null,
  wallet text not null,
  merchant_no text not null,
  label text not null check (length(label) <= 80),
  settings_sealed text not null,
  enabled boolean not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (book, id),
  unique (merchant_id, wallet, merchant_no, book),
  foreign key (book, merchant_id) references merchants (book, id)
);

-- What a shop asks to be paid. Final states (succeeded, canceled) never change.
create table payments (
  book integer not null,
  id text not null,
  merchant_id text not null,
  order_no text not null check (length(order_no) between 1 and 64),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  amount_minor bigint not null check (amount_minor > 0),
  subject text not null check (length(subject) between 1 and 120),
  return_url text not null,
  metadata jsonb not null,
  livemode boolean not null,
  state text not null check (state in ('requires_payment_method', 'requires_action', 'processing', 'succeeded', 'canceled')),
  cancellation_reason text check (cancellation_reason in ('requested_by_merchant', 'expired')),
  cancel_requested_at timestamptz,
  succeeded_attempt_id text,
  paid_at timestamptz,
  expires_at timestamptz not null,
  created_at timestamptz not null,
  version integer not null default 1,
  due_at timestamptz,
  fence bigint not null default 0,
  primary key (book, id),
  unique (merchant_id, order_no, book),
  foreign key (book, merchant_id) references merchants (book, id),
  check ((state = 'canceled') = (cancellation_reason is not null)),
  check ((state = 'succeeded') = (succeeded_attempt_id is not null)),
  check ((state = 'succeeded') = (paid_at is not null)),
  check (state not in ('succeeded', 'canceled') or due_at is null)
) with (fillfactor = 70);
create index payments_by_merchant on payments (merchant_id, id);
create index payments_due on payments (due_at) where due_at is not null;

-- One try to pay a payment through one wallet. order_no and ordered_at name it at the wallet.
-- settled: `accepted` paid the payment; `surplus` is money that came twice or too late and goes back.
create table attempts (
  book integer not null,
  id text not null,
  payment_id text not null,
  merchant_id text not null,
  wallet text not null,
  wallet_account_id text not null,
  scene text not null,
  order_no text not null,
  ordered_at timestamptz not null,
  currency text not null,
  amount_minor bigint not null check (amount_minor > 0),
  subject text not null,
  outcome text not null check (outcome in ('pending', 'succeeded', 'failed', 'unknown')),
  settled text check (settled in ('accepted', 'surplus')),
  failure_reason text,
  failure_code text,
  failure_message text,
  unknown_reason text,
  next_action jsonb,
  wallet_payment_id text,
  wallet_facts jsonb,
  occurred_at timestamptz,
  finished_at timestamptz,
  paid_minor bigint not null default 0 check (paid_minor in (0, amount_minor)),
  refunding_minor bigint not null default 0 check (refunding_minor >= 0),
  refunded_minor bigint not null default 0 check (refunded_minor >= 0),
  asks_count integer not null default 0,
  expires_at timestamptz not null,
  created_at timestamptz not null,
  due_at timestamptz,
  fence bigint not null default 0,
  primary key (book, id),
  foreign key (book, payment_id) references payments (book, id),
  foreign key (book, wallet_account_id) references wallet_accounts (book, id),
  -- The wallet's name for it is our own id without its prefix, so it is unique and needs no look-up.
  check (order_no = substr(id, 5)),
  check (refunding_minor + refunded_minor <= paid_minor),
  check ((outcome = 'succeeded') = (settled is not null)),
  check ((outcome = 'succeeded') = (paid_minor > 0)),
  check ((outcome = 'failed') = (failure_reason is not null))
) with (fillfactor = 70);
create index attempts_by_payment on attempts (payment_id);
create unique index attempts_by_wallet_payment on attempts (book, wallet_account_id, wallet_payment_id)
  where wallet_payment_id is not null;
-- A payment is paid once: the database refuses a second accepted attempt.
create unique index attempts_accepted on attempts (book, payment_id) where settled = 'accepted';
create index attempts_due on attempts (due_at) where due_at is not null;

-- Money going back through the wallet it came by. One row is one request to the wallet.
create table refunds (
  book integer not null,
  id text not null,
  payment_id text not null,
  attempt_id text not null,
  merchant_id text not null,
  refund_no text not null check (length(refund_no) between 1 and 64),
  wallet text not null,
  wallet_account_id text not null,
  currency text not null,
  amount_minor bigint not null check (amount_minor > 0),
  method text not null check (method in ('refund', 'void')),
  automatic boolean not null,
  reason text not null check (length(reason) <= 200),
  order_no text not null,
  ordered_at timestamptz not null,
  outcome text not null check (outcome in ('pending', 'succeeded', 'failed', 'unknown')),
  failure_reason text,
  failure_code text,
  failure_message text,
  unknown_reason text,
  wallet_refund_id text,
  sent_at timestamptz,
  asks_count integer not null default 0,
  created_at timestamptz not null,
  finished_at timestamptz,
  due_at timestamptz,
  fence bigint not null default 0,
  primary key (book, id),
  unique (merchant_id, refund_no, book),
  foreign key (book, payment_id) references payments (book, id),
  foreign key (book, attempt_id) references attempts (book, id),
  check (order_no = substr(id, 4)),
  check ((outcome = 'failed') = (failure_reason is not null))
) with (fillfactor = 70);
create index refunds_by_payment on refunds (payment_id, id);
create index refunds_by_merchant on refunds (merchant_id, id);
create index refunds_due on refunds (due_at) where due_at is not null;

-- What an operator should look at: forged notifications, amounts that differ, refunds that do not go through.
create table alerts (
  book integer not null,
  id text not null,
  kind text not null,
  subject_id text,
  detail text not null check (length(detail) <= 1000),
  created_at timestamptz not null,
  primary key (book, id)
);
create function refuse_alert_change() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only', tg_table_name using errcode = 'restrict_violation';
end $$;
create trigger alerts_append_only before update or delete or truncate on alerts
  for each statement execute function refuse_alert_change();
