-- Tickets of WeChat service accounts for share cards and launch tags.

-- One row per account that merchants registered (`lap_…`): WeChat hands out only so many tokens and tickets a day, and each lives two hours, so
-- every node uses the same. made_for says which AppID and secret they were fetched with: after a change of either they are worth nothing. Token and
-- ticket are sealed. leased_until and lease_no: one node fetches at a time. After a failure nobody asks before retry_at; `failure` says why.
create table link_wechat_tickets (
  book integer not null check (book between 0 and 65535),
  app_id text not null check (length(app_id) between 1 and 64),
  made_for bytea not null check (length(made_for) = 32),
  token_sealed text,
  token_good_until timestamptz,
  ticket_sealed text,
  ticket_good_until timestamptz,
  failure text check (length(failure) between 1 and 200),
  failures_count integer not null default 0 check (failures_count >= 0),
  retry_at timestamptz,
  leased_until timestamptz not null,
  lease_no bigint not null default 0,
  updated_at timestamptz not null,
  primary key (book, app_id),
  check ((token_sealed is null) = (token_good_until is null)),
  check ((ticket_sealed is null) = (ticket_good_until is null)),
  check ((failure is null) = (retry_at is null)),
  check ((failure is null) = (failures_count = 0))
);
