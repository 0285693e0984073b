-- What a payment knows of its buyer and its decision, what an attempt and a refund know of offers.

-- The buyer as the shop names it (no phone number: a keyed hash), the order's lines, vouchers that were brought, and the one
-- decision about staged wallets, written once.
alter table payments
  add column buyer jsonb,
  add column buyer_key text check (length(buyer_key) between 1 and 128),
  add column items jsonb,
  add column vouchers jsonb,
  add column decision jsonb;

-- First-use offers ask whether this buyer has paid here before.
create index payments_by_buyer on payments (merchant_id, buyer_key) where buyer_key is not null and state = 'succeeded';

-- order_minor is the order's money: what the wallet is asked for (amount_minor) and what offers take off (discount_minor).
-- order_back_minor is the order's money that is going back or has gone back. holds are the lines held in the ledger, and how they stand.
-- reported is what the wallet told of its own discounts.
alter table attempts
  add column discount_minor bigint not null default 0 check (discount_minor >= 0),
  add column offers jsonb,
  add column holds jsonb,
  add column holds_state text check (holds_state in ('held', 'committed', 'released')),
  add column order_back_minor bigint not null default 0,
  add column reported jsonb,
  add column first_observed text check (first_observed in ('begun', 'ended')),
  add constraint attempts_order_back check (
    order_back_minor >= 0 and order_back_minor <= amount_minor + discount_minor
  ),
  add constraint attempts_holds check ((holds is null) = (holds_state is null));

-- Of the order's money that a refund gives back (order_minor), amount_minor goes to the buyer and discount_minor to who paid the offers,
-- share by share; reported is what the wallet told of discounts that it took back.
alter table refunds
  add column discount_minor bigint not null default 0 check (discount_minor >= 0),
  add column shares jsonb,
  add column reported jsonb;
