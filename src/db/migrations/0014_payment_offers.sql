-- What a payment knows of its buyer and its decision, what an attempt and a refund know of offers.

-- The buyer as the shop names it (no phone number: a keyed hash), the order's lines, vouchers that were brought, and the one
-- decision about staged wallets, written once. observed is what of this payment its rollouts have counted already, each once.
-- A complaint is told by the shop, once.
alter table payments
  add column buyer jsonb,
  add column buyer_key text check (length(buyer_key) between 1 and 128),
  add column items jsonb,
  add column vouchers jsonb,
  add column decision jsonb,
  add column observed text[] check (cardinality(observed) between 1 and 16),
  add column complaint_reason text check (length(complaint_reason) between 1 and 200),
  add column complained_at timestamptz,
  add constraint payments_complaint check ((complaint_reason is null) = (complained_at is null));

-- First-use offers ask whether this buyer has paid here before.
create index payments_by_buyer on payments (merchant_id, buyer_key) where buyer_key is not null and state = 'succeeded';

-- amount_minor is what the wallet is asked for, discount_minor what our offers take off: together they are the order's money, of which
-- order_back_minor is going back or has gone back. holds are the lines held in the ledger, and holds_state how they stand.
-- reported is what the wallet told of its own discounts.
alter table attempts
  add column discount_minor bigint not null default 0 check (discount_minor >= 0),
  add column offers jsonb,
  add column holds jsonb,
  add column holds_state text check (holds_state in ('held', 'committed', 'released')),
  add column order_back_minor bigint not null default 0,
  add column reported jsonb,
  add constraint attempts_order_back check (
    order_back_minor >= 0 and order_back_minor <= amount_minor + discount_minor
  ),
  add constraint attempts_holds check ((holds is null) = (holds_state is null));

-- Of the order's money that a refund gives back, amount_minor goes to the buyer and discount_minor to who paid the offers,
-- share by share: a refund may be all discount. items are the lines of the order that it is about. reported is what the wallet
-- told of discounts that it took back, or what its rule says where it told nothing.
alter table refunds
  drop constraint refunds_amount_minor_check,
  add column discount_minor bigint not null default 0 check (discount_minor >= 0),
  add column shares jsonb,
  add column items jsonb,
  add column reported jsonb,
  add constraint refunds_amounts check (amount_minor >= 0 and amount_minor + discount_minor > 0);
