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

create table commit_marks (
  batcher text not null,
  mark bigint not null,
  marked_at timestamp with time zone not null,
  constraint commit_marks_pkey PRIMARY KEY (batcher),
  constraint commit_marks_batcher_check CHECK (length(batcher) >= 1 AND length(batcher) <= 64),
  constraint commit_marks_mark_check CHECK (mark >= 0)
) with (fillfactor=50);

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
  constraint payments_pkey PRIMARY KEY (book, id),
  constraint payments_merchant_id_order_no_book_key UNIQUE (merchant_id, order_no, book),
  constraint payments_book_merchant_id_fkey FOREIGN KEY (book, merchant_id) REFERENCES merchants(book, id),
  constraint payments_amount_minor_check CHECK (amount_minor > 0),
  constraint payments_cancellation_reason_check CHECK (cancellation_reason = ANY (ARRAY['requested_by_merchant'::text, 'expired'::text])),
  constraint payments_check CHECK ((state = 'canceled'::text) = (cancellation_reason IS NOT NULL)),
  constraint payments_check1 CHECK ((state = 'succeeded'::text) = (succeeded_attempt_id IS NOT NULL)),
  constraint payments_check2 CHECK ((state = 'succeeded'::text) = (paid_at IS NOT NULL)),
  constraint payments_check3 CHECK ((state <> ALL (ARRAY['succeeded'::text, 'canceled'::text])) OR due_at IS NULL),
  constraint payments_currency_check CHECK (currency ~ '^[A-Z]{3}$'::text),
  constraint payments_order_no_check CHECK (length(order_no) >= 1 AND length(order_no) <= 64),
  constraint payments_state_check CHECK (state = ANY (ARRAY['requires_payment_method'::text, 'requires_action'::text, 'processing'::text, 'succeeded'::text, 'canceled'::text])),
  constraint payments_subject_check CHECK (length(subject) >= 1 AND length(subject) <= 120)
) with (fillfactor=70);
CREATE INDEX payments_by_merchant ON payments USING btree (merchant_id, id);
CREATE INDEX payments_due ON payments USING btree (due_at) WHERE (due_at IS NOT NULL);

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
  constraint refunds_pkey PRIMARY KEY (book, id),
  constraint refunds_merchant_id_refund_no_book_key UNIQUE (merchant_id, refund_no, book),
  constraint refunds_book_attempt_id_fkey FOREIGN KEY (book, attempt_id) REFERENCES attempts(book, id),
  constraint refunds_book_payment_id_fkey FOREIGN KEY (book, payment_id) REFERENCES payments(book, id),
  constraint refunds_amount_minor_check CHECK (amount_minor > 0),
  constraint refunds_check CHECK (order_no = substr(id, 4)),
  constraint refunds_check1 CHECK ((outcome = 'failed'::text) = (failure_reason IS NOT NULL)),
  constraint refunds_method_check CHECK (method = ANY (ARRAY['refund'::text, 'void'::text])),
  constraint refunds_outcome_check CHECK (outcome = ANY (ARRAY['pending'::text, 'succeeded'::text, 'failed'::text, 'unknown'::text])),
  constraint refunds_reason_check CHECK (length(reason) <= 200),
  constraint refunds_refund_no_check CHECK (length(refund_no) >= 1 AND length(refund_no) <= 64)
) with (fillfactor=70);
CREATE INDEX refunds_by_account ON refunds USING btree (wallet_account_id, id);
CREATE INDEX refunds_by_merchant ON refunds USING btree (merchant_id, id);
CREATE INDEX refunds_by_payment ON refunds USING btree (payment_id, id);
CREATE INDEX refunds_due ON refunds USING btree (due_at) WHERE (due_at IS NOT NULL);

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
  constraint statement_lines_pkey PRIMARY KEY (book, statement_id, line_no),
  constraint statement_lines_wallet_account_id_kind_order_no_statement_i_key UNIQUE (wallet_account_id, kind, order_no, statement_id, book),
  constraint statement_lines_book_statement_id_fkey FOREIGN KEY (book, statement_id) REFERENCES statements(book, id),
  constraint statement_lines_amount_minor_check CHECK (amount_minor >= 0),
  constraint statement_lines_kind_check CHECK (kind = ANY (ARRAY['payment'::text, 'refund'::text])),
  constraint statement_lines_line_no_check CHECK (line_no >= 1),
  constraint statement_lines_order_no_check CHECK (length(order_no) >= 1 AND length(order_no) <= 64)
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

CREATE OR REPLACE FUNCTION refuse_event_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception 'what happened is never rewritten: % of % is refused', lower(tg_op), tg_table_name
    using errcode = 'restrict_violation';
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

CREATE OR REPLACE FUNCTION refuse_settlement_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception '% is append-only', tg_table_name using errcode = 'restrict_violation';
end $function$
;

CREATE TRIGGER alerts_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON alerts FOR EACH STATEMENT EXECUTE FUNCTION refuse_alert_change();

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

CREATE TRIGGER statement_breaks_resolved_stay BEFORE UPDATE ON statement_breaks FOR EACH ROW EXECUTE FUNCTION refuse_resolved_break_change();

CREATE TRIGGER statement_file_parts_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON statement_file_parts FOR EACH STATEMENT EXECUTE FUNCTION refuse_settlement_change();

CREATE TRIGGER statement_files_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON statement_files FOR EACH STATEMENT EXECUTE FUNCTION refuse_settlement_change();

CREATE TRIGGER statement_lines_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON statement_lines FOR EACH STATEMENT EXECUTE FUNCTION refuse_settlement_change();

CREATE TRIGGER webhook_tries_never_change BEFORE UPDATE ON webhook_tries FOR EACH STATEMENT EXECUTE FUNCTION refuse_event_change();
