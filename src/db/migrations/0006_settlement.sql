-- Settlement: the wallets' daily bills, their lines, and whatever of a day does not agree three ways: our records, their bill,
-- the ledger.

-- What a wallet keeps of each payment, in hundredths of a percent, as agreed with it; null where nobody said.
alter table wallet_accounts add column fee_bps integer check (fee_bps between 0 and 10000);

-- A day's payments and refunds of one account. The ids begin with their time of birth, so a day is a range of them.
create index attempts_by_account on attempts (wallet_account_id, id);
create index refunds_by_account on refunds (wallet_account_id, id);

-- One row per wallet account and day of the wallet's own calendar.
-- source: `bill` is fetched from the wallet, `asking` is put together from the wallet's answers where it has no bill.
create table statements (
  book integer not null,
  id text not null,
  merchant_id text not null,
  wallet_account_id text not null,
  wallet text not null,
  day date not null,
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  source text not null check (source in ('bill', 'asking')),
  state text not null check (state in
    ('waiting', 'asking', 'fetched', 'refused', 'unavailable', 'read', 'compared', 'reconciled')),
  reason text check (length(reason) <= 500),
  file_id text,
  lines_digest text,
  asked_through text,
  currency text check (currency ~ '^[A-Z]{3}$'),
  fee_bps integer,
  theirs jsonb,
  ours jsonb,
  booked jsonb,
  matched_count integer,
  fees_milli bigint,
  fees_posted_minor bigint,
  created_at timestamptz not null,
  read_at timestamptz,
  reconciled_at timestamptz,
  due_at timestamptz,
  leased_until timestamptz not null,
  lease_no bigint not null default 0,
  tries_count integer not null default 0,
  primary key (book, id),
  unique (wallet_account_id, day, book),
  foreign key (book, wallet_account_id) references wallet_accounts (book, id),
  check (starts_at < ends_at),
  check (state <> 'refused' or reason is not null),
  -- Nothing is compared or posted that was not read whole.
  check (state not in ('read', 'compared', 'reconciled') or (read_at is not null and theirs is not null)),
  check (state not in ('compared', 'reconciled') or (ours is not null and booked is not null)),
  check ((state = 'reconciled') = (reconciled_at is not null)),
  check (state = 'reconciled' or fees_posted_minor is null)
);
create index statements_by_merchant on statements (merchant_id, id);
create index statements_due on statements (due_at) where due_at is not null;

-- Every file that came for a day, as it came. Parts are compressed, then sealed: bills name buyers.
create table statement_files (
  book integer not null,
  id text not null,
  statement_id text not null,
  sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
  bytes_count bigint not null check (bytes_count >= 0),
  parts_count integer not null check (parts_count >= 1),
  origin text not null check (origin in ('fetched', 'imported')),
  created_at timestamptz not null,
  primary key (book, id),
  unique (statement_id, sha256, book),
  foreign key (book, statement_id) references statements (book, id)
);
create table statement_file_parts (
  book integer not null,
  file_id text not null,
  part_no integer not null check (part_no >= 1),
  sealed text not null,
  primary key (book, file_id, part_no),
  foreign key (book, file_id) references statement_files (book, id)
);

-- The lines of bills that were read whole, or the wallet's answers. One name stands once in a day's bill.
create table statement_lines (
  book integer not null,
  statement_id text not null,
  line_no integer not null check (line_no >= 1),
  wallet_account_id text not null,
  kind text not null check (kind in ('payment', 'refund')),
  order_no text not null check (length(order_no) between 1 and 64),
  payment_order_no text,
  wallet_payment_id text not null,
  currency text not null,
  amount_minor bigint not null check (amount_minor >= 0),
  fee_milli bigint,
  occurred_at timestamptz,
  primary key (book, statement_id, line_no),
  unique (wallet_account_id, kind, order_no, statement_id, book),
  foreign key (book, statement_id) references statements (book, id)
);

-- What does not agree. `ours` and `theirs` are the two sides as they were when the break was found.
create table statement_breaks (
  book integer not null,
  id text not null,
  statement_id text not null,
  merchant_id text not null,
  wallet_account_id text not null,
  kind text not null check (kind in
    ('ours_only', 'theirs_only', 'amount_differs', 'fee_differs', 'status_differs', 'ledger_differs')),
  record text not null check (record in ('payment', 'refund')),
  order_no text not null,
  cause text not null,
  ours jsonb,
  theirs jsonb,
  state text not null check (state in ('open', 'carried', 'resolved', 'left_for_operator')),
  resolution text,
  evidence jsonb,
  note text check (length(note) between 1 and 500),
  resolved_by text,
  created_at timestamptz not null,
  resolved_at timestamptz,
  due_at timestamptz,
  leased_until timestamptz not null,
  lease_no bigint not null default 0,
  tries_count integer not null default 0,
  primary key (book, id),
  unique (statement_id, record, order_no, kind, book),
  foreign key (book, statement_id) references statements (book, id),
  check ((state = 'resolved') = (resolution is not null)),
  check ((state = 'resolved') = (resolved_at is not null)),
  check (state = 'open' or due_at is null)
);
create index statement_breaks_by_statement on statement_breaks (statement_id, id);
-- Those that a later day's bill may end.
create index statement_breaks_waiting on statement_breaks (wallet_account_id, record, order_no) where state <> 'resolved';
create index statement_breaks_due on statement_breaks (due_at) where due_at is not null;

create function refuse_settlement_change() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only', tg_table_name using errcode = 'restrict_violation';
end $$;
create trigger statement_files_append_only before update or delete or truncate on statement_files
  for each statement execute function refuse_settlement_change();
create trigger statement_file_parts_append_only before update or delete or truncate on statement_file_parts
  for each statement execute function refuse_settlement_change();
create trigger statement_lines_append_only before update or delete or truncate on statement_lines
  for each statement execute function refuse_settlement_change();

-- A break that is resolved stays as it is.
create function refuse_resolved_break_change() returns trigger language plpgsql as $$
begin
  if old.state = 'resolved' then
    raise exception 'a resolved break never changes' using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create trigger statement_breaks_resolved_stay before update on statement_breaks
  for each row execute function refuse_resolved_break_change();
