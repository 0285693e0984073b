-- Opaque codes that survive an app's installation: a person copies one before and hands it to the app after.

-- The code itself is nowhere: its keyed hash leads to a link, and to nothing about who copied it, where, or with what. A claim deletes the
-- row, so that a code works once and leaves no trace; what nobody claimed is swept.
create table link_deferrals (
  book       integer     not null check (book between 0 and 65535),
  -- HMAC-SHA-256 under a key that is kept outside the database.
  code_hash  bytea       not null check (length(code_hash) = 32),
  link_id    text        not null check (link_id ~ '^lnk_[0-9A-Za-z]{8,60}$'),
  issued_at  timestamptz not null,
  expires_at timestamptz not null,
  primary key (book, code_hash),
  check (expires_at > issued_at and expires_at <= issued_at + interval '1 hour')
);
create index link_deferrals_by_expiry on link_deferrals (expires_at);
