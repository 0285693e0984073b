-- Who may use the operator's pages.

-- One row per link that was printed for an operator. Opened once, it becomes the session of one browser, which the browser shows by its cookie;
-- of both secrets only the hash is here. seen_at: when the browser last asked. ends_at: the session is over then at the latest.
create table console_sessions (
  book integer not null check (book between 0 and 65535),
  id text not null,
  operator text not null check (length(operator) between 1 and 40),
  lasts_seconds integer not null check (lasts_seconds between 60 and 604800),
  link_hash bytea not null check (length(link_hash) = 32),
  link_until timestamptz not null,
  created_at timestamptz not null,
  cookie_hash bytea check (length(cookie_hash) = 32),
  opened_at timestamptz,
  seen_at timestamptz,
  ends_at timestamptz,
  ended_at timestamptz,
  primary key (book, id),
  unique (link_hash, book),
  unique (cookie_hash, book),
  check (link_until > created_at),
  check ((opened_at is null) = (cookie_hash is null)),
  check ((opened_at is null) = (seen_at is null)),
  check ((opened_at is null) = (ends_at is null)),
  check (ends_at > opened_at)
);
