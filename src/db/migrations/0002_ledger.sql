-- The ledger: accounts and transfers that nobody can change, the balances they add up to, and a hash chain through all of it.

-- One row per book. Whoever writes to a book locks its row first, so events of a book have one order, whoever writes them.
create table ledger_heads (
  book integer primary key check (book between 0 and 65535),
  last_timestamp bigint not null default 0 check (last_timestamp >= 0),
  hash bytea not null default decode(repeat('00', 32), 'hex') check (octet_length(hash) = 32),
  -- Commits that were looked up and not found. One that arrives after all expects another number, and is refused.
  lost_commits bigint not null default 0 check (lost_commits >= 0)
) with (fillfactor = 10);

create table ledger_accounts (
  book integer not null references ledger_heads,
  id uuid not null,
  ledger integer not null check (ledger > 0),
  code integer not null check (code between 1 and 65535),
  flags integer not null check (flags between 0 and 63 and flags & 6 <> 6),
  user_data_128 uuid,
  user_data_64 bigint not null check (user_data_64 >= 0),
  user_data_32 integer not null check (user_data_32 >= 0),
  timestamp bigint not null check (timestamp > 0),
  hash bytea not null check (octet_length(hash) = 32),
  primary key (book, id)
);

-- The only figures that move. Ledger and flags are repeated from the account so that a row can defend its own limits
-- and be read alone. A row is born with room that its first change gives back, so that later versions of it and its
-- neighbours stay on the page and touch no index. A lower fillfactor would leave as much, but is also the mark below which
-- PostgreSQL tidies a page at each visit, which costs more than the change itself.
create table ledger_balances (
  book integer not null,
  account_id uuid not null,
  ledger integer not null,
  flags integer not null,
  closed boolean not null,
  debits_pending bigint not null default 0,
  debits_posted bigint not null default 0,
  credits_pending bigint not null default 0,
  credits_posted bigint not null default 0,
  room text default repeat(' ', 160),
  primary key (book, account_id),
  foreign key (book, account_id) references ledger_accounts (book, id),
  -- The sign bit of all four at once: this row is checked twice per transfer, and four comparisons cost four times as much.
  constraint balances_are_not_negative check (debits_pending | debits_posted | credits_pending | credits_posted >= 0),
  constraint debits_must_not_exceed_credits check (flags & 2 = 0 or debits_pending + debits_posted <= credits_posted),
  constraint credits_must_not_exceed_debits check (flags & 4 = 0 or credits_pending + credits_posted <= debits_posted)
) with (fillfactor = 90);

-- Ids begin with their time of birth (48 bits of unix milliseconds), so ranges of ids are ranges of time, and an id
-- is unique within its book because equal ids fall into the same partition.
create table ledger_transfers (
  book integer not null,
  id uuid not null,
  debit_account_id uuid not null,
  credit_account_id uuid not null,
  amount bigint not null check (amount >= 0),
  timestamp bigint not null check (timestamp > 0),
  pending_id uuid,
  user_data_128 uuid,
  user_data_64 bigint not null check (user_data_64 >= 0),
  user_data_32 integer not null check (user_data_32 >= 0),
  timeout_seconds integer not null check (timeout_seconds >= 0),
  ledger integer not null check (ledger > 0),
  code integer not null check (code between 1 and 65535),
  flags integer not null check (flags between 0 and 511),
  hash bytea not null check (octet_length(hash) = 32),
  primary key (book, id),
  check (debit_account_id <> credit_account_id)
) partition by range (id);

create index ledger_transfers_by_time on ledger_transfers (book, timestamp);

-- Which pages an account can be on. Two ordinary indexes by account would cost a third of all speed, because every new row
-- goes to two random places; these summaries cost nothing to write and little to read. A month that is over gets
-- the ordinary indexes (partition-store.ts).
create index ledger_transfers_by_account on ledger_transfers using brin (
  debit_account_id uuid_bloom_ops (n_distinct_per_range = 1500, false_positive_rate = 0.002),
  credit_account_id uuid_bloom_ops (n_distinct_per_range = 1500, false_positive_rate = 0.002)
) with (pages_per_range = 32);

-- Ids that do not begin with a time for which there is a partition. Vacuum makes the summaries of new pages, so it comes often.
create table ledger_transfers_default partition of ledger_transfers default
  with (autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 200000);

-- What became of a pending transfer; the transfer itself never changes.
create table ledger_pending_transfers (
  book integer not null,
  transfer_id uuid not null,
  timestamp bigint not null,
  expires_at bigint check (expires_at > timestamp),
  status text not null check (status in ('pending', 'posted', 'voided', 'expired')),
  primary key (book, transfer_id)
);

create index ledger_pending_transfers_by_expiry on ledger_pending_transfers (book, expires_at, timestamp)
  where status = 'pending' and expires_at is not null;

create table ledger_expiries (
  book integer not null,
  transfer_id uuid not null,
  timestamp bigint not null check (timestamp > 0),
  hash bytea not null check (octet_length(hash) = 32),
  primary key (book, transfer_id),
  foreign key (book, transfer_id) references ledger_pending_transfers
);

-- Transfer ids that were refused for a reason that could pass; they stay refused.
create table ledger_failed_transfers (
  book integer not null,
  id uuid not null,
  status text not null,
  timestamp bigint not null,
  primary key (book, id)
);

-- The balances of `history` accounts after each event that changed them.
create table ledger_balance_history (
  book integer not null,
  account_id uuid not null,
  timestamp bigint not null,
  debits_pending bigint not null check (debits_pending >= 0),
  debits_posted bigint not null check (debits_posted >= 0),
  credits_pending bigint not null check (credits_pending >= 0),
  credits_posted bigint not null check (credits_posted >= 0),
  primary key (book, account_id, timestamp)
);

create function ledger_refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'the ledger is append-only: % of % is refused', lower(tg_op), tg_table_name
    using errcode = 'restrict_violation';
end $$;

-- A pending transfer is resolved once, and nothing else about it changes.
create function ledger_resolve_once() returns trigger language plpgsql as $$
begin
  if old.status <> 'pending' or new.status = 'pending'
    or (new.book, new.transfer_id, new.timestamp, new.expires_at)
      is distinct from (old.book, old.transfer_id, old.timestamp, old.expires_at)
  then
    raise exception 'a pending transfer is resolved once: % was %', old.transfer_id, old.status
      using errcode = 'restrict_violation';
  end if;
  return new;
end $$;

create trigger append_only before update or delete on ledger_accounts
  for each row execute function ledger_refuse_change();
create trigger append_only before update or delete on ledger_transfers
  for each row execute function ledger_refuse_change();
create trigger append_only before update or delete on ledger_expiries
  for each row execute function ledger_refuse_change();
create trigger append_only before update or delete on ledger_failed_transfers
  for each row execute function ledger_refuse_change();
create trigger append_only before update or delete on ledger_balance_history
  for each row execute function ledger_refuse_change();
create trigger never_deleted before delete on ledger_balances
  for each row execute function ledger_refuse_change();
create trigger never_deleted before delete on ledger_heads
  for each row execute function ledger_refuse_change();
create trigger never_deleted before delete on ledger_pending_transfers
  for each row execute function ledger_refuse_change();
create trigger resolved_once before update on ledger_pending_transfers
  for each row execute function ledger_resolve_once();

create trigger never_emptied before truncate on ledger_heads execute function ledger_refuse_change();
create trigger never_emptied before truncate on ledger_accounts execute function ledger_refuse_change();
create trigger never_emptied before truncate on ledger_balances execute function ledger_refuse_change();
create trigger never_emptied before truncate on ledger_transfers execute function ledger_refuse_change();
create trigger never_emptied before truncate on ledger_transfers_default execute function ledger_refuse_change();
create trigger never_emptied before truncate on ledger_pending_transfers execute function ledger_refuse_change();
create trigger never_emptied before truncate on ledger_expiries execute function ledger_refuse_change();
create trigger never_emptied before truncate on ledger_failed_transfers execute function ledger_refuse_change();
create trigger never_emptied before truncate on ledger_balance_history execute function ledger_refuse_change();

-- For a write that was decided without looking first: what it expected is not so. Done again, with looking.
create function ledger_refuse_unseen() returns bytea language plpgsql as $$
begin
  raise exception 'the book is not as expected: another writer came first' using errcode = 'serialization_failure';
end $$;

-- Makes the monthly partitions (UTC) from the month of an instant on and answers how many it made. A month whose ids
-- already lie in the default partition is left there: correct, only not apart.
create function ledger_make_partitions(since timestamptz, months integer) returns integer language plpgsql as $$
declare
  month timestamp := date_trunc('month', since at time zone 'UTC');
  made integer := 0;
  name text;
  lower_id uuid;
  upper_id uuid;
  taken boolean;
begin
  perform pg_advisory_xact_lock(hashtext('ledger_make_partitions'));
  for i in 1..months loop
    name := 'ledger_transfers_' || to_char(month, 'YYYY_MM');
    lower_id := ledger_first_id(month);
    upper_id := ledger_first_id(month + interval '1 month');
    if to_regclass(name) is null then
      select exists (select from ledger_transfers_default where id >= lower_id and id < upper_id) into taken;
      if not taken then
        execute format(
          'create table %I partition of ledger_transfers for values from (%L) to (%L)
            with (autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 200000)',
          name, lower_id, upper_id);
        execute format('create trigger never_emptied before truncate on %I execute function ledger_refuse_change()', name);
        made := made + 1;
      end if;
    end if;
    month := month + interval '1 month';
  end loop;
  return made;
end $$;

create function ledger_first_id(utc timestamp) returns uuid language sql immutable as $$
  select (lpad(to_hex((extract(epoch from utc) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid
$$;
