/*
 * The limits of share links; every other limit is in limits.ts. One heading per part, rows under it.
 */

// Links and what merchants register for them.
/** Letters of a short link's code: 8 of 54 are 46 bits, so that guessing finds nothing. */
export const LINK_CODE_CHARS = 8;
export const LINK_TITLE_CHARS_MAX = 120;
export const LINK_DESCRIPTION_CHARS_MAX = 300;
export const LINK_URL_CHARS_MAX = 2048;
export const LINKS_PER_CALL_MAX = 1000;
export const LINK_HOSTS_PER_MERCHANT_MAX = 50;
export const LINK_APPS_PER_MERCHANT_MAX = 20;
/** Links that a process remembers, with everything that opening them needs. */
export const LINKS_KEPT_MAX = 100_000;
