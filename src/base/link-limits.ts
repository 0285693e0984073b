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
/** Codes that no link has are remembered too, so that who guesses does not ask the database each time; for so long, and so many. */
export const LINKS_MISSED_MS = 2000;
export const LINKS_MISSED_KEPT_MAX = 20_000;
/** Merchants whose hosts and apps a process remembers besides those who serve links. */
export const LINK_MERCHANTS_KEPT_MAX = 20_000;
/** A process that has not heard of links for so long asks before it opens one. */
export const LINKS_STALE_MS = 1000;
export const LINKS_LOOK_MS = 250;
export const LINKS_READ_MS_MAX = 1000;
/** With more changes at once than these, all that is remembered is forgotten instead. */
export const LINKS_CHANGES_READ_MAX = 5000;
/** An edit that would be the next is refused; stopping never is. */
export const LINK_VERSIONS_MAX = 1000;
export const LINK_APP_PATH_CHARS_MAX = 1024;
export const LINK_REASON_CHARS_MAX = 300;
export const LINK_PRICE_MINOR_MAX = 999_999_999_999n;
/** Letters of a template (scheme, mini program page) of an app. */
export const LINK_TEMPLATE_CHARS_MAX = 512;
export const LINK_CERTIFICATES_MAX = 10;
/** 1000 links with their texts; the API takes no other body of this size. */
export const LINKS_BODY_BYTES_MAX = 4 * 1024 * 1024;
export const LINKS_BODY_KEYS_MAX = 20_000;

// Proofs of hosts.
export const LINK_PROOF_BYTES_MAX = 4096;
export const LINK_PROOF_MS_MAX = 5000;
export const LINK_PROOF_HOPS_MAX = 3;
/** A proof is looked at again so often; where it is gone so many times in a row, the host is no longer proved. */
export const LINK_PROOF_LOOK_HOURS = 24;
export const LINK_PROOF_MISSES_MAX = 3;
/** Where nothing could be seen it is tried again sooner; a host that could not be looked at for so many days is no longer proved either. */
export const LINK_PROOF_RETRY_MINUTES = 60;
export const LINK_PROOF_UNSEEN_DAYS_MAX = 14;

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
