-- Reports of abuse, and previews of others’ pages that were fetched.

-- What a page of somebody else's said about itself, by the SHA-256 of its address; the address itself may hold what is nobody's business and is
-- not kept. outcome 'none': there was no page, or none that may be looked at; said shortly in note. Rows past fresh_until are fetched anew, and
-- forgotten some time later.
create table link_previews (
  book integer not null check (book between 0 and 65535),
  url_hash bytea not null check (length(url_hash) = 32),
  host text not null check (length(host) between 1 and 300),
  outcome text not null check (outcome in ('page', 'none')),
  preview jsonb,
  note text check (length(note) between 1 and 300),
  fetched_at timestamptz not null,
  fresh_until timestamptz not null,
  primary key (book, url_hash),
  check ((outcome = 'page') = (preview is not null)),
  check ((outcome = 'none') = (note is not null)),
  check (fresh_until > fetched_at)
);
create index link_previews_by_age on link_previews (fresh_until);

-- One row per report. owner: the merchant or person whose link it is; target_host: where the link led then. network: a keyed digest of the
-- reporter's network, so that one network counts once a day (of Asia/Shanghai); it and the contact (sealed) are forgotten after their days, the
-- rest stays.
create table link_reports (
  book integer not null check (book between 0 and 65535),
  id text not null,
  link_id text not null,
  code text not null check (length(code) between 1 and 64),
  link_version integer not null check (link_version >= 1),
  owner text not null check (length(owner) between 1 and 80),
  target_host text check (length(target_host) between 1 and 300),
  reason text not null check (reason in ('phishing', 'fraud', 'counterfeit', 'illegal', 'harassment', 'broken', 'other')),
  words text check (length(words) between 1 and 2000),
  contact text,
  network bytea check (length(network) = 32),
  lang text not null check (lang in ('zh-CN', 'en')),
  state text not null check (state in ('open', 'dismissed', 'upheld')),
  created_at timestamptz not null,
  day date not null,
  resolved_at timestamptz,
  resolved_by text check (length(resolved_by) between 1 and 80),
  note text check (length(note) between 1 and 500),
  primary key (book, id),
  check ((state = 'open') = (resolved_at is null)),
  check ((state = 'open') = (resolved_by is null)),
  check (resolved_at >= created_at)
);
create index link_reports_open on link_reports (id) where state = 'open';
create index link_reports_by_link on link_reports (link_id, created_at);
create unique index link_reports_once on link_reports (link_id, network, day, book) where network is not null;
create index link_reports_to_forget on link_reports (created_at) where contact is not null or network is not null;

-- What people are warned of or kept from. subject: a link's id, a host, or a merchant's id. 'warn' shows a page before going on; 'block' lets
-- nothing lead there and no new link be made. One at most in force per subject; the lifted ones stay.
create table link_brakes (
  book integer not null check (book between 0 and 65535),
  id text not null,
  subject_kind text not null check (subject_kind in ('link', 'host', 'merchant')),
  subject text not null check (length(subject) between 1 and 300),
  effect text not null check (effect in ('warn', 'block')),
  reason text not null check (length(reason) between 1 and 500),
  set_by text not null check (length(set_by) between 1 and 80),
  set_at timestamptz not null,
  lifted_by text check (length(lifted_by) between 1 and 80),
  lifted_at timestamptz,
  lifted_because text check (length(lifted_because) between 1 and 500),
  primary key (book, id),
  check ((lifted_at is null) = (lifted_by is null)),
  check ((lifted_at is null) = (lifted_because is null)),
  check (lifted_at >= set_at)
);
create unique index link_brakes_in_force on link_brakes (subject_kind, subject, book) where lifted_at is null;

-- Counts the changes of a book's brakes: every node asks for this number, and for the brakes when it has changed.
create table link_brake_books (
  book integer not null check (book between 0 and 65535),
  revision bigint not null check (revision >= 1),
  primary key (book)
);

-- Who decided what about a report, a link, a host or a merchant, and why; links_count: how many links it changed.
create table link_safety_acts (
  book integer not null check (book between 0 and 65535),
  id text not null,
  act text not null check (act in ('dismissed', 'upheld', 'taken_down', 'brake_set', 'brake_lifted')),
  subject_kind text not null check (subject_kind in ('report', 'link', 'host', 'merchant')),
  subject text not null check (length(subject) between 1 and 300),
  acted_by text not null check (length(acted_by) between 1 and 80),
  reason text not null check (length(reason) between 1 and 500),
  links_count integer not null check (links_count >= 0),
  acted_at timestamptz not null,
  primary key (book, id)
);
create index link_safety_acts_by_subject on link_safety_acts (subject, id);

create function refuse_link_safety_change() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only', tg_table_name using errcode = 'restrict_violation';
end $$;
create trigger link_safety_acts_append_only before update or delete or truncate on link_safety_acts
  for each statement execute function refuse_link_safety_change();
