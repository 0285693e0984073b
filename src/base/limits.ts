/** Every loop, page, body, retry and age has its limit here, with its unit last in the name. */

// The database and its queues.
export const BATCH_ITEMS_MAX = 1024;
export const BATCH_QUEUE_MAX = 16_384;
export const TRANSACTION_TRIES_MAX = 8;
export const LEASE_SECONDS = 30;

// HTTP in.
export const BODY_BYTES_MAX = 64 * 1024;
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
