-- What comes late of payments: reports beyond those that are kept, and buyers' first payments that nobody compares any more.

-- The list `told` of attempts.reported and refunds.reported has 32 places. The first 31 are append-only as before; in the last one the newest
-- report takes the place of the one before it, as wallets may go on to tell something else without end.
create or replace function keep_told_reports() returns trigger language plpgsql as $$
begin
  if exists (
    select from jsonb_array_elements(coalesce(old.reported -> 'told', '[]')) with ordinality as kept (report, no)
    where new.reported -> 'told' -> (no::integer - 1) is distinct from report
      and (no < 32 or new.reported -> 'told' -> (no::integer - 1) is null)
  ) then
    raise exception 'what a wallet told of % % is append-only', tg_table_name, old.id using errcode = 'restrict_violation';
  end if;
  return new;
end $$;

-- What a rollout was judged by from one version on (`since`), once that judging has ended: the rollout was rolled back or retired, or
-- began anew. At due_at, when what comes late has come, it is closed: from then on nothing more is compared under it. Its rows of
-- rollout_firsts are removed after that, some in each turn, until none is left and due_at is null. Such an end is never undone: whatever goes
-- on begins a new version.
create table rollout_ends (
  book integer not null check (book between 0 and 65535),
  rollout_id text not null,
  since integer not null check (since >= 1),
  ended_at timestamptz not null,
  closed_at timestamptz,
  due_at timestamptz,
  leased_until timestamptz not null,
  lease_no bigint not null default 0,
  tries_count integer not null default 0,
  primary key (book, rollout_id, since),
  foreign key (book, rollout_id, since) references rollout_versions (book, rollout_id, version),
  check (closed_at is not null or due_at is not null),
  check (closed_at >= ended_at)
);
create index rollout_ends_due on rollout_ends (due_at) where due_at is not null;

-- What had ended before: when the rollout was last moved, at the latest.
insert into rollout_ends (book, rollout_id, since, ended_at, due_at, leased_until)
select r.book, r.id, v.version, moved.moved_at,
  moved.moved_at + make_interval(days => coalesce((now_in_force.plan ->> 'late_days')::integer, 14)), moved.moved_at
from rollouts r
join rollout_versions v on v.book = r.book and v.rollout_id = r.id
join rollout_versions now_in_force
  on now_in_force.book = r.book and now_in_force.rollout_id = r.id and now_in_force.version = r.version
cross join lateral (
  select m.moved_at
  from rollout_moves m
  where m.book = r.book
    and m.rollout_id = r.id
  order by m.id desc
  limit 1
) as moved
where r.started_at is not null
  and (v.version < r.judged_from or (v.version = r.judged_from and r.state in ('rolled_back', 'retired')));
