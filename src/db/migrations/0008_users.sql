-- People who use the wallet: phones, passkeys, PINs, devices, sessions, codes, proofs, the audit chain.

create table users (
  book integer not null check (book between 0 and 65535),
  id text not null,
  -- Sealed under this person's data key; the index is a keyed digest by which the number is found.
  phone_sealed bytea not null,
  phone_index bytea not null check (octet_length(phone_index) = 32),
  phone_index_version integer not null,
  -- Both there from the first card that a bank confirmed, never one alone.
  name_sealed bytea,
  id_number_sealed bytea,
  lang text not null check (lang in ('zh-CN', 'en')),
  created_at timestamptz not null,
  primary key (book, id),
  unique (phone_index, book),
  check ((name_sealed is null) = (id_number_sealed is null))
);
create index users_by_phone_index_version on users (phone_index_version);

create table user_devices (
  book integer not null,
  id text not null,
  user_id text not null,
  name text not null check (length(name) between 1 and 80),
  -- Keyed digest of the secret half of the device's cookie.
  digest bytea not null check (octet_length(digest) = 32),
  created_at timestamptz not null,
  -- Counts as new again from here on: the payment PIN was set anew.
  renewed_at timestamptz,
  last_used_at timestamptz not null,
  removed_at timestamptz,
  primary key (book, id),
  foreign key (book, user_id) references users (book, id)
);
create index user_devices_by_user on user_devices (user_id, id) where removed_at is null;

create table user_sessions (
  book integer not null,
  id text not null,
  user_id text not null,
  device_id text not null,
  -- Keyed digest of the secret half of the cookie; the cookie itself is kept nowhere.
  digest bytea not null check (octet_length(digest) = 32),
  created_at timestamptz not null,
  last_used_at timestamptz not null check (last_used_at >= created_at),
  ended_at timestamptz,
  primary key (book, id),
  foreign key (book, user_id) references users (book, id),
  foreign key (book, device_id) references user_devices (book, id)
);
create index user_sessions_by_user on user_sessions (user_id, device_id) where ended_at is null;
create index user_sessions_by_age on user_sessions (created_at);

-- Codes by SMS. The digest is of code, person, phone, purpose and everything that it is bound to.
create table user_codes (
  book integer not null,
  id text not null,
  user_id text,
  purpose text not null check (purpose in ('sign_in', 'bind_card', 'step_up', 'reset_pin', 'change_phone')),
  digest bytea not null check (octet_length(digest) = 32),
  tries_count integer not null default 0 check (tries_count between 0 and 5),
  created_at timestamptz not null,
  expires_at timestamptz not null check (expires_at > created_at),
  -- Used, or void because it could not be sent.
  ended_at timestamptz,
  primary key (book, id)
);
create index user_codes_by_age on user_codes (expires_at);

-- How often somebody (a keyed digest of a person, phone or address) has tried something on a day of Asia/Shanghai.
create table user_tries (
  book integer not null,
  what text not null check (length(what) between 1 and 64),
  who bytea not null check (octet_length(who) = 32),
  day date not null,
  tries_count integer not null check (tries_count >= 1),
  last_at timestamptz not null,
  primary key (book, what, who)
);
create index user_tries_by_age on user_tries (last_at);

-- Six digits have a million values: what protects them is the pepper outside the database and the count of tries.
create table user_pins (
  book integer not null,
  user_id text not null,
  -- PHC text of argon2id over a keyed digest of the PIN; pepper_id names the key.
  hash text not null check (hash like '$argon2id$%'),
  pepper_id text not null,
  -- Raised before a try is compared; five lock it until the time given, three locks until it is set anew.
  wrong_count integer not null default 0 check (wrong_count between 0 and 5),
  locked_until timestamptz,
  locks_count integer not null default 0 check (locks_count between 0 and 3),
  set_at timestamptz not null,
  primary key (book, user_id),
  foreign key (book, user_id) references users (book, id),
  check ((wrong_count = 5) = (locked_until is not null)),
  check (locks_count > 0 or locked_until is null)
);

create table user_passkeys (
  book integer not null,
  id text not null,
  user_id text not null,
  -- As WebAuthn has them: base64url, COSE key.
  credential_id text not null check (length(credential_id) between 1 and 1364),
  public_key bytea not null,
  sign_count bigint not null check (sign_count between 0 and 4294967295),
  transports text[] not null,
  name text not null check (length(name) between 1 and 80),
  created_at timestamptz not null,
  last_used_at timestamptz,
  primary key (book, id),
  unique (credential_id, book),
  foreign key (book, user_id) references users (book, id)
);
create index user_passkeys_by_user on user_passkeys (user_id, id);

-- Challenges to register a passkey (of one session) or to sign in with one (nobody knows yet whose).
create table user_challenges (
  book integer not null,
  id text not null,
  purpose text not null check (purpose in ('register', 'sign_in')),
  session_id text,
  challenge bytea not null check (octet_length(challenge) = 32),
  expires_at timestamptz not null,
  used_at timestamptz,
  primary key (book, id),
  check ((purpose = 'register') = (session_id is not null))
);
create index user_challenges_by_age on user_challenges (expires_at);

-- A proof of one act by one session: offered, proven, used; each once.
create table user_proofs (
  book integer not null,
  id text not null,
  user_id text not null,
  session_id text not null,
  level text not null check (level in ('pin', 'strong')),
  -- SHA-256 of kind, subject, amount and payee.
  act_digest bytea not null check (octet_length(act_digest) = 32),
  -- The passkey's challenge is SHA-256 of act_digest and this.
  nonce bytea not null check (octet_length(nonce) = 32),
  -- What a message about it says, sealed.
  says_sealed text not null,
  code_id text,
  tries_count integer not null default 0 check (tries_count between 0 and 5),
  created_at timestamptz not null,
  expires_at timestamptz not null check (expires_at > created_at),
  proven_at timestamptz,
  proven_level text check (proven_level in ('pin', 'strong')),
  -- Keyed digest of the token that the deed brings.
  digest bytea check (octet_length(digest) = 32),
  used_at timestamptz,
  primary key (book, id),
  foreign key (book, user_id) references users (book, id),
  foreign key (book, session_id) references user_sessions (book, id) on delete cascade,
  check ((proven_at is null) = (digest is null) and (proven_at is null) = (proven_level is null)),
  check (used_at is null or proven_at is not null)
);
create index user_proofs_by_age on user_proofs (created_at);
create index user_proofs_by_session on user_proofs (session_id);

-- Who did what, without numbers or names. A line is written with the deed and signed (mac); a moment later it is chained: it gets the next
-- number and the hash of the line before. Lines of one transaction wait for nobody else's.
create table audit_lines (
  book integer not null,
  id text not null,
  -- In which order lines are chained that wait at the same time; has gaps, and nothing is proved by it.
  written_no bigint generated always as identity,
  user_id text,
  event text not null check (event ~ '^[a-z_]+(\.[a-z_]+)+$'),
  -- JSON with sorted keys, exactly as it was signed.
  facts text not null check (octet_length(facts) <= 4000),
  at timestamptz not null,
  mac bytea not null check (octet_length(mac) = 32),
  seq bigint check (seq >= 1),
  hash bytea check (octet_length(hash) = 32),
  primary key (book, id),
  unique (seq, book),
  check ((seq is null) = (hash is null))
);
create index audit_lines_unchained on audit_lines (book, written_no) where seq is null;
create index audit_lines_by_user on audit_lines (user_id, id);

-- Where the chain of a book ends, signed: a chain that was cut off does not fit it.
create table audit_heads (
  book integer not null,
  seq bigint not null check (seq >= 0),
  last_id text,
  hash bytea not null check (octet_length(hash) = 32),
  mac bytea not null check (octet_length(mac) = 32),
  primary key (book)
);

create function refuse_audit_change() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' then
    if old.seq is null and new.seq is not null and (new.book, new.id, new.user_id, new.event, new.facts, new.at, new.mac)
      is not distinct from (old.book, old.id, old.user_id, old.event, old.facts, old.at, old.mac) then
      return new;
    end if;
  end if;
  raise exception 'what was done is never rewritten: % of % is refused', lower(tg_op), tg_table_name
    using errcode = 'restrict_violation';
end $$;
create trigger audit_lines_never_change before update or delete on audit_lines
  for each row execute function refuse_audit_change();
