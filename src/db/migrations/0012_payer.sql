-- Hutong Wallet as a wallet: shops, orders, payment codes, refunds, notifications, statements.
-- As everywhere: the book comes first in primary and foreign keys, last in unique constraints, and not at all in plain indexes.

create table payer_shops (
  book integer not null,
  merchant_no text not null check (merchant_no ~ '^[0-9A-Z]{15}$'),
  name text not null check (length(name) between 1 and 80),
  mcc text not null check (mcc ~ '^[0-9]{4}$'),
  state text not null check (state in ('active', 'stopped')),
  -- What the wallet keeps, in thousandths of a fen for each fen paid: 6 is 0.6 %.
  fee_milli integer not null check (fee_milli between 0 and 100),
  -- Where the shop may be told and its buyers may return to. Empty in tests only: anywhere.
  origins text[] not null,
  created_at timestamptz not null,
  primary key (book, merchant_no)
);

-- Raw Ed25519 public keys; the shop signs with the private halves, which never come here.
create table payer_shop_keys (
  book integer not null,
  merchant_no text not null,
  key_id text not null check (key_id ~ '^[A-Za-z0-9_.-]{1,32}$'),
  public_key bytea not null check (length(public_key) = 32),
  created_at timestamptz not null,
  revoked_at timestamptz,
  primary key (book, merchant_no, key_id),
  foreign key (book, merchant_no) references payer_shops (book, merchant_no)
);

-- The wallet's own signing keys. A key is listed before it signs and for a day after a newer one has taken over.
create table payer_wallet_keys (
  book integer not null,
  no integer not null check (no > 0),
  private_key_sealed text not null,
  public_key bytea not null check (length(public_key) = 32),
  signs_from timestamptz not null,
  created_at timestamptz not null,
  primary key (book, no)
);

-- Nonces of believed requests, for as long as their signatures live.
create table payer_nonces (
  book integer not null,
  merchant_no text not null,
  nonce text not null check (length(nonce) between 16 and 64),
  expires_at timestamptz not null,
  primary key (book, merchant_no, nonce)
);
create index payer_nonces_old on payer_nonces (expires_at);

-- What a shop asks to be paid. closed and undone never change; paid changes to undone alone.
-- ending: asked to close or undo while a try to pay it is under way; it counts when that try ends.
create table payer_orders (
  book integer not null,
  id text not null,
  merchant_no text not null,
  order_no text not null check (order_no ~ '^[0-9A-Za-z]{8,32}$'),
  token text not null,
  -- Null where the number was used up before the order came: nothing else is known of it then.
  fingerprint bytea check (length(fingerprint) = 32),
  scene text check (scene in ('web', 'wap', 'app', 'qr', 'jsapi', 'code')),
  amount_minor bigint not null check (amount_minor between 1 and 999999999999),
  subject text check (length(subject) between 1 and 240),
  notify_url text check (length(notify_url) <= 512),
  return_url text check (length(return_url) <= 512),
  only_user_id text,
  state text not null check (state in ('open', 'paid', 'closed', 'undone')),
  reason text,
  ending text check (ending in ('closed', 'undone')),
  paying_move_id text,
  paying_key text,
  failure text,
  paid_move_id text,
  paid_user_id text,
  paid_card_id text,
  paid_at timestamptz,
  undo_move_id text,
  undone_at timestamptz,
  refunding_minor bigint not null default 0 check (refunding_minor >= 0),
  refunded_minor bigint not null default 0 check (refunded_minor >= 0),
  expires_at timestamptz not null,
  created_at timestamptz not null,
  due_at timestamptz,
  primary key (book, id),
  unique (merchant_no, order_no, book),
  unique (token, book),
  foreign key (book, merchant_no) references payer_shops (book, merchant_no),
  check ((fingerprint is null) = (scene is null)),
  check (fingerprint is not null or state = 'closed'),
  check ((state = 'closed') = (reason is not null)),
  check ((state in ('paid', 'undone')) = (paid_move_id is not null)),
  check ((state in ('paid', 'undone')) = (paid_at is not null)),
  check ((state = 'undone') = (undone_at is not null)),
  check (paying_move_id is null or state = 'open'),
  check (ending is null or state in ('open', 'paid')),
  check (state in ('paid', 'undone') or refunding_minor + refunded_minor = 0),
  check (refunding_minor + refunded_minor <= amount_minor),
  check (due_at is null or state = 'open')
) with (fillfactor = 70);
create index payer_orders_due on payer_orders (due_at) where due_at is not null;
create index payer_orders_paid on payer_orders (merchant_no, paid_at, id) where paid_at is not null;
create index payer_orders_undone on payer_orders (merchant_no, undone_at, id) where undone_at is not null;

-- What we have asked transfers/ to do for an order: recorded before it is asked, started again until it has ended.
create table payer_moves (
  book integer not null,
  id text not null,
  order_id text not null,
  kind text not null check (kind in ('pay', 'undo', 'refund')),
  refund_id text,
  user_id text not null,
  card_id text not null,
  device_is_new boolean not null,
  level text check (level in ('device', 'pin', 'strong')),
  amount_minor bigint not null check (amount_minor > 0),
  original_id text,
  state text not null check (state in ('asked', 'succeeded', 'failed')),
  failure text,
  created_at timestamptz not null,
  ended_at timestamptz,
  due_at timestamptz,
  leased_until timestamptz not null,
  lease_no bigint not null default 0,
  tries_count integer not null default 0,
  primary key (book, id),
  foreign key (book, order_id) references payer_orders (book, id),
  check ((kind = 'refund') = (refund_id is not null)),
  check ((kind = 'pay') = (original_id is null)),
  check ((kind = 'pay') = (level is not null)),
  check ((state = 'asked') = (ended_at is null)),
  check ((state = 'asked') = (due_at is not null)),
  check ((state = 'failed') = (failure is not null))
) with (fillfactor = 70);
-- An order is paid once and undone once: the database refuses a second try while one is under way or has succeeded.
create unique index payer_moves_once on payer_moves (order_id, kind, book) where kind <> 'refund' and state <> 'failed';
create index payer_moves_due on payer_moves (due_at) where due_at is not null;

-- Refunds that shops ask for. What is refused is a row too, under its number for good.
create table payer_refunds (
  book integer not null,
  id text not null,
  merchant_no text not null,
  refund_no text not null check (refund_no ~ '^[0-9A-Za-z]{8,32}$'),
  order_no text not null,
  order_id text,
  fingerprint bytea not null check (length(fingerprint) = 32),
  method text not null check (method in ('refund', 'void')),
  amount_minor bigint not null check (amount_minor between 1 and 999999999999),
  notify_url text not null check (length(notify_url) <= 512),
  state text not null check (state in ('accepted', 'succeeded', 'failed')),
  reason text,
  move_id text,
  created_at timestamptz not null,
  ended_at timestamptz,
  primary key (book, id),
  unique (merchant_no, refund_no, book),
  foreign key (book, order_id) references payer_orders (book, id),
  check ((state = 'failed') = (reason is not null)),
  check ((state = 'accepted') = (ended_at is null)),
  check (state = 'failed' or (move_id is not null and order_id is not null))
) with (fillfactor = 70);
create index payer_refunds_done on payer_refunds (merchant_no, ended_at, id) where state = 'succeeded';

-- Payment codes: a keyed digest, never the code. Good for one order, whatever becomes of it.
create table payer_codes (
  book integer not null,
  digest bytea not null check (length(digest) = 32),
  user_id text not null,
  card_id text not null,
  device_is_new boolean not null,
  -- The person wants to be asked whatever the amount.
  asks_always boolean not null,
  order_id text,
  used_at timestamptz,
  expires_at timestamptz not null,
  created_at timestamptz not null,
  primary key (book, digest),
  check ((order_id is null) = (used_at is null))
);
create index payer_codes_old on payer_codes (expires_at);
create index payer_codes_used on payer_codes (user_id, used_at) where used_at is not null;

-- Who a person is to a shop: the same for the same person and shop, another one for another shop.
create table payer_people (
  book integer not null,
  merchant_no text not null,
  user_id text not null,
  payer_id text not null,
  created_at timestamptz not null,
  primary key (book, merchant_no, user_id),
  unique (payer_id, merchant_no, book),
  foreign key (book, merchant_no) references payer_shops (book, merchant_no)
);

-- One-time codes by which a shop's page learns its payer.
create table payer_grants (
  book integer not null,
  digest bytea not null check (length(digest) = 32),
  merchant_no text not null,
  user_id text not null,
  expires_at timestamptz not null,
  primary key (book, digest)
);

-- What shops are told: the row says about what and where; what it says is written when it is sent, as a query would show it.
create table payer_notices (
  book integer not null,
  id text not null,
  kind text not null check (kind in ('order', 'refund')),
  subject_id text not null,
  merchant_no text not null,
  url text not null,
  state text not null check (state in ('pending', 'taken', 'given_up')),
  last_answer text check (length(last_answer) <= 100),
  created_at timestamptz not null,
  ended_at timestamptz,
  due_at timestamptz,
  leased_until timestamptz not null,
  lease_no bigint not null default 0,
  tries_count integer not null default 0,
  primary key (book, id),
  unique (subject_id, kind, book),
  check ((state = 'pending') = (due_at is not null)),
  check ((state = 'pending') = (ended_at is null))
) with (fillfactor = 70);
create index payer_notices_due on payer_notices (due_at) where due_at is not null;

-- Statements as they were first given out: they never change afterwards.
create table payer_statements (
  book integer not null,
  merchant_no text not null,
  day date not null,
  file bytea not null,
  created_at timestamptz not null,
  primary key (book, merchant_no, day)
);

-- Days that a test hook ended before they were over.
create table payer_ended_days (
  book integer not null,
  day date not null,
  primary key (book, day)
);
