/* How long operators' links and sessions last, and how much of them is looked at. */

export const OPERATOR_NAME_CHARS_MAX = 40;
/** A link works for so long. */
export const OPERATOR_LINK_MS = 10 * 60_000;
/** A session that nobody used for so long is over. */
export const OPERATOR_IDLE_MS = 30 * 60_000;
export const OPERATOR_SESSION_MS_USUAL = 8 * 3_600_000;
export const OPERATOR_SESSION_MS_MAX = 7 * 86_400_000;
/** Looks at links from one address in a minute, right or wrong. */
export const OPERATOR_LINKS_PER_MINUTE_MAX = 20;
/** Sessions shown in a list. */
export const OPERATOR_SESSIONS_SHOWN_MAX = 100;
