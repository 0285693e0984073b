-- Data keys of people, and the keys that index card numbers blindly.

-- One row per key-encryption key that was ever the newest: its id is two bytes in front of every sealed value, and this check value
-- proves at each start that the id still means the same key. The key itself stands outside the database.
create table vault_keks (
  kek_id         integer     primary key check (kek_id between 0 and 65535),
  check_value    bytea       not null check (octet_length(check_value) = 16),
  first_used_at  timestamptz not null default now()
);

-- One row per key of blind indexes, numbered in order of arrival; the number stands beside every index made with it.
create table vault_index_keys (
  version        integer     primary key check (version between 1 and 32767),
  check_value    bytea       not null unique check (octet_length(check_value) = 16),
  first_used_at  timestamptz not null default now()
);

-- One data key per person, wrapped: nonce (12), key (32), tag (16). It never changes; what it is wrapped under does.
create table vault_data_keys (
  book         integer     not null check (book between 0 and 65535),
  user_id      text        not null check (length(user_id) between 1 and 64),
  dek_id       bytea       not null check (octet_length(dek_id) = 16),
  kek_id       integer     not null references vault_keks,
  wrapped      bytea       not null check (octet_length(wrapped) between 32 and 4096),
  created_at   timestamptz not null default now(),
  rewrapped_at timestamptz,
  primary key (book, user_id)
);

-- The job that wraps keys anew finds what is left by this, and start-up sees at a glance which keys are still needed.
create index vault_data_keys_by_kek on vault_data_keys (kek_id);
