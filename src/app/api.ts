/*
 * What the wallet app and its server say to each other: every route with what goes in and what comes out. The client calls by these types,
 * the server's rows are checked against them. JSON; amounts are `{ currency, minor }` with minor units as digits in a text; times are ISO 8601
 * in UTC; errors are problem+json (RFC 9457) with the `code` of docs/errors.md.
 *
 * Every request but GET carries `content-type: application/json` and `x-hutong-app: 1` (no other site can send it), and the cookie
 * `__Host-hutong` once signed in. Money-moving POSTs carry `idempotency-key`.
 */

export interface Amount {
  currency: 'CNY';
  minor: string;
}
export interface Names {
  'zh-CN': string;
  en: string;
}
export type Lang = 'zh-CN' | 'en';
export type CardKind = 'debit' | 'credit' | 'semi_credit' | 'prepaid';

export interface Me {
  user_id: string;
  phone_masked: string;
  /** Null until the first card is bound. */
  name_masked: string | null;
  has_pin: boolean;
  passkeys_count: number;
  device_is_new: boolean;
  lang: Lang;
  /** Test mode: the pretend phone where messages arrive; null in live mode. */
  sandbox_phone_url: string | null;
}
export interface Device {
  device_id: string;
  name: string;
  is_this: boolean;
  created_at: string;
  last_used_at: string;
}
export interface Passkey {
  passkey_id: string;
  name: string;
  created_at: string;
  last_used_at: string | null;
}

export interface Card {
  card_id: string;
  bank: string;
  bank_name: Names;
  kind: CardKind;
  last4: string;
  alias: string;
  is_default: boolean;
  /** Two colours for its picture, `#rrggbb`. */
  colours: [string, string];
  bound_at: string;
}
export interface Bill {
  amount: Amount;
  minimum: Amount;
  due_day: string;
  billed_day: string;
}
/** One line of the stream of balances; `state` decides which members have a value. */
export interface Balance {
  card_id: string;
  state: 'answered' | 'refused' | 'unknown';
  at: string;
  is_cached: boolean;
  ledger: Amount | null;
  available: Amount | null;
  bill: Bill | null;
  /** Unknown: what was known before and when; null when nothing was. */
  last_at: string | null;
  reason: string | null;
}
export interface FoundCard {
  pick: string;
  bank: string;
  bank_name: Names;
  kind: CardKind;
  last4: string;
  is_bound: boolean;
}

export interface Party {
  bank: string;
  bank_name: Names;
  last4: string;
  name_masked: string;
}
export interface Move {
  move_id: string;
  kind: 'transfer' | 'repayment' | 'purchase' | 'refund';
  state: 'scheduled' | 'debiting' | 'crediting' | 'reversing' | 'succeeded' | 'failed' | 'canceled';
  /** What the state means to its owner, one sentence. */
  explanation: Names;
  /** Negative for money that left the person's cards. */
  amount: Amount;
  fee: Amount;
  from: Party | null;
  to: Party | null;
  /** The shop of a purchase or refund. */
  shop_name: string | null;
  note: string;
  arrival: 'instant' | 'ordinary' | 'next_day';
  due_at: string | null;
  failure: string | null;
  receipt_no: string | null;
  can_cancel: boolean;
  created_at: string;
  ended_at: string | null;
}
export interface LimitLine {
  rule: string;
  label: Names;
  window: 'payment' | 'day' | 'month' | 'year' | 'balance';
  subject: 'user' | 'card' | 'target_card';
  card_id: string | null;
  unit: 'money' | 'count';
  max: string;
  used: string;
  held: string;
  set_by: 'hutong' | 'bank' | 'holder' | 'law';
  renews_at: string | null;
}
export interface Quote {
  quote_id: string;
  kind: 'transfer' | 'repayment';
  amount: Amount;
  fee: Amount;
  arrival: 'instant' | 'ordinary' | 'next_day';
  arrives_at: string;
  to: Party;
  parts: { from_card_id: string; from: Party; amount: Amount; left: LimitLine[] }[];
  explanation: Names;
  level: ProofLevel;
  advice: 'choose_later_arrival' | null;
  expires_at: string;
}
export type ProofLevel = 'device' | 'pin' | 'strong';
export interface KnownPayee {
  payee_id: string;
  party: Party;
  last_paid_at: string;
}
export type PayeeInput =
  | { kind: 'card'; number: string; name: string }
  | { kind: 'own_card'; card_id: string }
  | { kind: 'phone'; phone: string }
  | { kind: 'known'; payee_id: string }
  /** What `POST /api/scans` read: a person's receive code, which tells nobody their phone number. */
  | { kind: 'code'; code: string };

export interface Order {
  token: string;
  shop_name: string;
  subject: string;
  amount: Amount;
  state: 'open' | 'paid' | 'closed' | 'undone';
  is_paying: boolean;
  failure: string | null;
  expires_at: string;
  return_url: string;
}

/** A collection as the one who collects sees it. */
export interface Collection {
  collection_id: string;
  /** What is shared. */
  url: string;
  code: string;
  title: string;
  /** What each pays; null where a total is split. */
  each: Amount | null;
  total: Amount;
  people: number;
  paid_count: number;
  paid: Amount;
  /** Who has paid, or has confirmed and is waiting for the bank. */
  payers: { name_masked: string; amount: Amount; state: 'open' | 'paid' }[];
  state: 'active' | 'stopped' | 'taken_down';
  until: string | null;
  created_at: string;
}
/** The same as somebody sees it who is asked to pay. */
export interface AskedCollection {
  code: string;
  title: string;
  payee_name: string;
  /** What this person pays, or would pay now. */
  amount: Amount;
  people: number;
  paid_count: number;
  until: string | null;
  state: 'open' | 'own' | 'paid' | 'under_way' | 'complete' | 'busy' | 'over';
}

/** What is to be proved; the server looks up amount and payee itself. `subject`: quote id, order token, card id, binding … */
export interface ActInput {
  kind:
    | 'transfer'
    | 'repayment'
    | 'purchase'
    | 'unbind_card'
    | 'raise_limit'
    | 'reset_pin'
    | 'add_passkey'
    | 'remove_passkey'
    | 'change_phone';
  subject: string;
  /** For a purchase: the card it is paid with. For a raised limit: the new figure in fen. */
  detail: string | null;
}
/** Which proofs will do, the best first. `options`: what navigator.credentials.get takes, its challenge covers the act. */
export interface ProofOffer {
  proof_id: string;
  level: ProofLevel;
  ways: ('passkey' | 'pin' | 'pin_and_code')[];
  passkey_options: object | null;
  phone_masked: string | null;
}

export interface Api {
  // Signing in. The answers for a known and an unknown phone are the same.
  'POST /api/sign-in/code': {
    body: { phone: string; lang: Lang };
    reply: { code_id: string; resend_after_seconds: number };
  };
  'POST /api/sign-in': {
    body: { code_id: string; phone: string; code: string; device_name: string; lang: Lang };
    reply: Me;
  };
  'POST /api/sign-in/passkey/options': {
    body: Record<string, never>;
    reply: { challenge_id: string; options: object };
  };
  'POST /api/sign-in/passkey': {
    body: { challenge_id: string; response: object; device_name: string; lang: Lang };
    reply: Me;
  };
  'POST /api/sign-out': { body: Record<string, never>; reply: Record<string, never> };
  'POST /api/sign-out-everywhere': { body: Record<string, never>; reply: Record<string, never> };
  'GET /api/me': { reply: Me };
  'PATCH /api/me': { body: { lang: Lang }; reply: Me };

  // Security.
  'POST /api/pin': { body: { pin: string; old_pin: string | null }; reply: Me };
  /** Forgotten: the four elements of a bound card at its bank, and a code. */
  'POST /api/pin/reset': {
    body: { card_number: string; name: string; id_number: string; phone: string };
    reply: { reset_id: string; resend_after_seconds: number };
  };
  'POST /api/pin/reset/:id': { params: { id: string }; body: { code: string; pin: string }; reply: Me };
  'GET /api/passkeys': { reply: { data: Passkey[] } };
  'POST /api/passkeys/options': { body: Record<string, never>; reply: { challenge_id: string; options: object } };
  'POST /api/passkeys': {
    body: { challenge_id: string; response: object; name: string; proof: string | null };
    reply: Passkey;
  };
  'DELETE /api/passkeys/:id': { params: { id: string }; body: { proof: string | null }; reply: Record<string, never> };
  'GET /api/devices': { reply: { data: Device[] } };
  'DELETE /api/devices/:id': { params: { id: string }; reply: Record<string, never> };
  'POST /api/proofs': { body: ActInput; reply: ProofOffer };
  'POST /api/proofs/:id/code': {
    params: { id: string };
    body: Record<string, never>;
    reply: { resend_after_seconds: number };
  };
  /** `token` is the proof that the deed takes; good once, for two minutes. */
  'POST /api/proofs/:id': {
    params: { id: string };
    body: { pin: string | null; code: string | null; passkey: object | null };
    reply: { token: string };
  };

  // Cards.
  'POST /api/cards/look-up': {
    body: { number: string };
    reply: { bank: string; bank_name: Names; kind: CardKind; takes_part: boolean } | { bank: null };
  };
  'GET /api/banks': { reply: { data: { bank: string; bank_name: Names; colours: [string, string] }[] } };
  'POST /api/bindings': {
    body: { number: string; phone: string; name: string | null; id_number: string | null };
    reply: {
      binding_id: string;
      bank: string;
      bank_name: Names;
      kind: CardKind;
      last4: string;
      phone_masked: string;
      resend_after_seconds: number;
    };
  };
  'POST /api/bindings/:id': { params: { id: string }; body: { code: string }; reply: Card };
  'POST /api/one-tap': {
    body: { name: string | null; id_number: string | null };
    reply: { request_id: string; banks: { bank: string; bank_name: Names }[] };
  };
  'POST /api/one-tap/:id/cards': {
    params: { id: string };
    body: { banks: string[] };
    reply: { request_id: string; cards: FoundCard[]; resend_after_seconds: number; phone_masked: string };
  };
  'POST /api/one-tap/:id': { params: { id: string }; body: { picks: string[]; code: string }; reply: { data: Card[] } };
  'GET /api/cards': { reply: { data: Card[] } };
  'PATCH /api/cards/:id': { params: { id: string }; body: { alias?: string; is_default?: true }; reply: Card };
  'DELETE /api/cards/:id': { params: { id: string }; body: { proof: string | null }; reply: Record<string, never> };
  /** `application/x-ndjson`: one Balance a line, each as its bank answers. */
  'GET /api/balances': { query: { fresh?: 'true' }; reply: Balance };

  // Transfers and repayments.
  'POST /api/quotes': {
    body: {
      kind: 'transfer' | 'repayment';
      from_card_ids: string[] | null;
      payee: PayeeInput;
      amount: Amount;
      arrival: 'instant' | 'ordinary' | 'next_day';
      note: string;
    };
    reply: Quote;
  };
  'POST /api/transfers': { body: { quote_id: string; proof: string | null }; reply: { data: Move[] } };
  'GET /api/transfers/:id': { params: { id: string }; reply: Move };
  'POST /api/transfers/:id/cancel': { params: { id: string }; body: Record<string, never>; reply: Move };
  'GET /api/payees': { reply: { data: KnownPayee[] } };
  'GET /api/history': {
    query: { text?: string; kind?: string; card_id?: string; month?: string; cursor?: string };
    reply: { data: Move[]; next_cursor: string | null };
  };
  /** A file to save: `text/csv`, `application/x-ofx` or `text/plain` (beancount). */
  'GET /api/history/export': {
    query: { format: 'csv' | 'ofx' | 'beancount'; from: string; to: string; card_id?: string };
    reply: string;
  };
  'GET /api/limits': { reply: { data: LimitLine[] } };
  /** Lower counts at once; higher needs a proof and counts after 24 hours. */
  'PUT /api/limits': {
    body: { rule: string; card_id: string | null; max: string; proof: string | null };
    reply: { data: LimitLine[]; counts_from: string };
  };

  // Paying shops.
  'GET /api/orders/:token': { params: { token: string }; reply: Order };
  'POST /api/orders/:token/pay': {
    params: { token: string };
    body: { card_id: string; proof: string | null };
    reply: { order: Order; move: Move | null };
  };
  'POST /api/payment-codes': {
    body: { card_id: string };
    reply: { code: string; expires_at: string; max_amount: Amount };
  };
  /**
   * What shops charged to payment codes of this person in the last ten minutes, newest first: `paid`, or `open` and waiting to be confirmed
   * here (above `max_amount`). The page that shows a code asks this every second or two.
   */
  'GET /api/code-orders': { reply: { data: Order[] } };
  /** Any text that a camera read: an order of this wallet, a person's receive code, or nothing that we know. */
  'POST /api/scans': {
    body: { text: string };
    reply:
      | { kind: 'order'; token: string }
      | { kind: 'person'; payee: PayeeInput; name_masked: string; amount: Amount | null; note: string }
      | { kind: 'unknown' };
  };
  /** The text of a code that others scan to send money to the default card; `amount` may be fixed. */
  'POST /api/receive-codes': { body: { amount: Amount | null; note: string }; reply: { text: string } };

  // Collecting among people. Either `each` pays the same or `total` is split.
  'POST /api/collections': {
    body: { title: string; each: Amount | null; total: Amount | null; people: number; until: string | null };
    reply: Collection;
  };
  'GET /api/collections': { reply: { data: Collection[] } };
  'GET /api/collections/:id': { params: { id: string }; reply: Collection };
  'POST /api/collections/:id/stop': { params: { id: string }; body: Record<string, never>; reply: Collection };
  'GET /api/collect/:code': { params: { code: string }; reply: AskedCollection };
  /** For one's own share; it is kept for as long as the quote is good. */
  'POST /api/collect/:code/quote': { params: { code: string }; body: { from_card_id: string }; reply: Quote };
  'POST /api/collect/:code/pay': {
    params: { code: string };
    body: { quote_id: string; proof: string | null };
    reply: { data: Move[] };
  };
}
