import type { LegRefusal } from './rail.ts';

/**
 * What F39 says about a request. `done` · `flagged` (done, with a fault that a person should look at) · `refused` for good · `unknown`:
 * it may have happened.
 */
export type Verdict =
  | { kind: 'done' }
  | { kind: 'flagged' }
  | { kind: 'refused'; reason: LegRefusal }
  | { kind: 'unknown' };

const done: Verdict = { kind: 'done' };
const flagged: Verdict = { kind: 'flagged' };
const unknown: Verdict = { kind: 'unknown' };
const refused = (reason: LegRefusal): Verdict => ({ kind: 'refused', reason });

/** A code that does not stand here is unknown. 10 is done in part: the amount is compared, and a person looks at it. */
const VERDICTS: Readonly<Record<string, Verdict>> = {
  '00': done,
  '10': flagged,
  '11': done,
  '16': done,
  A2: flagged,
  A4: flagged,
  A5: flagged,
  A6: flagged,

  '01': refused('declined'), // ask the issuer
  '02': refused('declined'), // ask the issuer, special
  '03': refused('message_refused'), // merchant
  '04': refused('card_restricted'), // to be kept
  '05': refused('declined'),
  '07': refused('card_restricted'), // to be kept, special
  '12': refused('message_refused'), // transaction
  '13': refused('message_refused'), // amount
  '14': refused('card_unknown'),
  '15': refused('card_unknown'), // no such issuer
  '21': refused('declined'), // not initialised
  '25': refused('message_refused'), // original not found
  '30': refused('message_refused'), // format
  '33': refused('card_expired'), // to be kept
  '34': refused('card_restricted'), // fraud, to be kept
  '35': refused('card_restricted'),
  '36': refused('card_restricted'),
  '37': refused('card_restricted'),
  '38': refused('count_exceeded'), // PIN tries, to be kept
  '40': refused('message_refused'), // not supported
  '41': refused('card_lost'),
  '42': refused('card_unknown'), // no such account
  '43': refused('card_lost'), // stolen
  '45': refused('declined'),
  '51': refused('insufficient_funds'),
  '52': refused('card_unknown'), // no such account
  '53': refused('card_unknown'), // no such account
  '54': refused('card_expired'),
  '55': refused('declined'), // PIN
  '56': refused('card_unknown'),
  '57': refused('holder_may_not'),
  '58': refused('message_refused'), // terminal
  '59': refused('card_restricted'), // fraud
  '61': refused('limit_exceeded'),
  '62': refused('card_restricted'),
  '63': refused('message_refused'), // security
  '64': refused('message_refused'), // not the original amount
  '65': refused('count_exceeded'),
  '67': refused('card_restricted'), // to be kept
  '75': refused('count_exceeded'), // PIN tries
  '77': refused('message_refused'), // sign on first
  '79': refused('message_refused'),
  '90': refused('bank_down'), // day switch
  '91': refused('bank_down'),
  '92': refused('bank_down'), // no way to it
  '93': refused('declined'), // by law
  '94': refused('duplicate'),
  '97': refused('message_refused'),
  '99': refused('message_refused'), // PIN format
  A0: refused('message_refused'), // MAC
  C1: refused('message_refused'),
};

/** Reads F39 of a question about a card, where nothing moves. */
export function verdictOnEnquiry(code: string): Verdict {
  return Object.hasOwn(VERDICTS, code) ? (VERDICTS[code] ?? unknown) : unknown;
}

/**
 * Reads F39 of a message that moves money. That it came twice says nothing about the first one: a message may have been sent before
 * (after a crash, or because nobody answered), and then it has perhaps happened.
 */
export function verdictOnLeg(code: string): Verdict {
  return code === '94' ? unknown : verdictOnEnquiry(code);
}

/** What stops a reversal for now and not for good: it is repeated, as one that nobody answers. */
const REVERSAL_AGAIN = new Set(['90', '91', '92', '94', '97', 'A0']);

/** Reads F39 of a reversal: `unknown` is to be repeated. `not_found` bars an original that comes late. */
export function verdictOnReversal(code: string): 'reversed' | 'not_found' | 'refused' | 'unknown' {
  if (code === '25') return 'not_found';
  const verdict = verdictOnEnquiry(code);
  if (verdict.kind === 'unknown' || REVERSAL_AGAIN.has(code)) return 'unknown';
  return verdict.kind === 'refused' ? 'refused' : 'reversed';
}
