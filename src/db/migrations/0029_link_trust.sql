-- What keeps links safe from a few who pretend to be many, and the files by which others believe a merchant that a host is its own.

-- near: a keyed digest of the reporter's wider network (/24, /48) and the link, so that neighbours count as little more than one; it is
-- forgotten together with network. opened: whether the reporter had opened the link that day, as far as the day's count of people tells; null
-- for reports from before this was asked.
alter table link_reports add column near bytea check (length(near) = 32);
alter table link_reports add column opened boolean;
alter table link_reports add constraint link_reports_near_forgotten check (near is null or network is not null);

-- Small files at the root of a host that serves links: WeChat, QQ, Google and others ask for one before they believe that a host is the
-- merchant's. Which names and contents there are is known to src/links/hosts/proof-file-kinds.ts. What a host says no more is deleted.
create table link_host_files (
  book integer not null check (book between 0 and 65535),
  host_id text not null,
  name text not null check (name ~ '^[A-Za-z0-9][A-Za-z0-9_-]{0,79}\.(txt|html)$'),
  content text not null check (octet_length(content) between 1 and 1024),
  created_at timestamptz not null,
  created_by text not null check (length(created_by) between 1 and 80),
  primary key (book, host_id, name),
  foreign key (book, host_id) references link_hosts (book, id)
);

-- On which days (of Asia/Shanghai) an operator was told that a link is reported while too few of those who opened it did so for a warning.
create table link_report_alerts (
  book integer not null check (book between 0 and 65535),
  link_id text not null check (length(link_id) between 1 and 64),
  day date not null,
  primary key (book, link_id, day)
);
