-- Staged rollouts: plans with versions, who moved what, and what was counted.

-- One row per rollout. What its plan says is in its versions; `version` is in force. step counts from 0. judged_from: what was counted under
-- this version and later ones is judged. money_figures and payments_figures: every figure that its two limits of what may be at risk have had,
-- oldest first, as limits are accounts of the ledger, which are filled by the difference to the figure before.
create table rollouts (
  book integer not null check (book between 0 and 65535),
  id text not null,
  merchant_id text,
  key text not null check (length(key) between 1 and 64),
  wallet text,
  state text not null check (state in
    ('draft', 'running', 'waiting', 'frozen', 'paused', 'halted', 'rolled_back', 'completed', 'retired')),
  version integer not null check (version >= 1),
  step integer not null check (step >= 0),
  step_since timestamptz,
  judged_from integer not null check (judged_from between 1 and version),
  money_figures bigint[] not null,
  payments_figures bigint[] not null,
  created_at timestamptz not null,
  started_at timestamptz,
  completed_at timestamptz,
  due_at timestamptz,
  leased_until timestamptz not null,
  lease_no bigint not null default 0,
  tries_count integer not null default 0,
  primary key (book, id),
  foreign key (book, merchant_id) references merchants (book, id),
  check (state = 'draft' or state = 'retired' or (step_since is not null and started_at is not null)),
  check (state <> 'completed' or completed_at is not null)
);
-- One in effect per wallet (or flag) and merchant: two would each deal the buyers their own way.
create unique index rollouts_in_effect on rollouts (coalesce(wallet, key), coalesce(merchant_id, ''), (wallet is null), book)
  where state not in ('draft', 'retired');
create index rollouts_by_merchant on rollouts (merchant_id, id);
create index rollouts_due on rollouts (due_at) where due_at is not null;

-- The plan as it was while a version was in force, with every default written out.
create table rollout_versions (
  book integer not null,
  rollout_id text not null,
  version integer not null check (version >= 1),
  plan jsonb not null,
  created_at timestamptz not null,
  created_by text not null check (length(created_by) between 1 and 80),
  primary key (book, rollout_id, version),
  foreign key (book, rollout_id) references rollouts (book, id)
);

-- Who moved what, and why: the audit. share_ppm: who sees it afterwards. figures: what the verdict was made of, where one was.
create table rollout_moves (
  book integer not null,
  id text not null,
  rollout_id text not null,
  action text not null check (length(action) between 1 and 20),
  moved_by text not null check (length(moved_by) between 1 and 80),
  reason text not null check (length(reason) between 1 and 500),
  from_state text not null,
  to_state text not null,
  from_step integer not null,
  to_step integer not null,
  version integer not null,
  share_ppm integer not null check (share_ppm between 0 and 1000000),
  figures jsonb,
  moved_at timestamptz not null,
  primary key (book, id),
  foreign key (book, rollout_id, version) references rollout_versions (book, rollout_id, version)
);
create index rollout_moves_by_rollout on rollout_moves (rollout_id, id);

create function refuse_rollout_change() returns trigger language plpgsql as $$
begin
  raise exception 'what a rollout was is never rewritten: % of % is refused', lower(tg_op), tg_table_name
    using errcode = 'restrict_violation';
end $$;
create trigger rollout_versions_never_change before update or delete on rollout_versions
  for each row execute function refuse_rollout_change();
create trigger rollout_moves_never_change before update or delete on rollout_moves
  for each row execute function refuse_rollout_change();

-- Counts the changes of a book's rollouts: every node asks for this number several times a second, and for the rest when it has changed.
create table rollout_books (
  book integer not null check (book between 0 and 65535),
  revision bigint not null check (revision >= 1),
  primary key (book)
);

-- What was counted. Written by every payment of a rollout that runs, added up per transaction of the cashier.

-- How often what happened to payments of one arm, by the version and step under which they were decided, and by the day of Asia/Shanghai on
-- which it happened.
create table rollout_counts (
  book integer not null,
  rollout_id text not null,
  version integer not null,
  step integer not null check (step >= 0),
  arm text not null check (arm in ('treatment', 'control')),
  metric text not null check (metric in
    ('decided', 'begun', 'first_succeeded', 'first_failed', 'slow', 'unknown', 'duplicate', 'refunded', 'complained', 'wallet_succeeded',
     'wallet_failed')),
  day date not null,
  count bigint not null check (count > 0),
  primary key (book, rollout_id, version, step, arm, metric, day),
  foreign key (book, rollout_id, version) references rollout_versions (book, rollout_id, version)
) with (fillfactor = 50);

-- The last attempts through the staged wallet itself, the newest last: 1 succeeded, 0 failed.
create table rollout_recent (
  book integer not null,
  rollout_id text not null,
  version integer not null,
  outcomes text not null check (outcomes ~ '^[01]{1,64}$'),
  primary key (book, rollout_id, version),
  foreign key (book, rollout_id, version) references rollout_versions (book, rollout_id, version)
) with (fillfactor = 50);
