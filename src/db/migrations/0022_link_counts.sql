-- How often links were opened, by day; nothing that tells one person from another stays.

-- One row per link and day of Asia/Shanghai. opens, people, hours and the splits by app, system, referrer and way are of people alone; robots
-- stand apart. hours: opens of each hour of the day. splits: {"app": {"wechat": 12}, "robot": {"googlebot": 3}, "step": {"open_app": 2}, …},
-- each with a bounded number of names. sketch: how many different people, and no more than that (src/links/count/people-sketch.ts); people is
-- what it estimates. Whoever adds reads the row under its lock, adds in memory and writes it back.
create table link_days (
  book integer not null check (book between 0 and 65535),
  link_id text not null check (length(link_id) between 1 and 64),
  day date not null,
  opens bigint not null default 0 check (opens >= 0),
  people bigint not null default 0 check (people >= 0),
  robots bigint not null default 0 check (robots >= 0),
  taps bigint not null default 0 check (taps >= 0),
  hours bigint[] not null default array_fill(0::bigint, array[24]) check (cardinality(hours) = 24),
  splits jsonb not null default '{}',
  sketch bytea not null default '',
  primary key (book, link_id, day)
) with (fillfactor = 50);

-- Payments that came by a link, by the day on which they succeeded.
create table link_paid_days (
  book integer not null check (book between 0 and 65535),
  link_id text not null check (length(link_id) between 1 and 64),
  day date not null,
  currency text not null check (length(currency) = 3),
  payments bigint not null check (payments > 0),
  paid_minor bigint not null check (paid_minor >= 0),
  primary key (book, link_id, day, currency)
);

-- How far payments were looked through. Moved in the transaction that counts them, so each is counted once.
create table link_paid_cursors (
  book integer not null check (book between 0 and 65535),
  cursor text,
  moved_at timestamptz not null,
  primary key (book)
);

-- What people are hashed with on one day, sealed; the same for all nodes. Deleted soon after the day, and from then on nobody can tell
-- whether an address is among those that were counted.
create table link_salts (
  book integer not null check (book between 0 and 65535),
  day date not null,
  sealed text not null,
  made_at timestamptz not null,
  primary key (book, day)
);

-- The last batch of counts that a process has written: one whose answer was lost is sent again and changes nothing when it is here.
create table link_flushes (
  book integer not null check (book between 0 and 65535),
  node text not null check (length(node) between 1 and 64),
  flush_no bigint not null check (flush_no >= 1),
  flushed_at timestamptz not null,
  primary key (book, node)
);
