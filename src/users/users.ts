import type { Sql, Tx } from '../db/connect.ts';
import type { Refusal } from '../base/refusal.ts';
import type { Money } from '../money/money.ts';

/*
 * People who use the wallet: who somebody is (a phone number, passkeys, a payment PIN), where they are signed in, and what they have just
 * proved about one particular act. No cards, no money here.
 */

export type UserId = `usr_${string}`;

/** A signed-in browser. The cookie's value is a token of 256 random bits; only its keyed digest is stored. */
export interface Session {
  id: string;
  book: number;
  userId: UserId;
  deviceId: string;
  /** A device is new for 24 hours: lower limits. */
  deviceIsNew: boolean;
  lang: 'zh-CN' | 'en';
}

/** What a proof is for. One that proves one act proves no other: kind, subject, amount and payee are all bound. */
export interface Act {
  kind:
    | 'bind_card'
    | 'unbind_card'
    | 'transfer'
    | 'repayment'
    | 'purchase'
    | 'raise_limit'
    | 'change_phone'
    | 'reset_pin'
    | 'add_passkey'
    | 'remove_passkey';
  /** The id of what is done: a quote, an order, a binding, a card. */
  subject: string;
  amount: Money | null;
  /** Whom it goes to, as the person was shown it: masked name and number, or the shop's name. Empty where nobody is paid. */
  payee: string;
}

/**
 * How much has to be proved. `device`: being signed in on a known device is enough. `pin`: the payment PIN or a passkey. `strong`: a
 * passkey that signs this very act, or the PIN and a code sent to the phone.
 */
export type ProofLevel = 'device' | 'pin' | 'strong';

/** The part of users/ that other folders lean on. Signing in, PINs, passkeys and devices have their use cases beside it. */
export interface Users {
  /** Null for a cookie that is unknown, over (15 min idle, 12 h in all) or signed out. Touches last use at most once a minute. */
  authenticate(cookie: string, now: Date): Promise<Session | null>;
  /**
   * Uses up a proof: it has to be this session's, for exactly this act, at this level or above, younger than two minutes and unused.
   * In the caller's transaction, so that proof and deed are one. @throws Refusal `step_up_required` or `step_up_invalid`
   */
  consumeProof(tx: Tx, session: Session, act: Act, level: ProofLevel, token: string | null): Promise<void>;
  /** The same for a list, in one round trip; same index out as in: null, or the Refusal. One token twice in a list counts once. */
  consumeProofs(tx: Tx, items: readonly ProofUse[]): Promise<(Refusal | null)[]>;
  /** What sealed row fields say, for use cases that need them; never logged. Null for what the person has not given yet. */
  readPerson(sql: Sql | Tx, book: number, userId: UserId): Promise<Person | null>;
  /** Writes name and ID number at the first binding that the bank confirmed. @throws Refusal `identity_differs` when another one is there. */
  confirmIdentity(tx: Tx, book: number, userId: UserId, identity: { name: string; idNumber: string }): Promise<void>;
  /** For transfers to a phone number; null for a number that nobody has here. Takes the same time either way. */
  findByPhone(sql: Sql | Tx, book: number, phone: string): Promise<UserId | null>;
  /** A six-digit code by SMS, bound to person, purpose and everything in `bound`; kept as a keyed digest; five minutes, five tries, once. */
  sendCode(input: CodeRequest): Promise<{ codeId: string; resendAfterSeconds: number }>;
  /** @throws Refusal `code_wrong` (also for used, old and foreign ones: all look the same). Counts before it compares. */
  useCode(input: {
    book: number;
    codeId: string;
    code: string;
    userId: UserId | null;
    purpose: CodePurpose;
    bound: string;
  }): Promise<void>;
  /**
   * Counts one try of `who` (a user id, a phone number, an address: only a keyed digest is kept) at `what`, in its own committed transaction,
   * before the try is made. @throws Refusal `too_many_tries` when the day (Asia/Shanghai) has had `dayMax` of them.
   */
  countTry(input: { book: number; what: string; who: string; dayMax: number }): Promise<void>;
  /** One line of the audit chain, in the caller's transaction: who did what, without numbers or names. */
  audit(tx: Tx, lines: readonly AuditLine[]): Promise<void>;
}

export interface ProofUse {
  session: Session;
  act: Act;
  level: ProofLevel;
  token: string | null;
}

export interface Person {
  userId: UserId;
  phone: string;
  name: string | null;
  idNumber: string | null;
  /** The other people's view: `**丰`. */
  nameMasked: string | null;
  phoneMasked: string;
  createdAt: Date;
}

export type CodePurpose = 'sign_in' | 'bind_card' | 'step_up' | 'reset_pin' | 'change_phone';

export interface CodeRequest {
  book: number;
  userId: UserId | null;
  /** Whom it is sent to. */
  phone: string;
  purpose: CodePurpose;
  /** Whatever it is for, as text (card, amount, payee): a code for one thing is worthless for another. */
  bound: string;
  /** What the message says besides the code: amount and payee for a transfer. */
  says: string;
  lang: 'zh-CN' | 'en';
}

export interface AuditLine {
  book: number;
  userId: UserId | null;
  /** `card.bound`, `pin.wrong`, `transfer.confirmed` … */
  event: string;
  /** Ids and counts only. */
  facts: Readonly<Record<string, string | number | boolean>>;
}

/** How a message reaches a phone; the sandbox has a pretend phone, an operator gives the address of a gateway. */
export interface SmsSender {
  send(message: {
    phone: string;
    text: string;
    lang: 'zh-CN' | 'en';
  }): Promise<{ kind: 'sent' } | { kind: 'failed'; why: string }>;
}
