import type { MerchantId } from '../../cashier/payment.ts';
import type { Currency } from '../../money/money.ts';
import type { UserId } from '../../users/users.ts';

/** One part of a total, paid once. */
export interface Share {
  /** From 1. */
  placeNo: number;
  /** For whom it is meant; null: anybody takes it. */
  name: string | null;
  amountMinor: bigint;
}

/** How a link is paid; written with the link and never changed. Amounts are minor units. */
export interface Terms {
  book: number;
  linkId: string;
  kind: 'pay' | 'group' | 'collect';
  livemode: boolean;
  /** Who gets the money of `pay` and `group`. */
  merchantId: MerchantId | null;
  /** Who gets the money of `collect`. */
  userId: UserId | null;
  code: string;
  currency: Currency;
  /** What is paid, for the buyer and the wallet. */
  subject: string;
  /** What each pays; null where the buyer types it (`minMinor` to `maxMinor`) or a total is split. */
  amountMinor: bigint | null;
  minMinor: bigint | null;
  maxMinor: bigint | null;
  /** What the shares sum to. */
  totalMinor: bigint | null;
  /** How often it may be paid; null is without end. */
  placesMax: number | null;
  /** The shop's order that it is for: everybody opens the same payment. */
  orderNo: string | null;
  createdAt: Date;
  /** When the last place was paid. */
  completeAt: Date | null;
  /** Of a total, each place's share in order; else none. */
  shares: readonly Share[];
}
