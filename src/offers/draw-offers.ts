import type { Random } from '../base/random.ts';
import { money, splitMoney } from '../money/money.ts';
import type { Keyring } from '../vault/seal.ts';
import type { AppliedOffer } from './offers.ts';

/**
 * Draws what is random: every amount from the least to the most alike, never less than was shown, so nobody pays more. The parts follow the
 * drawn amount, and the lines that hold money hold exactly that. What was drawn for the same order `before` stays: nobody tries again for more.
 */
export function drawOffers(
  chanceOf: (offerId: string) => Random,
  applied: readonly AppliedOffer[],
  before: readonly AppliedOffer[] = [],
): readonly AppliedOffer[] {
  return applied.map((offer) => {
    if (offer.by === 'wallet' || offer.mostMinor <= offer.minor) return offer;
    const known = before.find((one) => one.offerId === offer.offerId && isWithin(offer, one.minor))?.minor;
    const minor = known ?? offer.minor + drawBelow(chanceOf(offer.offerId), offer.mostMinor - offer.minor + 1n);
    return {
      ...offer,
      minor,
      mostMinor: minor,
      parts: shareParts(offer, minor),
      holds: offer.holds.map((line) => (line.unit === 'money' ? { ...line, amount: minor } : line)),
    };
  });
}

/**
 * An order's own chance for each offer, which nobody without our key can tell beforehand: two tries at the same moment, of which neither
 * knows of the other, draw the same.
 */
export function chanceOfOrder(keyring: Pick<Keyring, 'digest'>, orderId: string): (offerId: string) => Random {
  return (offerId) => {
    let draws = 0;
    return {
      bytes: (count) => keyring.digest('offer draw', `${orderId} ${offerId} ${(draws += 1)}`).subarray(0, count),
    };
  };
}

/** New terms, or less that is left to pay, may leave no room for what was drawn. */
function isWithin(offer: AppliedOffer, minor: bigint): boolean {
  return minor >= offer.minor && minor <= offer.mostMinor;
}

function shareParts(offer: AppliedOffer, minor: bigint): AppliedOffer['parts'] {
  const shares = splitMoney(money('CNY', minor), offer.sharesPerMille.map(BigInt)); // minor units split alike in every currency
  return offer.parts.map((part, index) => ({ ...part, minor: shares[index]?.minor ?? 0n }));
}

/** A whole number from 0 to below the bound, each as likely: what would favour the small ones is drawn again. */
export function drawBelow(random: Random, bound: bigint): bigint {
  const range = 1n << 64n;
  const fair = range - (range % bound);
  for (;;) {
    const drawn = random.bytes(8).readBigUInt64BE();
    if (drawn < fair) return drawn % bound;
  }
}
