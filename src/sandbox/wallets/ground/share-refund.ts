import { money, splitMoney } from '../../../money/money.ts';
import { type GivenDiscount, sumOf } from './discounts.ts';

/**
 * How much of each discount goes back with a refund of `amountFen` of an order: in proportion to the order, rounded half up;
 * what is left after the last fen of the order went back is nothing. `backs` are the refunds before that have not failed.
 * Source: WeChat Pay, refunds of orders with coupons; the same rule is pretended of every wallet.
 */
export function shareRefund(
  payment: { amountFen: bigint; discounts: readonly GivenDiscount[] },
  backs: readonly { amountFen: bigint; discounts: readonly GivenDiscount[] }[],
  amountFen: bigint,
): GivenDiscount[] {
  const restFen = payment.amountFen - backs.reduce((sum, back) => sum + back.amountFen, 0n);
  const isLast = amountFen >= restFen;
  const lefts = payment.discounts.map((discount) => leftOf(discount, backs));
  // The buyer never gets back more than is left of what the buyer paid, nor the other way round.
  const buyerLeftFen = restFen - sumOf(lefts);
  let atLeastFen = amountFen > buyerLeftFen ? amountFen - buyerLeftFen : 0n;
  let atMostFen = amountFen;
  const shares: GivenDiscount[] = [];
  lefts.forEach((left, index) => {
    const whole = payment.discounts[index]?.fen ?? 0n;
    const inProportion = isLast ? left.fen : (2n * whole * amountFen + payment.amountFen) / (2n * payment.amountFen);
    const laterFen = sumOf(lefts.slice(index + 1));
    const needed = atLeastFen > laterFen ? atLeastFen - laterFen : 0n;
    const fen = least(most(inProportion, needed), left.fen, atMostFen);
    atLeastFen = most(atLeastFen - fen, 0n);
    atMostFen -= fen;
    if (fen > 0n) shares.push(takeOut(left, fen));
  });
  return shares;
}

function leftOf(discount: GivenDiscount, backs: readonly { discounts: readonly GivenDiscount[] }[]): GivenDiscount {
  const taken = backs.flatMap((back) => back.discounts).filter(({ id }) => id === discount.id);
  const parts = discount.parts.map((part) => {
    const backParts = taken.flatMap((one) => one.parts).filter(({ funder }) => funder === part.funder);
    return {
      funder: part.funder,
      fen: backParts.reduce((left, { fen }) => left - fen, part.fen),
      toldFen: backParts.reduce((left, { toldFen }) => left - toldFen, part.toldFen),
    };
  });
  return { ...discount, fen: discount.fen - sumOf(taken), parts };
}

/** So much of what is left, from every part in proportion. */
function takeOut(left: GivenDiscount, fen: bigint): GivenDiscount {
  const shares = splitMoney(
    money('CNY', fen),
    left.parts.map((part) => part.fen),
  );
  const parts = left.parts.map((part, index) => {
    const share = shares[index]?.minor ?? 0n;
    return { funder: part.funder, fen: share, toldFen: part.fen === 0n ? 0n : (part.toldFen * share) / part.fen };
  });
  return { ...left, fen, parts };
}

function least(...values: readonly bigint[]): bigint {
  return values.reduce((a, b) => (a < b ? a : b));
}

function most(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
