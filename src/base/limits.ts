/** Every loop, page, body, retry and age has its limit here, with its unit last in the name. */

// The database and its queues.
export const BATCH_ITEMS_MAX = 1024;
export const BATCH_QUEUE_MAX = 16_384;
export const TRANSACTION_TRIES_MAX = 8;
export const LEASE_SECONDS = 30;
export const ANALYZE_ROWS_MIN = 50;

// The cashier.
export const ATTEMPTS_PER_PAYMENT_MAX = 20;
/** Of one payment through one staged wallet: each holds a part of what may be at risk, which others want as well. */
export const STAGED_TRIES_OPEN_MAX = 3;
export const AUTOMATIC_REFUNDS_MAX = 5;
export const ALERTS_PER_MINUTE_MAX = 60;
export const REFUND_LOST_SECONDS = 600;
/** A wallet's cancel is up to four calls, and the last of them may still be worked on when nobody waits for it any more. */
export const UNDO_CALL_SECONDS_MAX = 60;
export const PAYMENT_SECONDS_MIN = 60;
export const PAYMENT_SECONDS_MAX = 86_400;
export const PAYMENT_SECONDS_USUAL = 900;

// HTTP in.
export const BODY_BYTES_MAX = 64 * 1024;
export const FORM_BYTES_MAX = 16 * 1024;
export const NOTIFICATION_BYTES_MAX = 64 * 1024;
export const HTTP_REQUEST_MS_MAX = 30_000;
export const JSON_DEPTH_MAX = 16;
export const JSON_KEYS_MAX = 1000;
export const PAGE_ITEMS_MAX = 100;
export const PAGE_ITEMS_USUAL = 20;
export const IDEMPOTENCY_KEY_CHARS_MAX = 255;
export const IDEMPOTENCY_REPLY_HOURS = 48;

// HTTP out.
export const WALLET_CALL_TIMEOUT_MS = 10_000;
export const WALLET_REPLY_BYTES_MAX = 1024 * 1024;
export const WEBHOOK_TIMEOUT_MS = 10_000;
export const WEBHOOK_REPLY_BYTES_MAX = 64 * 1024;

// Waiting for the database.
export const DATABASE_CONNECT_SECONDS_MAX = 10;
export const DATABASE_STATEMENT_MS_MAX = 60_000;
export const DATABASE_LOCK_WAIT_MS_MAX = 10_000;
export const DATABASE_IDLE_IN_TRANSACTION_MS_MAX = 30_000;

// The pretend wallets.
export const SANDBOX_PAYMENT_CODE_SECONDS = 300;
export const SANDBOX_GRANT_SECONDS = 300;
export const SANDBOX_GRANTS_MAX = 10_000;
export const SANDBOX_SCAN_CHARS_MAX = 2048;
export const SANDBOX_NOTIFY_REPLY_BYTES_MAX = 16 * 1024;
export const SANDBOX_FORM_FIELDS_MAX = 100;
export const SANDBOX_TXN_TIME_SKEW_MINUTES = 60;
export const SANDBOX_ORDER_OPEN_MINUTES = 120;
export const SANDBOX_REFUND_WINDOW_DAYS = 330;
export const SANDBOX_NOTIFY_TIMEOUT_MS = 10_000;
export const SANDBOX_NOTIFY_IN_FLIGHT_MAX = 64;
export const SANDBOX_NOTIFICATIONS_KEPT_MAX = 10_000;
export const SANDBOX_FAULTS_MAX = 100;
export const SANDBOX_DISCOUNTS_MAX = 20;
export const SANDBOX_LIST_ITEMS_MAX = 10_000;
export const SANDBOX_CLOCK_LOOK_MS = 200;

// Webhooks.
export const WEBHOOK_PAYLOAD_BYTES_MAX = 20_000;
export const WEBHOOK_REPLY_KEPT_BYTES_MAX = 1024;
export const WEBHOOK_REASON_CHARS_MAX = 200;
export const WEBHOOK_ENDPOINTS_PER_MERCHANT_MAX = 16;
export const WEBHOOK_URL_CHARS_MAX = 2048;
export const WEBHOOK_EVENT_TYPES_MAX = 32;
export const WEBHOOK_SECRET_OVERLAP_HOURS_MAX = 7 * 24;
export const WEBHOOK_RETRY_AFTER_SECONDS_MAX = 24 * 3600;
export const WEBHOOK_TRIES_SHOWN_MAX = 20;
export const WEBHOOK_FOLLOWERS_MAX = 100;
export const WEBHOOK_REPLAYS_MAX = 10_000;
export const WEBHOOK_SENDS_MAX = 128;
export const WEBHOOK_UNWELL_SENDS_MAX = 64;
export const WEBHOOK_ENDPOINT_SENDS_MAX = 16;
export const WEBHOOK_QUICK_MS_MAX = 2_000;
export const WEBHOOK_LANES_KEPT_MAX = 1_000;

// The ledger.
/** Balances that a process keeps in memory, about 300 bytes each. */
export const LEDGER_ACCOUNTS_CACHED_MAX = 200_000;
export const LEDGER_PAGE_ITEMS_MAX = 1000;

// A commit whose answer was lost is asked about for so long.
export const COMMIT_LOOKUP_SECONDS_MAX = 60;
export const COMMIT_MARK_DAYS = 7;

// How many connections, and how long they are kept.
export const DATABASE_CONNECTIONS_MAX = 16;
export const OUTBOUND_ORIGIN_CONNECTIONS_MAX = 64;
export const OUTBOUND_CONNECT_MS_MAX = 5000;
export const OUTBOUND_IDLE_MS = 4000;

// Wallet accounts.
export const WALLET_SETTING_CHARS_MAX = 64 * 1024;
export const WALLET_KEYS_OVERLAP_HOURS_MAX = 7 * 24;
export const WALLET_KEYS_OVERLAP_HOURS_USUAL = 24;
export const WALLET_REFRESH_HOURS = 24;

// Codes to scan.
export const QR_CODES_PER_MERCHANT_MAX = 1000;
export const PAYMENT_MINOR_MAX = 999_999_999_999n;
export const QR_PAYMENTS_PER_MINUTE_MAX = 600;
export const QR_PAYMENT_SECONDS = 900;

// The buyer's pages.
/** Whoever has a payment's link can have a wallet asked who pays; nobody comes back so often by himself. */
export const PAYER_READINGS_PER_MINUTE_MAX = 10;
export const QR_NOTE_CHARS_MAX = 40;
export const CODE_PICTURES_KEPT_MAX = 64;

// Where the buyer is, and codes.
export const USER_AGENT_CHARS_MAX = 4096;
/** EMVCo merchant-presented codes hold at most so many characters. */
export const EMV_CHARS_MAX = 512;
export const PAYMENT_CODE_CHARS_MAX = 64;
export const QR_TEXT_BYTES_MAX = 1024;
export const POSTER_NAME_CHARS_MAX = 40;
/** Outlines of letters kept in memory, about 2 kB each. */
export const GLYPHS_KEPT_MAX = 4000;
export const WALLET_SETTING_FILE_BYTES_MAX = 40 * 1024;

// Settlement.
export const STATEMENT_FILE_BYTES_MAX = 256 * 1024 * 1024;
export const STATEMENT_FILE_PART_BYTES = 512 * 1024;
export const STATEMENT_PIECE_ITEMS = 2000;
export const STATEMENT_LEASE_SECONDS = 900;
export const STATEMENT_RETRY_SECONDS = 3600;
/** Three days of asking every hour; then a person has to look. */
export const STATEMENT_TRIES_MAX = 72;
export const STATEMENT_BACKFILL_DAYS_MAX = 30;
/** Money of a day belongs to orders that are at most so old. */
export const STATEMENT_PAYMENT_AGE_DAYS_MAX = 7;
export const STATEMENT_REFUND_AGE_DAYS_MAX = 45;
/** What happened so near the end of the wallet's day may stand in the next day's bill. */
export const STATEMENT_CUT_OFF_MINUTES = 60;
export const STATEMENT_QUESTIONS_AT_ONCE = 4;
export const STATEMENT_QUESTIONS_PER_STEP = 200;
export const BREAK_LEASE_SECONDS = 120;
export const BREAK_NOTE_CHARS_MAX = 500;

// The Open Wallet Protocol.
export const OPEN_STATEMENT_TIMEOUT_MS = 60_000;
export const OPEN_STATEMENT_LINE_BYTES_MAX = 4096;
export const OPEN_STATEMENT_UNPACKED_BYTES_MAX = 1024 * 1024 * 1024;

// JD Pay's XML.
export const JDPAY_XML_BYTES_MAX = 256 * 1024;
export const JDPAY_XML_ELEMENTS_MAX = 2000;
export const JDPAY_XML_DEPTH_MAX = 8;

// WeChat Pay's daily bills: as they come, unpacked, and one line.
export const WECHATPAY_BILL_BYTES_MAX = 64 * 1024 * 1024;
export const WECHATPAY_BILL_UNPACKED_BYTES_MAX = 1024 * 1024 * 1024;
export const WECHATPAY_BILL_LINE_CHARS_MAX = 64 * 1024;
export const WECHATPAY_BILL_TIMEOUT_MS = 60_000;

// Alipay.
export const ALIPAY_BILL_TIMEOUT_MS = 60_000;
export const ALIPAY_BILL_UNPACKED_BYTES_MAX = 1024 * 1024 * 1024;
export const ALIPAY_BILL_LINE_CHARS_MAX = 16_384;
/** So long after it was sent, a charge by payment code cannot arrive any more: the code has long expired. */
export const ALIPAY_CHARGE_LOST_SECONDS = 300;
export const SANDBOX_NONCES_MAX = 1_000_000;

// UnionPay's bill.
export const UNIONPAY_FILE_TIMEOUT_MS = 60_000;
export const UNIONPAY_BILL_ZIP_BYTES_MAX = 256 * 1024 * 1024;
export const UNIONPAY_BILL_UNPACKED_BYTES_MAX = 1024 * 1024 * 1024;
export const UNIONPAY_BILL_LINE_BYTES_MAX = 4096;

// The pretend WeChat Pay.
export const SANDBOX_WECHATPAY_SKEW_SECONDS = 300;
export const SANDBOX_WECHATPAY_ORDER_DAYS = 7;
export const SANDBOX_WECHATPAY_ORDER_DAYS_MAX = 90;
export const SANDBOX_WECHATPAY_PREPAY_MINUTES = 120;
export const SANDBOX_WECHATPAY_H5_MINUTES = 5;
export const SANDBOX_WECHATPAY_CODE_MINUTES = 10;
export const SANDBOX_WECHATPAY_REFUND_DAYS = 365;
export const SANDBOX_WECHATPAY_REFUNDS_MAX = 50;
export const SANDBOX_WECHATPAY_BILL_LINK_SECONDS = 300;
export const SANDBOX_WECHATPAY_BILL_DAYS_MAX = 92;

// The vault of card numbers.
/** Data keys of people that a process keeps ready, about 300 bytes each. */
export const VAULT_KEYS_KEPT_MAX = 20_000;
export const VAULT_REWRAP_ITEMS = 500;
export const VAULT_UNWRAPS_AT_ONCE = 32;

// People: codes by message.
export const CODE_SECONDS = 300;
export const CODE_TRIES_MAX = 5;
export const CODE_RESEND_SECONDS = 60;
/** Anybody can ask for a code to sign in with any phone. */
export const SIGN_IN_CODES_PER_PHONE_DAY_MAX = 10;
/** Codes that people who are signed in ask for: binding, proofs, a forgotten PIN. */
export const OTHER_CODES_PER_PHONE_DAY_MAX = 30;
/** An address may stand for a whole office; one address asking for more is somebody trying phones. */
export const CODES_PER_ORIGIN_DAY_MAX = 100;
export const PASSKEY_CHALLENGES_PER_ORIGIN_DAY_MAX = 1000;
export const SMS_TIMEOUT_MS = 10_000;
export const SMS_REPLY_BYTES_MAX = 16 * 1024;
// People: sessions, devices, passkeys, the payment PIN.
export const SESSION_IDLE_SECONDS = 15 * 60;
export const SESSION_SECONDS_MAX = 12 * 3600;
export const SESSION_TOUCH_SECONDS = 60;
export const DEVICE_NEW_SECONDS = 24 * 3600;
export const DEVICE_COOKIE_DAYS = 365;
export const DEVICE_NAME_CHARS_MAX = 80;
export const DEVICES_SHOWN_MAX = 50;
export const PASSKEYS_PER_USER_MAX = 10;
export const PASSKEY_NAME_CHARS_MAX = 80;
export const PASSKEY_CHALLENGE_SECONDS = 300;
export const PASSKEY_FIELD_CHARS_MAX = 20_000;
export const PIN_WRONG_MAX = 5;
export const PIN_LOCK_SECONDS = 3 * 3600;
export const PIN_LOCKS_MAX = 3;
export const PIN_HASHES_AT_ONCE = 2;
export const PIN_HASHES_QUEUED_MAX = 50;
// People: proofs and the audit chain.
export const PROOF_OFFER_SECONDS = 300;
export const PROOF_TRIES_MAX = 5;
export const PROOF_SECONDS = 120;
export const AUDIT_FACTS_BYTES_MAX = 4000;
export const AUDIT_CHAIN_ITEMS_MAX = 1000;
export const AUDIT_CHAIN_EVERY_MS = 500;
export const AUDIT_HEAD_TOLD_EVERY_MS = 60_000;
/** A line that is older than this and stands outside the chain was left out on purpose. */
export const AUDIT_UNCHAINED_SECONDS_MAX = 600;
export const AUDIT_VERIFY_ITEMS = 2000;
export const USERS_SWEEP_EVERY_MS = 600_000;
export const USERS_SWEEP_ITEMS_MAX = 1000;
export const USERS_KEPT_DAYS = 2;
export const SESSIONS_KEPT_DAYS = 30;

// Cards.
export const CARDS_PER_PERSON_MAX = 20;
export const CARD_ALIAS_CHARS_MAX = 20;
/** Details that the bank did not confirm, a day in Asia/Shanghai. */
export const CARD_FAILURES_PER_PERSON_DAY_MAX = 5;
export const CARD_FAILURES_PER_NUMBER_DAY_MAX = 5;
export const CARD_FAILURES_PER_DEVICE_DAY_MAX = 10;
/** Of whatever outcome, so that a bank that does not answer is not asked without end. */
export const CARD_TRIES_PER_PERSON_DAY_MAX = 60;
export const CARD_REQUEST_SECONDS = 600;
/** Swept once an hour, so that it is gone within a day. */
export const CARD_NUMBER_KEPT_HOURS = 22;
export const CARD_FOUND_MAX = 20;
export const CARD_BALANCE_KEPT_SECONDS = 10;
export const CARD_BALANCE_DEADLINE_MS = 3_000;
export const CARD_BALANCE_ASKS_PER_DAY_MAX = 100;
export const CARD_SWEEP_ITEMS = 500;
export const CARD_PREFIX_ROWS_MAX = 50_000;
export const CARD_TRIES_KEPT_DAYS = 7;

// How much may move.
/** A limit that its holder raises counts after so long: whoever has taken over a phone waits, and the owner sees it. */
export const HOLDER_LIMIT_RAISE_HOURS = 24;
/** A year's sum is needed until its year is over. */
export const LIMIT_COUNTERS_KEPT_DAYS = 800;
export const LIMIT_HOLDS_KEPT_DAYS = 90;
export const LIMIT_SWEEP_ITEMS_MAX = 5000;

// Stamps and routes of the bank rail.
/** So long a block of trace numbers is one process's own; what it has not used by then is thrown away. */
export const STAMP_BLOCK_SECONDS = 60;
export const STAMPS_PER_DRAW_MAX = 4096;
export const RAIL_ROUTES_SECONDS = 60;

// Transfers.
export const QUOTE_SECONDS = 300;
export const QUOTE_SWEEP_ITEMS = 5000;
export const QUOTE_PARTS_MAX = 10;
export const QUOTE_SOURCES_MAX = 20;
export const TRANSFER_NOTE_CHARS_MAX = 50;
export const TRANSFER_MINOR_MAX = 999_999_999_999n;
export const ORDINARY_ARRIVAL_MINUTES = 120;
export const PHONE_LOOK_UPS_PER_DAY_MAX = 30;
export const PAYEES_LISTED_MAX = 50;
export const PAYEE_NAME_CHARS_MAX = 60;
/** A call to a bank is over by then, answered or not; afterwards whoever finds the leg asks again or takes the debit back. */
export const LEG_LEASE_SECONDS = 45;
/** A message that nobody answers is sent again for so long; then a person is told, and the switch's file decides. */
export const LEG_REPEAT_HOURS = 24;
export const MOVE_WORK_CONCURRENCY = 256;
export const MOVE_SETTLE_MS_MAX = 60_000;

// The bank rail.
export const BANK_DAY_FILE_BYTES_MAX = 256 * 1024 * 1024;
export const BANK_IN_FLIGHT_MAX = 500;
export const BANK_QUEUE_MAX = 2000;
export const BANK_LINKS_USUAL = 2;
export const BANK_KEY_PUSH_SECONDS_MAX = 1800;

// The pretend banks and the pretend phone.
export const SANDBOX_BANK_SEEN_MAX = 2_000;
export const SANDBOX_BANK_LINK_BYTES_MAX = 32 * 1024 * 1024;
export const SANDBOX_PHONE_MESSAGES_MAX = 1_000;
export const SANDBOX_PHONE_TEXT_CHARS_MAX = 1_000;
export const SANDBOX_PHONE_SKEW_SECONDS = 300;

// Clearing: the switch's file of each day.
/** The file is asked for so long after the day ended, and then again. */
export const CLEARING_DELAY_SECONDS = 300;
export const CLEARING_RETRY_SECONDS = 600;
/** Two days of asking; then a person has to look. */
export const CLEARING_TRIES_MAX = 288;
export const CLEARING_LEASE_SECONDS = 900;
export const CLEARING_PIECE_ITEMS = 2000;
export const CLEARING_PLAN_DAYS_MAX = 400;
/** In which earlier files a message that stands in this one may have stood. */
export const CLEARING_DAYS_BACK = 30;
export const CLEARING_NOTE_CHARS_MAX = 500;
export const CLEARING_BREAKS_PER_DAY_MAX = 20_000;

// Staged rollouts.
export const ROLLOUT_STEPS_MAX = 20;
export const ROLLOUT_BUYERS_MAX = 1000;
export const ROLLOUT_FREEZE_WINDOWS_MAX = 20;
export const ROLLOUT_LATE_DAYS_MAX = 180;
export const ROLLOUT_RULE_BYTES_MAX = 8 * 1024;
export const ROLLOUT_REASON_CHARS_MAX = 500;
export const ROLLOUTS_PER_BOOK_MAX = 1000;
/** Of one shop, those that are not retired: each is looked at twice a second, beside those of all others. */
export const ROLLOUTS_PER_MERCHANT_MAX = 20;
export const ROLLOUT_VERSIONS_MAX = 200;
/** A node that has not heard of the rollouts for so long shows no staged wallet. */
export const ROLLOUT_STALE_MS = 1000;
export const ROLLOUT_LOOK_MS = 250;
export const ROLLOUT_CONTROL_MS = 500;
export const ROLLOUT_LEASE_MS = 5000;

// Offers: campaigns and quotes.
export const CAMPAIGN_FILE_BYTES_MAX = 256 * 1024;
export const CAMPAIGN_FILES_MAX = 200;
export const CAMPAIGN_NAME_CHARS_MAX = 60;
export const CAMPAIGN_TIERS_MAX = 20;
export const CAMPAIGN_FUNDERS_MAX = 4;
export const CAMPAIGN_NAMES_MAX = 100;
export const CAMPAIGN_ARTICLES_MAX = 1000;
export const CAMPAIGN_HOURS_MAX = 12;
/** Days that a campaign leaves out, and days that are looked ahead for when it opens again. */
export const CAMPAIGN_DAYS_MAX = 400;
/** Offers that are combined for one candidate; the rest would have to be worth less, each by itself, than all of these. */
export const OFFERS_COMBINED_MAX = 30;
/** Combinations looked at for one quote, shared by its ways to pay; some tenths of a second. Twelve offers have 4096. */
export const OFFER_COMBINATIONS_MAX = 100_000;
/** A node that has not heard of the offers for so long, and cannot ask, quotes without them. */
export const OFFERS_STALE_MS = 1000;
export const OFFERS_LOOK_MS = 250;
export const OFFERS_READ_MS_MAX = 1000;
/** Buyers of an offer that was stopped since hear so, and not that it never was. */
export const OFFERS_STOPPED_KEPT_HOURS = 24;
/** What is left of a limit is remembered for so long: a quote promises no place, an attempt takes one. */
export const OFFER_ROOM_KEPT_MS = 500;
export const OFFER_ROOMS_KEPT_MAX = 50_000;
/** Running at once, of one shop or of everybody. */
export const OFFERS_RUNNING_MAX = 200;
/** Each version is read again at every change, and each figure of a limit is one more account for every use to pass. */
export const OFFER_VERSIONS_MAX = 200;
/** Of a shop's stopped offers, buyers hear of the last so many. */
export const OFFERS_STOPPED_KEPT_MAX = 50;
export const OFFER_MOVES_SHOWN_MAX = 100;
export const OFFER_COST_DAYS_MAX = 366;
export const OFFER_REASON_CHARS_MAX = 300;
export const VOUCHERS_PER_CALL_MAX = 1000;
export const VOUCHERS_PER_OFFER_MAX = 1_000_000;
export const QUOTE_WALLETS_MAX = 16;
export const ORDER_ITEMS_MAX = 100;
export const VOUCHERS_PER_ORDER_MAX = 10;
export const COMPLAINT_CHARS_MAX = 200;

// Discounts' money.
/** What a wallet reports of its own for one payment. */
export const WALLET_DISCOUNTS_MAX = 20;
/** Whoever pays for the discounts of one payment: each is one transfer, and a transfer's id has room for so many. */
export const DISCOUNT_ACCOUNTS_MAX = 48;
/** Accounts of offers that a process remembers to be open. */
export const OFFER_ACCOUNTS_KNOWN_MAX = 100_000;
/** Lines of the order that one refund names. */
export const REFUND_ITEMS_MAX = 100;
export const REFUND_ITEM_QUANTITY_MAX = 1_000_000;

// Holds of limits in the ledger.
export const HOLD_LINES_MAX = 63;
export const HOLD_LIMIT_CHARS_MAX = 200;
/** Limits of which a node remembers that they are filled. */
export const LEDGER_LIMITS_KNOWN_MAX = 100_000;
export const LIMIT_IDS_KNOWN_MAX = 10_000;

// What is counted under rollouts, files of plans and campaigns, questions of other services.
/** The last attempts through a staged wallet; a hard floor looks at no more. The table keeps as many. */
export const ROLLOUT_OUTCOMES_KEPT = 64;
export const DATA_FILE_BYTES_MAX = 1024 * 1024;
export const FLAG_CONTEXT_BYTES_MAX = 16 * 1024;
export const FLAG_FACT_CHARS_MAX = 256;
