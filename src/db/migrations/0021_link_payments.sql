-- What pay links, group and collect links carry, who paid which share; the link that a payment came by.

-- link_code is what the shop or a pay link said; links of other owners are ignored where payments are counted, not here. link_paid_xid is
-- the transaction in which a payment with a link succeeded: who reads them in that order, and only those older than every transaction that is
-- still open, misses none however late it commits.
alter table payments
  add column link_code text check (link_code ~ '^[A-Za-z0-9]{4,16}$'),
  add column link_paid_xid xid8,
  add constraint payments_link_paid check (link_paid_xid is null or (link_code is not null and state = 'succeeded'));
create index payments_by_link on payments (link_paid_xid, id) where link_paid_xid is not null;

-- How a link is paid; written with the link, never changed. A `pay` link asks for amount_minor, or for what the buyer types between min_minor
-- and max_minor. A `group` or `collect` link asks for its shares, which sum to total_minor; a `collect` link without a total asks everybody for
-- amount_minor. places_max is how often it may be paid; null is without end. With an order number everybody opens the same payment.
create table link_terms (
  book integer not null,
  link_id text not null,
  kind text not null check (kind in ('pay', 'group', 'collect')),
  livemode boolean not null,
  merchant_id text,
  user_id text,
  code text not null check (code ~ '^[A-Za-z0-9]{4,16}$'),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  subject text not null check (length(subject) between 1 and 120),
  amount_minor bigint check (amount_minor > 0),
  min_minor bigint check (min_minor > 0),
  max_minor bigint check (max_minor >= min_minor),
  total_minor bigint check (total_minor > 0),
  places_max integer check (places_max between 1 and 10000),
  order_no text check (length(order_no) between 1 and 56),
  created_at timestamptz not null,
  -- When the last place was paid.
  complete_at timestamptz,
  primary key (book, link_id),
  unique (code, book),
  foreign key (book, link_id) references links (book, id),
  check ((kind = 'collect') = (user_id is not null)),
  check ((kind = 'collect') = (merchant_id is null)),
  check ((min_minor is null) = (max_minor is null)),
  check (num_nonnulls(amount_minor, min_minor, total_minor) = 1),
  check (min_minor is null or kind = 'pay'),
  check (total_minor is null or (kind <> 'pay' and places_max is not null)),
  check (kind <> 'group' or total_minor is not null),
  check (order_no is null or (kind = 'pay' and amount_minor is not null and places_max = 1)),
  check (complete_at is null or places_max is not null)
) with (fillfactor = 70);
create index link_terms_of_user on link_terms (user_id, link_id) where user_id is not null;

-- What each place costs, where a total is split.
create table link_shares (
  book integer not null,
  link_id text not null,
  place_no integer not null check (place_no >= 1),
  -- For whom it is meant; null where anybody takes it.
  name text check (length(name) between 1 and 20),
  amount_minor bigint not null check (amount_minor > 0),
  primary key (book, link_id, place_no),
  foreign key (book, link_id) references link_terms (book, link_id)
);

-- Shares are written with their link: by the end of that transaction they sum to the total, one for each place.
create function check_link_shares() returns trigger language plpgsql as $$
declare
  found record;
begin
  select coalesce(sum(amount_minor), 0) as total, count(*) as places, coalesce(max(place_no), 0) as last
  into found
  from link_shares
  where book = new.book and link_id = new.link_id;
  if new.total_minor is null then
    if found.places > 0 then
      raise exception 'link % has shares but no total', new.link_id using errcode = 'check_violation';
    end if;
  elsif (found.total, found.places, found.last) is distinct from (new.total_minor::numeric, new.places_max::bigint, new.places_max) then
    raise exception 'the shares of link % do not sum to its total', new.link_id using errcode = 'check_violation';
  end if;
  return null;
end $$;
create constraint trigger link_terms_shares after insert on link_terms
  deferrable initially deferred for each row execute function check_link_shares();

create function refuse_link_terms_change() returns trigger language plpgsql as $$
begin
  raise exception 'how a link is paid never changes: % of % is refused', lower(tg_op), tg_table_name using errcode = 'restrict_violation';
end $$;
create trigger link_shares_never_change before update or delete or truncate on link_shares
  for each statement execute function refuse_link_terms_change();
-- By the columns that a statement names: completing a link names none of them.
create trigger link_terms_never_change before update of book, link_id, kind, livemode, merchant_id, user_id, code, currency, subject,
  amount_minor, min_minor, max_minor, total_minor, places_max, order_no, created_at on link_terms
  for each statement execute function refuse_link_terms_change();
create trigger link_terms_never_deleted before delete or truncate on link_terms
  for each statement execute function refuse_link_terms_change();

-- One payment that a link with an end of places asked for, written before the payment is: the cashier knows it by order_no. `open` keeps its place, `paid` keeps it
-- for good, `ended` (expired, cancelled) has given it back. nonce came with the form: the same form sent twice is the same row.
create table link_payments (
  book integer not null,
  link_id text not null,
  nonce text not null check (nonce ~ '^[0-9a-f]{32}$'),
  state text not null check (state in ('open', 'paid', 'ended')),
  place_no integer not null check (place_no >= 1),
  merchant_id text not null,
  order_no text not null check (length(order_no) between 1 and 64),
  amount_minor bigint not null check (amount_minor > 0),
  -- What the payer calls themselves, and what the shop is to read.
  payer_name text check (length(payer_name) between 1 and 20),
  subject text not null check (length(subject) between 1 and 120),
  asked_at timestamptz not null,
  -- When it is looked at again.
  due_at timestamptz,
  ended_at timestamptz,
  primary key (book, link_id, nonce),
  unique (merchant_id, order_no, book),
  foreign key (book, link_id) references link_terms (book, link_id),
  check ((state = 'open') = (due_at is not null)),
  check ((state = 'open') = (ended_at is null))
) with (fillfactor = 70);
-- A place is taken by one at a time.
create unique index link_payments_places on link_payments (link_id, place_no, book) where state <> 'ended';
create index link_payments_due on link_payments (due_at) where due_at is not null;

-- The same among people: a share of a collect link that somebody set out to pay. hold_id is part of the one key under which any quote for it
-- is confirmed, so that at most one transfer is ever made for it, however many quotes were asked for. due_at: when it is given back if none was.
create table link_transfers (
  book integer not null,
  link_id text not null,
  hold_id text not null,
  user_id text not null,
  state text not null check (state in ('open', 'paid', 'ended')),
  place_no integer not null check (place_no >= 1),
  amount_minor bigint not null check (amount_minor > 0),
  -- As the payee sees it in their history: shortened.
  payer_name text not null check (length(payer_name) <= 60),
  asked_at timestamptz not null,
  due_at timestamptz,
  ended_at timestamptz,
  primary key (book, link_id, hold_id),
  foreign key (book, link_id) references link_terms (book, link_id),
  check ((state = 'open') = (due_at is not null)),
  check ((state = 'open') = (ended_at is null))
) with (fillfactor = 70);
create unique index link_transfers_places on link_transfers (link_id, place_no, book) where state <> 'ended';
-- Everybody pays once.
create unique index link_transfers_people on link_transfers (link_id, user_id, book) where state <> 'ended';
