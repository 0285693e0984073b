-- What a bill says that is settled of a line, before the fee: less than the order's amount where the shop itself paid for a discount
-- of the wallet's. Null where the bill does not say.
alter table statement_lines
  add column settled_minor bigint check (settled_minor >= 0);
