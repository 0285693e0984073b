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

/** OpenFeature's words, and our own: HALTED (the rollout was stopped), HELD (its money at risk is used up). */
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

export interface WalletDecision {
  wallet: WalletName;
  shown: boolean;
  arm: Arm;
  reason: DecisionReason;
  /** Null where no rollout concerns this wallet at this shop: then it is simply shown. */
  rollout: null | {
    id: string;
    /** The plan as it was then: every change of a rollout makes a new version. */
    version: number;
    step: number;
    /** Parts per million that see it at this step. */
    sharePpm: number;
  };
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
 * SPLIT) is compared: whoever sees the wallet by an allow list is observed by `wallet_succeeded` and `wallet_failed` alone.
 */
export interface Observation {
  rolloutId: string;
  version: number;
  step: number;
  arm: 'treatment' | 'control';
  metric: Metric;
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
  decide(book: number, context: RolloutContext, wallets: readonly WalletName[]): PaymentDecision;
  /** True where deciding can be left out: no rollout concerns any of these wallets at this shop. */
  isPlain(book: number, merchantId: string, wallets: readonly WalletName[]): boolean;
  /** A kept decision as it stands now: what was halted since is not shown any more. Nothing becomes shown that was not. */
  recheck(book: number, decision: PaymentDecision): PaymentDecision;
  /** What an attempt through this wallet holds while it is unresolved: the plan's money and payments at risk. */
  riskLines(book: number, decision: WalletDecision, amount: { currency: Currency; minor: bigint }): HoldLine[];
  /** Milliseconds after which a wallet's answer counts as slow under this rollout. */
  slowMs(book: number, rolloutId: string): number;
  /** Adds up what a batch of the cashier saw: one statement for all. */
  observe(tx: Tx, book: number, observations: readonly Observation[]): Promise<void>;
}
