-- Offers as campaigns with versions, who did what with them, and vouchers.

-- An offer of one shop, or of everybody (merchant_id null). What it says is in its versions; the last is in force.
create table offers (
  book integer not null check (book between 0 and 65535),
  id text not null,
  merchant_id text,
  state text not null check (state in ('published', 'stopped')),
  version integer not null check (version >= 1),
  created_at timestamptz not null,
  created_by text not null check (length(created_by) between 1 and 80),
  stopped_at timestamptz,
  updated_at timestamptz not null,
  primary key (book, id),
  foreign key (book, merchant_id) references merchants (book, id),
  check ((state = 'stopped') = (stopped_at is not null))
);
create index offers_by_merchant on offers (merchant_id, id);
-- What every node keeps in memory: all that runs, and what has just been stopped.
create index offers_published on offers (id) where state = 'published';
create index offers_stopped on offers (stopped_at) where state = 'stopped';

-- The terms, as they were when a version was in force. figures: every figure that each limit of the offer has had, oldest first, as
-- decimal text: limits are accounts of the ledger, which are filled by the difference to the figure before.
create table offer_versions (
  book integer not null,
  offer_id text not null,
  version integer not null check (version >= 1),
  campaign jsonb not null,
  figures jsonb not null,
  created_at timestamptz not null,
  created_by text not null check (length(created_by) between 1 and 80),
  primary key (book, offer_id, version),
  foreign key (book, offer_id) references offers (book, id)
);

-- Who did what, and why.
create table offer_moves (
  book integer not null,
  id text not null,
  offer_id text not null,
  move text not null check (move in ('published', 'changed', 'stopped', 'resumed', 'vouchers_issued')),
  version integer not null,
  moved_by text not null check (length(moved_by) between 1 and 80),
  reason text check (length(reason) between 1 and 300),
  -- vouchers_issued: how many.
  vouchers_count integer check (vouchers_count >= 1),
  moved_at timestamptz not null,
  primary key (book, id),
  foreign key (book, offer_id) references offers (book, id),
  check ((move = 'vouchers_issued') = (vouchers_count is not null))
);
create index offer_moves_by_offer on offer_moves (offer_id, id);

create function refuse_offer_change() returns trigger language plpgsql as $$
begin
  raise exception 'what an offer was is never rewritten: % of % is refused', lower(tg_op), tg_table_name
    using errcode = 'restrict_violation';
end $$;
create trigger offer_versions_never_change before update or delete on offer_versions
  for each row execute function refuse_offer_change();
create trigger offer_moves_never_change before update or delete on offer_moves
  for each row execute function refuse_offer_change();

-- Counts the changes of a book's offers: whoever remembers them asks for this number alone.
create table offer_books (
  book integer not null check (book between 0 and 65535),
  revision bigint not null check (revision >= 1),
  primary key (book)
);

-- A voucher opens its offer once: that it is used stands in the ledger, as the limit of its own id. Of the code only the last letters are
-- kept (look-ups and lists), and a keyed hash of all of them; of the buyer that it is bound to a keyed hash, null for whoever brings it.
create table vouchers (
  book integer not null,
  id text not null,
  offer_id text not null,
  tail text not null check (tail ~ '^[0-9A-HJKMNP-TV-Z]{6}$'),
  code_hash bytea not null check (octet_length(code_hash) = 32),
  buyer_hash bytea check (octet_length(buyer_hash) = 32),
  valid_until timestamptz,
  issued_at timestamptz not null,
  issued_by text not null check (length(issued_by) between 1 and 80),
  primary key (book, id),
  foreign key (book, offer_id) references offers (book, id),
  unique (code_hash, book)
);
create index vouchers_by_tail on vouchers (tail);
create index vouchers_by_offer on vouchers (offer_id, id);

-- What offers have cost is asked by day.
create index attempts_with_offers on attempts (finished_at) where offers is not null;
