import type { FailureReason } from '../wallet.ts';

/**
 * What a respCode says about the transaction that it stands for. `waiting`: documented as not final. `unclear`: documented,
 * but says nothing final about this transaction, so it has to be asked again or looked up. A code that is not in the table
 * is unknown.
 */
export type CodeRow =
  | { state: 'success'; meaning: string }
  | { state: 'waiting' | 'unclear'; meaning: string }
  | { state: 'not_found'; meaning: string }
  | { state: 'failed'; reason: FailureReason; meaning: string };

/** Every respCode of UnionPay 5.1.0, in the order and with the states of its table of codes. */
export const RESP_CODES: Readonly<Record<string, CodeRow>> = {
  '00': { state: 'success', meaning: 'success; to a request of an order, refund or void: accepted' },
  A6: { state: 'success', meaning: 'success with a flaw: booked, some side data missing' },
  '01': { state: 'failed', reason: 'other', meaning: 'failed, see the text' },
  '02': { state: 'failed', reason: 'wallet_busy', meaning: 'system not open or just closed' },
  '03': { state: 'waiting', meaning: 'communication time-out' },
  '04': { state: 'waiting', meaning: 'state unclear, check the bill' },
  '05': { state: 'waiting', meaning: 'accepted, ask later' },
  '06': { state: 'failed', reason: 'wallet_busy', meaning: 'system busy, not processed' },
  '10': { state: 'failed', reason: 'merchant_misconfigured', meaning: 'message format error' },
  '11': { state: 'failed', reason: 'merchant_misconfigured', meaning: 'signature verification failed' },
  '12': { state: 'unclear', meaning: 'duplicate transaction: ask for the first one' },
  '13': { state: 'failed', reason: 'merchant_misconfigured', meaning: 'a required field is missing' },
  '14': { state: 'failed', reason: 'merchant_misconfigured', meaning: 'batch file format' },
  '30': { state: 'failed', reason: 'declined', meaning: 'rejected, see the text' },
  '31': { state: 'failed', reason: 'merchant_misconfigured', meaning: 'merchant state wrong' },
  '32': { state: 'failed', reason: 'merchant_misconfigured', meaning: 'no permission for this transaction' },
  '33': { state: 'failed', reason: 'limit_exceeded', meaning: 'amount over limit' },
  '34': { state: 'not_found', meaning: 'no such transaction' },
  '35': { state: 'failed', reason: 'not_found', meaning: 'original not found or in a wrong state' },
  '36': { state: 'failed', reason: 'amount_refused', meaning: 'differs from the original' },
  '37': { state: 'unclear', meaning: 'asked too often' },
  '38': { state: 'failed', reason: 'risk_refused', meaning: 'risk control' },
  '39': { state: 'failed', reason: 'window_closed', meaning: 'outside the allowed time' },
  '40': { state: 'failed', reason: 'authentication_failed', meaning: 'binding check failed' },
  '41': { state: 'failed', reason: 'other', meaning: 'batch state' },
  '42': { state: 'failed', reason: 'expired', meaning: 'debited but past payTimeout, will be returned' },
  '43': { state: 'failed', reason: 'merchant_misconfigured', meaning: 'business not available' },
  '44': { state: 'failed', reason: 'other', meaning: 'business already open' },
  '45': { state: 'failed', reason: 'already_undone', meaning: 'original already refunded or voided' },
  '46': { state: 'failed', reason: 'already_undone', meaning: 'original already reversed' },
  '60': { state: 'failed', reason: 'declined', meaning: 'issuer: failed, see the text' },
  '61': { state: 'failed', reason: 'card_invalid', meaning: 'card number invalid' },
  '62': { state: 'failed', reason: 'declined', meaning: 'issuer does not support the merchant or transaction' },
  '63': { state: 'failed', reason: 'card_invalid', meaning: 'card state abnormal' },
  '64': { state: 'failed', reason: 'insufficient_funds', meaning: 'insufficient funds' },
  '65': { state: 'failed', reason: 'authentication_failed', meaning: 'password, expiry or CVN2 wrong' },
  '66': { state: 'failed', reason: 'authentication_failed', meaning: 'identity data or phone wrong' },
  '67': { state: 'failed', reason: 'authentication_failed', meaning: 'too many password errors' },
  '68': { state: 'failed', reason: 'card_invalid', meaning: 'card not supported for this' },
  '69': { state: 'failed', reason: 'expired', meaning: 'payer took too long' },
  '70': { state: 'waiting', meaning: 'redirected, waiting for the payer' },
  '71': { state: 'failed', reason: 'authentication_failed', meaning: 'SMS code wrong or expired' },
  '72': { state: 'failed', reason: 'declined', meaning: 'not signed up' },
  '73': { state: 'failed', reason: 'card_invalid', meaning: 'card expired' },
  '74': { state: 'unclear', meaning: 'debited, write-off unknown (bill payment)' },
  '75': { state: 'unclear', meaning: 'debited, write-off failed (bill payment)' },
  '76': { state: 'failed', reason: 'other', meaning: 'bill payment or card opening detail' },
  '77': { state: 'failed', reason: 'other', meaning: 'bill payment or card opening detail' },
  '78': { state: 'failed', reason: 'other', meaning: 'bill payment or card opening detail' },
  '79': { state: 'failed', reason: 'other', meaning: 'bill payment or card opening detail' },
  '80': { state: 'failed', reason: 'expired', meaning: 'token expired or absent' },
  '81': { state: 'failed', reason: 'limit_exceeded', meaning: 'monthly limit' },
  '82': { state: 'failed', reason: 'other', meaning: 'marketing or discount failure' },
  '83': { state: 'waiting', meaning: 'issuer is processing' },
  '85': { state: 'failed', reason: 'other', meaning: 'marketing or discount failure' },
  '86': { state: 'failed', reason: 'code_invalid', meaning: 'QR code in a wrong state' },
  '87': { state: 'failed', reason: 'limit_exceeded', meaning: 'QR payment count exceeded' },
  '88': { state: 'failed', reason: 'code_invalid', meaning: 'QR code invalid or not found' },
  '89': { state: 'failed', reason: 'merchant_misconfigured', meaning: 'token requestor' },
  '90': { state: 'failed', reason: 'insufficient_funds', meaning: 'account balance (platform)' },
  '91': { state: 'failed', reason: 'authentication_failed', meaning: 'authentication failed' },
  '92': { state: 'failed', reason: 'merchant_misconfigured', meaning: 'licence or qualification check' },
  '93': { state: 'failed', reason: 'merchant_misconfigured', meaning: 'licence or qualification check' },
  '94': { state: 'failed', reason: 'merchant_misconfigured', meaning: 'licence or qualification check' },
  '95': { state: 'failed', reason: 'merchant_misconfigured', meaning: 'licence or qualification check' },
  '96': { state: 'failed', reason: 'merchant_misconfigured', meaning: 'licence or qualification check' },
  '98': { state: 'unclear', meaning: 'bill file does not exist' },
  '99': { state: 'failed', reason: 'other', meaning: 'generic failure' },
};

export function rowOf(code: string): CodeRow | null {
  return Object.hasOwn(RESP_CODES, code) ? (RESP_CODES[code] ?? null) : null;
}
