import { SANDBOX_DISCOUNTS_MAX } from '../../../base/limits.ts';
import type { Random } from '../../../base/random.ts';
import { money, splitMoney } from '../../../money/money.ts';

export const DISCOUNT_FUNDERS = ['wallet', 'merchant', 'bank', 'other'] as const;
export type DiscountFunder = (typeof DISCOUNT_FUNDERS)[number];

/** flat: off every order. coupon: claimed beforehand. random: from a fen up to `offFen`, drawn when it is paid. item: off one item. */
export const DISCOUNT_KINDS = ['flat', 'coupon', 'random', 'item'] as const;
export type DiscountKind = (typeof DISCOUNT_KINDS)[number];

/** What the pretend wallet takes off the payments that come. */
export interface Discount {
  offFen: number;
  /** Who pays for it, in even parts; what cannot be halved is the first's. */
  funders: readonly DiscountFunder[];
  kind: DiscountKind;
  /** Only orders from this amount on; 0: every order. */
  minFen: number;
  /** So much of it is told as nobody's. */
  gapFen: number;
  /** The funders paid the wallet beforehand: the shop is settled as if the buyer had paid it all. */
  isPrefunded: boolean;
}

/** Paid by the wallet, off every order. */
export const PLAIN_DISCOUNT: Omit<Discount, 'offFen'> = {
  funders: ['wallet'],
  kind: 'flat',
  minFen: 0,
  gapFen: 0,
  isPrefunded: false,
};

/** A discount that was set, with the number that buyers and shops are told. */
export interface SetDiscount extends Discount {
  id: string;
}

/** What was taken off one payment, or by a refund taken back. All in fen. */
export interface GivenDiscount {
  id: string;
  kind: DiscountKind;
  isPrefunded: boolean;
  fen: bigint;
  /** `toldFen` is less than `fen` where the wallet does not say who pays a part. */
  parts: readonly { funder: DiscountFunder; fen: bigint; toldFen: bigint }[];
}

/** As it stands in the books' file. */
export interface KeptDiscount extends Omit<GivenDiscount, 'fen' | 'parts'> {
  fen: string;
  parts: { funder: DiscountFunder; fen: string; toldFen: string }[];
}

/** The discounts that are on, oldest first. They are not kept: a restart begins without. */
export class Discounts {
  readonly #whyNot: (discount: Discount) => string | null;
  #discounts: SetDiscount[] = [];
  #count = 0;

  /** `whyNot` says what this wallet has no words for; null: all is well. */
  constructor(whyNot: (discount: Discount) => string | null) {
    this.#whyNot = whyNot;
  }

  /** @throws RangeError when it makes no sense, when this wallet cannot tell it, or when there are too many */
  set(discount: Discount): SetDiscount {
    const { offFen, minFen, gapFen, funders } = discount;
    const amounts = [offFen, minFen, gapFen];
    if (!amounts.every((fen) => Number.isSafeInteger(fen) && fen >= 0) || offFen === 0)
      throw new RangeError('a discount is so many whole fen');
    if (funders.length === 0 || new Set(funders).size !== funders.length)
      throw new RangeError('somebody pays for a discount, and nobody twice');
    if (gapFen > offFen) throw new RangeError('what is told as nobody’s is a part of the discount');
    const reason = this.#whyNot(discount);
    if (reason !== null) throw new RangeError(reason);
    if (this.#discounts.length >= SANDBOX_DISCOUNTS_MAX) throw new RangeError('too many discounts; clear them first');
    this.#count += 1;
    const set = { ...discount, id: String(9_900_000_000 + this.#count) };
    this.#discounts = [...this.#discounts, set];
    return set;
  }

  clear(): void {
    this.#discounts = [];
  }

  list(): readonly SetDiscount[] {
    return this.#discounts;
  }
}

/**
 * What is taken off an order of this amount, one after the other; a fen is always left to pay. Without `random` a random
 * discount counts with the most that it can be.
 */
export function discountsFor(
  discounts: readonly SetDiscount[],
  amountFen: bigint,
  random: Random | null,
): GivenDiscount[] {
  const given: GivenDiscount[] = [];
  let leftFen = amountFen - 1n;
  for (const discount of discounts) {
    if (amountFen < BigInt(discount.minFen)) continue;
    const wanted = BigInt(discount.kind === 'random' && random !== null ? drawn(random, discount) : discount.offFen);
    const fen = wanted < leftFen ? wanted : leftFen;
    if (fen === 0n) continue;
    leftFen -= fen;
    given.push(give(discount, fen));
  }
  return given;
}

export function sumOf(discounts: readonly GivenDiscount[]): bigint {
  return discounts.reduce((sum, { fen }) => sum + fen, 0n);
}

/** What the merchant does not get of a payment, before fees: its own share of discounts that were not paid beforehand. */
export function merchantShareOf(discounts: readonly GivenDiscount[]): bigint {
  return discounts
    .filter(({ isPrefunded }) => !isPrefunded)
    .flatMap(({ parts }) => parts)
    .filter(({ funder }) => funder === 'merchant')
    .reduce((sum, { fen }) => sum + fen, 0n);
}

export function toKept(given: GivenDiscount): KeptDiscount {
  const parts = given.parts.map(({ funder, fen, toldFen }) => ({ funder, fen: `${fen}`, toldFen: `${toldFen}` }));
  return { ...given, fen: `${given.fen}`, parts };
}

export function fromKept(kept: KeptDiscount): GivenDiscount {
  const parts = kept.parts.map(({ funder, fen, toldFen }) => ({ funder, fen: BigInt(fen), toldFen: BigInt(toldFen) }));
  return { ...kept, fen: BigInt(kept.fen), parts };
}

function give(discount: SetDiscount, fen: bigint): GivenDiscount {
  const { id, kind, isPrefunded, funders } = discount;
  const shares = splitMoney(
    money('CNY', fen),
    funders.map(() => 1n),
  );
  let untold = BigInt(discount.gapFen);
  const parts = funders.map((funder, index) => {
    const part = shares[index]?.minor ?? 0n;
    const hidden = untold < part ? untold : part;
    untold -= hidden;
    return { funder, fen: part, toldFen: part - hidden };
  });
  return { id, kind, isPrefunded, fen, parts };
}

/** From one fen up to the most. */
function drawn(random: Random, { offFen }: SetDiscount): number {
  return 1 + (random.bytes(6).readUIntBE(0, 6) % offFen);
}
