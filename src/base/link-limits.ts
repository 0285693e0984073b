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
export const LINKS_BODY_BYTES_MAX = 2 * 1024 * 1024;
export const LINKS_BODY_KEYS_MAX = 20_000;

// Proofs of hosts.
export const LINK_PROOF_BYTES_MAX = 4096;
export const LINK_PROOF_MS_MAX = 5000;
/** A proof is looked at again so often; where it is gone so many times in a row, the host is no longer proved. */
export const LINK_PROOF_LOOK_HOURS = 24;
export const LINK_PROOF_MISSES_MAX = 3;
/** Where nothing could be seen it is tried again sooner; a host that could not be looked at for so many days is no longer proved either. */
export const LINK_PROOF_RETRY_MINUTES = 60;
export const LINK_PROOF_UNSEEN_DAYS_MAX = 14;

/** Files that platforms ask for at the root of one serving host, and how large each may be. */
export const LINK_HOST_FILES_MAX = 10;
export const LINK_HOST_FILE_BYTES_MAX = 1024;

// Pasted texts and codes that survive an app's installation.
/** What is read of a pasted text, in UTF-16 units; the rest is cut. */
export const PASTED_CHARS_MAX = 4096;
/** What the page's box takes: in a form each Chinese character is nine letters, and FORM_BYTES_MAX holds. */
export const PASTE_FIELD_CHARS_MAX = 1500;
/** Addresses of one text that are looked at. */
export const PASTED_URLS_MAX = 8;
/** Texts that one network may have read on the page in a minute. */
export const PASTES_PER_MINUTE_MAX = 30;
/** Codes that one network may ask for, or try, in a minute. */
export const DEFERRALS_PER_MINUTE_MAX = 12;
export const DEFERRAL_MINUTES = 60;
/** Codes of which nobody made use, deleted in one statement. */
export const DEFERRAL_SWEEP_ITEMS = 5000;

// Counting.
/** Names that one link's day keeps of one split (referrers, robots, steps); what comes later is counted as `other`. */
export const LINK_SPLIT_NAMES_MAX = 50;
export const LINK_SPLIT_NAME_CHARS_MAX = 64;
/** People of one link and day that are told apart exactly, in a process or in the database; above it they are estimated. */
export const LINK_PEOPLE_EXACT_MAX = 1024;
export const LINK_FLUSH_MS = 1000;
/** Links and days that one transaction writes. */
export const LINK_FLUSH_ROWS = 1000;
/** Of them, those that are read, added to and written at one go: a millisecond or two, in which nobody else is served. */
export const LINK_FLUSH_STEP_ROWS = 25;
/** So many links that were opened since the last flush are written at once instead of at the next second. */
export const LINK_FLUSH_EARLY_ROWS = 10_000;
/** Links and days held in memory while the database is away; opens of yet other links are then lost, which is said in the log. */
export const LINK_TALLIES_MAX = 100_000;
export const LINK_STOP_FLUSH_TRIES_MAX = 8;
/** How long after its day a salt is still there, for nodes whose clocks are not quite right. */
export const LINK_SALT_GRACE_MINUTES = 60;
export const LINK_STATS_DAYS_MAX = 366;
export const LINK_STATS_HOURS_DAYS_MAX = 31;
export const LINK_CONVERSION_ITEMS = 500;
export const LINK_CONVERSION_MS = 2000;

// Safety: hosts that are typed, looks at others' pages, reports of abuse.
export const LINK_HOST_CHARS_MAX = 300;

// Opening.
/** Browsers (user agent and languages together) that a process has read and remembers; a text is at most 4 kB. */
export const VISITORS_KEPT_MAX = 8000;
/** Bytes of drawn landing pages, plain and packed, that a process keeps. */
export const LANDING_BYTES_KEPT_MAX = 64 * 1024 * 1024;
/** The whole landing page with its style and script, packed: what a weak connection has to carry. */
export const LANDING_PACKED_BYTES_MAX = 15 * 1024;
export const LINK_ABILITIES_FILE_BYTES_MAX = 64 * 1024;
/** What a landing page may tell about a tap. */
export const LINK_TAP_BYTES_MAX = 64;
/** How long packed association files are kept in memory; a changed app is in them after that at the latest. */
export const ASSOCIATION_KEPT_MS = 10_000;

// Cards and pictures of previews.
/** A product's picture as its shop serves it; a larger one is left out of the card. */
export const LINK_PICTURE_BYTES_MAX = 3_000_000;
/** Decoding takes four bytes a pixel: 64 MB. */
export const LINK_PICTURE_PIXELS_MAX = 16_000_000;
export const LINK_PICTURE_SIDE_MAX = 12_000;
/** Passes over the whole picture that a JPEG may ask for. Cameras and sites make one to about ten; a few bytes are enough to ask for another. */
export const LINK_PICTURE_SCANS_MAX = 64;
/** What decoding a WebP picture may take of memory, in pages of 64 kB: 256 MB. The largest that is decoded takes half of it. */
export const LINK_WEBP_PAGES_MAX = 4096;
/** When a WebP picture that is still being decoded is given up; the largest takes about a second. */
export const LINK_WEBP_DECODE_MS_MAX = 20_000;
/** A small enough picture is shown on our pages as its shop made it. */
export const LINK_PICTURE_AS_IS_BYTES_MAX = 300_000;
export const LINK_PICTURE_FETCH_MS_MAX = 4_000;
export const LINK_PICTURE_HOPS_MAX = 3;
/** Pictures that are fetched at a time, of all shops together (24 MB) and of one host, so that a slow one holds up only itself; and those that wait. */
export const LINK_PICTURE_FETCHES_AT_A_TIME = 8;
export const LINK_PICTURE_FETCHES_WAITING_MAX = 64;
export const LINK_PICTURE_FETCHES_PER_HOST = 2;
export const LINK_PICTURE_FETCHES_WAITING_PER_HOST_MAX = 24;
/** How long nobody asks again for a picture that did not come. */
export const LINK_PICTURE_RETRY_SECONDS = 120;
/** A picture that its shop replaces under the same address is seen within the day. */
export const LINK_PICTURE_GOOD_SECONDS = 86_400;
/** Cards that are drawn at a time, and those that wait; whoever comes besides is asked to come again. */
export const LINK_DRAWINGS_AT_A_TIME = 2;
export const LINK_DRAWINGS_WAITING_MAX = 30;
/** Drawn cards in memory. */
export const LINK_CARDS_BYTES_MAX = 64_000_000;
export const LINK_PICTURES_BYTES_MAX = 64_000_000;

// Links that ask for money.
/** How often a link may be paid that has an end. */
export const LINK_PLACES_MAX = 1000;
/** Shares of a total; each costs at least one minor unit. */
export const LINK_SHARES_MAX = 100;
export const LINK_PAYER_NAME_CHARS_MAX = 20;
export const LINK_SUBJECT_CHARS_MAX = 120;
/** Letters of an order number, so that `.2` and more fit behind it when its payment expired and another is made. */
export const LINK_ORDER_NO_CHARS_MAX = 56;
/** A payment that was asked for and is still not there by then was lost on the way, and is made again. */
export const LINK_PAYMENT_LOST_SECONDS = 30;
/** How soon, and how late, an open payment of a link is looked at again. */
export const LINK_LOOK_SECONDS_MIN = 5;
export const LINK_LOOK_SECONDS_MAX = 60;
export const LINK_LOOK_CONCURRENCY = 8;
/** Collections that one person begins within a day. */
export const LINK_COLLECTIONS_PER_DAY_MAX = 20;
/** How much longer than its quote a share is kept: a confirmation that was recorded in the quote's last moment is seen by then. */
export const LINK_HOLD_MARGIN_SECONDS = 120;
/** Of somebody else's page: its head ends long before. */
export const PREVIEW_PAGE_BYTES_MAX = 128 * 1024;
export const PREVIEW_TIMEOUT_MS = 5_000;
export const PREVIEW_HOPS_MAX = 5;
export const PREVIEW_TITLE_CHARS_MAX = 120;
export const PREVIEW_DESCRIPTION_CHARS_MAX = 300;
export const PREVIEW_NAME_CHARS_MAX = 60;
/** One block of structured data; longer ones are not read. */
export const PREVIEW_DATA_CHARS_MAX = 64 * 1024;
export const PREVIEW_DATA_BLOCKS_MAX = 8;
export const PREVIEW_DATA_NODES_MAX = 500;
export const PREVIEW_DATA_DEPTH_MAX = 8;
/** How long a page that was seen, or that could not be, is taken to be the same; afterwards its row waits to be forgotten. */
export const PREVIEW_FRESH_MINUTES = 360;
export const PREVIEW_NONE_MINUTES = 10;
export const PREVIEW_KEPT_DAYS = 7;
export const PREVIEW_LOOKS_AT_ONCE_MAX = 32;
export const PREVIEW_LOOKS_PER_MINUTE_MAX = 20;
export const PREVIEW_LOOKS_PER_HOST_AND_MINUTE_MAX = 60;
export const REPORT_WORDS_CHARS_MAX = 1000;
export const REPORT_CONTACT_CHARS_MAX = 120;
export const REPORT_CONTACT_DAYS = 90;
export const REPORT_NETWORK_DAYS = 7;
export const REPORTS_PER_NETWORK_AND_MINUTE_MAX = 5;
export const REPORTS_PER_MINUTE_MAX = 300;
/** Of these, so many are kept for wider networks (/24, /48) that have not reported anything in the last hours. */
export const REPORTS_PER_MINUTE_FOR_NEW = 150;
/** How long a wider network that reported counts as one that has, and how many of them a process remembers. */
export const REPORT_KNOWN_HOURS = 24;
export const REPORT_KNOWN_NETWORKS_MAX = 50_000;
/** From one network's neighbours (/24, /48), and from all around them (/16, /32): nobody uses up what is there for everybody. */
export const REPORTS_PER_NEAR_NETWORK_AND_MINUTE_MAX = 15;
export const REPORTS_PER_WIDE_NETWORK_AND_MINUTE_MAX = 60;
export const REPORT_REASON_CHARS_MAX = 500;
/** So many whole reports of one link within the hour set its warning by themselves; what weighs less than a whole one: safety/weigh-reports.ts. */
export const REPORT_BRAKE_NETWORKS = 5;
export const REPORT_BRAKE_MINUTES = 60;
/** A report past that loses its weight within so many minutes more. */
export const REPORT_FADE_MINUTES = 60;
/** Of those who opened a link today and yesterday, so many in a hundred have to report it, up to so many reports. */
export const REPORT_BRAKE_PERCENT_OF_PEOPLE = 2;
export const REPORT_BRAKE_NETWORKS_MAX = 50;
/** Reports of one link that are weighed, the newest; of neighbours, and of those among them who have not opened it, so many each. */
export const REPORTS_WEIGHED_MAX = 1000;
export const REPORTS_WEIGHED_OF_NEIGHBOURS_MAX = 8;
export const BRAKES_KEPT_MAX = 50_000;
export const BRAKES_LOOK_MS = 250;
export const BRAKES_READ_MS_MAX = 5_000;
export const LINK_SAFETY_FORGET_MINUTES = 60;

// Commands.
/** Links that one file may ask for. */
export const LINK_FILE_LINKS_MAX = 20_000;
export const LINK_FILE_BYTES_MAX = 16 * 1024 * 1024;

// WeChat's service accounts.
/** A ticket lives 7200 seconds; nothing is signed with one that ends within this. */
export const WECHAT_MARGIN_SECONDS = 300;
/** A fetch is two calls; whoever takes longer is given up on, and another node fetches. */
export const WECHAT_LEASE_SECONDS = 20;
export const WECHAT_CALL_TIMEOUT_MS = 4_000;
export const WECHAT_REPLY_BYTES_MAX = 8_192;
/** How long a page waits while another node fetches. */
export const WECHAT_WAIT_MS_MAX = 3_000;
/** A process believes what it remembers so long: a changed secret is noticed after that at the latest. */
export const WECHAT_KEPT_SECONDS = 60;
export const WECHAT_ACCOUNTS_KEPT_MAX = 2_000;
/** Nobody asks again so soon after a failure: WeChat was busy, the settings are wrong, the day's calls are used up. */
export const WECHAT_RETRY_SECONDS = { busy: 15, busyMax: 300, settings: 600, quota: 3_600 } as const;

// The console's pages of links.
export const LINKS_SHOWN_MAX = 30;
/** A form with as many links as one call takes. */
export const LINK_BULK_FORM_BYTES_MAX = 1024 * 1024;
export const LINK_FAULTS_SHOWN_MAX = 20;

// What wallets tell of their own discounts.
/** Different reports that are kept of one payment, and of one refund; a wallet that goes on beyond this is not heard. */
export const WALLET_REPORTS_MAX = 32;

// The ledger.
/** Accounts that a process remembers as they were opened, and as many of the transfers that came with them; about 500 bytes each. */
export const LEDGER_OPENED_KEPT_MAX = 50_000;

// Staged rollouts.
/** Limits of what may be at risk that one attempt counts against: money and payments, of every shop's rollout and of the shop's own. */
export const ROLLOUT_LINES_MAX = 4;
/** Buyers' first payments of ended rollouts that one turn removes, and ends that it takes. */
export const ROLLOUT_FIRSTS_PER_TURN_MAX = 2_000;
export const ROLLOUT_ENDS_PER_TURN_MAX = 8;
export const ROLLOUT_ENDS_LEASE_SECONDS = 60;
export const ROLLOUT_ENDS_LOOK_MS = 10_000;
/** No transaction that saw a rollout before it was closed is still under way so much later. */
export const ROLLOUT_CLOSED_SECONDS = 120;
