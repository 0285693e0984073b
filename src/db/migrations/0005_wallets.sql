-- Every wallet in the cashier: payment codes that are undone while unclear, keys that change without a stop, codes to scan.

-- A charge of a payment code is taken back when nobody knows in time whether it was paid. The wish is written before the
-- wallet is asked: from then on "paid" is not believed, because it may be undone a moment later.
alter table attempts add column undo_requested_at timestamptz;

-- New keys replace the settings; what was sent under the old ones is still read until the time given.
alter table wallet_accounts
  add column previous_settings_sealed text,
  add column previous_until timestamptz,
  add constraint wallet_accounts_previous check ((previous_settings_sealed is null) = (previous_until is null));
-- Certificates of the wallets themselves are fetched anew from time to time.
alter table wallet_accounts add column refresh_due_at timestamptz;
create index wallet_accounts_refresh_due on wallet_accounts (refresh_due_at) where refresh_due_at is not null;

-- A printed code of a shop: whoever scans it types the amount, unless the code has one.
create table qr_codes (
  book integer not null,
  id text not null,
  merchant_id text not null,
  label text not null check (length(label) between 1 and 80),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  amount_minor bigint check (amount_minor > 0),
  return_url text,
  enabled boolean not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (book, id),
  foreign key (book, merchant_id) references merchants (book, id)
);
create index qr_codes_by_merchant on qr_codes (merchant_id, id);
