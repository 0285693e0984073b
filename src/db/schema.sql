-- The database as the migrations make it, to be read. Written by: npx tsx scripts/write-schema.ts

create table alerts (
  book integer not null,
  id text not null,
  kind text not null,
  subject_id text,
  detail text not null,
  created_at timestamp with time zone not null,
  constraint alerts_pkey PRIMARY KEY (book, id),
  constraint alerts_detail_check CHECK (length(detail) <= 1000)
);

create table api_keys (
  book integer not null,
  id text not null,
  merchant_id text not null,
  label text not null,
  prefix text not null,
  secret_hash bytea not null,
  scopes text[] not null,
  created_at timestamp with time zone not null,
  expires_at timestamp with time zone,
  revoked_at timestamp with time zone,
  constraint api_keys_pkey PRIMARY KEY (book, id),
  constraint api_keys_book_merchant_id_fkey FOREIGN KEY (book, merchant_id) REFERENCES merchants(book, id),
  constraint api_keys_label_check CHECK (length(label) <= 80),
  constraint api_keys_secret_hash_check CHECK (length(secret_hash) = 32)
);
CREATE INDEX api_keys_by_merchant ON api_keys USING btree (merchant_id);

create table attempts (
  book integer not null,
  id text not null,
  payment_id text not null,
  merchant_id text not null,
  wallet text not null,
  wallet_account_id text not null,
  scene text not null,
  order_no text not null,
  ordered_at timestamp with time zone not null,
  currency text not null,
  amount_minor bigint not null,
  subject text not null,
  outcome text not null,
  settled text,
  failure_reason text,
  failure_code text,
  failure_message text,
  unknown_reason text,
  next_action jsonb,
  wallet_payment_id text,
  wallet_facts jsonb,
  occurred_at timestamp with time zone,
  finished_at timestamp with time zone,
  paid_minor bigint not null default 0,
  refunding_minor bigint not null default 0,
  refunded_minor bigint not null default 0,
  asks_count integer not null default 0,
  expires_at timestamp with time zone not null,
  created_at timestamp with time zone not null,
  due_at timestamp with time zone,
  fence bigint not null default 0,
  undo_requested_at timestamp with time zone,
  discount_minor bigint not null default 0,
  offers jsonb,
  holds jsonb,
  holds_state text,
  order_back_minor bigint not null default 0,
  reported jsonb,
  constraint attempts_pkey PRIMARY KEY (book, id),
  constraint attempts_book_payment_id_fkey FOREIGN KEY (book, payment_id) REFERENCES payments(book, id),
  constraint attempts_book_wallet_account_id_fkey FOREIGN KEY (book, wallet_account_id) REFERENCES wallet_accounts(book, id),
  constraint attempts_amount_minor_check CHECK (amount_minor > 0),
  constraint attempts_check CHECK (paid_minor = 0 OR paid_minor = amount_minor),
  constraint attempts_check1 CHECK (order_no = substr(id, 5)),
  constraint attempts_check2 CHECK ((refunding_minor + refunded_minor) <= paid_minor),
  constraint attempts_check3 CHECK ((outcome = 'succeeded'::text) = (settled IS NOT NULL)),
  constraint attempts_check4 CHECK ((outcome = 'succeeded'::text) = (paid_minor > 0)),
  constraint attempts_check5 CHECK ((outcome = 'failed'::text) = (failure_reason IS NOT NULL)),
  constraint attempts_discount_minor_check CHECK (discount_minor >= 0),
  constraint attempts_holds CHECK ((holds IS NULL) = (holds_state IS NULL)),
  constraint attempts_holds_state_check CHECK (holds_state = ANY (ARRAY['held'::text, 'committed'::text, 'released'::text])),
  constraint attempts_order_back CHECK (order_back_minor >= 0 AND order_back_minor <= (amount_minor + discount_minor)),
  constraint attempts_outcome_check CHECK (outcome = ANY (ARRAY['pending'::text, 'succeeded'::text, 'failed'::text, 'unknown'::text])),
  constraint attempts_refunded_minor_check CHECK (refunded_minor >= 0),
  constraint attempts_refunding_minor_check CHECK (refunding_minor >= 0),
  constraint attempts_settled_check CHECK (settled = ANY (ARRAY['accepted'::text, 'surplus'::text]))
) with (fillfactor=70);
CREATE UNIQUE INDEX attempts_accepted ON attempts USING btree (book, payment_id) WHERE (settled = 'accepted'::text);
CREATE INDEX attempts_by_account ON attempts USING btree (wallet_account_id, id);
CREATE INDEX attempts_by_payment ON attempts USING btree (payment_id);
CREATE UNIQUE INDEX attempts_by_wallet_payment ON attempts USING btree (book, wallet_account_id, wallet_payment_id) WHERE (wallet_payment_id IS NOT NULL);
CREATE INDEX attempts_due ON attempts USING btree (due_at) WHERE (due_at IS NOT NULL);
CREATE INDEX attempts_with_offers ON attempts USING btree (finished_at) WHERE (offers IS NOT NULL);

create table audit_heads (
  book integer not null,
  seq bigint not null,
  last_id text,
  hash bytea not null,
  mac bytea not null,
  constraint audit_heads_pkey PRIMARY KEY (book),
  constraint audit_heads_hash_check CHECK (octet_length(hash) = 32),
  constraint audit_heads_mac_check CHECK (octet_length(mac) = 32),
  constraint audit_heads_seq_check CHECK (seq >= 0)
);

create table audit_lines (
  book integer not null,
  id text not null,
  written_no bigint not null generated always as identity,
  user_id text,
  event text not null,
  facts text not null,
  at timestamp with time zone not null,
  mac bytea not null,
  seq bigint,
  hash bytea,
  constraint audit_lines_pkey PRIMARY KEY (book, id),
  constraint audit_lines_seq_book_key UNIQUE (seq, book),
  constraint audit_lines_check CHECK ((seq IS NULL) = (hash IS NULL)),
  constraint audit_lines_event_check CHECK (event ~ '^[a-z_]+(\.[a-z_]+)+$'::text),
  constraint audit_lines_facts_check CHECK (octet_length(facts) <= 4000),
  constraint audit_lines_hash_check CHECK (octet_length(hash) = 32),
  constraint audit_lines_mac_check CHECK (octet_length(mac) = 32),
  constraint audit_lines_seq_check CHECK (seq >= 1)
);
CREATE INDEX audit_lines_by_user ON audit_lines USING btree (user_id, id);
CREATE INDEX audit_lines_unchained ON audit_lines USING btree (book, written_no) WHERE (seq IS NULL);

create table card_balances (
  book integer not null,
  card_id text not null,
  asked_day date,
  asked_count integer not null default 0,
  asking_until timestamp with time zone,
  answered_at timestamp with time zone,
  ledger_minor bigint,
  available_minor bigint,
  bill_minor bigint,
  minimum_minor bigint,
  billed_day date,
  due_day date,
  constraint card_balances_pkey PRIMARY KEY (book, card_id),
  constraint card_balances_book_card_id_fkey FOREIGN KEY (book, card_id) REFERENCES cards(book, id),
  constraint a_bill_is_whole CHECK ((bill_minor IS NULL) = (minimum_minor IS NULL) AND (bill_minor IS NULL) = (billed_day IS NULL) AND (bill_minor IS NULL) = (due_day IS NULL)),
  constraint an_answer_is_whole CHECK ((answered_at IS NULL) = (ledger_minor IS NULL) AND (answered_at IS NULL) = (available_minor IS NULL)),
  constraint card_balances_asked_count_check CHECK (asked_count >= 0),
  constraint card_balances_bill_minor_check CHECK (bill_minor >= 0),
  constraint card_balances_book_check CHECK (book >= 0 AND book <= 65535),
  constraint card_balances_minimum_minor_check CHECK (minimum_minor >= 0)
);

create table card_holders (
  book integer not null,
  user_id text not null,
  cards_count integer not null default 0,
  default_card_id text,
  default_state text not null generated always as ('bound'::text) stored,
  constraint card_holders_pkey PRIMARY KEY (book, user_id),
  constraint the_default_is_a_bound_card_of_this_person FOREIGN KEY (book, user_id, default_card_id, default_state) REFERENCES cards(book, user_id, id, state),
  constraint card_holders_book_check CHECK (book >= 0 AND book <= 65535),
  constraint card_holders_cards_count_check CHECK (cards_count >= 0 AND cards_count <= 20),
  constraint card_holders_user_id_check CHECK (length(user_id) >= 1 AND length(user_id) <= 64),
  constraint one_default_when_there_are_cards CHECK ((cards_count = 0) = (default_card_id IS NULL))
);

create table card_prefix_imports (
  import_no integer not null,
  imported_at timestamp with time zone not null,
  rows_count integer not null,
  constraint card_prefix_imports_pkey PRIMARY KEY (import_no),
  constraint card_prefix_imports_import_no_check CHECK (import_no >= 1),
  constraint card_prefix_imports_rows_count_check CHECK (rows_count >= 0)
);

create table card_prefixes (
  card_length smallint not null,
  prefix text not null,
  bank text not null,
  kind text not null,
  has_luhn boolean not null,
  constraint card_prefixes_pkey PRIMARY KEY (card_length, prefix),
  constraint card_prefixes_bank_check CHECK (length(bank) >= 2 AND length(bank) <= 32),
  constraint card_prefixes_card_length_check CHECK (card_length >= 12 AND card_length <= 19),
  constraint card_prefixes_kind_check CHECK (kind = ANY (ARRAY['debit'::text, 'credit'::text, 'semi_credit'::text, 'prepaid'::text])),
  constraint card_prefixes_prefix_check CHECK (prefix ~ '^[0-9]{3,12}$'::text)
);

create table card_requests (
  book integer not null,
  id text not null,
  user_id text not null,
  kind text not null,
  sealed bytea not null,
  code_id text,
  created_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  constraint card_requests_pkey PRIMARY KEY (book, id),
  constraint card_requests_book_check CHECK (book >= 0 AND book <= 65535),
  constraint card_requests_id_check CHECK (length(id) >= 5 AND length(id) <= 64),
  constraint card_requests_kind_check CHECK (kind = ANY (ARRAY['binding'::text, 'one_tap'::text])),
  constraint card_requests_sealed_check CHECK (octet_length(sealed) >= 47 AND octet_length(sealed) <= 65536),
  constraint card_requests_user_id_check CHECK (length(user_id) >= 1 AND length(user_id) <= 64)
);
CREATE INDEX card_requests_age ON card_requests USING btree (expires_at);

create table card_tries (
  book integer not null,
  day date not null,
  kind text not null,
  who text not null,
  count integer not null,
  constraint card_tries_pkey PRIMARY KEY (book, day, kind, who),
  constraint card_tries_book_check CHECK (book >= 0 AND book <= 65535),
  constraint card_tries_count_check CHECK (count >= 0),
  constraint card_tries_kind_check CHECK (kind = ANY (ARRAY['person'::text, 'number'::text, 'device'::text])),
  constraint card_tries_who_check CHECK (length(who) >= 1 AND length(who) <= 64)
);

create table cards (
  book integer not null,
  id text not null,
  user_id text not null,
  bank text not null,
  kind text not null,
  account_class smallint not null,
  last4 text not null,
  alias text not null default ''::text,
  state text not null,
  number_sealed bytea,
  holder_sealed bytea,
  number_index bytea,
  index_version integer,
  table_version text not null,
  bound_at timestamp with time zone not null,
  unbound_at timestamp with time zone,
  erase_at timestamp with time zone,
  erased_at timestamp with time zone,
  constraint cards_pkey PRIMARY KEY (book, id),
  constraint cards_id_state_user_id_book_key UNIQUE (id, state, user_id, book),
  constraint cards_book_user_id_fkey FOREIGN KEY (book, user_id) REFERENCES card_holders(book, user_id),
  constraint a_bound_card_has_its_number CHECK (state = 'unbound'::text OR number_sealed IS NOT NULL),
  constraint a_number_has_its_index CHECK ((number_sealed IS NULL) = (number_index IS NULL) AND (number_sealed IS NULL) = (index_version IS NULL) AND (number_sealed IS NULL) = (holder_sealed IS NULL)),
  constraint cards_account_class_check CHECK (account_class >= 1 AND account_class <= 3),
  constraint cards_alias_check CHECK (length(alias) <= 20),
  constraint cards_bank_check CHECK (length(bank) >= 2 AND length(bank) <= 32),
  constraint cards_book_check CHECK (book >= 0 AND book <= 65535),
  constraint cards_holder_sealed_check CHECK (octet_length(holder_sealed) >= 47 AND octet_length(holder_sealed) <= 1024),
  constraint cards_id_check CHECK (id ~~ 'card\_%'::text),
  constraint cards_index_version_check CHECK (index_version >= 1),
  constraint cards_kind_check CHECK (kind = ANY (ARRAY['debit'::text, 'credit'::text, 'semi_credit'::text, 'prepaid'::text])),
  constraint cards_last4_check CHECK (last4 ~ '^[0-9]{4}$'::text),
  constraint cards_number_index_check CHECK (octet_length(number_index) = 32),
  constraint cards_number_sealed_check CHECK (octet_length(number_sealed) >= 47 AND octet_length(number_sealed) <= 256),
  constraint cards_state_check CHECK (state = ANY (ARRAY['bound'::text, 'unbound'::text])),
  constraint cards_table_version_check CHECK (length(table_version) >= 1 AND length(table_version) <= 120),
  constraint erased_means_gone CHECK ((erased_at IS NULL) = (number_sealed IS NOT NULL)),
  constraint unbound_is_dated CHECK ((state = 'unbound'::text) = (unbound_at IS NOT NULL) AND (state = 'unbound'::text) = (erase_at IS NOT NULL))
);
CREATE UNIQUE INDEX cards_bound_once ON cards USING btree (user_id, number_index, book) WHERE (state = 'bound'::text);
CREATE INDEX cards_by_index_version ON cards USING btree (index_version) WHERE (index_version IS NOT NULL);
CREATE INDEX cards_of_person ON cards USING btree (user_id, bound_at);
CREATE INDEX cards_to_erase ON cards USING btree (erase_at) WHERE ((erased_at IS NULL) AND (erase_at IS NOT NULL));

create table clearing_breaks (
  book integer not null,
  id text not null,
  day date not null,
  kind text not null,
  cause text not null,
  subject text not null,
  issuer text not null,
  move_id text,
  side text,
  ours jsonb,
  theirs jsonb,
  state text not null,
  resolution text,
  evidence jsonb,
  note text,
  resolved_by text,
  created_at timestamp with time zone not null,
  resolved_at timestamp with time zone,
  constraint clearing_breaks_pkey PRIMARY KEY (book, id),
  constraint clearing_breaks_day_kind_subject_book_key UNIQUE (day, kind, subject, book),
  constraint clearing_breaks_book_day_fkey FOREIGN KEY (book, day) REFERENCES clearing_days(book, day),
  constraint clearing_breaks_check CHECK ((move_id IS NULL) = (side IS NULL)),
  constraint clearing_breaks_check1 CHECK ((state = 'resolved'::text) = (resolution IS NOT NULL)),
  constraint clearing_breaks_check2 CHECK ((state = 'resolved'::text) = (resolved_at IS NOT NULL)),
  constraint clearing_breaks_check3 CHECK ((resolution = 'closed_by_operator'::text) = (note IS NOT NULL)),
  constraint clearing_breaks_kind_check CHECK (kind = ANY (ARRAY['ours_only'::text, 'theirs_only'::text, 'amount_differs'::text, 'status_differs'::text, 'twice_in_file'::text, 'ledger_differs'::text, 'sums_differ'::text])),
  constraint clearing_breaks_note_check CHECK (length(note) >= 1 AND length(note) <= 500),
  constraint clearing_breaks_resolution_check CHECK (resolution = ANY (ARRAY['told_in_later_file'::text, 'reversed_in_later_file'::text, 'closed_by_operator'::text])),
  constraint clearing_breaks_side_check CHECK (side = ANY (ARRAY['debit'::text, 'credit'::text])),
  constraint clearing_breaks_state_check CHECK (state = ANY (ARRAY['open'::text, 'resolved'::text])),
  constraint clearing_breaks_subject_check CHECK (length(subject) >= 1 AND length(subject) <= 80)
);
CREATE INDEX clearing_breaks_by_move ON clearing_breaks USING btree (move_id) WHERE (move_id IS NOT NULL);

create table clearing_days (
  book integer not null,
  day date not null,
  state text not null,
  reason text,
  digest text,
  rows_count integer,
  matched_count integer,
  created_at timestamp with time zone not null,
  read_at timestamp with time zone,
  compared_at timestamp with time zone,
  due_at timestamp with time zone,
  leased_until timestamp with time zone not null,
  lease_no bigint not null default 0,
  tries_count integer not null default 0,
  constraint clearing_days_pkey PRIMARY KEY (book, day),
  constraint clearing_days_book_check CHECK (book >= 0 AND book <= 65535),
  constraint clearing_days_check CHECK ((state = ANY (ARRAY['read'::text, 'compared'::text])) = (read_at IS NOT NULL AND digest IS NOT NULL AND rows_count IS NOT NULL)),
  constraint clearing_days_check1 CHECK ((state = 'compared'::text) = (compared_at IS NOT NULL AND matched_count IS NOT NULL)),
  constraint clearing_days_check2 CHECK ((state = ANY (ARRAY['waiting'::text, 'read'::text])) OR due_at IS NULL),
  constraint clearing_days_digest_check CHECK (digest ~ '^[0-9a-f]{64}$'::text),
  constraint clearing_days_matched_count_check CHECK (matched_count >= 0),
  constraint clearing_days_reason_check CHECK (length(reason) <= 500),
  constraint clearing_days_rows_count_check CHECK (rows_count >= 0),
  constraint clearing_days_state_check CHECK (state = ANY (ARRAY['waiting'::text, 'read'::text, 'compared'::text, 'unavailable'::text]))
);
CREATE INDEX clearing_days_due ON clearing_days USING btree (due_at) WHERE (due_at IS NOT NULL);

create table clearing_rows (
  book integer not null,
  day date not null,
  row_no integer not null,
  stan text not null,
  transmitted_at text not null,
  rrn text not null,
  last4 text not null,
  amount_minor bigint not null,
  message_type text not null,
  processing text not null,
  issuer text not null,
  response_code text not null,
  is_repeat boolean not null default false,
  move_id text,
  side text,
  constraint clearing_rows_pkey PRIMARY KEY (book, day, row_no),
  constraint clearing_rows_book_day_fkey FOREIGN KEY (book, day) REFERENCES clearing_days(book, day),
  constraint clearing_rows_amount_minor_check CHECK (amount_minor >= 0),
  constraint clearing_rows_check CHECK ((move_id IS NULL) = (side IS NULL)),
  constraint clearing_rows_issuer_check CHECK (issuer ~ '^[0-9]{8,11}$'::text),
  constraint clearing_rows_last4_check CHECK (last4 ~ '^[0-9]{4}$'::text),
  constraint clearing_rows_message_type_check CHECK (message_type ~ '^[0-9]{4}$'::text),
  constraint clearing_rows_processing_check CHECK (processing ~ '^[0-9]{6}$'::text),
  constraint clearing_rows_response_code_check CHECK (response_code ~ '^[0-9A-Z]{2}$'::text),
  constraint clearing_rows_row_no_check CHECK (row_no >= 1),
  constraint clearing_rows_rrn_check CHECK (rrn ~ '^[0-9A-Za-z]{12}$'::text),
  constraint clearing_rows_side_check CHECK (side = ANY (ARRAY['debit'::text, 'credit'::text])),
  constraint clearing_rows_stan_check CHECK (stan ~ '^[0-9]{6}$'::text),
  constraint clearing_rows_transmitted_at_check CHECK (transmitted_at ~ '^[0-9]{10}$'::text)
) with (fillfactor=80);
CREATE INDEX clearing_rows_by_move ON clearing_rows USING btree (move_id) WHERE (move_id IS NOT NULL);
CREATE INDEX clearing_rows_by_rrn ON clearing_rows USING btree (rrn);
CREATE INDEX clearing_rows_by_stamp ON clearing_rows USING btree (transmitted_at, stan);

create table clearing_sums (
  book integer not null,
  day date not null,
  issuer text not null,
  rows_count integer not null,
  legs_count integer not null,
  file_minor bigint not null,
  legs_minor bigint not null,
  ledger_minor bigint not null,
  effects_minor bigint not null,
  constraint clearing_sums_pkey PRIMARY KEY (book, day, issuer),
  constraint clearing_sums_book_day_fkey FOREIGN KEY (book, day) REFERENCES clearing_days(book, day),
  constraint clearing_sums_legs_count_check CHECK (legs_count >= 0),
  constraint clearing_sums_rows_count_check CHECK (rows_count >= 0)
);

create table commit_marks (
  batcher text not null,
  mark bigint not null,
  marked_at timestamp with time zone not null,
  constraint commit_marks_pkey PRIMARY KEY (batcher),
  constraint commit_marks_batcher_check CHECK (length(batcher) >= 1 AND length(batcher) <= 64),
  constraint commit_marks_mark_check CHECK (mark >= 0)
) with (fillfactor=50);

create table console_sessions (
  book integer not null,
  id text not null,
  operator text not null,
  lasts_seconds integer not null,
  link_hash bytea not null,
  link_until timestamp with time zone not null,
  created_at timestamp with time zone not null,
  cookie_hash bytea,
  opened_at timestamp with time zone,
  seen_at timestamp with time zone,
  ends_at timestamp with time zone,
  ended_at timestamp with time zone,
  constraint console_sessions_pkey PRIMARY KEY (book, id),
  constraint console_sessions_cookie_hash_book_key UNIQUE (cookie_hash, book),
  constraint console_sessions_link_hash_book_key UNIQUE (link_hash, book),
  constraint console_sessions_book_check CHECK (book >= 0 AND book <= 65535),
  constraint console_sessions_check CHECK (link_until > created_at),
  constraint console_sessions_check1 CHECK ((opened_at IS NULL) = (cookie_hash IS NULL)),
  constraint console_sessions_check2 CHECK ((opened_at IS NULL) = (seen_at IS NULL)),
  constraint console_sessions_check3 CHECK ((opened_at IS NULL) = (ends_at IS NULL)),
  constraint console_sessions_check4 CHECK (ends_at > opened_at),
  constraint console_sessions_cookie_hash_check CHECK (length(cookie_hash) = 32),
  constraint console_sessions_lasts_seconds_check CHECK (lasts_seconds >= 60 AND lasts_seconds <= 604800),
  constraint console_sessions_link_hash_check CHECK (length(link_hash) = 32),
  constraint console_sessions_operator_check CHECK (length(operator) >= 1 AND length(operator) <= 40)
);

create table events (
  book integer not null,
  id text not null,
  merchant_id text not null,
  type text not null,
  object_id text not null,
  object_seq integer not null,
  payload text not null,
  occurred_at timestamp with time zone not null,
  constraint events_pkey PRIMARY KEY (book, id),
  constraint events_object_id_object_seq_book_key UNIQUE (object_id, object_seq, book),
  constraint events_object_seq_check CHECK (object_seq >= 1),
  constraint events_payload_check CHECK (octet_length(payload) <= 20000)
);
CREATE INDEX events_by_merchant ON events USING btree (merchant_id, id);

create table idempotency_keys (
  book integer not null,
  merchant_id text not null,
  key text not null,
  route text not null,
  fingerprint text not null,
  state text not null,
  locked_until timestamp with time zone not null,
  reply_status smallint,
  reply_body text,
  created_at timestamp with time zone not null,
  constraint idempotency_keys_pkey PRIMARY KEY (book, merchant_id, key),
  constraint done_has_a_reply CHECK ((state = 'done'::text) = (reply_status IS NOT NULL AND reply_body IS NOT NULL)),
  constraint idempotency_keys_book_check CHECK (book >= 0 AND book <= 65535),
  constraint idempotency_keys_fingerprint_check CHECK (length(fingerprint) >= 1 AND length(fingerprint) <= 128),
  constraint idempotency_keys_key_check CHECK (length(key) >= 1 AND length(key) <= 255),
  constraint idempotency_keys_merchant_id_check CHECK (length(merchant_id) >= 1 AND length(merchant_id) <= 64),
  constraint idempotency_keys_reply_status_check CHECK (reply_status >= 100 AND reply_status <= 599),
  constraint idempotency_keys_route_check CHECK (length(route) >= 1 AND length(route) <= 128),
  constraint idempotency_keys_state_check CHECK (state = ANY (ARRAY['running'::text, 'done'::text]))
);
CREATE INDEX idempotency_keys_age ON idempotency_keys USING brin (created_at);

create table ledger_accounts (
  book integer not null,
  id uuid not null,
  ledger integer not null,
  code integer not null,
  flags integer not null,
  user_data_128 uuid,
  user_data_64 bigint not null,
  user_data_32 integer not null,
  "timestamp" bigint not null,
  hash bytea not null,
  constraint ledger_accounts_pkey PRIMARY KEY (book, id),
  constraint ledger_accounts_book_fkey FOREIGN KEY (book) REFERENCES ledger_heads(book),
  constraint ledger_accounts_code_check CHECK (code >= 1 AND code <= 65535),
  constraint ledger_accounts_flags_check CHECK (flags >= 0 AND flags <= 63 AND (flags & 6) <> 6),
  constraint ledger_accounts_hash_check CHECK (octet_length(hash) = 32),
  constraint ledger_accounts_ledger_check CHECK (ledger > 0),
  constraint ledger_accounts_timestamp_check CHECK ("timestamp" > 0),
  constraint ledger_accounts_user_data_32_check CHECK (user_data_32 >= 0),
  constraint ledger_accounts_user_data_64_check CHECK (user_data_64 >= 0)
);

create table ledger_balance_history (
  book integer not null,
  account_id uuid not null,
  "timestamp" bigint not null,
  debits_pending bigint not null,
  debits_posted bigint not null,
  credits_pending bigint not null,
  credits_posted bigint not null,
  constraint ledger_balance_history_pkey PRIMARY KEY (book, account_id, "timestamp"),
  constraint ledger_balance_history_credits_pending_check CHECK (credits_pending >= 0),
  constraint ledger_balance_history_credits_posted_check CHECK (credits_posted >= 0),
  constraint ledger_balance_history_debits_pending_check CHECK (debits_pending >= 0),
  constraint ledger_balance_history_debits_posted_check CHECK (debits_posted >= 0)
);

create table ledger_balances (
  book integer not null,
  account_id uuid not null,
  ledger integer not null,
  flags integer not null,
  closed boolean not null,
  debits_pending bigint not null default 0,
  debits_posted bigint not null default 0,
  credits_pending bigint not null default 0,
  credits_posted bigint not null default 0,
  room text default repeat(' '::text, 160),
  constraint ledger_balances_pkey PRIMARY KEY (book, account_id),
  constraint ledger_balances_book_account_id_fkey FOREIGN KEY (book, account_id) REFERENCES ledger_accounts(book, id),
  constraint balances_are_not_negative CHECK ((((debits_pending | debits_posted) | credits_pending) | credits_posted) >= 0),
  constraint credits_must_not_exceed_debits CHECK ((flags & 4) = 0 OR (credits_pending + credits_posted) <= debits_posted),
  constraint debits_must_not_exceed_credits CHECK ((flags & 2) = 0 OR (debits_pending + debits_posted) <= credits_posted)
) with (fillfactor=90);

create table ledger_expiries (
  book integer not null,
  transfer_id uuid not null,
  "timestamp" bigint not null,
  hash bytea not null,
  constraint ledger_expiries_pkey PRIMARY KEY (book, transfer_id),
  constraint ledger_expiries_book_transfer_id_fkey FOREIGN KEY (book, transfer_id) REFERENCES ledger_pending_transfers(book, transfer_id),
  constraint ledger_expiries_hash_check CHECK (octet_length(hash) = 32),
  constraint ledger_expiries_timestamp_check CHECK ("timestamp" > 0)
);

create table ledger_failed_transfers (
  book integer not null,
  id uuid not null,
  status text not null,
  "timestamp" bigint not null,
  constraint ledger_failed_transfers_pkey PRIMARY KEY (book, id)
);

create table ledger_heads (
  book integer not null,
  last_timestamp bigint not null default 0,
  hash bytea not null default decode(repeat('00'::text, 32), 'hex'::text),
  lost_commits bigint not null default 0,
  constraint ledger_heads_pkey PRIMARY KEY (book),
  constraint ledger_heads_book_check CHECK (book >= 0 AND book <= 65535),
  constraint ledger_heads_hash_check CHECK (octet_length(hash) = 32),
  constraint ledger_heads_last_timestamp_check CHECK (last_timestamp >= 0),
  constraint ledger_heads_lost_commits_check CHECK (lost_commits >= 0)
) with (fillfactor=10);

create table ledger_pending_transfers (
  book integer not null,
  transfer_id uuid not null,
  "timestamp" bigint not null,
  expires_at bigint,
  status text not null,
  constraint ledger_pending_transfers_pkey PRIMARY KEY (book, transfer_id),
  constraint ledger_pending_transfers_check CHECK (expires_at > "timestamp"),
  constraint ledger_pending_transfers_status_check CHECK (status = ANY (ARRAY['pending'::text, 'posted'::text, 'voided'::text, 'expired'::text]))
);
CREATE INDEX ledger_pending_transfers_by_expiry ON ledger_pending_transfers USING btree (book, expires_at, "timestamp") WHERE ((status = 'pending'::text) AND (expires_at IS NOT NULL));

create table ledger_transfers (
  book integer not null,
  id uuid not null,
  debit_account_id uuid not null,
  credit_account_id uuid not null,
  amount bigint not null,
  "timestamp" bigint not null,
  pending_id uuid,
  user_data_128 uuid,
  user_data_64 bigint not null,
  user_data_32 integer not null,
  timeout_seconds integer not null,
  ledger integer not null,
  code integer not null,
  flags integer not null,
  hash bytea not null,
  constraint ledger_transfers_pkey PRIMARY KEY (book, id),
  constraint ledger_transfers_amount_check CHECK (amount >= 0),
  constraint ledger_transfers_check CHECK (debit_account_id <> credit_account_id),
  constraint ledger_transfers_code_check CHECK (code >= 1 AND code <= 65535),
  constraint ledger_transfers_flags_check CHECK (flags >= 0 AND flags <= 511),
  constraint ledger_transfers_hash_check CHECK (octet_length(hash) = 32),
  constraint ledger_transfers_ledger_check CHECK (ledger > 0),
  constraint ledger_transfers_timeout_seconds_check CHECK (timeout_seconds >= 0),
  constraint ledger_transfers_timestamp_check CHECK ("timestamp" > 0),
  constraint ledger_transfers_user_data_32_check CHECK (user_data_32 >= 0),
  constraint ledger_transfers_user_data_64_check CHECK (user_data_64 >= 0)
) partition by RANGE (id);
CREATE INDEX ledger_transfers_by_account ON ONLY ledger_transfers USING brin (debit_account_id uuid_bloom_ops (n_distinct_per_range='1500', false_positive_rate='0.002'), credit_account_id uuid_bloom_ops (n_distinct_per_range='1500', false_positive_rate='0.002')) WITH (pages_per_range='32');
CREATE INDEX ledger_transfers_by_time ON ONLY ledger_transfers USING btree (book, "timestamp");

create table legs (
  book integer not null,
  move_id text not null,
  side text not null,
  state text not null,
  transmitted_at timestamp with time zone not null,
  stan text not null,
  rrn text not null,
  institution text not null,
  card_id text,
  last4 text not null,
  amount_minor bigint not null,
  auth_id text,
  code text,
  reason text,
  settlement_day date,
  is_flagged boolean not null default false,
  was_found boolean,
  sends_count integer not null,
  first_sent_at timestamp with time zone not null,
  last_sent_at timestamp with time zone not null,
  told_at timestamp with time zone,
  constraint legs_pkey PRIMARY KEY (book, move_id, side),
  constraint legs_book_move_id_fkey FOREIGN KEY (book, move_id) REFERENCES moves(book, id),
  constraint legs_amount_minor_check CHECK (amount_minor > 0),
  constraint legs_check CHECK ((state = ANY (ARRAY['approved'::text, 'refused'::text])) = (told_at IS NOT NULL)),
  constraint legs_check1 CHECK (state <> 'approved'::text OR settlement_day IS NOT NULL),
  constraint legs_check2 CHECK (settlement_day IS NULL OR state = 'approved'::text),
  constraint legs_check3 CHECK (was_found IS NULL OR side = 'reversal'::text),
  constraint legs_institution_check CHECK (institution ~ '^[0-9]{8,11}$'::text),
  constraint legs_last4_check CHECK (last4 ~ '^[0-9]{4}$'::text),
  constraint legs_rrn_check CHECK (rrn ~ '^[0-9]{12}$'::text),
  constraint legs_sends_count_check CHECK (sends_count >= 1),
  constraint legs_side_check CHECK (side = ANY (ARRAY['debit'::text, 'credit'::text, 'reversal'::text])),
  constraint legs_stan_check CHECK (stan ~ '^[0-9]{6}$'::text AND stan <> '000000'::text),
  constraint legs_state_check CHECK (state = ANY (ARRAY['sent'::text, 'approved'::text, 'refused'::text, 'unknown'::text])),
  constraint legs_transmitted_at_check CHECK (transmitted_at = date_trunc('second'::text, transmitted_at))
) with (fillfactor=70);
CREATE INDEX legs_by_day ON legs USING btree (settlement_day, move_id) WHERE (settlement_day IS NOT NULL);
CREATE UNIQUE INDEX legs_by_stamp ON legs USING btree (transmitted_at, stan, book);
CREATE UNIQUE INDEX legs_given_once ON legs USING btree (move_id, book) WHERE ((state = 'approved'::text) AND (side = ANY (ARRAY['credit'::text, 'reversal'::text])));
CREATE INDEX legs_open ON legs USING btree (transmitted_at) WHERE ((state = ANY (ARRAY['sent'::text, 'unknown'::text])) AND (side <> 'reversal'::text));

create table limit_counters (
  book integer not null,
  subject text not null,
  rule text not null,
  starts_on date not null,
  used bigint not null,
  held bigint not null,
  constraint limit_counters_pkey PRIMARY KEY (book, subject, rule, starts_on),
  constraint limit_counters_book_check CHECK (book >= 0 AND book <= 65535),
  constraint limit_counters_held_check CHECK (held >= 0),
  constraint limit_counters_rule_check CHECK (rule ~ '^[a-z_]{3,40}$'::text),
  constraint limit_counters_subject_check CHECK (length(subject) >= 1 AND length(subject) <= 64),
  constraint limit_counters_used_check CHECK (used >= 0)
) with (fillfactor=60);

create table limit_figures (
  rule text not null,
  bank text not null,
  account_class smallint not null,
  set_by text not null,
  valid_from timestamp with time zone not null,
  valid_to timestamp with time zone,
  min_value bigint not null,
  max_value bigint not null,
  source text not null,
  entered_by text not null,
  entered_at timestamp with time zone not null,
  constraint limit_figures_pkey PRIMARY KEY (rule, bank, account_class, set_by, valid_from),
  constraint limit_figures_account_class_check CHECK (account_class >= 0 AND account_class <= 3),
  constraint limit_figures_bank_check CHECK (bank ~ '^[A-Z0-9]{0,16}$'::text),
  constraint limit_figures_check CHECK (min_value <= max_value),
  constraint limit_figures_check1 CHECK (valid_to IS NULL OR valid_to >= valid_from),
  constraint limit_figures_entered_by_check CHECK (length(entered_by) >= 1 AND length(entered_by) <= 64),
  constraint limit_figures_max_value_check CHECK (max_value >= 0 AND max_value <= '999999999999'::bigint),
  constraint limit_figures_min_value_check CHECK (min_value >= 0),
  constraint limit_figures_rule_check CHECK (rule ~ '^[a-z_]{3,40}$'::text),
  constraint limit_figures_set_by_check CHECK (set_by = ANY (ARRAY['hutong'::text, 'bank'::text, 'law'::text])),
  constraint limit_figures_source_check CHECK (length(source) >= 1 AND length(source) <= 300)
);

create table limit_holder_figures (
  book integer not null,
  user_id text not null,
  rule text not null,
  card_id text not null,
  max_value bigint,
  next_value bigint,
  next_from timestamp with time zone,
  changed_at timestamp with time zone not null,
  constraint limit_holder_figures_pkey PRIMARY KEY (book, user_id, rule, card_id),
  constraint limit_holder_figures_book_check CHECK (book >= 0 AND book <= 65535),
  constraint limit_holder_figures_card_id_check CHECK (length(card_id) <= 64),
  constraint limit_holder_figures_check CHECK (next_from IS NULL OR max_value IS NOT NULL AND (next_value IS NULL OR next_value > max_value)),
  constraint limit_holder_figures_check1 CHECK (next_from IS NOT NULL OR next_value IS NULL),
  constraint limit_holder_figures_max_value_check CHECK (max_value >= 0 AND max_value <= '999999999999'::bigint),
  constraint limit_holder_figures_next_value_check CHECK (next_value >= 0 AND next_value <= '999999999999'::bigint),
  constraint limit_holder_figures_rule_check CHECK (rule ~ '^[a-z_]{3,40}$'::text),
  constraint limit_holder_figures_user_id_check CHECK (length(user_id) >= 1 AND length(user_id) <= 64)
);

create table limit_holds (
  book integer not null,
  id text not null,
  state text not null,
  subjects text[] not null,
  rules text[] not null,
  starts_on date[] not null,
  amounts bigint[] not null,
  reserved_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  constraint limit_holds_pkey PRIMARY KEY (book, id),
  constraint limit_holds_book_check CHECK (book >= 0 AND book <= 65535),
  constraint limit_holds_check CHECK (cardinality(subjects) = cardinality(rules)),
  constraint limit_holds_check1 CHECK (cardinality(subjects) = cardinality(starts_on)),
  constraint limit_holds_check2 CHECK (cardinality(subjects) = cardinality(amounts)),
  constraint limit_holds_check3 CHECK ((state = 'held'::text) = (ended_at IS NULL)),
  constraint limit_holds_id_check CHECK (length(id) >= 1 AND length(id) <= 64),
  constraint limit_holds_state_check CHECK (state = ANY (ARRAY['held'::text, 'used'::text, 'released'::text]))
) with (fillfactor=80);
CREATE INDEX limit_holds_age ON limit_holds USING brin (reserved_at);

create table link_apps (
  book integer not null,
  id text not null,
  merchant_id text not null,
  kind text not null,
  name text not null,
  settings jsonb not null,
  secret_sealed text,
  created_at timestamp with time zone not null,
  created_by text not null,
  updated_at timestamp with time zone not null,
  dropped_at timestamp with time zone,
  dropped_by text,
  constraint link_apps_pkey PRIMARY KEY (book, id),
  constraint link_apps_book_merchant_id_fkey FOREIGN KEY (book, merchant_id) REFERENCES merchants(book, id),
  constraint link_apps_book_check CHECK (book >= 0 AND book <= 65535),
  constraint link_apps_check CHECK (updated_at >= created_at),
  constraint link_apps_check1 CHECK ((settings ->> 'kind'::text) = kind),
  constraint link_apps_check2 CHECK (secret_sealed IS NULL OR kind = 'wechat_account'::text),
  constraint link_apps_check3 CHECK ((dropped_at IS NULL) = (dropped_by IS NULL)),
  constraint link_apps_check4 CHECK (dropped_at IS NULL OR secret_sealed IS NULL),
  constraint link_apps_created_by_check CHECK (length(created_by) >= 1 AND length(created_by) <= 80),
  constraint link_apps_dropped_by_check CHECK (length(dropped_by) >= 1 AND length(dropped_by) <= 80),
  constraint link_apps_kind_check CHECK (kind = ANY (ARRAY['ios'::text, 'android'::text, 'wechat_mini'::text, 'alipay_mini'::text, 'wechat_account'::text])),
  constraint link_apps_name_check CHECK (length(name) >= 1 AND length(name) <= 80),
  constraint link_apps_settings_check CHECK (jsonb_typeof(settings) = 'object'::text AND octet_length(settings::text) <= 16384)
);
CREATE UNIQUE INDEX link_apps_account ON link_apps USING btree (merchant_id, book) WHERE ((kind = 'wechat_account'::text) AND (dropped_at IS NULL));
CREATE INDEX link_apps_by_merchant ON link_apps USING btree (merchant_id, id) WHERE (dropped_at IS NULL);

create table link_books (
  book integer not null,
  revision bigint not null,
  constraint link_books_pkey PRIMARY KEY (book),
  constraint link_books_book_check CHECK (book >= 0 AND book <= 65535),
  constraint link_books_revision_check CHECK (revision >= 1)
);

create table link_brake_books (
  book integer not null,
  revision bigint not null,
  constraint link_brake_books_pkey PRIMARY KEY (book),
  constraint link_brake_books_book_check CHECK (book >= 0 AND book <= 65535),
  constraint link_brake_books_revision_check CHECK (revision >= 1)
);

create table link_brakes (
  book integer not null,
  id text not null,
  subject_kind text not null,
  subject text not null,
  effect text not null,
  reason text not null,
  set_by text not null,
  set_at timestamp with time zone not null,
  lifted_by text,
  lifted_at timestamp with time zone,
  lifted_because text,
  constraint link_brakes_pkey PRIMARY KEY (book, id),
  constraint link_brakes_book_check CHECK (book >= 0 AND book <= 65535),
  constraint link_brakes_check CHECK ((lifted_at IS NULL) = (lifted_by IS NULL)),
  constraint link_brakes_check1 CHECK ((lifted_at IS NULL) = (lifted_because IS NULL)),
  constraint link_brakes_check2 CHECK (lifted_at >= set_at),
  constraint link_brakes_effect_check CHECK (effect = ANY (ARRAY['warn'::text, 'block'::text])),
  constraint link_brakes_lifted_because_check CHECK (length(lifted_because) >= 1 AND length(lifted_because) <= 500),
  constraint link_brakes_lifted_by_check CHECK (length(lifted_by) >= 1 AND length(lifted_by) <= 80),
  constraint link_brakes_reason_check CHECK (length(reason) >= 1 AND length(reason) <= 500),
  constraint link_brakes_set_by_check CHECK (length(set_by) >= 1 AND length(set_by) <= 80),
  constraint link_brakes_subject_check CHECK (length(subject) >= 1 AND length(subject) <= 300),
  constraint link_brakes_subject_kind_check CHECK (subject_kind = ANY (ARRAY['link'::text, 'host'::text, 'merchant'::text]))
);
CREATE UNIQUE INDEX link_brakes_in_force ON link_brakes USING btree (subject_kind, subject, book) WHERE (lifted_at IS NULL);

create table link_days (
  book integer not null,
  link_id text not null,
  day date not null,
  opens bigint not null default 0,
  people bigint not null default 0,
  robots bigint not null default 0,
  taps bigint not null default 0,
  hours bigint[] not null default array_fill((0)::bigint, ARRAY[24]),
  splits jsonb not null default '{}'::jsonb,
  sketch bytea not null default '\x'::bytea,
  constraint link_days_pkey PRIMARY KEY (book, link_id, day),
  constraint link_days_book_check CHECK (book >= 0 AND book <= 65535),
  constraint link_days_hours_check CHECK (cardinality(hours) = 24),
  constraint link_days_link_id_check CHECK (length(link_id) >= 1 AND length(link_id) <= 64),
  constraint link_days_opens_check CHECK (opens >= 0),
  constraint link_days_people_check CHECK (people >= 0),
  constraint link_days_robots_check CHECK (robots >= 0),
  constraint link_days_taps_check CHECK (taps >= 0)
) with (fillfactor=50);

create table link_deferrals (
  book integer not null,
  code_hash bytea not null,
  link_id text not null,
  issued_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  constraint link_deferrals_pkey PRIMARY KEY (book, code_hash),
  constraint link_deferrals_book_check CHECK (book >= 0 AND book <= 65535),
  constraint link_deferrals_check CHECK (expires_at > issued_at AND expires_at <= (issued_at + '01:00:00'::interval)),
  constraint link_deferrals_code_hash_check CHECK (length(code_hash) = 32),
  constraint link_deferrals_link_id_check CHECK (link_id ~ '^lnk_[0-9A-Za-z]{8,60}$'::text)
);
CREATE INDEX link_deferrals_by_expiry ON link_deferrals USING btree (expires_at);

create table link_flushes (
  book integer not null,
  node text not null,
  flush_no bigint not null,
  flushed_at timestamp with time zone not null,
  constraint link_flushes_pkey PRIMARY KEY (book, node),
  constraint link_flushes_book_check CHECK (book >= 0 AND book <= 65535),
  constraint link_flushes_flush_no_check CHECK (flush_no >= 1),
  constraint link_flushes_node_check CHECK (length(node) >= 1 AND length(node) <= 64)
);

create table link_host_files (
  book integer not null,
  host_id text not null,
  name text not null,
  content text not null,
  created_at timestamp with time zone not null,
  created_by text not null,
  constraint link_host_files_pkey PRIMARY KEY (book, host_id, name),
  constraint link_host_files_book_host_id_fkey FOREIGN KEY (book, host_id) REFERENCES link_hosts(book, id),
  constraint link_host_files_book_check CHECK (book >= 0 AND book <= 65535),
  constraint link_host_files_content_check CHECK (octet_length(content) >= 1 AND octet_length(content) <= 1024),
  constraint link_host_files_created_by_check CHECK (length(created_by) >= 1 AND length(created_by) <= 80),
  constraint link_host_files_name_check CHECK (name ~ '^[A-Za-z0-9][A-Za-z0-9_-]{0,79}\.(txt|html)$'::text)
);

create table link_hosts (
  book integer not null,
  id text not null,
  merchant_id text not null,
  host text not null,
  uses text[] not null,
  proof_token text not null,
  proved_at timestamp with time zone,
  seen_at timestamp with time zone,
  missed_looks integer not null default 0,
  created_at timestamp with time zone not null,
  created_by text not null,
  dropped_at timestamp with time zone,
  dropped_by text,
  due_at timestamp with time zone,
  leased_until timestamp with time zone not null,
  lease_no bigint not null default 0,
  tries_count integer not null default 0,
  constraint link_hosts_pkey PRIMARY KEY (book, id),
  constraint link_hosts_id_merchant_id_book_key UNIQUE (id, merchant_id, book),
  constraint link_hosts_book_merchant_id_fkey FOREIGN KEY (book, merchant_id) REFERENCES merchants(book, id),
  constraint link_hosts_book_check CHECK (book >= 0 AND book <= 65535),
  constraint link_hosts_check CHECK (proved_at IS NULL OR seen_at >= proved_at),
  constraint link_hosts_check1 CHECK ((dropped_at IS NULL) = (dropped_by IS NULL)),
  constraint link_hosts_check2 CHECK (dropped_at IS NULL OR proved_at IS NULL AND due_at IS NULL),
  constraint link_hosts_check3 CHECK ((proved_at IS NULL) = (due_at IS NULL)),
  constraint link_hosts_created_by_check CHECK (length(created_by) >= 1 AND length(created_by) <= 80),
  constraint link_hosts_dropped_by_check CHECK (length(dropped_by) >= 1 AND length(dropped_by) <= 80),
  constraint link_hosts_host_check CHECK (host ~ '^(\[[0-9a-f:.]+\]|[a-z0-9]([a-z0-9._-]*[a-z0-9])?)(:[1-9][0-9]{0,4})?$'::text AND length(host) <= 260),
  constraint link_hosts_missed_looks_check CHECK (missed_looks >= 0),
  constraint link_hosts_proof_token_check CHECK (proof_token ~ '^[A-Za-z0-9_-]{22,64}$'::text),
  constraint link_hosts_uses_check CHECK (cardinality(uses) >= 1 AND cardinality(uses) <= 2 AND uses <@ ARRAY['target'::text, 'serve'::text] AND uses[1] IS DISTINCT FROM uses[2])
);
CREATE INDEX link_hosts_due ON link_hosts USING btree (due_at) WHERE (due_at IS NOT NULL);
CREATE UNIQUE INDEX link_hosts_named ON link_hosts USING btree (merchant_id, host, book) WHERE (dropped_at IS NULL);
CREATE UNIQUE INDEX link_hosts_serving ON link_hosts USING btree (host, book) WHERE ((proved_at IS NOT NULL) AND ('serve'::text = ANY (uses)));

create table link_merchants (
  book integer not null,
  merchant_id text not null,
  revision bigint not null,
  constraint link_merchants_pkey PRIMARY KEY (book, merchant_id),
  constraint link_merchants_book_merchant_id_fkey FOREIGN KEY (book, merchant_id) REFERENCES merchants(book, id),
  constraint link_merchants_revision_check CHECK (revision >= 0)
);
CREATE INDEX link_merchants_changed ON link_merchants USING btree (revision);

create table link_orders (
  book integer not null,
  merchant_id text not null,
  order_no text not null,
  constraint link_orders_pkey PRIMARY KEY (book, merchant_id, order_no),
  constraint link_orders_order_no_check CHECK (length(order_no) >= 1 AND length(order_no) <= 56)
);

create table link_paid_cursors (
  book integer not null,
  cursor text,
  moved_at timestamp with time zone not null,
  constraint link_paid_cursors_pkey PRIMARY KEY (book),
  constraint link_paid_cursors_book_check CHECK (book >= 0 AND book <= 65535)
);

create table link_paid_days (
  book integer not null,
  link_id text not null,
  day date not null,
  currency text not null,
  payments bigint not null,
  paid_minor bigint not null,
  constraint link_paid_days_pkey PRIMARY KEY (book, link_id, day, currency),
  constraint link_paid_days_book_check CHECK (book >= 0 AND book <= 65535),
  constraint link_paid_days_currency_check CHECK (length(currency) = 3),
  constraint link_paid_days_link_id_check CHECK (length(link_id) >= 1 AND length(link_id) <= 64),
  constraint link_paid_days_paid_minor_check CHECK (paid_minor >= 0),
  constraint link_paid_days_payments_check CHECK (payments > 0)
);

create table link_payments (
  book integer not null,
  link_id text not null,
  nonce text not null,
  state text not null,
  place_no integer not null,
  merchant_id text not null,
  order_no text not null,
  amount_minor bigint not null,
  payer_name text,
  subject text not null,
  asked_at timestamp with time zone not null,
  due_at timestamp with time zone,
  ended_at timestamp with time zone,
  for_order_no text,
  constraint link_payments_pkey PRIMARY KEY (book, link_id, nonce),
  constraint link_payments_merchant_id_order_no_book_key UNIQUE (merchant_id, order_no, book),
  constraint link_payments_book_link_id_fkey FOREIGN KEY (book, link_id) REFERENCES link_terms(book, link_id),
  constraint link_payments_amount_minor_check CHECK (amount_minor > 0),
  constraint link_payments_check CHECK ((state = 'open'::text) = (due_at IS NOT NULL)),
  constraint link_payments_check1 CHECK ((state = 'open'::text) = (ended_at IS NULL)),
  constraint link_payments_for_order_no_check CHECK (length(for_order_no) >= 1 AND length(for_order_no) <= 56),
  constraint link_payments_nonce_check CHECK (nonce ~ '^[0-9a-f]{32}$'::text),
  constraint link_payments_order_no_check CHECK (length(order_no) >= 1 AND length(order_no) <= 64),
  constraint link_payments_payer_name_check CHECK (length(payer_name) >= 1 AND length(payer_name) <= 20),
  constraint link_payments_place_no_check CHECK (place_no >= 1),
  constraint link_payments_state_check CHECK (state = ANY (ARRAY['open'::text, 'paid'::text, 'ended'::text])),
  constraint link_payments_subject_check CHECK (length(subject) >= 1 AND length(subject) <= 120)
) with (fillfactor=70);
CREATE INDEX link_payments_due ON link_payments USING btree (due_at) WHERE (due_at IS NOT NULL);
CREATE INDEX link_payments_of_order ON link_payments USING btree (merchant_id, for_order_no) WHERE (for_order_no IS NOT NULL);
CREATE UNIQUE INDEX link_payments_orders ON link_payments USING btree (merchant_id, for_order_no, book) WHERE ((for_order_no IS NOT NULL) AND (state <> 'ended'::text));
CREATE UNIQUE INDEX link_payments_places ON link_payments USING btree (link_id, place_no, book) WHERE (state <> 'ended'::text);

create table link_previews (
  book integer not null,
  url_hash bytea not null,
  host text not null,
  outcome text not null,
  preview jsonb,
  note text,
  fetched_at timestamp with time zone not null,
  fresh_until timestamp with time zone not null,
  constraint link_previews_pkey PRIMARY KEY (book, url_hash),
  constraint link_previews_book_check CHECK (book >= 0 AND book <= 65535),
  constraint link_previews_check CHECK ((outcome = 'page'::text) = (preview IS NOT NULL)),
  constraint link_previews_check1 CHECK ((outcome = 'none'::text) = (note IS NOT NULL)),
  constraint link_previews_check2 CHECK (fresh_until > fetched_at),
  constraint link_previews_host_check CHECK (length(host) >= 1 AND length(host) <= 300),
  constraint link_previews_note_check CHECK (length(note) >= 1 AND length(note) <= 300),
  constraint link_previews_outcome_check CHECK (outcome = ANY (ARRAY['page'::text, 'none'::text])),
  constraint link_previews_url_hash_check CHECK (length(url_hash) = 32)
);
CREATE INDEX link_previews_by_age ON link_previews USING btree (fresh_until);

create table link_report_alerts (
  book integer not null,
  link_id text not null,
  day date not null,
  constraint link_report_alerts_pkey PRIMARY KEY (book, link_id, day),
  constraint link_report_alerts_book_check CHECK (book >= 0 AND book <= 65535),
  constraint link_report_alerts_link_id_check CHECK (length(link_id) >= 1 AND length(link_id) <= 64)
);

create table link_reports (
  book integer not null,
  id text not null,
  link_id text not null,
  code text not null,
  link_version integer not null,
  owner text not null,
  target_host text,
  reason text not null,
  words text,
  contact text,
  network bytea,
  lang text not null,
  state text not null,
  created_at timestamp with time zone not null,
  day date not null,
  resolved_at timestamp with time zone,
  resolved_by text,
  note text,
  near bytea,
  opened boolean,
  constraint link_reports_pkey PRIMARY KEY (book, id),
  constraint link_reports_book_check CHECK (book >= 0 AND book <= 65535),
  constraint link_reports_check CHECK ((state = 'open'::text) = (resolved_at IS NULL)),
  constraint link_reports_check1 CHECK ((state = 'open'::text) = (resolved_by IS NULL)),
  constraint link_reports_check2 CHECK (resolved_at >= created_at),
  constraint link_reports_code_check CHECK (length(code) >= 1 AND length(code) <= 64),
  constraint link_reports_lang_check CHECK (lang = ANY (ARRAY['zh-CN'::text, 'en'::text])),
  constraint link_reports_link_version_check CHECK (link_version >= 1),
  constraint link_reports_near_check CHECK (length(near) = 32),
  constraint link_reports_near_forgotten CHECK (near IS NULL OR network IS NOT NULL),
  constraint link_reports_network_check CHECK (length(network) = 32),
  constraint link_reports_note_check CHECK (length(note) >= 1 AND length(note) <= 500),
  constraint link_reports_owner_check CHECK (length(owner) >= 1 AND length(owner) <= 80),
  constraint link_reports_reason_check CHECK (reason = ANY (ARRAY['phishing'::text, 'fraud'::text, 'counterfeit'::text, 'illegal'::text, 'harassment'::text, 'broken'::text, 'other'::text])),
  constraint link_reports_resolved_by_check CHECK (length(resolved_by) >= 1 AND length(resolved_by) <= 80),
  constraint link_reports_state_check CHECK (state = ANY (ARRAY['open'::text, 'dismissed'::text, 'upheld'::text])),
  constraint link_reports_target_host_check CHECK (length(target_host) >= 1 AND length(target_host) <= 300),
  constraint link_reports_words_check CHECK (length(words) >= 1 AND length(words) <= 2000)
);
CREATE INDEX link_reports_by_link ON link_reports USING btree (link_id, created_at);
CREATE UNIQUE INDEX link_reports_once ON link_reports USING btree (link_id, network, day, book) WHERE (network IS NOT NULL);
CREATE INDEX link_reports_open ON link_reports USING btree (id) WHERE (state = 'open'::text);
CREATE INDEX link_reports_to_forget ON link_reports USING btree (created_at) WHERE ((contact IS NOT NULL) OR (network IS NOT NULL));

create table link_safety_acts (
  book integer not null,
  id text not null,
  act text not null,
  subject_kind text not null,
  subject text not null,
  acted_by text not null,
  reason text not null,
  links_count integer not null,
  acted_at timestamp with time zone not null,
  constraint link_safety_acts_pkey PRIMARY KEY (book, id),
  constraint link_safety_acts_act_check CHECK (act = ANY (ARRAY['dismissed'::text, 'upheld'::text, 'taken_down'::text, 'brake_set'::text, 'brake_lifted'::text])),
  constraint link_safety_acts_acted_by_check CHECK (length(acted_by) >= 1 AND length(acted_by) <= 80),
  constraint link_safety_acts_book_check CHECK (book >= 0 AND book <= 65535),
  constraint link_safety_acts_links_count_check CHECK (links_count >= 0),
  constraint link_safety_acts_reason_check CHECK (length(reason) >= 1 AND length(reason) <= 500),
  constraint link_safety_acts_subject_check CHECK (length(subject) >= 1 AND length(subject) <= 300),
  constraint link_safety_acts_subject_kind_check CHECK (subject_kind = ANY (ARRAY['report'::text, 'link'::text, 'host'::text, 'merchant'::text]))
);
CREATE INDEX link_safety_acts_by_subject ON link_safety_acts USING btree (subject, id);

create table link_salts (
  book integer not null,
  day date not null,
  sealed text not null,
  made_at timestamp with time zone not null,
  constraint link_salts_pkey PRIMARY KEY (book, day),
  constraint link_salts_book_check CHECK (book >= 0 AND book <= 65535)
);

create table link_shares (
  book integer not null,
  link_id text not null,
  place_no integer not null,
  name text,
  amount_minor bigint not null,
  constraint link_shares_pkey PRIMARY KEY (book, link_id, place_no),
  constraint link_shares_book_link_id_fkey FOREIGN KEY (book, link_id) REFERENCES link_terms(book, link_id),
  constraint link_shares_amount_minor_check CHECK (amount_minor > 0),
  constraint link_shares_name_check CHECK (length(name) >= 1 AND length(name) <= 20),
  constraint link_shares_place_no_check CHECK (place_no >= 1)
);

create table link_terms (
  book integer not null,
  link_id text not null,
  kind text not null,
  livemode boolean not null,
  merchant_id text,
  user_id text,
  code text not null,
  currency text not null,
  subject text not null,
  amount_minor bigint,
  min_minor bigint,
  max_minor bigint,
  total_minor bigint,
  places_max integer,
  order_no text,
  created_at timestamp with time zone not null,
  complete_at timestamp with time zone,
  constraint link_terms_pkey PRIMARY KEY (book, link_id),
  constraint link_terms_code_book_key UNIQUE (code, book),
  constraint link_terms_book_link_id_fkey FOREIGN KEY (book, link_id) REFERENCES links(book, id),
  constraint link_terms_amount_minor_check CHECK (amount_minor > 0),
  constraint link_terms_check CHECK (max_minor >= min_minor),
  constraint link_terms_check1 CHECK ((kind = 'collect'::text) = (user_id IS NOT NULL)),
  constraint link_terms_check2 CHECK ((kind = 'collect'::text) = (merchant_id IS NULL)),
  constraint link_terms_check3 CHECK ((min_minor IS NULL) = (max_minor IS NULL)),
  constraint link_terms_check4 CHECK (num_nonnulls(amount_minor, min_minor, total_minor) = 1),
  constraint link_terms_check5 CHECK (min_minor IS NULL OR kind = 'pay'::text),
  constraint link_terms_check6 CHECK (total_minor IS NULL OR kind <> 'pay'::text AND places_max IS NOT NULL),
  constraint link_terms_check7 CHECK (kind <> 'group'::text OR total_minor IS NOT NULL),
  constraint link_terms_check8 CHECK (order_no IS NULL OR kind = 'pay'::text AND amount_minor IS NOT NULL AND places_max = 1),
  constraint link_terms_check9 CHECK (complete_at IS NULL OR places_max IS NOT NULL),
  constraint link_terms_code_check CHECK (code ~ '^[A-Za-z0-9]{4,16}$'::text),
  constraint link_terms_currency_check CHECK (currency ~ '^[A-Z]{3}$'::text),
  constraint link_terms_kind_check CHECK (kind = ANY (ARRAY['pay'::text, 'group'::text, 'collect'::text])),
  constraint link_terms_min_minor_check CHECK (min_minor > 0),
  constraint link_terms_order_no_check CHECK (length(order_no) >= 1 AND length(order_no) <= 56),
  constraint link_terms_places_max_check CHECK (places_max >= 1 AND places_max <= 10000),
  constraint link_terms_subject_check CHECK (length(subject) >= 1 AND length(subject) <= 120),
  constraint link_terms_total_minor_check CHECK (total_minor > 0)
) with (fillfactor=70);
CREATE INDEX link_terms_of_user ON link_terms USING btree (user_id, link_id) WHERE (user_id IS NOT NULL);

create table link_transfers (
  book integer not null,
  link_id text not null,
  hold_id text not null,
  user_id text not null,
  state text not null,
  place_no integer not null,
  amount_minor bigint not null,
  payer_name text not null,
  asked_at timestamp with time zone not null,
  due_at timestamp with time zone,
  ended_at timestamp with time zone,
  look_at timestamp with time zone not null default '-infinity'::timestamp with time zone,
  constraint link_transfers_pkey PRIMARY KEY (book, link_id, hold_id),
  constraint link_transfers_book_link_id_fkey FOREIGN KEY (book, link_id) REFERENCES link_terms(book, link_id),
  constraint link_transfers_amount_minor_check CHECK (amount_minor > 0),
  constraint link_transfers_check CHECK ((state = 'open'::text) = (due_at IS NOT NULL)),
  constraint link_transfers_check1 CHECK ((state = 'open'::text) = (ended_at IS NULL)),
  constraint link_transfers_payer_name_check CHECK (length(payer_name) <= 60),
  constraint link_transfers_place_no_check CHECK (place_no >= 1),
  constraint link_transfers_state_check CHECK (state = ANY (ARRAY['open'::text, 'paid'::text, 'ended'::text]))
) with (fillfactor=70);
CREATE INDEX link_transfers_look ON link_transfers USING btree (look_at) WHERE (state = 'open'::text);
CREATE UNIQUE INDEX link_transfers_people ON link_transfers USING btree (link_id, user_id, book) WHERE (state <> 'ended'::text);
CREATE UNIQUE INDEX link_transfers_places ON link_transfers USING btree (link_id, place_no, book) WHERE (state <> 'ended'::text);

create table link_versions (
  book integer not null,
  link_id text not null,
  version integer not null,
  kind text not null,
  page text,
  page_host text,
  app_path text,
  title text not null,
  description text,
  image_url text,
  price_currency text,
  price_minor bigint,
  availability text,
  direct boolean not null,
  expires_at timestamp with time zone,
  state text not null,
  state_reason text,
  created_at timestamp with time zone not null,
  created_by text not null,
  constraint link_versions_pkey PRIMARY KEY (book, link_id, version),
  constraint link_versions_book_link_id_fkey FOREIGN KEY (book, link_id) REFERENCES links(book, id),
  constraint link_versions_app_path_check CHECK (length(app_path) >= 1 AND length(app_path) <= 1024 AND app_path ~ '^/($|[!-.0-~][!-~]*$)'::text),
  constraint link_versions_availability_check CHECK (availability = ANY (ARRAY['in_stock'::text, 'out_of_stock'::text, 'preorder'::text])),
  constraint link_versions_check CHECK ((kind = 'page'::text) = (page IS NOT NULL)),
  constraint link_versions_check1 CHECK ((page IS NULL) = (page_host IS NULL)),
  constraint link_versions_check2 CHECK (kind = 'page'::text OR NOT direct),
  constraint link_versions_check3 CHECK (kind = 'page'::text OR app_path IS NULL),
  constraint link_versions_check4 CHECK ((price_currency IS NULL) = (price_minor IS NULL)),
  constraint link_versions_created_by_check CHECK (length(created_by) >= 1 AND length(created_by) <= 80),
  constraint link_versions_description_check CHECK (length(description) >= 1 AND length(description) <= 300),
  constraint link_versions_image_url_check CHECK (length(image_url) >= 8 AND length(image_url) <= 2048 AND image_url ~ '^https?://[!-~]+$'::text),
  constraint link_versions_page_check CHECK (length(page) >= 8 AND length(page) <= 2048 AND page ~ '^https?://[!-~]+$'::text),
  constraint link_versions_page_host_check CHECK (length(page_host) >= 1 AND length(page_host) <= 260),
  constraint link_versions_price_currency_check CHECK (price_currency ~ '^[A-Z]{3}$'::text),
  constraint link_versions_price_minor_check CHECK (price_minor > 0),
  constraint link_versions_state_check CHECK (state = ANY (ARRAY['active'::text, 'stopped'::text, 'taken_down'::text])),
  constraint link_versions_state_reason_check CHECK (length(state_reason) >= 1 AND length(state_reason) <= 300),
  constraint link_versions_title_check CHECK (length(title) >= 1 AND length(title) <= 120),
  constraint link_versions_version_check CHECK (version >= 1)
);
CREATE INDEX link_versions_by_page_host ON link_versions USING btree (page_host) WHERE (page_host IS NOT NULL);

create table link_wechat_tickets (
  book integer not null,
  app_id text not null,
  made_for bytea not null,
  token_sealed text,
  token_good_until timestamp with time zone,
  ticket_sealed text,
  ticket_good_until timestamp with time zone,
  failure text,
  failures_count integer not null default 0,
  retry_at timestamp with time zone,
  leased_until timestamp with time zone not null,
  lease_no bigint not null default 0,
  updated_at timestamp with time zone not null,
  constraint link_wechat_tickets_pkey PRIMARY KEY (book, app_id),
  constraint link_wechat_tickets_app_id_check CHECK (length(app_id) >= 1 AND length(app_id) <= 64),
  constraint link_wechat_tickets_book_check CHECK (book >= 0 AND book <= 65535),
  constraint link_wechat_tickets_check CHECK ((token_sealed IS NULL) = (token_good_until IS NULL)),
  constraint link_wechat_tickets_check1 CHECK ((ticket_sealed IS NULL) = (ticket_good_until IS NULL)),
  constraint link_wechat_tickets_check2 CHECK ((failure IS NULL) = (retry_at IS NULL)),
  constraint link_wechat_tickets_check3 CHECK ((failure IS NULL) = (failures_count = 0)),
  constraint link_wechat_tickets_failure_check CHECK (length(failure) >= 1 AND length(failure) <= 200),
  constraint link_wechat_tickets_failures_count_check CHECK (failures_count >= 0),
  constraint link_wechat_tickets_made_for_check CHECK (length(made_for) = 32)
);

create table links (
  book integer not null,
  id text not null,
  code text not null,
  served_by text,
  kind text not null,
  merchant_id text,
  user_id text,
  livemode boolean not null,
  state text not null,
  state_reason text,
  version integer not null,
  revision bigint not null default 0,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  constraint links_pkey PRIMARY KEY (book, id),
  constraint links_code_key UNIQUE (code),
  constraint links_book_merchant_id_fkey FOREIGN KEY (book, merchant_id) REFERENCES merchants(book, id),
  constraint links_book_served_by_merchant_id_fkey FOREIGN KEY (book, served_by, merchant_id) REFERENCES link_hosts(book, id, merchant_id),
  constraint links_book_user_id_fkey FOREIGN KEY (book, user_id) REFERENCES users(book, id),
  constraint links_book_check CHECK (book >= 0 AND book <= 65535),
  constraint links_check CHECK (updated_at >= created_at),
  constraint links_check1 CHECK ((merchant_id IS NULL) <> (user_id IS NULL)),
  constraint links_check2 CHECK ((user_id IS NOT NULL) = (kind = 'collect'::text)),
  constraint links_check3 CHECK (served_by IS NULL OR merchant_id IS NOT NULL),
  constraint links_check4 CHECK (state <> 'active'::text OR state_reason IS NULL),
  constraint links_check5 CHECK (state <> 'taken_down'::text OR state_reason IS NOT NULL),
  constraint links_code_check CHECK (code ~ '^[2-9A-HJ-NP-Za-km-z]{8}$'::text),
  constraint links_kind_check CHECK (kind = ANY (ARRAY['page'::text, 'pay'::text, 'group'::text, 'collect'::text])),
  constraint links_revision_check CHECK (revision >= 0),
  constraint links_state_check CHECK (state = ANY (ARRAY['active'::text, 'stopped'::text, 'taken_down'::text])),
  constraint links_state_reason_check CHECK (length(state_reason) >= 1 AND length(state_reason) <= 300),
  constraint links_version_check CHECK (version >= 1)
);
CREATE INDEX links_by_merchant ON links USING btree (merchant_id, id) WHERE (merchant_id IS NOT NULL);
CREATE INDEX links_by_user ON links USING btree (user_id, id) WHERE (user_id IS NOT NULL);
CREATE INDEX links_changed ON links USING btree (revision) WHERE (revision > 0);

create table merchants (
  book integer not null,
  id text not null,
  name text not null,
  livemode boolean not null,
  created_at timestamp with time zone not null,
  constraint merchants_pkey PRIMARY KEY (book, id),
  constraint merchants_name_check CHECK (length(name) >= 1 AND length(name) <= 80)
);

create table migrations (
  number integer not null,
  name text not null,
  checksum text not null,
  applied_at timestamp with time zone not null default now(),
  constraint migrations_pkey PRIMARY KEY (number)
);

create table moves (
  book integer not null,
  id text not null,
  kind text not null,
  state text not null,
  user_id text not null,
  quote_id text,
  original_id text,
  currency text not null,
  amount_minor bigint not null,
  from_card_id text,
  from_bank text,
  from_institution text,
  from_last4 text,
  from_name_masked text,
  payee_id text,
  to_card_id text,
  to_user_id text,
  to_bank text,
  to_institution text,
  to_last4 text,
  to_name_masked text,
  shop_no text,
  shop_name text,
  shop_mcc text,
  note text not null,
  arrival text not null,
  arrives_at timestamp with time zone,
  failure text,
  was_refused boolean not null default false,
  on_books_minor bigint not null default 0,
  refunding_minor bigint not null default 0,
  refunded_minor bigint not null default 0,
  created_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  due_at timestamp with time zone,
  constraint moves_pkey PRIMARY KEY (book, id),
  constraint moves_book_original_id_fkey FOREIGN KEY (book, original_id) REFERENCES moves(book, id),
  constraint moves_book_quote_id_fkey FOREIGN KEY (book, quote_id) REFERENCES quotes(book, id),
  constraint moves_amount_minor_check CHECK (amount_minor >= 1 AND amount_minor <= '999999999999'::bigint),
  constraint moves_arrival_check CHECK (arrival = ANY (ARRAY['instant'::text, 'ordinary'::text, 'next_day'::text])),
  constraint moves_check CHECK (on_books_minor = 0 OR on_books_minor = amount_minor),
  constraint moves_check1 CHECK ((state = ANY (ARRAY['succeeded'::text, 'failed'::text, 'canceled'::text])) = (ended_at IS NOT NULL)),
  constraint moves_check10 CHECK (state <> 'crediting'::text OR kind = 'refund'::text OR on_books_minor > 0),
  constraint moves_check11 CHECK ((refunding_minor + refunded_minor) <= amount_minor),
  constraint moves_check12 CHECK ((refunding_minor + refunded_minor) = 0 OR kind = 'purchase'::text AND state = 'succeeded'::text),
  constraint moves_check2 CHECK (ended_at IS NULL OR due_at IS NULL),
  constraint moves_check3 CHECK ((state = 'failed'::text) = (failure IS NOT NULL)),
  constraint moves_check4 CHECK (NOT was_refused OR state = 'failed'::text AND on_books_minor = 0),
  constraint moves_check5 CHECK (was_refused OR (kind = 'refund'::text) = (from_card_id IS NULL)),
  constraint moves_check6 CHECK ((kind = ANY (ARRAY['transfer'::text, 'repayment'::text])) = (quote_id IS NOT NULL)),
  constraint moves_check7 CHECK (was_refused OR (kind = ANY (ARRAY['transfer'::text, 'repayment'::text])) OR shop_no IS NOT NULL),
  constraint moves_check8 CHECK (was_refused OR kind <> 'refund'::text OR original_id IS NOT NULL),
  constraint moves_check9 CHECK (on_books_minor = 0 OR (state = ANY (ARRAY['crediting'::text, 'reversing'::text]))),
  constraint moves_currency_check CHECK (currency = 'CNY'::text),
  constraint moves_kind_check CHECK (kind = ANY (ARRAY['transfer'::text, 'repayment'::text, 'purchase'::text, 'refund'::text])),
  constraint moves_note_check CHECK (length(note) <= 50),
  constraint moves_refunded_minor_check CHECK (refunded_minor >= 0),
  constraint moves_refunding_minor_check CHECK (refunding_minor >= 0),
  constraint moves_shop_mcc_check CHECK (shop_mcc ~ '^[0-9]{4}$'::text),
  constraint moves_state_check CHECK (state = ANY (ARRAY['scheduled'::text, 'debiting'::text, 'crediting'::text, 'reversing'::text, 'succeeded'::text, 'failed'::text, 'canceled'::text]))
) with (fillfactor=70);
CREATE INDEX moves_by_quote ON moves USING btree (quote_id) WHERE (quote_id IS NOT NULL);
CREATE INDEX moves_by_user ON moves USING btree (user_id, id);
CREATE INDEX moves_due ON moves USING btree (due_at) WHERE (due_at IS NOT NULL);
CREATE INDEX moves_from_open ON moves USING btree (from_card_id) WHERE ((ended_at IS NULL) AND (from_card_id IS NOT NULL));
CREATE INDEX moves_to_open ON moves USING btree (to_card_id) WHERE ((ended_at IS NULL) AND (to_card_id IS NOT NULL));

create table offer_books (
  book integer not null,
  revision bigint not null,
  constraint offer_books_pkey PRIMARY KEY (book),
  constraint offer_books_book_check CHECK (book >= 0 AND book <= 65535),
  constraint offer_books_revision_check CHECK (revision >= 1)
);

create table offer_moves (
  book integer not null,
  id text not null,
  offer_id text not null,
  move text not null,
  version integer not null,
  moved_by text not null,
  reason text,
  vouchers_count integer,
  moved_at timestamp with time zone not null,
  constraint offer_moves_pkey PRIMARY KEY (book, id),
  constraint offer_moves_book_offer_id_fkey FOREIGN KEY (book, offer_id) REFERENCES offers(book, id),
  constraint offer_moves_check CHECK ((move = 'vouchers_issued'::text) = (vouchers_count IS NOT NULL)),
  constraint offer_moves_move_check CHECK (move = ANY (ARRAY['published'::text, 'changed'::text, 'stopped'::text, 'resumed'::text, 'vouchers_issued'::text])),
  constraint offer_moves_moved_by_check CHECK (length(moved_by) >= 1 AND length(moved_by) <= 80),
  constraint offer_moves_reason_check CHECK (length(reason) >= 1 AND length(reason) <= 300),
  constraint offer_moves_vouchers_count_check CHECK (vouchers_count >= 1)
);
CREATE INDEX offer_moves_by_offer ON offer_moves USING btree (offer_id, id);

create table offer_versions (
  book integer not null,
  offer_id text not null,
  version integer not null,
  campaign jsonb not null,
  figures jsonb not null,
  created_at timestamp with time zone not null,
  created_by text not null,
  constraint offer_versions_pkey PRIMARY KEY (book, offer_id, version),
  constraint offer_versions_book_offer_id_fkey FOREIGN KEY (book, offer_id) REFERENCES offers(book, id),
  constraint offer_versions_created_by_check CHECK (length(created_by) >= 1 AND length(created_by) <= 80),
  constraint offer_versions_version_check CHECK (version >= 1)
);

create table offers (
  book integer not null,
  id text not null,
  merchant_id text,
  state text not null,
  version integer not null,
  created_at timestamp with time zone not null,
  created_by text not null,
  stopped_at timestamp with time zone,
  updated_at timestamp with time zone not null,
  constraint offers_pkey PRIMARY KEY (book, id),
  constraint offers_book_merchant_id_fkey FOREIGN KEY (book, merchant_id) REFERENCES merchants(book, id),
  constraint offers_book_check CHECK (book >= 0 AND book <= 65535),
  constraint offers_check CHECK ((state = 'stopped'::text) = (stopped_at IS NOT NULL)),
  constraint offers_created_by_check CHECK (length(created_by) >= 1 AND length(created_by) <= 80),
  constraint offers_state_check CHECK (state = ANY (ARRAY['published'::text, 'stopped'::text])),
  constraint offers_version_check CHECK (version >= 1)
);
CREATE INDEX offers_by_merchant ON offers USING btree (merchant_id, id);
CREATE INDEX offers_published ON offers USING btree (id) WHERE (state = 'published'::text);
CREATE INDEX offers_stopped ON offers USING btree (stopped_at) WHERE (state = 'stopped'::text);

create table payees (
  book integer not null,
  id text not null,
  user_id text not null,
  index_version integer not null,
  number_index bytea not null,
  number_sealed bytea not null,
  name_sealed bytea not null,
  bank text not null,
  institution text not null,
  card_kind text not null,
  last4 text not null,
  name_masked text not null,
  created_at timestamp with time zone not null,
  last_paid_at timestamp with time zone,
  constraint payees_pkey PRIMARY KEY (book, id),
  constraint payees_card_kind_check CHECK (card_kind = ANY (ARRAY['debit'::text, 'credit'::text, 'semi_credit'::text, 'prepaid'::text])),
  constraint payees_last4_check CHECK (last4 ~ '^[0-9]{4}$'::text),
  constraint payees_name_masked_check CHECK (length(name_masked) <= 100),
  constraint payees_number_index_check CHECK (octet_length(number_index) >= 16 AND octet_length(number_index) <= 64)
);
CREATE INDEX payees_by_last_paid ON payees USING btree (user_id, last_paid_at) WHERE (last_paid_at IS NOT NULL);
CREATE INDEX payees_by_number ON payees USING btree (user_id, number_index);
CREATE INDEX payees_never_paid ON payees USING btree (created_at) WHERE (last_paid_at IS NULL);

create table payer_codes (
  book integer not null,
  digest bytea not null,
  user_id text not null,
  card_id text not null,
  device_is_new boolean not null,
  asks_always boolean not null,
  order_id text,
  used_at timestamp with time zone,
  expires_at timestamp with time zone not null,
  created_at timestamp with time zone not null,
  constraint payer_codes_pkey PRIMARY KEY (book, digest),
  constraint payer_codes_check CHECK ((order_id IS NULL) = (used_at IS NULL)),
  constraint payer_codes_digest_check CHECK (length(digest) = 32)
);
CREATE INDEX payer_codes_old ON payer_codes USING btree (expires_at);
CREATE INDEX payer_codes_used ON payer_codes USING btree (user_id, used_at) WHERE (used_at IS NOT NULL);

create table payer_ended_days (
  book integer not null,
  day date not null,
  constraint payer_ended_days_pkey PRIMARY KEY (book, day)
);

create table payer_grants (
  book integer not null,
  digest bytea not null,
  merchant_no text not null,
  user_id text not null,
  expires_at timestamp with time zone not null,
  constraint payer_grants_pkey PRIMARY KEY (book, digest),
  constraint payer_grants_digest_check CHECK (length(digest) = 32)
);

create table payer_moves (
  book integer not null,
  id text not null,
  order_id text not null,
  kind text not null,
  refund_id text,
  user_id text not null,
  card_id text not null,
  device_is_new boolean not null,
  level text,
  amount_minor bigint not null,
  original_id text,
  state text not null,
  failure text,
  created_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  due_at timestamp with time zone,
  leased_until timestamp with time zone not null,
  lease_no bigint not null default 0,
  tries_count integer not null default 0,
  constraint payer_moves_pkey PRIMARY KEY (book, id),
  constraint payer_moves_book_order_id_fkey FOREIGN KEY (book, order_id) REFERENCES payer_orders(book, id),
  constraint payer_moves_amount_minor_check CHECK (amount_minor > 0),
  constraint payer_moves_check CHECK ((kind = 'refund'::text) = (refund_id IS NOT NULL)),
  constraint payer_moves_check1 CHECK ((kind = 'pay'::text) = (original_id IS NULL)),
  constraint payer_moves_check2 CHECK ((kind = 'pay'::text) = (level IS NOT NULL)),
  constraint payer_moves_check3 CHECK ((state = 'asked'::text) = (ended_at IS NULL)),
  constraint payer_moves_check4 CHECK ((state = 'asked'::text) = (due_at IS NOT NULL)),
  constraint payer_moves_check5 CHECK ((state = 'failed'::text) = (failure IS NOT NULL)),
  constraint payer_moves_kind_check CHECK (kind = ANY (ARRAY['pay'::text, 'undo'::text, 'refund'::text])),
  constraint payer_moves_level_check CHECK (level = ANY (ARRAY['device'::text, 'pin'::text, 'strong'::text])),
  constraint payer_moves_state_check CHECK (state = ANY (ARRAY['asked'::text, 'succeeded'::text, 'failed'::text]))
) with (fillfactor=70);
CREATE INDEX payer_moves_due ON payer_moves USING btree (due_at) WHERE (due_at IS NOT NULL);
CREATE UNIQUE INDEX payer_moves_once ON payer_moves USING btree (order_id, kind, book) WHERE ((kind <> 'refund'::text) AND (state <> 'failed'::text));

create table payer_nonces (
  book integer not null,
  merchant_no text not null,
  nonce text not null,
  expires_at timestamp with time zone not null,
  constraint payer_nonces_pkey PRIMARY KEY (book, merchant_no, nonce),
  constraint payer_nonces_nonce_check CHECK (length(nonce) >= 16 AND length(nonce) <= 64)
);
CREATE INDEX payer_nonces_old ON payer_nonces USING btree (expires_at);

create table payer_notices (
  book integer not null,
  id text not null,
  kind text not null,
  subject_id text not null,
  merchant_no text not null,
  url text not null,
  state text not null,
  last_answer text,
  created_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  due_at timestamp with time zone,
  leased_until timestamp with time zone not null,
  lease_no bigint not null default 0,
  tries_count integer not null default 0,
  constraint payer_notices_pkey PRIMARY KEY (book, id),
  constraint payer_notices_subject_id_kind_book_key UNIQUE (subject_id, kind, book),
  constraint payer_notices_check CHECK ((state = 'pending'::text) = (due_at IS NOT NULL)),
  constraint payer_notices_check1 CHECK ((state = 'pending'::text) = (ended_at IS NULL)),
  constraint payer_notices_kind_check CHECK (kind = ANY (ARRAY['order'::text, 'refund'::text])),
  constraint payer_notices_last_answer_check CHECK (length(last_answer) <= 100),
  constraint payer_notices_state_check CHECK (state = ANY (ARRAY['pending'::text, 'taken'::text, 'given_up'::text]))
) with (fillfactor=70);
CREATE INDEX payer_notices_due ON payer_notices USING btree (due_at) WHERE (due_at IS NOT NULL);

create table payer_orders (
  book integer not null,
  id text not null,
  merchant_no text not null,
  order_no text not null,
  token text not null,
  fingerprint bytea,
  scene text,
  amount_minor bigint not null,
  subject text,
  notify_url text,
  return_url text,
  only_user_id text,
  state text not null,
  reason text,
  ending text,
  paying_move_id text,
  paying_key text,
  failure text,
  paid_move_id text,
  paid_user_id text,
  paid_card_id text,
  paid_at timestamp with time zone,
  undo_move_id text,
  undone_at timestamp with time zone,
  refunding_minor bigint not null default 0,
  refunded_minor bigint not null default 0,
  expires_at timestamp with time zone not null,
  created_at timestamp with time zone not null,
  due_at timestamp with time zone,
  constraint payer_orders_pkey PRIMARY KEY (book, id),
  constraint payer_orders_merchant_no_order_no_book_key UNIQUE (merchant_no, order_no, book),
  constraint payer_orders_token_book_key UNIQUE (token, book),
  constraint payer_orders_book_merchant_no_fkey FOREIGN KEY (book, merchant_no) REFERENCES payer_shops(book, merchant_no),
  constraint payer_orders_amount_minor_check CHECK (amount_minor >= 1 AND amount_minor <= '999999999999'::bigint),
  constraint payer_orders_check CHECK ((fingerprint IS NULL) = (scene IS NULL)),
  constraint payer_orders_check1 CHECK (fingerprint IS NOT NULL OR state = 'closed'::text),
  constraint payer_orders_check10 CHECK (due_at IS NULL OR state = 'open'::text),
  constraint payer_orders_check2 CHECK ((state = 'closed'::text) = (reason IS NOT NULL)),
  constraint payer_orders_check3 CHECK ((state = ANY (ARRAY['paid'::text, 'undone'::text])) = (paid_move_id IS NOT NULL)),
  constraint payer_orders_check4 CHECK ((state = ANY (ARRAY['paid'::text, 'undone'::text])) = (paid_at IS NOT NULL)),
  constraint payer_orders_check5 CHECK ((state = 'undone'::text) = (undone_at IS NOT NULL)),
  constraint payer_orders_check6 CHECK (paying_move_id IS NULL OR state = 'open'::text),
  constraint payer_orders_check7 CHECK (ending IS NULL OR (state = ANY (ARRAY['open'::text, 'paid'::text]))),
  constraint payer_orders_check8 CHECK ((state = ANY (ARRAY['paid'::text, 'undone'::text])) OR (refunding_minor + refunded_minor) = 0),
  constraint payer_orders_check9 CHECK ((refunding_minor + refunded_minor) <= amount_minor),
  constraint payer_orders_ending_check CHECK (ending = ANY (ARRAY['closed'::text, 'undone'::text])),
  constraint payer_orders_fingerprint_check CHECK (length(fingerprint) = 32),
  constraint payer_orders_notify_url_check CHECK (length(notify_url) <= 512),
  constraint payer_orders_order_no_check CHECK (order_no ~ '^[0-9A-Za-z]{8,32}$'::text),
  constraint payer_orders_refunded_minor_check CHECK (refunded_minor >= 0),
  constraint payer_orders_refunding_minor_check CHECK (refunding_minor >= 0),
  constraint payer_orders_return_url_check CHECK (length(return_url) <= 512),
  constraint payer_orders_scene_check CHECK (scene = ANY (ARRAY['web'::text, 'wap'::text, 'app'::text, 'qr'::text, 'jsapi'::text, 'code'::text])),
  constraint payer_orders_state_check CHECK (state = ANY (ARRAY['open'::text, 'paid'::text, 'closed'::text, 'undone'::text])),
  constraint payer_orders_subject_check CHECK (length(subject) >= 1 AND length(subject) <= 240)
) with (fillfactor=70);
CREATE INDEX payer_orders_due ON payer_orders USING btree (due_at) WHERE (due_at IS NOT NULL);
CREATE INDEX payer_orders_paid ON payer_orders USING btree (merchant_no, paid_at, id) WHERE (paid_at IS NOT NULL);
CREATE INDEX payer_orders_undone ON payer_orders USING btree (merchant_no, undone_at, id) WHERE (undone_at IS NOT NULL);

create table payer_people (
  book integer not null,
  merchant_no text not null,
  user_id text not null,
  payer_id text not null,
  created_at timestamp with time zone not null,
  constraint payer_people_pkey PRIMARY KEY (book, merchant_no, user_id),
  constraint payer_people_payer_id_merchant_no_book_key UNIQUE (payer_id, merchant_no, book),
  constraint payer_people_book_merchant_no_fkey FOREIGN KEY (book, merchant_no) REFERENCES payer_shops(book, merchant_no)
);

create table payer_refunds (
  book integer not null,
  id text not null,
  merchant_no text not null,
  refund_no text not null,
  order_no text not null,
  order_id text,
  fingerprint bytea not null,
  method text not null,
  amount_minor bigint not null,
  notify_url text not null,
  state text not null,
  reason text,
  move_id text,
  created_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  constraint payer_refunds_pkey PRIMARY KEY (book, id),
  constraint payer_refunds_merchant_no_refund_no_book_key UNIQUE (merchant_no, refund_no, book),
  constraint payer_refunds_book_order_id_fkey FOREIGN KEY (book, order_id) REFERENCES payer_orders(book, id),
  constraint payer_refunds_amount_minor_check CHECK (amount_minor >= 1 AND amount_minor <= '999999999999'::bigint),
  constraint payer_refunds_check CHECK ((state = 'failed'::text) = (reason IS NOT NULL)),
  constraint payer_refunds_check1 CHECK ((state = 'accepted'::text) = (ended_at IS NULL)),
  constraint payer_refunds_check2 CHECK (state = 'failed'::text OR move_id IS NOT NULL AND order_id IS NOT NULL),
  constraint payer_refunds_fingerprint_check CHECK (length(fingerprint) = 32),
  constraint payer_refunds_method_check CHECK (method = ANY (ARRAY['refund'::text, 'void'::text])),
  constraint payer_refunds_notify_url_check CHECK (length(notify_url) <= 512),
  constraint payer_refunds_refund_no_check CHECK (refund_no ~ '^[0-9A-Za-z]{8,32}$'::text),
  constraint payer_refunds_state_check CHECK (state = ANY (ARRAY['accepted'::text, 'succeeded'::text, 'failed'::text]))
) with (fillfactor=70);
CREATE INDEX payer_refunds_done ON payer_refunds USING btree (merchant_no, ended_at, id) WHERE (state = 'succeeded'::text);

create table payer_shop_keys (
  book integer not null,
  merchant_no text not null,
  key_id text not null,
  public_key bytea not null,
  created_at timestamp with time zone not null,
  revoked_at timestamp with time zone,
  constraint payer_shop_keys_pkey PRIMARY KEY (book, merchant_no, key_id),
  constraint payer_shop_keys_book_merchant_no_fkey FOREIGN KEY (book, merchant_no) REFERENCES payer_shops(book, merchant_no),
  constraint payer_shop_keys_key_id_check CHECK (key_id ~ '^[A-Za-z0-9_.-]{1,32}$'::text),
  constraint payer_shop_keys_public_key_check CHECK (length(public_key) = 32)
);

create table payer_shops (
  book integer not null,
  merchant_no text not null,
  name text not null,
  mcc text not null,
  state text not null,
  fee_milli integer not null,
  origins text[] not null,
  created_at timestamp with time zone not null,
  constraint payer_shops_pkey PRIMARY KEY (book, merchant_no),
  constraint payer_shops_fee_milli_check CHECK (fee_milli >= 0 AND fee_milli <= 100),
  constraint payer_shops_mcc_check CHECK (mcc ~ '^[0-9]{4}$'::text),
  constraint payer_shops_merchant_no_check CHECK (merchant_no ~ '^[0-9A-Z]{15}$'::text),
  constraint payer_shops_name_check CHECK (length(name) >= 1 AND length(name) <= 80),
  constraint payer_shops_state_check CHECK (state = ANY (ARRAY['active'::text, 'stopped'::text]))
);

create table payer_statements (
  book integer not null,
  merchant_no text not null,
  day date not null,
  file bytea not null,
  created_at timestamp with time zone not null,
  constraint payer_statements_pkey PRIMARY KEY (book, merchant_no, day)
);

create table payer_wallet_keys (
  book integer not null,
  no integer not null,
  private_key_sealed text not null,
  public_key bytea not null,
  signs_from timestamp with time zone not null,
  created_at timestamp with time zone not null,
  constraint payer_wallet_keys_pkey PRIMARY KEY (book, no),
  constraint payer_wallet_keys_no_check CHECK (no > 0),
  constraint payer_wallet_keys_public_key_check CHECK (length(public_key) = 32)
);

create table payments (
  book integer not null,
  id text not null,
  merchant_id text not null,
  order_no text not null,
  currency text not null,
  amount_minor bigint not null,
  subject text not null,
  return_url text not null,
  metadata jsonb not null,
  livemode boolean not null,
  state text not null,
  cancellation_reason text,
  cancel_requested_at timestamp with time zone,
  succeeded_attempt_id text,
  paid_at timestamp with time zone,
  expires_at timestamp with time zone not null,
  created_at timestamp with time zone not null,
  version integer not null default 1,
  due_at timestamp with time zone,
  fence bigint not null default 0,
  buyer jsonb,
  buyer_key text,
  items jsonb,
  vouchers jsonb,
  decision jsonb,
  observed text[],
  complaint_reason text,
  complained_at timestamp with time zone,
  link_code text,
  link_paid_xid xid8,
  constraint payments_pkey PRIMARY KEY (book, id),
  constraint payments_merchant_id_order_no_book_key UNIQUE (merchant_id, order_no, book),
  constraint payments_book_merchant_id_fkey FOREIGN KEY (book, merchant_id) REFERENCES merchants(book, id),
  constraint payments_amount_minor_check CHECK (amount_minor > 0),
  constraint payments_buyer_key_check CHECK (length(buyer_key) >= 1 AND length(buyer_key) <= 128),
  constraint payments_cancellation_reason_check CHECK (cancellation_reason = ANY (ARRAY['requested_by_merchant'::text, 'expired'::text])),
  constraint payments_check CHECK ((state = 'canceled'::text) = (cancellation_reason IS NOT NULL)),
  constraint payments_check1 CHECK ((state = 'succeeded'::text) = (succeeded_attempt_id IS NOT NULL)),
  constraint payments_check2 CHECK ((state = 'succeeded'::text) = (paid_at IS NOT NULL)),
  constraint payments_check3 CHECK ((state <> ALL (ARRAY['succeeded'::text, 'canceled'::text])) OR due_at IS NULL),
  constraint payments_complaint CHECK ((complaint_reason IS NULL) = (complained_at IS NULL)),
  constraint payments_complaint_reason_check CHECK (length(complaint_reason) >= 1 AND length(complaint_reason) <= 200),
  constraint payments_currency_check CHECK (currency ~ '^[A-Z]{3}$'::text),
  constraint payments_link_code_check CHECK (link_code ~ '^[A-Za-z0-9]{4,16}$'::text),
  constraint payments_link_paid CHECK (link_paid_xid IS NULL OR link_code IS NOT NULL AND state = 'succeeded'::text),
  constraint payments_observed_check CHECK (cardinality(observed) >= 1 AND cardinality(observed) <= 16),
  constraint payments_order_no_check CHECK (length(order_no) >= 1 AND length(order_no) <= 64),
  constraint payments_state_check CHECK (state = ANY (ARRAY['requires_payment_method'::text, 'requires_action'::text, 'processing'::text, 'succeeded'::text, 'canceled'::text])),
  constraint payments_subject_check CHECK (length(subject) >= 1 AND length(subject) <= 120)
) with (fillfactor=70);
CREATE INDEX payments_by_buyer ON payments USING btree (merchant_id, buyer_key) WHERE ((buyer_key IS NOT NULL) AND (state = 'succeeded'::text));
CREATE INDEX payments_by_link ON payments USING btree (link_paid_xid, id) WHERE (link_paid_xid IS NOT NULL);
CREATE INDEX payments_by_merchant ON payments USING btree (merchant_id, id);
CREATE INDEX payments_due ON payments USING btree (due_at) WHERE (due_at IS NOT NULL);

create table phone_look_ups (
  book integer not null,
  user_id text not null,
  day date not null,
  looks_count integer not null,
  constraint phone_look_ups_pkey PRIMARY KEY (book, user_id, day),
  constraint phone_look_ups_looks_count_check CHECK (looks_count >= 1 AND looks_count <= 1000)
);

create table qr_codes (
  book integer not null,
  id text not null,
  merchant_id text not null,
  label text not null,
  currency text not null,
  amount_minor bigint,
  return_url text,
  enabled boolean not null,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  constraint qr_codes_pkey PRIMARY KEY (book, id),
  constraint qr_codes_book_merchant_id_fkey FOREIGN KEY (book, merchant_id) REFERENCES merchants(book, id),
  constraint qr_codes_amount_minor_check CHECK (amount_minor > 0),
  constraint qr_codes_currency_check CHECK (currency ~ '^[A-Z]{3}$'::text),
  constraint qr_codes_label_check CHECK (length(label) >= 1 AND length(label) <= 80)
);
CREATE INDEX qr_codes_by_merchant ON qr_codes USING btree (merchant_id, id);

create table quotes (
  book integer not null,
  id text not null,
  user_id text not null,
  kind text not null,
  amount_minor bigint not null,
  arrival text not null,
  arrives_at timestamp with time zone not null,
  payee_kind text not null,
  payee_id text,
  to_user_id text,
  to_card_id text,
  to_target_id text,
  to_class integer,
  to_bank text not null,
  to_institution text,
  to_last4 text not null,
  to_name_masked text not null,
  shown_to jsonb not null,
  parts jsonb not null,
  note text not null,
  explanation jsonb not null,
  level text not null,
  advice text,
  created_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  confirmed_at timestamp with time zone,
  confirmed_key text,
  bound_key text,
  constraint quotes_pkey PRIMARY KEY (book, id),
  constraint quotes_user_id_confirmed_key_book_key UNIQUE (user_id, confirmed_key, book),
  constraint quotes_book_payee_id_fkey FOREIGN KEY (book, payee_id) REFERENCES payees(book, id),
  constraint quotes_advice_check CHECK (advice = 'choose_later_arrival'::text),
  constraint quotes_amount_minor_check CHECK (amount_minor > 0),
  constraint quotes_arrival_check CHECK (arrival = ANY (ARRAY['instant'::text, 'ordinary'::text, 'next_day'::text])),
  constraint quotes_bound_key_check CHECK (length(bound_key) >= 1 AND length(bound_key) <= 255),
  constraint quotes_check CHECK ((payee_kind = 'card'::text) = (payee_id IS NOT NULL)),
  constraint quotes_check1 CHECK (payee_kind <> 'own_card'::text OR to_card_id IS NOT NULL),
  constraint quotes_check2 CHECK (kind <> 'repayment'::text OR to_target_id IS NOT NULL),
  constraint quotes_check3 CHECK ((confirmed_at IS NULL) = (confirmed_key IS NULL)),
  constraint quotes_check4 CHECK (confirmed_at < expires_at),
  constraint quotes_confirmed_key_check CHECK (length(confirmed_key) >= 1 AND length(confirmed_key) <= 255),
  constraint quotes_kind_check CHECK (kind = ANY (ARRAY['transfer'::text, 'repayment'::text])),
  constraint quotes_level_check CHECK (level = ANY (ARRAY['device'::text, 'pin'::text, 'strong'::text])),
  constraint quotes_note_check CHECK (length(note) <= 50),
  constraint quotes_parts_check CHECK (jsonb_array_length(parts) >= 1 AND jsonb_array_length(parts) <= 20),
  constraint quotes_payee_kind_check CHECK (payee_kind = ANY (ARRAY['card'::text, 'own_card'::text, 'phone'::text])),
  constraint quotes_to_class_check CHECK (to_class >= 1 AND to_class <= 3)
) with (fillfactor=70);
CREATE INDEX quotes_of_payee ON quotes USING btree (payee_id) WHERE (payee_id IS NOT NULL);
CREATE INDEX quotes_unconfirmed ON quotes USING btree (expires_at) WHERE (confirmed_at IS NULL);

create table rail_keys (
  rail text not null,
  sealed text not null,
  updated_at timestamp with time zone not null,
  constraint rail_keys_pkey PRIMARY KEY (rail)
);

create table rail_routes (
  bank text not null,
  institution text,
  updated_at timestamp with time zone not null,
  constraint rail_routes_pkey PRIMARY KEY (bank),
  constraint rail_routes_bank_check CHECK (bank ~ '^[A-Z0-9]{2,12}$'::text),
  constraint rail_routes_institution_check CHECK (institution ~ '^[0-9]{8,11}$'::text)
);

create table rail_stamp_blocks (
  block_no integer not null,
  free_at timestamp with time zone not null,
  constraint rail_stamp_blocks_pkey PRIMARY KEY (block_no),
  constraint rail_stamp_blocks_block_no_check CHECK (block_no >= 0 AND block_no <= 998),
  constraint rail_stamp_blocks_free_at_check CHECK (free_at = date_trunc('second'::text, free_at))
);

create table refunds (
  book integer not null,
  id text not null,
  payment_id text not null,
  attempt_id text not null,
  merchant_id text not null,
  refund_no text not null,
  wallet text not null,
  wallet_account_id text not null,
  currency text not null,
  amount_minor bigint not null,
  method text not null,
  automatic boolean not null,
  reason text not null,
  order_no text not null,
  ordered_at timestamp with time zone not null,
  outcome text not null,
  failure_reason text,
  failure_code text,
  failure_message text,
  unknown_reason text,
  wallet_refund_id text,
  sent_at timestamp with time zone,
  asks_count integer not null default 0,
  created_at timestamp with time zone not null,
  finished_at timestamp with time zone,
  due_at timestamp with time zone,
  fence bigint not null default 0,
  discount_minor bigint not null default 0,
  shares jsonb,
  items jsonb,
  reported jsonb,
  constraint refunds_pkey PRIMARY KEY (book, id),
  constraint refunds_merchant_id_refund_no_book_key UNIQUE (merchant_id, refund_no, book),
  constraint refunds_book_attempt_id_fkey FOREIGN KEY (book, attempt_id) REFERENCES attempts(book, id),
  constraint refunds_book_payment_id_fkey FOREIGN KEY (book, payment_id) REFERENCES payments(book, id),
  constraint refunds_amounts CHECK (amount_minor >= 0 AND (amount_minor + discount_minor) > 0),
  constraint refunds_check CHECK (order_no = substr(id, 4)),
  constraint refunds_check1 CHECK ((outcome = 'failed'::text) = (failure_reason IS NOT NULL)),
  constraint refunds_discount_minor_check CHECK (discount_minor >= 0),
  constraint refunds_method_check CHECK (method = ANY (ARRAY['refund'::text, 'void'::text])),
  constraint refunds_outcome_check CHECK (outcome = ANY (ARRAY['pending'::text, 'succeeded'::text, 'failed'::text, 'unknown'::text])),
  constraint refunds_reason_check CHECK (length(reason) <= 200),
  constraint refunds_refund_no_check CHECK (length(refund_no) >= 1 AND length(refund_no) <= 64)
) with (fillfactor=70);
CREATE INDEX refunds_by_account ON refunds USING btree (wallet_account_id, id);
CREATE INDEX refunds_by_merchant ON refunds USING btree (merchant_id, id);
CREATE INDEX refunds_by_payment ON refunds USING btree (payment_id, id);
CREATE INDEX refunds_due ON refunds USING btree (due_at) WHERE (due_at IS NOT NULL);

create table rollout_books (
  book integer not null,
  revision bigint not null,
  constraint rollout_books_pkey PRIMARY KEY (book),
  constraint rollout_books_book_check CHECK (book >= 0 AND book <= 65535),
  constraint rollout_books_revision_check CHECK (revision >= 1)
);

create table rollout_compared (
  book integer not null,
  rollout_id text not null,
  version integer not null,
  step integer not null,
  entered integer not null,
  arm text not null,
  metric text not null,
  count bigint not null,
  constraint rollout_compared_pkey PRIMARY KEY (book, rollout_id, version, step, entered, arm, metric),
  constraint rollout_compared_book_rollout_id_version_fkey FOREIGN KEY (book, rollout_id, version) REFERENCES rollout_versions(book, rollout_id, version),
  constraint rollout_compared_arm_check CHECK (arm = ANY (ARRAY['treatment'::text, 'control'::text])),
  constraint rollout_compared_check CHECK (entered >= 0 AND entered <= step),
  constraint rollout_compared_count_check CHECK (count > 0),
  constraint rollout_compared_metric_check CHECK (metric = ANY (ARRAY['begun'::text, 'first_failed'::text, 'slow'::text, 'unknown'::text, 'duplicate'::text, 'refunded'::text, 'complained'::text])),
  constraint rollout_compared_step_check CHECK (step >= 0)
) with (fillfactor=50);

create table rollout_counts (
  book integer not null,
  rollout_id text not null,
  version integer not null,
  step integer not null,
  arm text not null,
  metric text not null,
  day date not null,
  count bigint not null,
  constraint rollout_counts_pkey PRIMARY KEY (book, rollout_id, version, step, arm, metric, day),
  constraint rollout_counts_book_rollout_id_version_fkey FOREIGN KEY (book, rollout_id, version) REFERENCES rollout_versions(book, rollout_id, version),
  constraint rollout_counts_arm_check CHECK (arm = ANY (ARRAY['treatment'::text, 'control'::text])),
  constraint rollout_counts_count_check CHECK (count > 0),
  constraint rollout_counts_metric_check CHECK (metric = ANY (ARRAY['decided'::text, 'begun'::text, 'first_succeeded'::text, 'first_failed'::text, 'slow'::text, 'unknown'::text, 'duplicate'::text, 'refunded'::text, 'complained'::text, 'wallet_succeeded'::text, 'wallet_failed'::text])),
  constraint rollout_counts_step_check CHECK (step >= 0)
) with (fillfactor=50);

create table rollout_ends (
  book integer not null,
  rollout_id text not null,
  since integer not null,
  ended_at timestamp with time zone not null,
  closed_at timestamp with time zone,
  due_at timestamp with time zone,
  leased_until timestamp with time zone not null,
  lease_no bigint not null default 0,
  tries_count integer not null default 0,
  constraint rollout_ends_pkey PRIMARY KEY (book, rollout_id, since),
  constraint rollout_ends_book_rollout_id_since_fkey FOREIGN KEY (book, rollout_id, since) REFERENCES rollout_versions(book, rollout_id, version),
  constraint rollout_ends_book_check CHECK (book >= 0 AND book <= 65535),
  constraint rollout_ends_check CHECK (closed_at IS NOT NULL OR due_at IS NOT NULL),
  constraint rollout_ends_check1 CHECK (closed_at >= ended_at),
  constraint rollout_ends_since_check CHECK (since >= 1)
);
CREATE INDEX rollout_ends_due ON rollout_ends USING btree (due_at) WHERE (due_at IS NOT NULL);

create table rollout_firsts (
  book integer not null,
  rollout_id text not null,
  since integer not null,
  buyer uuid not null,
  payment_id text not null,
  constraint rollout_firsts_pkey PRIMARY KEY (book, rollout_id, since, buyer),
  constraint rollout_firsts_book_check CHECK (book >= 0 AND book <= 65535),
  constraint rollout_firsts_payment_id_check CHECK (length(payment_id) >= 1 AND length(payment_id) <= 64),
  constraint rollout_firsts_since_check CHECK (since >= 1)
);

create table rollout_moves (
  book integer not null,
  id text not null,
  rollout_id text not null,
  action text not null,
  moved_by text not null,
  reason text not null,
  from_state text not null,
  to_state text not null,
  from_step integer not null,
  to_step integer not null,
  version integer not null,
  share_ppm integer not null,
  figures jsonb,
  moved_at timestamp with time zone not null,
  constraint rollout_moves_pkey PRIMARY KEY (book, id),
  constraint rollout_moves_book_rollout_id_version_fkey FOREIGN KEY (book, rollout_id, version) REFERENCES rollout_versions(book, rollout_id, version),
  constraint rollout_moves_action_check CHECK (length(action) >= 1 AND length(action) <= 20),
  constraint rollout_moves_moved_by_check CHECK (length(moved_by) >= 1 AND length(moved_by) <= 80),
  constraint rollout_moves_reason_check CHECK (length(reason) >= 1 AND length(reason) <= 500),
  constraint rollout_moves_share_ppm_check CHECK (share_ppm >= 0 AND share_ppm <= 1000000)
);
CREATE INDEX rollout_moves_by_rollout ON rollout_moves USING btree (rollout_id, id);

create table rollout_recent (
  book integer not null,
  rollout_id text not null,
  version integer not null,
  outcomes text not null,
  constraint rollout_recent_pkey PRIMARY KEY (book, rollout_id, version),
  constraint rollout_recent_book_rollout_id_version_fkey FOREIGN KEY (book, rollout_id, version) REFERENCES rollout_versions(book, rollout_id, version),
  constraint rollout_recent_outcomes_check CHECK (outcomes ~ '^[01]{1,64}$'::text)
) with (fillfactor=50);

create table rollout_versions (
  book integer not null,
  rollout_id text not null,
  version integer not null,
  plan jsonb not null,
  created_at timestamp with time zone not null,
  created_by text not null,
  constraint rollout_versions_pkey PRIMARY KEY (book, rollout_id, version),
  constraint rollout_versions_book_rollout_id_fkey FOREIGN KEY (book, rollout_id) REFERENCES rollouts(book, id),
  constraint rollout_versions_created_by_check CHECK (length(created_by) >= 1 AND length(created_by) <= 80),
  constraint rollout_versions_version_check CHECK (version >= 1)
);

create table rollouts (
  book integer not null,
  id text not null,
  merchant_id text,
  key text not null,
  wallet text,
  state text not null,
  version integer not null,
  step integer not null,
  step_since timestamp with time zone,
  judged_from integer not null,
  money_figures bigint[] not null,
  payments_figures bigint[] not null,
  created_at timestamp with time zone not null,
  started_at timestamp with time zone,
  completed_at timestamp with time zone,
  due_at timestamp with time zone,
  leased_until timestamp with time zone not null,
  lease_no bigint not null default 0,
  tries_count integer not null default 0,
  dealt_as text,
  constraint rollouts_pkey PRIMARY KEY (book, id),
  constraint rollouts_book_merchant_id_fkey FOREIGN KEY (book, merchant_id) REFERENCES merchants(book, id),
  constraint rollouts_book_check CHECK (book >= 0 AND book <= 65535),
  constraint rollouts_check CHECK (judged_from >= 1 AND judged_from <= version),
  constraint rollouts_check1 CHECK (state = 'draft'::text OR state = 'retired'::text OR step_since IS NOT NULL AND started_at IS NOT NULL),
  constraint rollouts_check2 CHECK (state <> 'completed'::text OR completed_at IS NOT NULL),
  constraint rollouts_dealt_as_check CHECK (length(dealt_as) >= 1 AND length(dealt_as) <= 128),
  constraint rollouts_key_check CHECK (length(key) >= 1 AND length(key) <= 64),
  constraint rollouts_state_check CHECK (state = ANY (ARRAY['draft'::text, 'running'::text, 'waiting'::text, 'frozen'::text, 'paused'::text, 'halted'::text, 'rolled_back'::text, 'completed'::text, 'retired'::text])),
  constraint rollouts_step_check CHECK (step >= 0),
  constraint rollouts_version_check CHECK (version >= 1)
);
CREATE INDEX rollouts_by_merchant ON rollouts USING btree (merchant_id, id);
CREATE INDEX rollouts_due ON rollouts USING btree (due_at) WHERE (due_at IS NOT NULL);
CREATE UNIQUE INDEX rollouts_in_effect ON rollouts USING btree (COALESCE(wallet, key), COALESCE(merchant_id, ''::text), ((wallet IS NULL)), book) WHERE (state <> ALL (ARRAY['draft'::text, 'retired'::text]));

create table statement_breaks (
  book integer not null,
  id text not null,
  statement_id text not null,
  merchant_id text not null,
  wallet_account_id text not null,
  kind text not null,
  record text not null,
  order_no text not null,
  cause text not null,
  ours jsonb,
  theirs jsonb,
  state text not null,
  resolution text,
  evidence jsonb,
  note text,
  resolved_by text,
  created_at timestamp with time zone not null,
  resolved_at timestamp with time zone,
  due_at timestamp with time zone,
  leased_until timestamp with time zone not null,
  lease_no bigint not null default 0,
  tries_count integer not null default 0,
  constraint statement_breaks_pkey PRIMARY KEY (book, id),
  constraint statement_breaks_statement_id_record_order_no_kind_book_key UNIQUE (statement_id, record, order_no, kind, book),
  constraint statement_breaks_book_statement_id_fkey FOREIGN KEY (book, statement_id) REFERENCES statements(book, id),
  constraint statement_breaks_check CHECK ((state = 'resolved'::text) = (resolution IS NOT NULL)),
  constraint statement_breaks_check1 CHECK ((state = 'resolved'::text) = (resolved_at IS NOT NULL)),
  constraint statement_breaks_check2 CHECK (state = 'open'::text OR due_at IS NULL),
  constraint statement_breaks_kind_check CHECK (kind = ANY (ARRAY['ours_only'::text, 'theirs_only'::text, 'amount_differs'::text, 'fee_differs'::text, 'status_differs'::text, 'ledger_differs'::text])),
  constraint statement_breaks_note_check CHECK (length(note) >= 1 AND length(note) <= 500),
  constraint statement_breaks_record_check CHECK (record = ANY (ARRAY['payment'::text, 'refund'::text])),
  constraint statement_breaks_state_check CHECK (state = ANY (ARRAY['open'::text, 'carried'::text, 'resolved'::text, 'left_for_operator'::text]))
);
CREATE INDEX statement_breaks_by_statement ON statement_breaks USING btree (statement_id, id);
CREATE INDEX statement_breaks_due ON statement_breaks USING btree (due_at) WHERE (due_at IS NOT NULL);
CREATE INDEX statement_breaks_waiting ON statement_breaks USING btree (wallet_account_id, record, order_no) WHERE (state <> 'resolved'::text);

create table statement_file_parts (
  book integer not null,
  file_id text not null,
  part_no integer not null,
  sealed text not null,
  constraint statement_file_parts_pkey PRIMARY KEY (book, file_id, part_no),
  constraint statement_file_parts_book_file_id_fkey FOREIGN KEY (book, file_id) REFERENCES statement_files(book, id),
  constraint statement_file_parts_part_no_check CHECK (part_no >= 1)
);

create table statement_files (
  book integer not null,
  id text not null,
  statement_id text not null,
  sha256 text not null,
  bytes_count bigint not null,
  parts_count integer not null,
  origin text not null,
  created_at timestamp with time zone not null,
  constraint statement_files_pkey PRIMARY KEY (book, id),
  constraint statement_files_statement_id_sha256_book_key UNIQUE (statement_id, sha256, book),
  constraint statement_files_book_statement_id_fkey FOREIGN KEY (book, statement_id) REFERENCES statements(book, id),
  constraint statement_files_bytes_count_check CHECK (bytes_count >= 0),
  constraint statement_files_origin_check CHECK (origin = ANY (ARRAY['fetched'::text, 'imported'::text])),
  constraint statement_files_parts_count_check CHECK (parts_count >= 1),
  constraint statement_files_sha256_check CHECK (sha256 ~ '^[0-9a-f]{64}$'::text)
);

create table statement_lines (
  book integer not null,
  statement_id text not null,
  line_no integer not null,
  wallet_account_id text not null,
  kind text not null,
  order_no text not null,
  payment_order_no text,
  wallet_payment_id text not null,
  currency text not null,
  amount_minor bigint not null,
  fee_milli bigint,
  occurred_at timestamp with time zone,
  settled_minor bigint,
  constraint statement_lines_pkey PRIMARY KEY (book, statement_id, line_no),
  constraint statement_lines_wallet_account_id_kind_order_no_statement_i_key UNIQUE (wallet_account_id, kind, order_no, statement_id, book),
  constraint statement_lines_book_statement_id_fkey FOREIGN KEY (book, statement_id) REFERENCES statements(book, id),
  constraint statement_lines_amount_minor_check CHECK (amount_minor >= 0),
  constraint statement_lines_kind_check CHECK (kind = ANY (ARRAY['payment'::text, 'refund'::text])),
  constraint statement_lines_line_no_check CHECK (line_no >= 1),
  constraint statement_lines_order_no_check CHECK (length(order_no) >= 1 AND length(order_no) <= 64),
  constraint statement_lines_settled_minor_check CHECK (settled_minor >= 0)
);

create table statements (
  book integer not null,
  id text not null,
  merchant_id text not null,
  wallet_account_id text not null,
  wallet text not null,
  day date not null,
  starts_at timestamp with time zone not null,
  ends_at timestamp with time zone not null,
  source text not null,
  state text not null,
  reason text,
  file_id text,
  lines_digest text,
  asked_through text,
  currency text,
  fee_bps integer,
  theirs jsonb,
  ours jsonb,
  booked jsonb,
  matched_count integer,
  fees_milli bigint,
  fees_posted_minor bigint,
  created_at timestamp with time zone not null,
  read_at timestamp with time zone,
  reconciled_at timestamp with time zone,
  due_at timestamp with time zone,
  leased_until timestamp with time zone not null,
  lease_no bigint not null default 0,
  tries_count integer not null default 0,
  constraint statements_pkey PRIMARY KEY (book, id),
  constraint statements_wallet_account_id_day_book_key UNIQUE (wallet_account_id, day, book),
  constraint statements_book_wallet_account_id_fkey FOREIGN KEY (book, wallet_account_id) REFERENCES wallet_accounts(book, id),
  constraint statements_check CHECK (starts_at < ends_at),
  constraint statements_check1 CHECK (state <> 'refused'::text OR reason IS NOT NULL),
  constraint statements_check2 CHECK ((state <> ALL (ARRAY['read'::text, 'compared'::text, 'reconciled'::text])) OR read_at IS NOT NULL AND theirs IS NOT NULL),
  constraint statements_check3 CHECK ((state <> ALL (ARRAY['compared'::text, 'reconciled'::text])) OR ours IS NOT NULL AND booked IS NOT NULL),
  constraint statements_check4 CHECK ((state = 'reconciled'::text) = (reconciled_at IS NOT NULL)),
  constraint statements_check5 CHECK (state = 'reconciled'::text OR fees_posted_minor IS NULL),
  constraint statements_currency_check CHECK (currency ~ '^[A-Z]{3}$'::text),
  constraint statements_reason_check CHECK (length(reason) <= 500),
  constraint statements_source_check CHECK (source = ANY (ARRAY['bill'::text, 'asking'::text])),
  constraint statements_state_check CHECK (state = ANY (ARRAY['waiting'::text, 'asking'::text, 'fetched'::text, 'refused'::text, 'unavailable'::text, 'read'::text, 'compared'::text, 'reconciled'::text]))
);
CREATE INDEX statements_by_merchant ON statements USING btree (merchant_id, id);
CREATE INDEX statements_due ON statements USING btree (due_at) WHERE (due_at IS NOT NULL);

create table user_challenges (
  book integer not null,
  id text not null,
  purpose text not null,
  session_id text,
  challenge bytea not null,
  expires_at timestamp with time zone not null,
  used_at timestamp with time zone,
  constraint user_challenges_pkey PRIMARY KEY (book, id),
  constraint user_challenges_challenge_check CHECK (octet_length(challenge) = 32),
  constraint user_challenges_check CHECK ((purpose = 'register'::text) = (session_id IS NOT NULL)),
  constraint user_challenges_purpose_check CHECK (purpose = ANY (ARRAY['register'::text, 'sign_in'::text]))
);
CREATE INDEX user_challenges_by_age ON user_challenges USING btree (expires_at);

create table user_codes (
  book integer not null,
  id text not null,
  user_id text,
  purpose text not null,
  digest bytea not null,
  tries_count integer not null default 0,
  created_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  constraint user_codes_pkey PRIMARY KEY (book, id),
  constraint user_codes_check CHECK (expires_at > created_at),
  constraint user_codes_digest_check CHECK (octet_length(digest) = 32),
  constraint user_codes_purpose_check CHECK (purpose = ANY (ARRAY['sign_in'::text, 'bind_card'::text, 'step_up'::text, 'reset_pin'::text, 'change_phone'::text])),
  constraint user_codes_tries_count_check CHECK (tries_count >= 0 AND tries_count <= 5)
);
CREATE INDEX user_codes_by_age ON user_codes USING btree (expires_at);

create table user_devices (
  book integer not null,
  id text not null,
  user_id text not null,
  name text not null,
  digest bytea not null,
  created_at timestamp with time zone not null,
  renewed_at timestamp with time zone,
  last_used_at timestamp with time zone not null,
  removed_at timestamp with time zone,
  constraint user_devices_pkey PRIMARY KEY (book, id),
  constraint user_devices_book_user_id_fkey FOREIGN KEY (book, user_id) REFERENCES users(book, id),
  constraint user_devices_digest_check CHECK (octet_length(digest) = 32),
  constraint user_devices_name_check CHECK (length(name) >= 1 AND length(name) <= 80)
);
CREATE INDEX user_devices_by_user ON user_devices USING btree (user_id, id) WHERE (removed_at IS NULL);

create table user_passkeys (
  book integer not null,
  id text not null,
  user_id text not null,
  credential_id text not null,
  public_key bytea not null,
  sign_count bigint not null,
  transports text[] not null,
  name text not null,
  created_at timestamp with time zone not null,
  last_used_at timestamp with time zone,
  constraint user_passkeys_pkey PRIMARY KEY (book, id),
  constraint user_passkeys_credential_id_book_key UNIQUE (credential_id, book),
  constraint user_passkeys_book_user_id_fkey FOREIGN KEY (book, user_id) REFERENCES users(book, id),
  constraint user_passkeys_credential_id_check CHECK (length(credential_id) >= 1 AND length(credential_id) <= 1364),
  constraint user_passkeys_name_check CHECK (length(name) >= 1 AND length(name) <= 80),
  constraint user_passkeys_sign_count_check CHECK (sign_count >= 0 AND sign_count <= '4294967295'::bigint)
);
CREATE INDEX user_passkeys_by_user ON user_passkeys USING btree (user_id, id);

create table user_pins (
  book integer not null,
  user_id text not null,
  hash text not null,
  pepper_id text not null,
  wrong_count integer not null default 0,
  locked_until timestamp with time zone,
  locks_count integer not null default 0,
  set_at timestamp with time zone not null,
  constraint user_pins_pkey PRIMARY KEY (book, user_id),
  constraint user_pins_book_user_id_fkey FOREIGN KEY (book, user_id) REFERENCES users(book, id),
  constraint user_pins_check CHECK ((wrong_count = 5) = (locked_until IS NOT NULL)),
  constraint user_pins_check1 CHECK (locks_count > 0 OR locked_until IS NULL),
  constraint user_pins_hash_check CHECK (hash ~~ '$argon2id$%'::text),
  constraint user_pins_locks_count_check CHECK (locks_count >= 0 AND locks_count <= 3),
  constraint user_pins_wrong_count_check CHECK (wrong_count >= 0 AND wrong_count <= 5)
);

create table user_proofs (
  book integer not null,
  id text not null,
  user_id text not null,
  session_id text not null,
  level text not null,
  act_digest bytea not null,
  nonce bytea not null,
  says_sealed text not null,
  code_id text,
  tries_count integer not null default 0,
  created_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  proven_at timestamp with time zone,
  proven_level text,
  digest bytea,
  used_at timestamp with time zone,
  constraint user_proofs_pkey PRIMARY KEY (book, id),
  constraint user_proofs_book_session_id_fkey FOREIGN KEY (book, session_id) REFERENCES user_sessions(book, id) ON DELETE CASCADE,
  constraint user_proofs_book_user_id_fkey FOREIGN KEY (book, user_id) REFERENCES users(book, id),
  constraint user_proofs_act_digest_check CHECK (octet_length(act_digest) = 32),
  constraint user_proofs_check CHECK (expires_at > created_at),
  constraint user_proofs_check1 CHECK ((proven_at IS NULL) = (digest IS NULL) AND (proven_at IS NULL) = (proven_level IS NULL)),
  constraint user_proofs_check2 CHECK (used_at IS NULL OR proven_at IS NOT NULL),
  constraint user_proofs_digest_check CHECK (octet_length(digest) = 32),
  constraint user_proofs_level_check CHECK (level = ANY (ARRAY['pin'::text, 'strong'::text])),
  constraint user_proofs_nonce_check CHECK (octet_length(nonce) = 32),
  constraint user_proofs_proven_level_check CHECK (proven_level = ANY (ARRAY['pin'::text, 'strong'::text])),
  constraint user_proofs_tries_count_check CHECK (tries_count >= 0 AND tries_count <= 5)
);
CREATE INDEX user_proofs_by_age ON user_proofs USING btree (created_at);
CREATE INDEX user_proofs_by_session ON user_proofs USING btree (session_id);

create table user_sessions (
  book integer not null,
  id text not null,
  user_id text not null,
  device_id text not null,
  digest bytea not null,
  created_at timestamp with time zone not null,
  last_used_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  constraint user_sessions_pkey PRIMARY KEY (book, id),
  constraint user_sessions_book_device_id_fkey FOREIGN KEY (book, device_id) REFERENCES user_devices(book, id),
  constraint user_sessions_book_user_id_fkey FOREIGN KEY (book, user_id) REFERENCES users(book, id),
  constraint user_sessions_check CHECK (last_used_at >= created_at),
  constraint user_sessions_digest_check CHECK (octet_length(digest) = 32)
);
CREATE INDEX user_sessions_by_age ON user_sessions USING btree (created_at);
CREATE INDEX user_sessions_by_user ON user_sessions USING btree (user_id, device_id) WHERE (ended_at IS NULL);

create table user_tries (
  book integer not null,
  what text not null,
  who bytea not null,
  day date not null,
  tries_count integer not null,
  last_at timestamp with time zone not null,
  constraint user_tries_pkey PRIMARY KEY (book, what, who),
  constraint user_tries_tries_count_check CHECK (tries_count >= 1),
  constraint user_tries_what_check CHECK (length(what) >= 1 AND length(what) <= 64),
  constraint user_tries_who_check CHECK (octet_length(who) = 32)
);
CREATE INDEX user_tries_by_age ON user_tries USING btree (last_at);

create table users (
  book integer not null,
  id text not null,
  phone_sealed bytea not null,
  phone_index bytea not null,
  phone_index_version integer not null,
  name_sealed bytea,
  id_number_sealed bytea,
  lang text not null,
  created_at timestamp with time zone not null,
  constraint users_pkey PRIMARY KEY (book, id),
  constraint users_phone_index_book_key UNIQUE (phone_index, book),
  constraint users_book_check CHECK (book >= 0 AND book <= 65535),
  constraint users_check CHECK ((name_sealed IS NULL) = (id_number_sealed IS NULL)),
  constraint users_lang_check CHECK (lang = ANY (ARRAY['zh-CN'::text, 'en'::text])),
  constraint users_phone_index_check CHECK (octet_length(phone_index) = 32)
);
CREATE INDEX users_by_phone_index_version ON users USING btree (phone_index_version);

create table vault_data_keys (
  book integer not null,
  user_id text not null,
  dek_id bytea not null,
  kek_id integer not null,
  wrapped bytea not null,
  created_at timestamp with time zone not null default now(),
  rewrapped_at timestamp with time zone,
  constraint vault_data_keys_pkey PRIMARY KEY (book, user_id),
  constraint vault_data_keys_kek_id_fkey FOREIGN KEY (kek_id) REFERENCES vault_keks(kek_id),
  constraint vault_data_keys_book_check CHECK (book >= 0 AND book <= 65535),
  constraint vault_data_keys_dek_id_check CHECK (octet_length(dek_id) = 16),
  constraint vault_data_keys_user_id_check CHECK (length(user_id) >= 1 AND length(user_id) <= 64),
  constraint vault_data_keys_wrapped_check CHECK (octet_length(wrapped) >= 32 AND octet_length(wrapped) <= 4096)
);
CREATE INDEX vault_data_keys_by_kek ON vault_data_keys USING btree (kek_id);

create table vault_index_keys (
  version integer not null,
  check_value bytea not null,
  first_used_at timestamp with time zone not null default now(),
  constraint vault_index_keys_pkey PRIMARY KEY (version),
  constraint vault_index_keys_check_value_key UNIQUE (check_value),
  constraint vault_index_keys_check_value_check CHECK (octet_length(check_value) = 16),
  constraint vault_index_keys_version_check CHECK (version >= 1 AND version <= 32767)
);

create table vault_keks (
  kek_id integer not null,
  check_value bytea not null,
  first_used_at timestamp with time zone not null default now(),
  constraint vault_keks_pkey PRIMARY KEY (kek_id),
  constraint vault_keks_check_value_check CHECK (octet_length(check_value) = 16),
  constraint vault_keks_kek_id_check CHECK (kek_id >= 0 AND kek_id <= 65535)
);

create table vouchers (
  book integer not null,
  id text not null,
  offer_id text not null,
  tail text not null,
  code_hash bytea not null,
  buyer_hash bytea,
  valid_until timestamp with time zone,
  issued_at timestamp with time zone not null,
  issued_by text not null,
  constraint vouchers_pkey PRIMARY KEY (book, id),
  constraint vouchers_code_hash_book_key UNIQUE (code_hash, book),
  constraint vouchers_book_offer_id_fkey FOREIGN KEY (book, offer_id) REFERENCES offers(book, id),
  constraint vouchers_buyer_hash_check CHECK (octet_length(buyer_hash) = 32),
  constraint vouchers_code_hash_check CHECK (octet_length(code_hash) = 32),
  constraint vouchers_issued_by_check CHECK (length(issued_by) >= 1 AND length(issued_by) <= 80),
  constraint vouchers_tail_check CHECK (tail ~ '^[0-9A-HJKMNP-TV-Z]{6}$'::text)
);
CREATE INDEX vouchers_by_offer ON vouchers USING btree (offer_id, id);
CREATE INDEX vouchers_by_tail ON vouchers USING btree (tail);

create table wallet_accounts (
  book integer not null,
  id text not null,
  merchant_id text not null,
  wallet text not null,
  merchant_no text not null,
  label text not null,
  settings_sealed text not null,
  enabled boolean not null,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  previous_settings_sealed text,
  previous_until timestamp with time zone,
  refresh_due_at timestamp with time zone,
  fee_bps integer,
  constraint wallet_accounts_pkey PRIMARY KEY (book, id),
  constraint wallet_accounts_merchant_id_wallet_merchant_no_book_key UNIQUE (merchant_id, wallet, merchant_no, book),
  constraint wallet_accounts_book_merchant_id_fkey FOREIGN KEY (book, merchant_id) REFERENCES merchants(book, id),
  constraint wallet_accounts_fee_bps_check CHECK (fee_bps >= 0 AND fee_bps <= 10000),
  constraint wallet_accounts_label_check CHECK (length(label) <= 80),
  constraint wallet_accounts_previous CHECK ((previous_settings_sealed IS NULL) = (previous_until IS NULL))
);
CREATE INDEX wallet_accounts_refresh_due ON wallet_accounts USING btree (refresh_due_at) WHERE (refresh_due_at IS NOT NULL);

create table webhook_deliveries (
  book integer not null,
  id text not null,
  merchant_id text not null,
  endpoint_id text not null,
  event_id text not null,
  object_id text not null,
  object_seq integer not null,
  state text not null,
  tries_count integer not null default 0,
  tries_left integer not null,
  due_at timestamp with time zone,
  leased_until timestamp with time zone,
  fence integer not null default 0,
  last_status integer,
  last_reason text,
  created_at timestamp with time zone not null,
  finished_at timestamp with time zone,
  constraint webhook_deliveries_pkey PRIMARY KEY (book, id),
  constraint webhook_deliveries_event_id_endpoint_id_book_key UNIQUE (event_id, endpoint_id, book),
  constraint webhook_deliveries_book_endpoint_id_fkey FOREIGN KEY (book, endpoint_id) REFERENCES webhook_endpoints(book, id),
  constraint webhook_deliveries_book_event_id_fkey FOREIGN KEY (book, event_id) REFERENCES events(book, id),
  constraint webhook_deliveries_check CHECK ((state = 'pending'::text) = (due_at IS NOT NULL)),
  constraint webhook_deliveries_check1 CHECK ((state = 'pending'::text) = (finished_at IS NULL)),
  constraint webhook_deliveries_check2 CHECK (leased_until IS NULL OR state = 'pending'::text),
  constraint webhook_deliveries_fence_check CHECK (fence >= 0),
  constraint webhook_deliveries_state_check CHECK (state = ANY (ARRAY['pending'::text, 'succeeded'::text, 'parked'::text, 'canceled'::text])),
  constraint webhook_deliveries_tries_count_check CHECK (tries_count >= 0),
  constraint webhook_deliveries_tries_left_check CHECK (tries_left >= 0)
) with (fillfactor=70);
CREATE INDEX webhook_deliveries_by_merchant ON webhook_deliveries USING btree (merchant_id, id);
CREATE INDEX webhook_deliveries_due ON webhook_deliveries USING btree (book, endpoint_id, due_at, id) WHERE (state = 'pending'::text);
CREATE INDEX webhook_deliveries_order ON webhook_deliveries USING btree (book, endpoint_id, object_id, object_seq) WHERE (state = 'pending'::text);
CREATE INDEX webhook_deliveries_parked ON webhook_deliveries USING btree (book, endpoint_id, id) WHERE (state = 'parked'::text);

create table webhook_endpoints (
  book integer not null,
  id text not null,
  merchant_id text not null,
  url text not null,
  event_types text[] not null,
  secret_sealed text,
  previous_secret_sealed text,
  previous_secret_until timestamp with time zone,
  public_key text,
  state text not null,
  disabled_reason text,
  created_at timestamp with time zone not null,
  constraint webhook_endpoints_pkey PRIMARY KEY (book, id),
  constraint webhook_endpoints_book_merchant_id_fkey FOREIGN KEY (book, merchant_id) REFERENCES merchants(book, id),
  constraint webhook_endpoints_check CHECK ((state = 'disabled'::text) = (disabled_reason IS NOT NULL)),
  constraint webhook_endpoints_check1 CHECK ((state = 'deleted'::text) = (secret_sealed IS NULL)),
  constraint webhook_endpoints_check2 CHECK ((previous_secret_sealed IS NULL) = (previous_secret_until IS NULL)),
  constraint webhook_endpoints_check3 CHECK (state <> 'deleted'::text OR previous_secret_sealed IS NULL),
  constraint webhook_endpoints_disabled_reason_check CHECK (disabled_reason = 'gone'::text),
  constraint webhook_endpoints_event_types_check CHECK (cardinality(event_types) >= 1 AND cardinality(event_types) <= 32),
  constraint webhook_endpoints_state_check CHECK (state = ANY (ARRAY['enabled'::text, 'disabled'::text, 'deleted'::text])),
  constraint webhook_endpoints_url_check CHECK (length(url) >= 1 AND length(url) <= 2048)
);
CREATE INDEX webhook_endpoints_by_merchant ON webhook_endpoints USING btree (book, merchant_id, id) WHERE (state <> 'deleted'::text);

create table webhook_tries (
  book integer not null,
  delivery_id text not null,
  fence integer not null,
  sent_at timestamp with time zone not null,
  duration_ms integer not null,
  status integer,
  reason text,
  reply text,
  constraint webhook_tries_pkey PRIMARY KEY (book, delivery_id, fence),
  constraint webhook_tries_book_delivery_id_fkey FOREIGN KEY (book, delivery_id) REFERENCES webhook_deliveries(book, id),
  constraint webhook_tries_duration_ms_check CHECK (duration_ms >= 0)
);

create table ledger_transfers_default partition of ledger_transfers DEFAULT;

CREATE OR REPLACE FUNCTION check_link_shares()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
declare
  found record;
begin
  select coalesce(sum(amount_minor), 0) as total, count(*) as places, coalesce(max(place_no), 0) as last
  into found
  from link_shares
  where book = new.book and link_id = new.link_id;
  if new.total_minor is null then
    if found.places > 0 then
      raise exception 'link % has shares but no total', new.link_id using errcode = 'check_violation';
    end if;
  elsif (found.total, found.places, found.last) is distinct from (new.total_minor::numeric, new.places_max::bigint, new.places_max) then
    raise exception 'the shares of link % do not sum to its total', new.link_id using errcode = 'check_violation';
  end if;
  return null;
end $function$
;

CREATE OR REPLACE FUNCTION keep_link()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if tg_op = 'DELETE' or (new.book, new.id, new.code, new.kind, new.livemode, new.created_at)
    is distinct from (old.book, old.id, old.code, old.kind, old.livemode, old.created_at)
    or new.served_by is distinct from old.served_by or new.merchant_id is distinct from old.merchant_id
    or new.user_id is distinct from old.user_id or new.version < old.version or new.revision < old.revision
  then
    raise exception 'a link stays whose and what it is: % is refused', lower(tg_op) using errcode = 'restrict_violation';
  end if;
  return new;
end $function$
;

CREATE OR REPLACE FUNCTION keep_told_reports()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if exists (
    select from jsonb_array_elements(coalesce(old.reported -> 'told', '[]')) with ordinality as kept (report, no)
    where new.reported -> 'told' -> (no::integer - 1) is distinct from report
      and (no < 32 or new.reported -> 'told' -> (no::integer - 1) is null)
  ) then
    raise exception 'what a wallet told of % % is append-only', tg_table_name, old.id using errcode = 'restrict_violation';
  end if;
  return new;
end $function$
;

CREATE OR REPLACE FUNCTION ledger_first_id(utc timestamp without time zone)
 RETURNS uuid
 LANGUAGE sql
 IMMUTABLE
AS $function$
  select (lpad(to_hex((extract(epoch from utc) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid
$function$
;

CREATE OR REPLACE FUNCTION ledger_make_partitions(since timestamp with time zone, months integer)
 RETURNS integer
 LANGUAGE plpgsql
AS $function$
declare
  month timestamp := date_trunc('month', since at time zone 'UTC');
  made integer := 0;
  name text;
  lower_id uuid;
  upper_id uuid;
  taken boolean;
begin
  perform pg_advisory_xact_lock(hashtext('ledger_make_partitions'));
  for i in 1..months loop
    name := 'ledger_transfers_' || to_char(month, 'YYYY_MM');
    lower_id := ledger_first_id(month);
    upper_id := ledger_first_id(month + interval '1 month');
    if to_regclass(name) is null then
      select exists (select from ledger_transfers_default where id >= lower_id and id < upper_id) into taken;
      if not taken then
        execute format(
          'create table %I partition of ledger_transfers for values from (%L) to (%L)
            with (autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 200000)',
          name, lower_id, upper_id);
        execute format('create trigger never_emptied before truncate on %I execute function ledger_refuse_change()', name);
        made := made + 1;
      end if;
    end if;
    month := month + interval '1 month';
  end loop;
  return made;
end $function$
;

CREATE OR REPLACE FUNCTION ledger_refuse_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception 'the ledger is append-only: % of % is refused', lower(tg_op), tg_table_name
    using errcode = 'restrict_violation';
end $function$
;

CREATE OR REPLACE FUNCTION ledger_refuse_unseen()
 RETURNS bytea
 LANGUAGE plpgsql
AS $function$
begin
  raise exception 'the book is not as expected: another writer came first' using errcode = 'serialization_failure';
end $function$
;

CREATE OR REPLACE FUNCTION ledger_resolve_once()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if old.status <> 'pending' or new.status = 'pending'
    or (new.book, new.transfer_id, new.timestamp, new.expires_at)
      is distinct from (old.book, old.transfer_id, old.timestamp, old.expires_at)
  then
    raise exception 'a pending transfer is resolved once: % was %', old.transfer_id, old.status
      using errcode = 'restrict_violation';
  end if;
  return new;
end $function$
;

CREATE OR REPLACE FUNCTION refuse_alert_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception '% is append-only', tg_table_name using errcode = 'restrict_violation';
end $function$
;

CREATE OR REPLACE FUNCTION refuse_audit_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if tg_op = 'UPDATE' then
    if old.seq is null and new.seq is not null and (new.book, new.id, new.user_id, new.event, new.facts, new.at, new.mac)
      is not distinct from (old.book, old.id, old.user_id, old.event, old.facts, old.at, old.mac) then
      return new;
    end if;
  end if;
  raise exception 'what was done is never rewritten: % of % is refused', lower(tg_op), tg_table_name
    using errcode = 'restrict_violation';
end $function$
;

CREATE OR REPLACE FUNCTION refuse_clearing_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if tg_table_name = 'clearing_breaks' then
    if old.state = 'resolved' then
      raise exception 'a resolved break never changes' using errcode = 'restrict_violation';
    end if;
  elsif (to_jsonb(new) - 'move_id' - 'side' - 'is_repeat') <> (to_jsonb(old) - 'move_id' - 'side' - 'is_repeat') then
    raise exception 'a row of the switch''s file never changes' using errcode = 'restrict_violation';
  end if;
  return new;
end $function$
;

CREATE OR REPLACE FUNCTION refuse_ended_hold_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if old.state <> 'held' then
    raise exception 'a reservation ends once' using errcode = 'restrict_violation';
  end if;
  return new;
end $function$
;

CREATE OR REPLACE FUNCTION refuse_event_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception 'what happened is never rewritten: % of % is refused', lower(tg_op), tg_table_name
    using errcode = 'restrict_violation';
end $function$
;

CREATE OR REPLACE FUNCTION refuse_link_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception 'what a link said is never rewritten: % of % is refused', lower(tg_op), tg_table_name
    using errcode = 'restrict_violation';
end $function$
;

CREATE OR REPLACE FUNCTION refuse_link_safety_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception '% is append-only', tg_table_name using errcode = 'restrict_violation';
end $function$
;

CREATE OR REPLACE FUNCTION refuse_link_terms_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception 'how a link is paid never changes: % of % is refused', lower(tg_op), tg_table_name using errcode = 'restrict_violation';
end $function$
;

CREATE OR REPLACE FUNCTION refuse_offer_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception 'what an offer was is never rewritten: % of % is refused', lower(tg_op), tg_table_name
    using errcode = 'restrict_violation';
end $function$
;

CREATE OR REPLACE FUNCTION refuse_quote_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception 'a quote is confirmed once and otherwise never changed: %', old.id using errcode = 'restrict_violation';
end $function$
;

CREATE OR REPLACE FUNCTION refuse_resolved_break_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if old.state = 'resolved' then
    raise exception 'a resolved break never changes' using errcode = 'restrict_violation';
  end if;
  return new;
end $function$
;

CREATE OR REPLACE FUNCTION refuse_rollout_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception 'what a rollout was is never rewritten: % of % is refused', lower(tg_op), tg_table_name
    using errcode = 'restrict_violation';
end $function$
;

CREATE OR REPLACE FUNCTION refuse_settlement_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception '% is append-only', tg_table_name using errcode = 'restrict_violation';
end $function$
;

CREATE TRIGGER alerts_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON alerts FOR EACH STATEMENT EXECUTE FUNCTION refuse_alert_change();

CREATE TRIGGER attempts_keep_reports BEFORE UPDATE OF reported ON attempts FOR EACH ROW WHEN (((old.reported IS NOT NULL) AND (old.reported IS DISTINCT FROM new.reported))) EXECUTE FUNCTION keep_told_reports();

CREATE TRIGGER audit_lines_never_change BEFORE DELETE OR UPDATE ON audit_lines FOR EACH ROW EXECUTE FUNCTION refuse_audit_change();

CREATE TRIGGER clearing_breaks_resolved_stay BEFORE UPDATE ON clearing_breaks FOR EACH ROW EXECUTE FUNCTION refuse_clearing_change();

CREATE TRIGGER clearing_rows_stay BEFORE UPDATE ON clearing_rows FOR EACH ROW EXECUTE FUNCTION refuse_clearing_change();

CREATE TRIGGER events_never_change BEFORE UPDATE ON events FOR EACH STATEMENT EXECUTE FUNCTION refuse_event_change();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON ledger_accounts FOR EACH ROW EXECUTE FUNCTION ledger_refuse_change();

CREATE TRIGGER never_emptied BEFORE TRUNCATE ON ledger_accounts FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON ledger_balance_history FOR EACH ROW EXECUTE FUNCTION ledger_refuse_change();

CREATE TRIGGER never_emptied BEFORE TRUNCATE ON ledger_balance_history FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();

CREATE TRIGGER never_deleted BEFORE DELETE ON ledger_balances FOR EACH ROW EXECUTE FUNCTION ledger_refuse_change();

CREATE TRIGGER never_emptied BEFORE TRUNCATE ON ledger_balances FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON ledger_expiries FOR EACH ROW EXECUTE FUNCTION ledger_refuse_change();

CREATE TRIGGER never_emptied BEFORE TRUNCATE ON ledger_expiries FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON ledger_failed_transfers FOR EACH ROW EXECUTE FUNCTION ledger_refuse_change();

CREATE TRIGGER never_emptied BEFORE TRUNCATE ON ledger_failed_transfers FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();

CREATE TRIGGER never_deleted BEFORE DELETE ON ledger_heads FOR EACH ROW EXECUTE FUNCTION ledger_refuse_change();

CREATE TRIGGER never_emptied BEFORE TRUNCATE ON ledger_heads FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();

CREATE TRIGGER never_deleted BEFORE DELETE ON ledger_pending_transfers FOR EACH ROW EXECUTE FUNCTION ledger_refuse_change();

CREATE TRIGGER never_emptied BEFORE TRUNCATE ON ledger_pending_transfers FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();

CREATE TRIGGER resolved_once BEFORE UPDATE ON ledger_pending_transfers FOR EACH ROW EXECUTE FUNCTION ledger_resolve_once();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON ledger_transfers FOR EACH ROW EXECUTE FUNCTION ledger_refuse_change();

CREATE TRIGGER never_emptied BEFORE TRUNCATE ON ledger_transfers FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();

CREATE TRIGGER never_emptied BEFORE TRUNCATE ON ledger_transfers_default FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();

CREATE TRIGGER limit_holds_end_once BEFORE UPDATE ON limit_holds FOR EACH ROW EXECUTE FUNCTION refuse_ended_hold_change();

CREATE TRIGGER link_safety_acts_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON link_safety_acts FOR EACH STATEMENT EXECUTE FUNCTION refuse_link_safety_change();

CREATE TRIGGER link_shares_never_change BEFORE DELETE OR UPDATE OR TRUNCATE ON link_shares FOR EACH STATEMENT EXECUTE FUNCTION refuse_link_terms_change();

CREATE TRIGGER link_terms_never_change BEFORE UPDATE OF book, link_id, kind, livemode, merchant_id, user_id, code, currency, subject, amount_minor, min_minor, max_minor, total_minor, places_max, order_no, created_at ON link_terms FOR EACH STATEMENT EXECUTE FUNCTION refuse_link_terms_change();

CREATE TRIGGER link_terms_never_deleted BEFORE DELETE OR TRUNCATE ON link_terms FOR EACH STATEMENT EXECUTE FUNCTION refuse_link_terms_change();

CREATE CONSTRAINT TRIGGER link_terms_shares AFTER INSERT ON link_terms DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_link_shares();

CREATE TRIGGER link_versions_never_change BEFORE DELETE OR UPDATE ON link_versions FOR EACH ROW EXECUTE FUNCTION refuse_link_change();

CREATE TRIGGER link_versions_never_emptied BEFORE TRUNCATE ON link_versions FOR EACH STATEMENT EXECUTE FUNCTION refuse_link_change();

CREATE TRIGGER links_stay BEFORE DELETE OR UPDATE ON links FOR EACH ROW EXECUTE FUNCTION keep_link();

CREATE TRIGGER offer_moves_never_change BEFORE DELETE OR UPDATE ON offer_moves FOR EACH ROW EXECUTE FUNCTION refuse_offer_change();

CREATE TRIGGER offer_versions_never_change BEFORE DELETE OR UPDATE ON offer_versions FOR EACH ROW EXECUTE FUNCTION refuse_offer_change();

CREATE TRIGGER quotes_confirmed_once BEFORE UPDATE OF confirmed_at, confirmed_key ON quotes FOR EACH ROW WHEN ((old.confirmed_at IS NOT NULL)) EXECUTE FUNCTION refuse_quote_change();

CREATE TRIGGER quotes_never_change BEFORE UPDATE OF book, id, user_id, kind, amount_minor, arrival, arrives_at, payee_kind, payee_id, to_user_id, to_card_id, to_target_id, to_class, to_bank, to_institution, to_last4, to_name_masked, shown_to, parts, note, explanation, level, advice, created_at, expires_at ON quotes FOR EACH ROW EXECUTE FUNCTION refuse_quote_change();

CREATE TRIGGER refunds_keep_reports BEFORE UPDATE OF reported ON refunds FOR EACH ROW WHEN (((old.reported IS NOT NULL) AND (old.reported IS DISTINCT FROM new.reported))) EXECUTE FUNCTION keep_told_reports();

CREATE TRIGGER rollout_moves_never_change BEFORE DELETE OR UPDATE ON rollout_moves FOR EACH ROW EXECUTE FUNCTION refuse_rollout_change();

CREATE TRIGGER rollout_versions_never_change BEFORE DELETE OR UPDATE ON rollout_versions FOR EACH ROW EXECUTE FUNCTION refuse_rollout_change();

CREATE TRIGGER statement_breaks_resolved_stay BEFORE UPDATE ON statement_breaks FOR EACH ROW EXECUTE FUNCTION refuse_resolved_break_change();

CREATE TRIGGER statement_file_parts_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON statement_file_parts FOR EACH STATEMENT EXECUTE FUNCTION refuse_settlement_change();

CREATE TRIGGER statement_files_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON statement_files FOR EACH STATEMENT EXECUTE FUNCTION refuse_settlement_change();

CREATE TRIGGER statement_lines_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON statement_lines FOR EACH STATEMENT EXECUTE FUNCTION refuse_settlement_change();

CREATE TRIGGER webhook_tries_never_change BEFORE UPDATE ON webhook_tries FOR EACH STATEMENT EXECUTE FUNCTION refuse_event_change();
