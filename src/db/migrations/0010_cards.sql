-- Bank cards of people: bindings under way, cards, balances last heard, the table of prefixes.

-- One row per person with cards. Whoever binds, unbinds or chooses locks it first, so that one person's changes have one order. The
-- default is a card of this person that is bound, and there is one exactly when there are cards: the table refuses anything else.
create table card_holders (
  book             integer  not null check (book between 0 and 65535),
  user_id          text     not null check (length(user_id) between 1 and 64),
  cards_count      integer  not null default 0 check (cards_count between 0 and 20),
  default_card_id  text,
  default_state    text     not null generated always as ('bound') stored,
  primary key (book, user_id),
  constraint one_default_when_there_are_cards check ((cards_count = 0) = (default_card_id is null))
);

-- The number is sealed (AES-256-GCM under the person's data key) and indexed blindly; so is the holder's name. An unbound card keeps
-- its row and loses number, index and name when erase_at has come.
create table cards (
  book           integer     not null check (book between 0 and 65535),
  id             text        not null check (id like 'card\_%'),
  user_id        text        not null,
  bank           text        not null check (length(bank) between 2 and 32),
  kind           text        not null check (kind in ('debit', 'credit', 'semi_credit', 'prepaid')),
  account_class  smallint    not null check (account_class between 1 and 3),
  last4          text        not null check (last4 ~ '^[0-9]{4}$'),
  alias          text        not null default '' check (length(alias) <= 20),
  state          text        not null check (state in ('bound', 'unbound')),
  number_sealed  bytea       check (octet_length(number_sealed) between 47 and 256),
  holder_sealed  bytea       check (octet_length(holder_sealed) between 47 and 1024),
  number_index   bytea       check (octet_length(number_index) = 32),
  index_version  integer     check (index_version >= 1),
  table_version  text        not null check (length(table_version) between 1 and 120),
  bound_at       timestamptz not null,
  unbound_at     timestamptz,
  erase_at       timestamptz,
  erased_at      timestamptz,
  primary key (book, id),
  foreign key (book, user_id) references card_holders (book, user_id),
  unique (id, state, user_id, book),
  constraint a_number_has_its_index check (
    (number_sealed is null) = (number_index is null) and (number_sealed is null) = (index_version is null)
    and (number_sealed is null) = (holder_sealed is null)),
  constraint a_bound_card_has_its_number check (state = 'unbound' or number_sealed is not null),
  constraint unbound_is_dated check ((state = 'unbound') = (unbound_at is not null) and (state = 'unbound') = (erase_at is not null)),
  constraint erased_means_gone check ((erased_at is null) = (number_sealed is not null))
);

alter table card_holders
  add constraint the_default_is_a_bound_card_of_this_person
  foreign key (book, user_id, default_card_id, default_state) references cards (book, user_id, id, state);

-- One person binds a card once; other people may bind the same one.
create unique index cards_bound_once on cards (user_id, number_index, book) where state = 'bound';
create index cards_of_person on cards (user_id, bound_at);
create index cards_to_erase on cards (erase_at) where erased_at is null and erase_at is not null;
create index cards_by_index_version on cards (index_version) where index_version is not null;

-- A binding between the bank's word and the code, or the cards that were found by one tap. What was typed and found is sealed, and the
-- row is deleted soon after it is over.
create table card_requests (
  book        integer     not null check (book between 0 and 65535),
  id          text        not null check (length(id) between 5 and 64),
  user_id     text        not null check (length(user_id) between 1 and 64),
  kind        text        not null check (kind in ('binding', 'one_tap')),
  sealed      bytea       not null check (octet_length(sealed) between 47 and 65536),
  code_id     text,
  created_at  timestamptz not null,
  expires_at  timestamptz not null,
  primary key (book, id)
);

create index card_requests_age on card_requests (expires_at);

-- How often details were given that a bank did not confirm, per person, number (by its blind index) and device, and day in
-- Asia/Shanghai. Raised before the bank is asked and given back when it confirms or cannot be reached.
create table card_tries (
  book   integer  not null check (book between 0 and 65535),
  day    date     not null,
  kind   text     not null check (kind in ('person', 'number', 'device')),
  who    text     not null check (length(who) between 1 and 64),
  count  integer  not null check (count >= 0),
  primary key (book, day, kind, who)
);

-- What a bank said last of a card, so that nodes share it. Amounts in fen; of a credit card the ledger balance is what is owed, and negative.
create table card_balances (
  book            integer     not null check (book between 0 and 65535),
  card_id         text        not null,
  asked_day       date,
  asked_count     integer     not null default 0 check (asked_count >= 0),
  asking_until    timestamptz,
  answered_at     timestamptz,
  ledger_minor    bigint,
  available_minor bigint,
  bill_minor      bigint      check (bill_minor >= 0),
  minimum_minor   bigint      check (minimum_minor >= 0),
  billed_day      date,
  due_day         date,
  primary key (book, card_id),
  foreign key (book, card_id) references cards (book, id),
  constraint an_answer_is_whole check (
    (answered_at is null) = (ledger_minor is null) and (answered_at is null) = (available_minor is null)),
  constraint a_bill_is_whole check (
    (bill_minor is null) = (minimum_minor is null) and (bill_minor is null) = (billed_day is null)
    and (bill_minor is null) = (due_day is null))
);

-- Rows of an operator: they stand before those of the built-in table.
create table card_prefixes (
  card_length  smallint    not null check (card_length between 12 and 19),
  prefix       text        not null check (prefix ~ '^[0-9]{3,12}$'),
  bank         text        not null check (length(bank) between 2 and 32),
  kind         text        not null check (kind in ('debit', 'credit', 'semi_credit', 'prepaid')),
  has_luhn     boolean     not null,
  primary key (card_length, prefix)
);

-- The number of the last import is part of the version that each binding records.
create table card_prefix_imports (
  import_no    integer     primary key check (import_no >= 1),
  imported_at  timestamptz not null,
  rows_count   integer     not null check (rows_count >= 0)
);
