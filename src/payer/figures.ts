/** What docs/open-wallet-protocol.md promises to shops, and what the wallet promises to people. Units last. */

export const UNDO_HOURS_MAX = 24;
export const REFUND_WINDOW_DAYS = 365;
export const ORDER_DAYS_MAX = 7;

/** The most that a shop may take by a payment code without the person being asked; users/proof-levels.ts decides, a test compares. */
export const CODE_MINOR_MAX = 99_999n;
export const CODE_SECONDS = 60;
export const CODE_PREFIX = '9700';
export const CODES_LIVE_MAX = 10;
/** So long a used code's order is shown beside the code. */
export const CODE_ORDERS_MINUTES = 10;
export const CODE_ORDERS_SHOWN_MAX = 5;

export const GRANT_SECONDS = 300;
export const SHOP_KEYS_MAX = 2;

/** A new key is listed for so long before it signs; an old one for so long after. */
export const KEY_LISTED_BEFORE_DAYS = 7;
export const KEY_LISTED_AFTER_DAYS = 1;
export const WALLET_KEYS_LISTED_MAX = 4;

/** From this hour in Asia/Shanghai on the statement of the day before can be had. */
export const STATEMENT_READY_HOUR = 1;
export const STATEMENT_PAGE_ITEMS = 2000;

/** docs/open-wallet-protocol.md, "Notifications": at least so long after the try before. */
export const NOTICE_DELAYS_SECONDS = [5, 30, 300, 1800, 7200, 21_600, 86_400] as const;
export const NOTICE_TIMEOUT_MS = 10_000;
export const NOTICE_REPLY_BYTES_MAX = 16 * 1024;
export const NOTICES_AT_ONCE = 32;

/** How long a shop or buyer is kept waiting for a move to end before the answer is "under way". */
export const SETTLE_WAIT_MS = 6000;
/** A move that nobody has heard of for so long is started again, which changes nothing if it was started. */
export const MOVE_OWNED_SECONDS = 10;
export const MOVE_LEASE_SECONDS = 30;
export const MOVE_AGAIN_SECONDS = 60;
export const MOVES_AT_ONCE = 32;
export const EXPIRE_ITEMS_MAX = 500;

/** Names of the wallet, as people know it. */
export const WALLET_NAME = { zh: '互通钱包', en: 'Hutong Wallet' } as const;
export const WALLET_COLOUR = '#1860d0';
export const USER_AGENT_TOKEN = 'HutongWallet';
