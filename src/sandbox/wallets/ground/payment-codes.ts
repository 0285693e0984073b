import { SANDBOX_PAYMENT_CODE_SECONDS } from '../../../base/limits.ts';
import type { Ground } from './ground.ts';
import type { CodeBuyer, Order } from './order.ts';
import { declineOrder, payOrder, refuseAtOnce } from './payments.ts';

/** A fresh one-time payment code of a pretend buyer. @throws RangeError where the wallet has none */
export function mintPaymentCode(ground: Ground, buyer: CodeBuyer): string {
  const { mintCode } = ground.side;
  if (mintCode === undefined) throw new RangeError('this wallet shows no payment codes');
  let code = mintCode(ground.random);
  while (ground.books.codes.has(code)) code = mintCode(ground.random);
  ground.books.record({ line: 'code', code, at: ground.clock.now().toISOString(), buyer });
  return code;
}

/** Whose code it is; null when it is nobody's, was used, or was shown too long ago. */
export function readPaymentCode(ground: Ground, code: string): CodeBuyer | null {
  const kept = ground.books.codes.get(code);
  if (kept === undefined || kept.usedBy !== null) return null;
  const ageMs = ground.clock.now().getTime() - kept.at.getTime();
  return ageMs > SANDBOX_PAYMENT_CODE_SECONDS * 1000 ? null : kept.buyer;
}

/**
 * Charges an order that was just taken to a code that `readPaymentCode` knows; the code is used up by that. Answers the
 * wallet's code: `paid`, `waiting` while the buyer enters the PIN, or why not; then the order has failed for good.
 */
export function chargeCode(ground: Ground, order: Order, paymentCode: string): string {
  const buyer = readPaymentCode(ground, paymentCode);
  if (buyer === null) throw new Error('the payment code was not looked at before');
  ground.books.record({ line: 'code_used', code: paymentCode, key: order.key });
  const { codes } = ground.side;
  const refusedFor = refuseAtOnce(ground, order);
  if (refusedFor !== null) return refusedFor;
  if (buyer === 'asks_pin') return codes.waiting;
  if (buyer === 'pays') return payOrder(ground, order, { cardIndex: 0 });
  declineOrder(ground, order, codes.noFunds, true);
  return codes.noFunds;
}
