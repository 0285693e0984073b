-- The switch's file of a settlement day, and what differs from our records.

-- One row per day of the switch. unavailable: the file did not come; an operator may ask once more. Nothing is compared that was not
-- read whole.
create table clearing_days (
  book          integer     not null check (book between 0 and 65535),
  day           date        not null,
  state         text        not null check (state in ('waiting', 'read', 'compared', 'unavailable')),
  reason        text        check (length(reason) <= 500),
  digest        text        check (digest ~ '^[0-9a-f]{64}$'),
  rows_count    integer     check (rows_count >= 0),
  matched_count integer     check (matched_count >= 0),
  created_at    timestamptz not null,
  read_at       timestamptz,
  compared_at   timestamptz,
  due_at        timestamptz,
  leased_until  timestamptz not null,
  lease_no      bigint      not null default 0,
  tries_count   integer     not null default 0,
  primary key (book, day),
  check ((state in ('read', 'compared')) = (read_at is not null and digest is not null and rows_count is not null)),
  check ((state = 'compared') = (compared_at is not null and matched_count is not null)),
  check (state in ('waiting', 'read') or due_at is null)
);
create index clearing_days_due on clearing_days (due_at) where due_at is not null;

-- The rows as they came; of a card only the last four digits. move_id and side: which of our legs a row was found to be.
-- is_repeat: the same message stood in this file, or in an earlier one, before.
create table clearing_rows (
  book           integer  not null,
  day            date     not null,
  row_no         integer  not null check (row_no >= 1),
  stan           text     not null check (stan ~ '^[0-9]{6}$'),
  transmitted_at text     not null check (transmitted_at ~ '^[0-9]{10}$'),
  rrn            text     not null check (rrn ~ '^[0-9A-Za-z]{12}$'),
  last4          text     not null check (last4 ~ '^[0-9]{4}$'),
  amount_minor   bigint   not null check (amount_minor >= 0),
  message_type   text     not null check (message_type ~ '^[0-9]{4}$'),
  processing     text     not null check (processing ~ '^[0-9]{6}$'),
  issuer         text     not null check (issuer ~ '^[0-9]{8,11}$'),
  response_code  text     not null check (response_code ~ '^[0-9A-Z]{2}$'),
  is_repeat      boolean  not null default false,
  move_id        text,
  side           text     check (side in ('debit', 'credit')),
  primary key (book, day, row_no),
  foreign key (book, day) references clearing_days (book, day),
  check ((move_id is null) = (side is null))
) with (fillfactor = 80);
create index clearing_rows_by_stamp on clearing_rows (transmitted_at, stan);
create index clearing_rows_by_rrn on clearing_rows (rrn);
create index clearing_rows_by_move on clearing_rows (move_id) where move_id is not null;

-- What a day comes to for each issuer, in fen: what was taken from its cards, less what was given to them. effects: what the
-- breaks of that issuer and day make of the difference between file and legs.
create table clearing_sums (
  book          integer not null,
  day           date    not null,
  issuer        text    not null,
  rows_count    integer not null check (rows_count >= 0),
  legs_count    integer not null check (legs_count >= 0),
  file_minor    bigint  not null,
  legs_minor    bigint  not null,
  ledger_minor  bigint  not null,
  effects_minor bigint  not null,
  primary key (book, day, issuer),
  foreign key (book, day) references clearing_days (book, day)
);

-- What does not agree. Never mended by itself: it ends by evidence of a later file, or by a person.
create table clearing_breaks (
  book        integer     not null,
  id          text        not null,
  day         date        not null,
  kind        text        not null check (kind in
    ('ours_only', 'theirs_only', 'amount_differs', 'status_differs', 'twice_in_file', 'ledger_differs', 'sums_differ')),
  cause       text        not null,
  -- Which thing of the day it is about: a row's number, a leg, an issuer.
  subject     text        not null check (length(subject) between 1 and 80),
  issuer      text        not null,
  move_id     text,
  side        text        check (side in ('debit', 'credit')),
  ours        jsonb,
  theirs      jsonb,
  state       text        not null check (state in ('open', 'resolved')),
  resolution  text        check (resolution in ('told_in_later_file', 'reversed_in_later_file', 'closed_by_operator')),
  evidence    jsonb,
  note        text        check (length(note) between 1 and 500),
  resolved_by text,
  created_at  timestamptz not null,
  resolved_at timestamptz,
  primary key (book, id),
  unique (day, kind, subject, book),
  foreign key (book, day) references clearing_days (book, day),
  check ((move_id is null) = (side is null)),
  check ((state = 'resolved') = (resolution is not null)),
  check ((state = 'resolved') = (resolved_at is not null)),
  check ((resolution = 'closed_by_operator') = (note is not null))
);
create index clearing_breaks_by_move on clearing_breaks (move_id) where move_id is not null;

-- A break that has ended stays as it ended, and a file that was read says what it said.
create function refuse_clearing_change() returns trigger language plpgsql as $$
begin
  if tg_table_name = 'clearing_breaks' then
    if old.state = 'resolved' then
      raise exception 'a resolved break never changes' using errcode = 'restrict_violation';
    end if;
  elsif (to_jsonb(new) - 'move_id' - 'side' - 'is_repeat') <> (to_jsonb(old) - 'move_id' - 'side' - 'is_repeat') then
    raise exception 'a row of the switch''s file never changes' using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create trigger clearing_breaks_resolved_stay before update on clearing_breaks
  for each row execute function refuse_clearing_change();
create trigger clearing_rows_stay before update on clearing_rows
  for each row execute function refuse_clearing_change();
