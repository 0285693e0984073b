-- Share links: hosts and apps of merchants, links with every version.

-- Counts the changes of a book's links, hosts and apps; whoever remembers them asks for this number, and for what carries a later one. It is
-- raised last in a transaction and held to its end, so that a lower number is always there before a higher one.
create table link_books (
  book integer not null check (book between 0 and 65535),
  revision bigint not null check (revision >= 1),
  primary key (book)
);

-- When the hosts or apps of a merchant last changed, as a number of link_books. Changes of one merchant's hosts and apps wait for one another here.
create table link_merchants (
  book integer not null,
  merchant_id text not null,
  revision bigint not null check (revision >= 0),
  primary key (book, merchant_id),
  foreign key (book, merchant_id) references merchants (book, id)
);
create index link_merchants_changed on link_merchants (revision);

-- A host that a merchant named. It counts only while proved_at is set. seen_at: when the proof was last seen; missed_looks: how often in a row
-- it was looked for since and was not there.
create table link_hosts (
  book integer not null check (book between 0 and 65535),
  id text not null,
  merchant_id text not null,
  host text not null check (host ~ '^(\[[0-9a-f:.]+\]|[a-z0-9]([a-z0-9._-]*[a-z0-9])?)(:[1-9][0-9]{0,4})?$' and length(host) <= 260),
  uses text[] not null check (cardinality(uses) between 1 and 2 and uses <@ array['target', 'serve'] and uses[1] is distinct from uses[2]),
  proof_token text not null check (proof_token ~ '^[A-Za-z0-9_-]{22,64}$'),
  proved_at timestamptz,
  seen_at timestamptz,
  missed_looks integer not null default 0 check (missed_looks >= 0),
  created_at timestamptz not null,
  created_by text not null check (length(created_by) between 1 and 80),
  dropped_at timestamptz,
  dropped_by text check (length(dropped_by) between 1 and 80),
  due_at timestamptz,
  leased_until timestamptz not null,
  lease_no bigint not null default 0,
  tries_count integer not null default 0,
  primary key (book, id),
  -- What links are served under is their own merchant's.
  unique (id, merchant_id, book),
  foreign key (book, merchant_id) references merchants (book, id),
  check (proved_at is null or seen_at >= proved_at),
  check ((dropped_at is null) = (dropped_by is null)),
  check (dropped_at is null or (proved_at is null and due_at is null)),
  check ((proved_at is null) = (due_at is null))
);
create unique index link_hosts_named on link_hosts (merchant_id, host, book) where dropped_at is null;
-- Short links and association files of one host are one merchant's.
create unique index link_hosts_serving on link_hosts (host, book) where proved_at is not null and 'serve' = any (uses);
create index link_hosts_due on link_hosts (due_at) where due_at is not null;

-- settings: as LinkAppSettings says, with its kind. A secret stands beside it, sealed, and nowhere else.
create table link_apps (
  book integer not null check (book between 0 and 65535),
  id text not null,
  merchant_id text not null,
  kind text not null check (kind in ('ios', 'android', 'wechat_mini', 'alipay_mini', 'wechat_account')),
  name text not null check (length(name) between 1 and 80),
  settings jsonb not null check (jsonb_typeof(settings) = 'object' and octet_length(settings::text) <= 16384),
  secret_sealed text,
  created_at timestamptz not null,
  created_by text not null check (length(created_by) between 1 and 80),
  updated_at timestamptz not null check (updated_at >= created_at),
  dropped_at timestamptz,
  dropped_by text check (length(dropped_by) between 1 and 80),
  primary key (book, id),
  foreign key (book, merchant_id) references merchants (book, id),
  check (settings ->> 'kind' = kind),
  check (secret_sealed is null or kind = 'wechat_account'),
  check ((dropped_at is null) = (dropped_by is null)),
  check (dropped_at is null or secret_sealed is null)
);
create index link_apps_by_merchant on link_apps (merchant_id, id) where dropped_at is null;
-- Share cards are signed by one account.
create unique index link_apps_account on link_apps (merchant_id, book) where kind = 'wechat_account' and dropped_at is null;

-- A link; what it says is in its versions, the last is in force. revision: of its last change as link_books counts, 0 while there was none.
create table links (
  book integer not null check (book between 0 and 65535),
  id text not null,
  code text not null check (code ~ '^[2-9A-HJ-NP-Za-km-z]{8}$'),
  served_by text,
  kind text not null check (kind in ('page', 'pay', 'group', 'collect')),
  merchant_id text,
  user_id text,
  livemode boolean not null,
  state text not null check (state in ('active', 'stopped', 'taken_down')),
  state_reason text check (length(state_reason) between 1 and 300),
  version integer not null check (version >= 1),
  revision bigint not null default 0 check (revision >= 0),
  created_at timestamptz not null,
  updated_at timestamptz not null check (updated_at >= created_at),
  primary key (book, id),
  -- Unguessable, and of one link in all books.
  unique (code),
  foreign key (book, merchant_id) references merchants (book, id),
  foreign key (book, user_id) references users (book, id),
  foreign key (book, served_by, merchant_id) references link_hosts (book, id, merchant_id),
  check ((merchant_id is null) <> (user_id is null)),
  check ((user_id is not null) = (kind = 'collect')),
  check (served_by is null or merchant_id is not null),
  check (state <> 'active' or state_reason is null),
  check (state <> 'taken_down' or state_reason is not null)
);
create index links_by_merchant on links (merchant_id, id) where merchant_id is not null;
create index links_by_user on links (user_id, id) where user_id is not null;
create index links_changed on links (revision) where revision > 0;

-- What a link said and how it stood while a version was in force, and who made it so. page_host: of page, as URL.host has it.
create table link_versions (
  book integer not null,
  link_id text not null,
  version integer not null check (version >= 1),
  kind text not null,
  page text check (length(page) between 8 and 2048 and page ~ '^https?://[!-~]+$'),
  page_host text check (length(page_host) between 1 and 260),
  app_path text check (length(app_path) between 1 and 1024 and app_path ~ '^/($|[!-.0-~][!-~]*$)'),
  title text not null check (length(title) between 1 and 120),
  description text check (length(description) between 1 and 300),
  image_url text check (length(image_url) between 8 and 2048 and image_url ~ '^https?://[!-~]+$'),
  price_currency text check (price_currency ~ '^[A-Z]{3}$'),
  price_minor bigint check (price_minor > 0),
  availability text check (availability in ('in_stock', 'out_of_stock', 'preorder')),
  direct boolean not null,
  expires_at timestamptz,
  state text not null check (state in ('active', 'stopped', 'taken_down')),
  state_reason text check (length(state_reason) between 1 and 300),
  created_at timestamptz not null,
  created_by text not null check (length(created_by) between 1 and 80),
  primary key (book, link_id, version),
  foreign key (book, link_id) references links (book, id),
  check ((kind = 'page') = (page is not null)),
  check ((page is null) = (page_host is null)),
  check (kind = 'page' or not direct),
  check (kind = 'page' or app_path is null),
  check ((price_currency is null) = (price_minor is null))
);
-- All links to a host, when it is found to do harm.
create index link_versions_by_page_host on link_versions (page_host) where page_host is not null;

create function refuse_link_change() returns trigger language plpgsql as $$
begin
  raise exception 'what a link said is never rewritten: % of % is refused', lower(tg_op), tg_table_name
    using errcode = 'restrict_violation';
end $$;
create trigger link_versions_never_change before update or delete on link_versions
  for each row execute function refuse_link_change();
create trigger link_versions_never_emptied before truncate on link_versions
  for each statement execute function refuse_link_change();

-- Whose a link is and where it stands are for ever; a link is stopped, never deleted.
create function keep_link() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' or (new.book, new.id, new.code, new.kind, new.livemode, new.created_at)
    is distinct from (old.book, old.id, old.code, old.kind, old.livemode, old.created_at)
    or new.served_by is distinct from old.served_by or new.merchant_id is distinct from old.merchant_id
    or new.user_id is distinct from old.user_id or new.version < old.version or new.revision < old.revision
  then
    raise exception 'a link stays whose and what it is: % is refused', lower(tg_op) using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create trigger links_stay before update or delete on links
  for each row execute function keep_link();
