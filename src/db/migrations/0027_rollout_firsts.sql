-- What a staged rollout keeps of buyers and of plans that hold together.

-- Under what name buyers are dealt into buckets; null: under the key, as rollouts of every shop are, and those from before. A shop's rollout
-- is dealt by a name of its own, so that it does not go the same way as one of every shop with the same key: each is then a fair draw among
-- those whom the other one lets see the wallet.
alter table rollouts
  add column dealt_as text check (length(dealt_as) between 1 and 128);

-- The first payment that a buyer began under a rollout: it alone is compared, as somebody who fails again and again is one piece of evidence.
-- buyer is a digest of what the bucket is made of; payments of nobody in particular have no row. since: the version from which the rollout is
-- judged; one that was halted and goes on begins anew. Without foreign key: rows come with sums of the same rollout in one statement.
create table rollout_firsts (
  book integer not null check (book between 0 and 65535),
  rollout_id text not null,
  since integer not null check (since >= 1),
  buyer uuid not null,
  payment_id text not null check (length(payment_id) between 1 and 64),
  primary key (book, rollout_id, since, buyer)
);

-- What is compared: like rollout_counts, but of buyers' first payments alone. entered: the step, counted from 0, since which these buyers have
-- been in one of the two arms; only those who came in together have had the same time to pay before.
create table rollout_compared (
  book integer not null,
  rollout_id text not null,
  version integer not null,
  step integer not null check (step >= 0),
  entered integer not null check (entered between 0 and step),
  arm text not null check (arm in ('treatment', 'control')),
  metric text not null check (metric in ('begun', 'first_failed', 'slow', 'unknown', 'duplicate', 'refunded', 'complained')),
  count bigint not null check (count > 0),
  primary key (book, rollout_id, version, step, entered, arm, metric),
  foreign key (book, rollout_id, version) references rollout_versions (book, rollout_id, version)
) with (fillfactor = 50);

-- What was counted until now goes on to count, each payment as another buyer's.
insert into rollout_compared (book, rollout_id, version, step, entered, arm, metric, count)
select book, rollout_id, version, step, 0, arm, metric, sum(count)
from rollout_counts
where metric in ('begun', 'first_failed', 'slow', 'unknown', 'duplicate', 'refunded', 'complained')
group by book, rollout_id, version, step, arm, metric;
