-- How much may move: figures as dated rows, counters that are reserved before anything is sent.

-- What each rule of limits/limit-rules.ts allows, where and since when. Several rows of a rule may hold at one instant: the least of
-- them counts. The same figures hold in every book, so there is none here. bank '': every bank. account_class 0: every class.
-- A row is never changed but for its end.
create table limit_figures (
  rule          text        not null check (rule ~ '^[a-z_]{3,40}$'),
  bank          text        not null check (bank ~ '^[A-Z0-9]{0,16}$'),
  account_class smallint    not null check (account_class between 0 and 3),
  set_by        text        not null check (set_by in ('hutong', 'bank', 'law')),
  valid_from    timestamptz not null,
  valid_to      timestamptz,
  -- Fen, or a count; min only where one payment has a least amount.
  min_value     bigint      not null check (min_value >= 0),
  max_value     bigint      not null check (max_value between 0 and 999999999999),
  source        text        not null check (length(source) between 1 and 300),
  entered_by    text        not null check (length(entered_by) between 1 and 64),
  entered_at    timestamptz not null,
  primary key (rule, bank, account_class, set_by, valid_from),
  check (min_value <= max_value),
  check (valid_to is null or valid_to >= valid_from)
);

-- What a person has set for himself. card_id '': the rule counts by person. A higher figure waits in next_value until next_from.
-- null is no limit of one's own.
create table limit_holder_figures (
  book       integer     not null check (book between 0 and 65535),
  user_id    text        not null check (length(user_id) between 1 and 64),
  rule       text        not null check (rule ~ '^[a-z_]{3,40}$'),
  card_id    text        not null check (length(card_id) <= 64),
  max_value  bigint      check (max_value between 0 and 999999999999),
  next_value bigint      check (next_value between 0 and 999999999999),
  next_from  timestamptz,
  changed_at timestamptz not null,
  primary key (book, user_id, rule, card_id),
  -- What waits is higher than what holds.
  check (next_from is null or (max_value is not null and (next_value is null or next_value > max_value))),
  check (next_from is not null or next_value is null)
);

-- One row per subject (a person, a card), rule and day, month or year of Asia/Shanghai. No row is nothing moved. That used + held
-- stays within the figure is decided under the row's lock: figures change with time, so no constraint can say it.
create table limit_counters (
  book      integer not null check (book between 0 and 65535),
  subject   text    not null check (length(subject) between 1 and 64),
  rule      text    not null check (rule ~ '^[a-z_]{3,40}$'),
  starts_on date    not null,
  used      bigint  not null check (used >= 0),
  held      bigint  not null check (held >= 0),
  primary key (book, subject, rule, starts_on)
) with (fillfactor = 60);

-- One row per reservation, with every counter it stands in and how much: what is used or given back is exactly that, once, on the
-- day it was reserved.
create table limit_holds (
  book        integer     not null check (book between 0 and 65535),
  id          text        not null check (length(id) between 1 and 64),
  state       text        not null check (state in ('held', 'used', 'released')),
  subjects    text[]      not null,
  rules       text[]      not null,
  starts_on   date[]      not null,
  amounts     bigint[]    not null,
  reserved_at timestamptz not null,
  ended_at    timestamptz,
  primary key (book, id),
  check (cardinality(subjects) = cardinality(rules)),
  check (cardinality(subjects) = cardinality(starts_on)),
  check (cardinality(subjects) = cardinality(amounts)),
  check ((state = 'held') = (ended_at is null))
) with (fillfactor = 80);
-- Only the sweep reads by age.
create index limit_holds_age on limit_holds using brin (reserved_at);

-- What ended stays as it ended.
create function refuse_ended_hold_change() returns trigger language plpgsql as $$
begin
  if old.state <> 'held' then
    raise exception 'a reservation ends once' using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create trigger limit_holds_end_once before update on limit_holds
  for each row execute function refuse_ended_hold_change();

-- What holds in a new installation. docs/limits.md has the same table; a test compares them.
insert into limit_figures
  (rule, bank, account_class, set_by, min_value, max_value, source, valid_from, entered_by, entered_at)
select rule, '', account_class, set_by, min_value, max_value, source, '2016-12-01 00:00+08', 'installation', '2016-12-01 00:00+08'
from (values
  ('transfer_payment', 0, 'hutong', 0, 5000000, 'per payment: the example of UnionPay app guides'),
  ('transfer_card_day', 0, 'hutong', 0, 20000000, 'per card and day: UnionPay app guides'),
  ('transfer_user_day', 0, 'hutong', 0, 50000000, 'per person and day: our own'),
  ('transfer_user_day_count', 0, 'hutong', 0, 50, 'transfers of a person a day: our own'),
  ('repayment_payment', 0, 'hutong', 1000, 5000000, 'at least 10.00: UnionPay app guides; at most: our own'),
  ('repayment_target_month_count', 0, 'hutong', 0, 5, 'repayments of a credit card a month: UnionPay app guides'),
  ('purchase_a_payment', 0, 'hutong', 0, 5000000, 'with a certificate: UnionPay app guides'),
  ('purchase_a_user_day', 0, 'hutong', 0, 5000000, 'with a certificate: UnionPay app guides'),
  ('purchase_b_user_day', 0, 'law', 0, 500000, '银发〔2017〕296: two factors'),
  ('purchase_c_user_day', 0, 'law', 0, 100000, '银发〔2017〕296: fewer than two factors'),
  ('purchase_d_user_day', 0, 'law', 0, 50000, '银发〔2017〕296: static code'),
  ('out_card_day', 2, 'law', 0, 1000000, '银发〔2016〕302: class II account'),
  ('out_card_year', 2, 'law', 0, 20000000, '银发〔2016〕302: class II account'),
  ('in_card_day', 2, 'law', 0, 1000000, '银发〔2016〕302: class II account'),
  ('in_card_year', 2, 'law', 0, 20000000, '银发〔2016〕302: class II account'),
  ('out_card_day', 3, 'law', 0, 200000, '银发〔2018〕16: class III account'),
  ('out_card_year', 3, 'law', 0, 5000000, '银发〔2018〕16: class III account'),
  ('out_card_balance', 3, 'law', 0, 200000, '银发〔2018〕16: class III account'),
  ('in_card_day', 3, 'law', 0, 500000, '银发〔2018〕16: class III account'),
  ('in_card_year', 3, 'law', 0, 10000000, '银发〔2018〕16: class III account'),
  ('in_card_balance', 3, 'law', 0, 200000, '银发〔2018〕16: class III account'),
  ('new_device_day', 0, 'hutong', 0, 500000, 'the first 24 hours of a device: our own')
) as figures (rule, account_class, set_by, min_value, max_value, source);
