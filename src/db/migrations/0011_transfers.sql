-- Money over the bank rail: stamps, quotes, moves and their legs.

-- The 999,999 trace numbers (STAN) of this deployment in blocks of 1,001: block n has the numbers from n * 1001 + 1 on. Whoever reserves
-- a block may use each of its numbers once, with seconds from a minute before `free_at` up to it; nobody gets the block again for an
-- earlier second. So a number and a second never meet twice, also after a restart, also when a clock goes back.
create table rail_stamp_blocks (
  block_no integer primary key check (block_no between 0 and 998),
  free_at timestamptz not null check (free_at = date_trunc('second', free_at))
);
insert into rail_stamp_blocks (block_no, free_at)
select block_no, 'epoch'::timestamptz
from generate_series(0, 998) as block_no;

-- Working keys of a rail between two runs of the process, sealed.
create table rail_keys (
  rail text primary key,
  sealed text not null,
  updated_at timestamptz not null
);

-- What an operator says about where a bank is reached; what is not here is as the table in the code has it. No institution: takes no part.
create table rail_routes (
  bank text primary key check (bank ~ '^[A-Z0-9]{2,12}$'),
  institution text check (institution ~ '^[0-9]{8,11}$'),
  updated_at timestamptz not null
);

-- Whom a person has named to be paid: a card that is not one of their own. The number and the name are sealed; the index of the number is
-- keyed. Listed for the person once money has gone there. Never changed but for that.
create table payees (
  book integer not null,
  id text not null,
  user_id text not null,
  index_version integer not null,
  number_index bytea not null check (octet_length(number_index) between 16 and 64),
  number_sealed bytea not null,
  name_sealed bytea not null,
  bank text not null,
  institution text not null,
  card_kind text not null check (card_kind in ('debit', 'credit', 'semi_credit', 'prepaid')),
  last4 text not null check (last4 ~ '^[0-9]{4}$'),
  name_masked text not null check (length(name_masked) <= 100),
  created_at timestamptz not null,
  last_paid_at timestamptz,
  primary key (book, id)
);
create index payees_by_number on payees (user_id, number_index);
create index payees_by_last_paid on payees (user_id, last_paid_at) where last_paid_at is not null;
create index payees_never_paid on payees (created_at) where last_paid_at is null;

-- How often a person has asked for somebody by a phone number on a day of Asia/Shanghai.
create table phone_look_ups (
  book integer not null,
  user_id text not null,
  day date not null,
  looks_count integer not null check (looks_count between 1 and 1000),
  primary key (book, user_id, day)
);

-- What was offered, word for word; `parts` names the cards and amounts and nothing that is secret. Confirmed once or never.
create table quotes (
  book integer not null,
  id text not null,
  user_id text not null,
  kind text not null check (kind in ('transfer', 'repayment')),
  amount_minor bigint not null check (amount_minor > 0),
  arrival text not null check (arrival in ('instant', 'ordinary', 'next_day')),
  arrives_at timestamptz not null,
  payee_kind text not null check (payee_kind in ('card', 'own_card', 'phone')),
  payee_id text,
  to_user_id text,
  to_card_id text,
  to_target_id text,
  to_class integer check (to_class between 1 and 3),
  to_bank text not null,
  to_institution text,
  to_last4 text not null,
  to_name_masked text not null,
  shown_to jsonb not null,
  parts jsonb not null check (jsonb_array_length(parts) between 1 and 20),
  note text not null check (length(note) <= 50),
  explanation jsonb not null,
  level text not null check (level in ('device', 'pin', 'strong')),
  advice text check (advice in ('choose_later_arrival')),
  created_at timestamptz not null,
  expires_at timestamptz not null,
  confirmed_at timestamptz,
  confirmed_key text check (length(confirmed_key) between 1 and 255),
  primary key (book, id),
  -- A person's key confirms one quote.
  unique (user_id, confirmed_key, book),
  foreign key (book, payee_id) references payees (book, id),
  check ((payee_kind = 'card') = (payee_id is not null)),
  check (payee_kind <> 'own_card' or to_card_id is not null),
  check (kind <> 'repayment' or to_target_id is not null),
  check ((confirmed_at is null) = (confirmed_key is null)),
  check (confirmed_at < expires_at)
) with (fillfactor = 70);
create index quotes_unconfirmed on quotes (expires_at) where confirmed_at is null;
create index quotes_of_payee on quotes (payee_id) where payee_id is not null;
create function refuse_quote_change() returns trigger language plpgsql as $$
begin
  raise exception 'a quote is confirmed once and otherwise never changed: %', old.id using errcode = 'restrict_violation';
end $$;
-- By the columns that a statement names, so that a confirmation, which names none of them, is not slowed down.
create trigger quotes_never_change before update of book, id, user_id, kind, amount_minor, arrival, arrives_at, payee_kind,
  payee_id, to_user_id, to_card_id, to_target_id, to_class, to_bank, to_institution, to_last4, to_name_masked, shown_to, parts,
  note, explanation, level, advice, created_at, expires_at on quotes
  for each row execute function refuse_quote_change();
create trigger quotes_confirmed_once before update of confirmed_at, confirmed_key on quotes
  for each row when (old.confirmed_at is not null) execute function refuse_quote_change();

-- Money on its way: from a card, to a card, or both.
-- was_refused: it was declined before anything was sent, and the same id is declined for ever.
-- on_books: how much of it stands in the transit account, taken from one card and not yet known to be at the other.
create table moves (
  book integer not null,
  id text not null,
  kind text not null check (kind in ('transfer', 'repayment', 'purchase', 'refund')),
  state text not null
    check (state in ('scheduled', 'debiting', 'crediting', 'reversing', 'succeeded', 'failed', 'canceled')),
  user_id text not null,
  quote_id text,
  original_id text,
  currency text not null check (currency = 'CNY'),
  amount_minor bigint not null check (amount_minor between 1 and 999999999999),
  from_card_id text,
  from_bank text,
  from_institution text,
  from_last4 text,
  from_name_masked text,
  payee_id text,
  to_card_id text,
  to_user_id text,
  to_bank text,
  to_institution text,
  to_last4 text,
  to_name_masked text,
  shop_no text,
  shop_name text,
  shop_mcc text check (shop_mcc ~ '^[0-9]{4}$'),
  note text not null check (length(note) <= 50),
  arrival text not null check (arrival in ('instant', 'ordinary', 'next_day')),
  arrives_at timestamptz,
  failure text,
  was_refused boolean not null default false,
  on_books_minor bigint not null default 0 check (on_books_minor in (0, amount_minor)),
  refunding_minor bigint not null default 0 check (refunding_minor >= 0),
  refunded_minor bigint not null default 0 check (refunded_minor >= 0),
  created_at timestamptz not null,
  ended_at timestamptz,
  due_at timestamptz,
  primary key (book, id),
  foreign key (book, quote_id) references quotes (book, id),
  foreign key (book, original_id) references moves (book, id),
  check ((state in ('succeeded', 'failed', 'canceled')) = (ended_at is not null)),
  check (ended_at is null or due_at is null),
  check ((state = 'failed') = (failure is not null)),
  check (not was_refused or (state = 'failed' and on_books_minor = 0)),
  -- Each kind has the ends that it has.
  check (was_refused or (kind = 'refund') = (from_card_id is null)),
  check ((kind in ('transfer', 'repayment')) = (quote_id is not null)),
  check (was_refused or kind in ('transfer', 'repayment') or shop_no is not null),
  check (was_refused or kind <> 'refund' or original_id is not null),
  -- The money in between stands there only while it is on its way.
  check (on_books_minor = 0 or state in ('crediting', 'reversing')),
  check (state <> 'crediting' or kind = 'refund' or on_books_minor > 0),
  -- Only what was paid can be given back, and only once.
  check (refunding_minor + refunded_minor <= amount_minor),
  check (refunding_minor + refunded_minor = 0 or (kind = 'purchase' and state = 'succeeded'))
) with (fillfactor = 70);
create index moves_by_user on moves (user_id, id);
create index moves_by_quote on moves (quote_id) where quote_id is not null;
create index moves_due on moves (due_at) where due_at is not null;
create index moves_from_open on moves (from_card_id) where ended_at is null and from_card_id is not null;
create index moves_to_open on moves (to_card_id) where ended_at is null and to_card_id is not null;

-- One message to a bank about a move; written before it is sent, and sent again as it stands here. A debit takes, a credit gives, a
-- reversal takes the debit back.
create table legs (
  book integer not null,
  move_id text not null,
  side text not null check (side in ('debit', 'credit', 'reversal')),
  state text not null check (state in ('sent', 'approved', 'refused', 'unknown')),
  transmitted_at timestamptz not null check (transmitted_at = date_trunc('second', transmitted_at)),
  stan text not null check (stan ~ '^[0-9]{6}$' and stan <> '000000'),
  rrn text not null check (rrn ~ '^[0-9]{12}$'),
  institution text not null check (institution ~ '^[0-9]{8,11}$'),
  card_id text,
  last4 text not null check (last4 ~ '^[0-9]{4}$'),
  amount_minor bigint not null check (amount_minor > 0),
  auth_id text,
  -- What the bank said (F39), and the same in our words.
  code text,
  reason text,
  settlement_day date,
  is_flagged boolean not null default false,
  -- Of a reversal: whether the bank had the debit at all.
  was_found boolean,
  sends_count integer not null check (sends_count >= 1),
  first_sent_at timestamptz not null,
  last_sent_at timestamptz not null,
  told_at timestamptz,
  primary key (book, move_id, side),
  foreign key (book, move_id) references moves (book, id),
  check ((state in ('approved', 'refused')) = (told_at is not null)),
  check (state <> 'approved' or settlement_day is not null),
  check (settlement_day is null or state = 'approved'),
  check (was_found is null or side = 'reversal')
) with (fillfactor = 70);
-- A second and a number name one message.
create unique index legs_by_stamp on legs (transmitted_at, stan, book);
-- Given to the other card, or given back: never both.
create unique index legs_given_once on legs (move_id, book)
  where state = 'approved' and side in ('credit', 'reversal');
create index legs_by_day on legs (settlement_day, move_id) where settlement_day is not null;
create index legs_open on legs (transmitted_at) where state in ('sent', 'unknown') and side <> 'reversal';
