/*
 * The limits of share links; every other limit is in limits.ts. One heading per part, rows under it.
 */

// Links and what merchants register for them.
/** Letters of a short link's code: 8 of 57 are 46 bits, so that guessing finds nothing. */
export const LINK_CODE_CHARS = 8;
/** None that is read as another: no 0 O 1 l I. An odd number of them, so that one check letter finds every swap of neighbours. */
export const LINK_CODE_LETTERS = '23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
export const LINK_TITLE_CHARS_MAX = 120;
export const LINK_DESCRIPTION_CHARS_MAX = 300;
export const LINK_URL_CHARS_MAX = 2048;
export const LINKS_PER_CALL_MAX = 1000;
export const LINK_HOSTS_PER_MERCHANT_MAX = 50;
export const LINK_APPS_PER_MERCHANT_MAX = 20;
/** Links that a process remembers, with everything that opening them needs. */
export const LINKS_KEPT_MAX = 100_000;

// Pasted texts and codes that survive an app's installation.
/** What is read of a pasted text, in UTF-16 units; the rest is cut. */
export const PASTED_CHARS_MAX = 4096;
/** Addresses of one text that are looked at. */
export const PASTED_URLS_MAX = 8;
/** Texts that one network may have read on the page in a minute. */
export const PASTES_PER_MINUTE_MAX = 30;
/** Codes that one network may ask for, or try, in a minute. */
export const DEFERRALS_PER_MINUTE_MAX = 12;
export const DEFERRAL_MINUTES = 60;
/** Codes of which nobody made use, deleted in one statement. */
export const DEFERRAL_SWEEP_ITEMS = 5000;
