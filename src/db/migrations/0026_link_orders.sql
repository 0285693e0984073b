-- What links to orders and shares of collections keep besides: one payment of an order at a time, whichever link it is asked for by.

-- Whoever asks for a payment of an order locks its row, on whatever node and by whatever link.
create table link_orders (
  book integer not null,
  merchant_id text not null,
  order_no text not null check (length(order_no) between 1 and 56),
  primary key (book, merchant_id, order_no)
);

-- The order that a payment is asked for; order_no beside it is the payment's own number, which has a tail when the order is asked for again.
alter table link_payments add column for_order_no text check (length(for_order_no) between 1 and 56);
update link_payments
set for_order_no = link_terms.order_no
from link_terms
where link_terms.book = link_payments.book
  and link_terms.link_id = link_payments.link_id
  and link_terms.order_no is not null;
-- An order has one payment that may be paid or is, among all its links. Of those before, every first one had the order's own number, so that
-- only one link of an order can have any.
create unique index link_payments_orders on link_payments (merchant_id, for_order_no, book)
  where for_order_no is not null and state <> 'ended';
create index link_payments_of_order on link_payments (merchant_id, for_order_no) where for_order_no is not null;

-- When somebody's share of a collection is looked at again without being asked; due_at is when it is given back if no transfer was confirmed.
alter table link_transfers add column look_at timestamptz not null default '-infinity';
create index link_transfers_look on link_transfers (look_at) where state = 'open';

-- The only key under which this quote can be confirmed: it is for something that counts what is confirmed under that key.
alter table quotes add column bound_key text check (length(bound_key) between 1 and 255);
