import type { BuyerFacts, OrderItem } from '../base/buyer.ts';
import type { HoldLine } from '../ledger/holds.ts';
import type { Currency } from '../money/money.ts';
import type { WalletName } from '../wallets/wallet.ts';

/*
 * Offers: what a buyer saves with each wallet, who pays for it, and why the other offers are not used. Quoting changes nothing; an attempt
 * holds what its offers need (ledger/holds.ts), so that the eleventh buyer of ten is told before anything is charged.
 */

export type Funder = 'merchant' | 'wallet' | 'bank' | 'platform';

/** Who pays how much of a discount. The parts of an applied offer sum to its discount. */
export interface FunderPart {
  funder: Funder;
  /** The merchant's id, the wallet's name, the bank (`ICBC`) or `platform`. */
  owner: string;
  minor: bigint;
}

/** A way to pay that the buyer has. Bank and kind of card are null where only the wallet will know. */
export interface Candidate {
  wallet: WalletName;
  bank: string | null;
  cardKind: 'debit' | 'credit' | null;
  /** The card's own name for limits per card, a hash; null where unknown. */
  card: string | null;
  /** Paying in parts: how many, and what the buyer would pay for that; null where not wanted. */
  instalment: null | { count: number; feeMinor: bigint };
}

export interface QuoteRequest {
  book: number;
  merchantId: string;
  currency: Currency;
  amountMinor: bigint;
  items: readonly OrderItem[];
  buyer: BuyerFacts;
  /** Voucher codes that the buyer brings. */
  vouchers: readonly string[];
  /** What this buyer has never done before; false where the buyer is not known. */
  firstUse: { merchant: boolean; wallets: readonly WalletName[] };
  candidates: readonly Candidate[];
  /** What earlier tries to pay the same order hold and would hand over to the next: free for it. Left out for none. */
  held?: readonly HoldLine[];
  at: Date;
}

/** An offer that a quote uses. `by: 'hutong'` lowers what the wallet is asked for; `by: 'wallet'` is the wallet's own and only estimated. */
export interface AppliedOffer {
  offerId: string;
  version: number;
  name: { 'zh-CN': string; en: string };
  kind: OfferKind;
  by: 'hutong' | 'wallet';
  /** What is surely saved, in minor units. Of a random offer the least until it is drawn; of a wallet's own 0. */
  minor: bigint;
  /** What may be saved at most: equals `minor` except for random offers and a wallet's own. */
  mostMinor: bigint;
  /** Of `minor`, and of `mostMinor` in the same proportion. */
  parts: readonly FunderPart[];
  /** What each part is of 1000, same index: how any other amount of this offer is shared. */
  sharesPerMille: readonly number[];
  /** Of an item offer: what each line saves of `minor`; empty otherwise. */
  items: readonly { id: string; minor: bigint }[];
  holds: readonly HoldLine[];
  /** The voucher's id, where the offer is one. */
  voucherId: string | null;
}

export type OfferKind = 'flat' | 'threshold' | 'percent' | 'random' | 'voucher' | 'item' | 'instalment_fee';

/** Why an offer is not used. `facts` fill the sentence that people read. */
export interface NotUsed {
  offerId: string;
  name: { 'zh-CN': string; en: string };
  code: NotUsedCode;
  /** Amounts in minor units as decimal text. */
  facts: Record<string, string>;
}

export type NotUsedCode =
  | 'other_wallet'
  | 'other_bank'
  | 'bank_not_known'
  | 'other_card_kind'
  | 'buyer_not_known'
  | 'not_first_use'
  | 'voucher_missing'
  | 'voucher_used'
  | 'no_such_item'
  | 'below_threshold'
  | 'not_started'
  | 'ended'
  | 'closed_now'
  | 'used_by_buyer'
  | 'budget_gone'
  | 'other_region'
  | 'no_instalment'
  | 'better_without'
  | 'cannot_combine'
  | 'stopped';

/** One candidate's best. `toPayMinor` is what the wallet is asked for when it is chosen; no buyer is charged more than was shown. */
export interface WalletQuote {
  candidate: Candidate;
  amountMinor: bigint;
  toPayMinor: bigint;
  /** `amountMinor - toPayMinor`. */
  savedMinor: bigint;
  /** What the wallet itself may take off besides or a draw may add, at most: an estimate until the wallet reports. */
  maySaveMinor: bigint;
  applied: readonly AppliedOffer[];
  notUsed: readonly NotUsed[];
  /** False where there were more combinations than are looked at (base/limits.ts): then it is the best that was found. */
  isExact: boolean;
}

/** In order: the best first. Ties go to the greater possible saving, then to the order of the candidates. */
export interface Quote {
  at: string;
  quotes: readonly WalletQuote[];
}

/** What the cashier asks of offers. */
export interface Offers {
  /** One quote per request, same index. Reads memory, and the ledger once for all requests where limits per buyer count. */
  quote(requests: readonly QuoteRequest[]): Promise<readonly Quote[]>;
  /** True where quoting can be left out: no offer runs or may run at this shop. */
  isPlain(book: number, merchantId: string): boolean;
  /** True where an offer that runs here asks what this buyer has never done before; else nobody looks it up. */
  asksFirstUse(book: number, merchantId: string): boolean;
  /**
   * Draws what is random when an attempt begins: the same offers with `minor` fixed, never less than was shown. What was drawn `before` for
   * the same order stays, and two tries of it at once draw the same.
   */
  draw(applied: readonly AppliedOffer[], before: readonly AppliedOffer[], orderId: string): readonly AppliedOffer[];
  /** Forgets what is remembered of these limits: an attempt has just been refused for one of them. */
  forget(limits: readonly string[]): void;
}
