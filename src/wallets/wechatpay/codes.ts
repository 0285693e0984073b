import type { FailureReason } from '../wallet.ts';

/**
 * What an error code says of the call that it answers. `refused`: nothing was done, for this reason. `paid`, `closed`,
 * `not_found`, `paying`: about the order. `taken`: the number or its parameters clash with what is there, which may be a
 * paid order. `busy`: not taken now. `unclear`: it may have been done. A code that is not in the table is unclear.
 */
export type CodeRow =
  | { state: 'refused'; reason: FailureReason }
  | { state: 'paid' | 'closed' | 'not_found' | 'paying' | 'taken' | 'busy' | 'unclear' };

const UNCLEAR: CodeRow = { state: 'unclear' };

/**
 * The codes without their underscores: pages of different ages write ORDER_PAID and ORDERPAID. Source: API v3
 * and 9; the AUTHCODE rows, NOTSUPORTCARD and BUYERMISMATCH are those of v2's payment codes.
 */
const CODES: Readonly<Record<string, CodeRow>> = {
  USERPAYING: { state: 'paying' },
  PARAMERROR: { state: 'refused', reason: 'merchant_misconfigured' },
  APPIDMCHIDNOTMATCH: { state: 'refused', reason: 'merchant_misconfigured' },
  MCHNOTEXISTS: { state: 'refused', reason: 'merchant_misconfigured' },
  SIGNERROR: { state: 'refused', reason: 'merchant_misconfigured' },
  NOAUTH: { state: 'refused', reason: 'merchant_misconfigured' },
  OPENIDMISMATCH: { state: 'refused', reason: 'merchant_misconfigured' },
  INVALIDTRANSACTIONID: { state: 'refused', reason: 'not_found' },
  ACCOUNTERROR: { state: 'refused', reason: 'declined' },
  USERACCOUNTABNORMAL: { state: 'refused', reason: 'declined' },
  TRADEERROR: { state: 'refused', reason: 'declined' },
  BUYERMISMATCH: { state: 'refused', reason: 'declined' },
  NOTSUPORTCARD: { state: 'refused', reason: 'card_invalid' },
  NOTENOUGH: { state: 'refused', reason: 'insufficient_funds' },
  RULELIMIT: { state: 'refused', reason: 'limit_exceeded' },
  AUTHCODEERROR: { state: 'refused', reason: 'code_invalid' },
  AUTHCODEEXPIRE: { state: 'refused', reason: 'code_invalid' },
  AUTHCODEINVALID: { state: 'refused', reason: 'code_invalid' },
  INVALIDREQUEST: { state: 'taken' }, // also "already paid" and "parameters differ from the first time"
  OUTTRADENOUSED: { state: 'taken' },
  ORDERPAID: { state: 'paid' },
  ORDERCLOSED: { state: 'closed' },
  ORDERREVERSED: { state: 'closed' },
  ORDERNOTEXIST: { state: 'not_found' },
  RESOURCENOTEXISTS: { state: 'not_found' },
  FREQUENCYLIMITED: { state: 'busy' },
  RATELIMITEXCEEDED: { state: 'busy' },
  SYSTEMERROR: UNCLEAR,
  BANKERROR: UNCLEAR,
  SERVICEUNAVAILABLE: UNCLEAR,
};

export function rowOf(code: string): CodeRow {
  const spelled = code.replaceAll('_', '').toUpperCase();
  const row = Object.hasOwn(CODES, spelled) ? CODES[spelled] : undefined;
  if (row !== undefined) return row;
  // How payment codes say "the buyer is entering the PIN" is not settled between WeChat Pay's own pages.
  return spelled.includes('PAYING') ? { state: 'paying' } : UNCLEAR;
}
