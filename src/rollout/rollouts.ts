import type { BuyerFacts } from '../base/buyer.ts';
import type { Tx } from '../db/connect.ts';
import type { HoldLine } from '../ledger/holds.ts';
import type { Currency } from '../money/money.ts';
import type { Scene, WalletName } from '../wallets/wallet.ts';

/*
 * Staged rollout: which buyers see a wallet that is being opened step by step. A decision is made in memory from a snapshot of all
 * rollouts, written with its payment, and never changes; a halt hides the wallet from whoever has not begun to pay with it.
 */

/** Where and for what is decided; also the context of the rules (JSON Logic), by these names in snake_case. */
export interface RolloutContext {
  merchantId: string;
  paymentId: string;
  buyer: BuyerFacts;
  /** Null where it is not known yet. */
  scene: Scene | null;
  /** The app whose browser the buyer is in (`wechat`, `unionpay`, …); null in a browser of its own. */
  app: string | null;
  currency: Currency;
  amountMinor: bigint;
  /** Where the card's bank is known: `ICBC`. */
  bank: string | null;
}

/** `treatment` sees it, `control` is held back to compare with, `outside` is neither: not reached yet, or no rollout at all. */
export type Arm = 'treatment' | 'control' | 'outside';

/** OpenFeature's words, and our own: HALTED (the rollout was stopped), HELD (nothing is left to put at risk). */
export type DecisionReason =
  | 'STATIC'
  | 'TARGETING_MATCH'
  | 'SPLIT'
  | 'DEFAULT'
  | 'DISABLED'
  | 'STALE'
  | 'ERROR'
  | 'HALTED'
  | 'HELD';

/** A rollout as it stood when it was decided by. */
export interface DecidedBy {
  id: string;
  /** The plan as it was then: every change of a rollout makes a new version. */
  version: number;
  step: number;
  /** Parts per million that see it at this step. */
  sharePpm: number;
  /** The version from which on it was judged; left out where that is 1. */
  since?: number;
  /** Under what name it dealt the buyers; left out where that is its key. */
  dealtAs?: string;
}

/** What one rollout says of a wallet. */
export interface PlanDecision {
  shown: boolean;
  arm: Arm;
  reason: DecisionReason;
  /** The step since which who falls into this bucket has been in an arm, counted from 0; left out where it is the present one. */
  entered?: number;
  rollout: DecidedBy;
}

/** `also` where both a rollout of every shop and the shop's own concern the wallet: it is seen only where both show it. */
export interface WalletDecision extends Omit<PlanDecision, 'rollout'> {
  wallet: WalletName;
  /** Null where no rollout concerns this wallet at this shop: then it is simply shown. */
  rollout: DecidedBy | null;
  also?: PlanDecision;
}

/** The one decision of a payment; kept with it word for word (`payments.decision`), so that it can be made again and compared. */
export interface PaymentDecision {
  decidedAt: string;
  /** What the bucket is made of: the shop and its buyer, else its device, else the payment. */
  targetingKey: string;
  context: Record<string, string | number | boolean | null>;
  wallets: WalletDecision[];
}

/**
 * Something that happened to a payment under a rollout; counted in the transaction in which it happened. Only what chance decided (reason
 * SPLIT) is compared: whoever sees the wallet by an allow list is observed by `wallet_succeeded` and `wallet_failed` alone. And only a
 * buyer's first payment is: whoever pays again and again is no independent evidence.
 */
export interface Observation {
  rolloutId: string;
  version: number;
  step: number;
  arm: 'treatment' | 'control';
  metric: Metric;
  /** The version from which on the rollout was judged when it was decided: a buyer's first payment is the first one since. */
  since: number;
  /** The step since which this buyer has been in an arm, counted from 0: only those are compared who came in together. */
  entered: number;
  /** Null where nobody in particular pays: then every payment is another buyer's. */
  payer: null | { targetingKey: string; paymentId: string };
}

/**
 * Of payments (both arms): `decided` when the decision is written (the split is checked by it, as a wallet may change how many buyers begin at
 * all), `begun` at the first attempt through whatever wallet, then one of `first_succeeded` and `first_failed` when that
 * attempt ends, `slow` where the wallet took longer to answer than the plan allows, `unknown` where nobody knew for a while, `duplicate` where money
 * came twice, `refunded`, `complained`. Of attempts through the staged wallet itself: `wallet_succeeded`, `wallet_failed`.
 */
export type Metric =
  | 'decided'
  | 'begun'
  | 'first_succeeded'
  | 'first_failed'
  | 'slow'
  | 'unknown'
  | 'duplicate'
  | 'refunded'
  | 'complained'
  | 'wallet_succeeded'
  | 'wallet_failed';

/** What the cashier asks of rollouts. Everything but `observe` is memory: no call waits. */
export interface Rollouts {
  /** One decision for all wallets of a shop. Fails to the old path: where the snapshot is too old, staged wallets are not shown. */
  decide(
    book: number,
    context: RolloutContext,
    wallets: readonly WalletName[],
    /** The wallet that is being paid with: what is left of its money at risk is the ledger's to say, not memory's. Null for a page. */
    chosen: WalletName | null,
  ): PaymentDecision;
  /** True where deciding can be left out: no rollout concerns any of these wallets at this shop. */
  isPlain(book: number, merchantId: string, wallets: readonly WalletName[]): boolean;
  /**
   * A kept decision as it stands now: what was halted since is not shown any more, nor for a moment what has nothing left to put at risk,
   * but for the `chosen` wallet. Nothing becomes shown that was not.
   */
  recheck(book: number, decision: PaymentDecision, chosen: WalletName | null): PaymentDecision;
  /** What an attempt through this wallet holds while it is unresolved: the money and payments at risk of every plan that concerns it. */
  riskLines(book: number, decision: WalletDecision, amount: { currency: Currency; minor: bigint }): HoldLine[];
  /** Milliseconds after which a wallet's answer counts as slow under this rollout. */
  slowMs(book: number, rolloutId: string): number;
  /** Adds up what a batch of the cashier saw: one statement for all. */
  observe(tx: Tx, book: number, observations: readonly Observation[]): Promise<void>;
}
