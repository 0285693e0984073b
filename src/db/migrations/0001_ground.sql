-- The ground under every part: what a merchant's retried request is answered with.

-- One row per Idempotency-Key that a merchant sent. It is written in the transaction of the request's own write, so that
-- either both are there or neither is. While `running`, the request is in hand until locked_until; after that another
-- one with the same content may take over; whichever ends first keeps its reply. A `done` row repeats its reply until it is
-- swept. Amounts are never read from here.
create table idempotency_keys (
  book          integer     not null check (book between 0 and 65535),
  merchant_id   text        not null check (length(merchant_id) between 1 and 64),
  key           text        not null check (length(key) between 1 and 255),
  route         text        not null check (length(route) between 1 and 128),
  fingerprint   text        not null check (length(fingerprint) between 1 and 128),
  state         text        not null check (state in ('running', 'done')),
  locked_until  timestamptz not null,
  reply_status  smallint    check (reply_status between 100 and 599),
  reply_body    text,
  created_at    timestamptz not null,
  primary key (book, merchant_id, key),
  constraint done_has_a_reply check ((state = 'done') = (reply_status is not null and reply_body is not null))
);

-- Only the sweep reads by age; a block range index costs next to nothing on the way in.
create index idempotency_keys_age on idempotency_keys using brin (created_at);

-- One row per batcher of a running process: the number of its last committed transaction, written inside it. When the
-- answer to a commit is lost, this row tells whether it happened. (A transaction id alone would not do: after a crash,
-- the number of a transaction that left no trace is given out again.) Rows of processes that are gone are deleted.
create table commit_marks (
  batcher    text        primary key check (length(batcher) between 1 and 64),
  mark       bigint      not null check (mark >= 0),
  marked_at  timestamptz not null
) with (fillfactor = 50);
